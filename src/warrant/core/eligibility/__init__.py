"""Who may be given the qualification: facts in, dated rules over them, results with their basis out."""

from warrant.core.eligibility.evaluation import evaluate, not_met
from warrant.core.eligibility.facts import ExaminationFact, Facts, Paper
from warrant.core.eligibility.finding import Finding, Outcome
from warrant.core.eligibility.parameters import pass_mark_on
from warrant.core.eligibility.rules import RULES, Rule, RuleResult

__all__ = [
    "RULES",
    "ExaminationFact",
    "Facts",
    "Finding",
    "Outcome",
    "Paper",
    "Rule",
    "RuleResult",
    "evaluate",
    "not_met",
    "pass_mark_on",
]
