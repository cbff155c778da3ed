"""What is handed to the services of assessments, and how states are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from warrant.core.errors import N_
from warrant.core.lifecycle import AssessmentState, ObjectionState, OutcomeCorrectionState

STATE_FACES: Mapping[str, tuple[str, str]] = {
    AssessmentState.SCORING.value: (N_("评分中"), "waiting"),
    AssessmentState.HANDED_IN.value: (N_("待他人确认"), "waiting"),
    AssessmentState.CONFIRMED.value: (N_("已确认"), "valid"),
    AssessmentState.CANCELLED.value: (N_("已取消"), "ended"),
}
CORRECTION_FACES: Mapping[str, tuple[str, str]] = {
    OutcomeCorrectionState.ASKED.value: (N_("待他人确认"), "waiting"),
    OutcomeCorrectionState.CONFIRMED.value: (N_("已更正"), "valid"),
    OutcomeCorrectionState.REFUSED.value: (N_("不同意"), "ended"),
}

OBJECTION_FACES: Mapping[str, tuple[str, str]] = {
    ObjectionState.RAISED.value: (N_("复核中"), "waiting"),
    ObjectionState.CORRECTING.value: (N_("拟更正，待他人确认"), "waiting"),
    ObjectionState.UPHELD.value: (N_("复核后维持"), "ended"),
    ObjectionState.CORRECTED.value: (N_("复核后已更正"), "valid"),
}


@dataclass(frozen=True)
class Scores:
    """A score sheet as one person filled it in: texts by item, vetoes by code, or why nobody is scored.

    ``seen`` is the revision that the person had before their eyes.
    """

    points: Mapping[str, str]
    vetoes: tuple[str, ...] = ()
    remark: str = ""
    not_assessed: str = ""
    seen: int = 0


@dataclass(frozen=True)
class Hint:
    """What the register knows of somebody's year: class hours, rewards and punishments in words."""

    hours: int = 0
    rewards: list[str] = field(default_factory=list)
    punishments: list[str] = field(default_factory=list)
