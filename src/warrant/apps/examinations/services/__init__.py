"""Use cases of examinations."""

from warrant.apps.examinations.services.correcting import ask_correction, decide_correction
from warrant.apps.examinations.services.following import follow_merge
from warrant.apps.examinations.services.planning import (
    Enrolled,
    add_candidates,
    cancel_sitting,
    plan_sitting,
    remove_candidate,
)
from warrant.apps.examinations.services.results import record_examination
from warrant.apps.examinations.services.scoring import enter_scores, import_scores

__all__ = [
    "Enrolled",
    "add_candidates",
    "ask_correction",
    "cancel_sitting",
    "decide_correction",
    "enter_scores",
    "follow_merge",
    "import_scores",
    "plan_sitting",
    "record_examination",
    "remove_candidate",
]
