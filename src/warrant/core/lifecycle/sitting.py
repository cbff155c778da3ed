"""A sitting of an examination, and the correction of a score.

A score stands when two different people entered the same; only then is a result recorded. Source: 2009 notice, 二(二);
the form is our own (assumption).
"""

from __future__ import annotations

from enum import StrEnum

from warrant.core.access import Permission
from warrant.core.errors import N_
from warrant.core.lifecycle.table import Machine, Transition


class SittingState(StrEnum):
    """Where a sitting stands; the value is stored."""

    PLANNED = "planned"
    RECORDED = "recorded"
    CANCELLED = "cancelled"


class CorrectionState(StrEnum):
    """Where the correction of a score stands; the value is stored."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


SITTING = Machine(
    name="sitting",
    states=SittingState,
    initial=SittingState.PLANNED,
    final=frozenset({SittingState.RECORDED, SittingState.CANCELLED}),
    transitions=(
        Transition(
            "record",
            (SittingState.PLANNED,),
            (SittingState.RECORDED,),
            Permission.TRAINING_RECORD,
            guards=("scores-agree", "score-sheet-kept"),
            needs_second_person=True,
            label=N_("成绩入册"),
        ),
        Transition(
            "cancel",
            (SittingState.PLANNED,),
            (SittingState.CANCELLED,),
            Permission.TRAINING_RECORD,
            guards=("no-scores-yet",),
            needs_reason=True,
            label=N_("取消考试"),
        ),
    ),
)

SCORE_CORRECTION = Machine(
    name="score-correction",
    states=CorrectionState,
    initial=CorrectionState.ASKED,
    final=frozenset({CorrectionState.CONFIRMED, CorrectionState.REFUSED}),
    transitions=tuple(
        Transition(
            action,
            (CorrectionState.ASKED,),
            (target,),
            Permission.TRAINING_RECORD,
            needs_second_person=True,
            label=label,
        )
        for action, target, label in (
            ("confirm", CorrectionState.CONFIRMED, N_("确认更正")),
            ("refuse", CorrectionState.REFUSED, N_("不同意更正")),
        )
    ),
)
