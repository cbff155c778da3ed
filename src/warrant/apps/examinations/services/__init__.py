"""Use cases of examinations."""

from warrant.apps.examinations.services.claiming import ask_correction, claim_result, decide_claim
from warrant.apps.examinations.services.enrolling import Enrolled, add_candidates, remove_candidate
from warrant.apps.examinations.services.following import follow_merge
from warrant.apps.examinations.services.planning import cancel_sitting, plan_sitting, set_places
from warrant.apps.examinations.services.scoring import enter_scores, import_scores

__all__ = [
    "Enrolled",
    "add_candidates",
    "ask_correction",
    "cancel_sitting",
    "claim_result",
    "decide_claim",
    "enter_scores",
    "follow_merge",
    "import_scores",
    "plan_sitting",
    "remove_candidate",
    "set_places",
]
