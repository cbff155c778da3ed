"""Who may be given the qualification: facts in, dated rules over them, results with their basis out."""

from warrant.core.eligibility.checks import CHECKS, Check
from warrant.core.eligibility.documents import facts_from_json, facts_to_json, results_to_json
from warrant.core.eligibility.evaluation import RuleResult, evaluate, not_met, outcome_of
from warrant.core.eligibility.facts import (
    FACTS,
    SOURCE_NAMES,
    CertificateFact,
    ExaminationFact,
    Fact,
    Facts,
    Known,
    Paper,
    PunishmentFact,
    Source,
    WaiverFact,
    values_of,
)
from warrant.core.eligibility.finding import Finding, Outcome
from warrant.core.eligibility.ruleset import NATIONAL, RuleLine, Ruleset, Wording, parse

__all__ = [
    "CHECKS",
    "FACTS",
    "NATIONAL",
    "SOURCE_NAMES",
    "CertificateFact",
    "Check",
    "ExaminationFact",
    "Fact",
    "Facts",
    "Finding",
    "Known",
    "Outcome",
    "Paper",
    "PunishmentFact",
    "RuleLine",
    "RuleResult",
    "Ruleset",
    "Source",
    "WaiverFact",
    "Wording",
    "evaluate",
    "facts_from_json",
    "facts_to_json",
    "not_met",
    "outcome_of",
    "parse",
    "results_to_json",
    "values_of",
]
