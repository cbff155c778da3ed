"""Use cases of assessments."""

from warrant.apps.assessments.services.correcting import ask_correction, decide_correction
from warrant.apps.assessments.services.deciding import (
    confirm_assessment,
    hand_in_assessment,
    return_assessment,
)
from warrant.apps.assessments.services.following import follow_merge, guard_entry
from warrant.apps.assessments.services.objecting import (
    correct_on_objection,
    raise_objection,
    uphold_outcome,
)
from warrant.apps.assessments.services.opening import cancel_assessment, open_assessment, refresh_sheets
from warrant.apps.assessments.services.scoring import SheetsRefusedError, score_sheets

__all__ = [
    "SheetsRefusedError",
    "ask_correction",
    "cancel_assessment",
    "confirm_assessment",
    "correct_on_objection",
    "decide_correction",
    "follow_merge",
    "guard_entry",
    "hand_in_assessment",
    "open_assessment",
    "raise_objection",
    "refresh_sheets",
    "return_assessment",
    "score_sheets",
    "uphold_outcome",
]
