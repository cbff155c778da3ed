"""Reading eligibility: facts, explanations, waivers and what was kept."""

from warrant.apps.eligibility.selectors.explaining import explain, explanation_for
from warrant.apps.eligibility.selectors.facts import facts_of, facts_of_many
from warrant.apps.eligibility.selectors.wording import conditions_shown

__all__ = ["conditions_shown", "explain", "explanation_for", "facts_of", "facts_of_many"]
