"""A sitting of an examination, and a result that one person says is so: a correction, or one from elsewhere.

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


class ClaimState(StrEnum):
    """Where a claimed result stands; the value is stored."""

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

RESULT_CLAIM = Machine(
    name="result-claim",
    states=ClaimState,
    initial=ClaimState.ASKED,
    final=frozenset({ClaimState.CONFIRMED, ClaimState.REFUSED}),
    transitions=tuple(
        Transition(
            action,
            (ClaimState.ASKED,),
            (target,),
            Permission.TRAINING_RECORD,
            needs_second_person=True,
            label=label,
        )
        for action, target, label in (
            ("confirm", ClaimState.CONFIRMED, N_("确认成绩")),
            ("refuse", ClaimState.REFUSED, N_("不同意")),
        )
    ),
)
