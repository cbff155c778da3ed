"""A leaving that was entered before its day: it waits, takes effect by itself on the day, or is taken back.

Source: own decision; ADR-0016.
"""

from __future__ import annotations

from enum import StrEnum

from warrant.core.access import Permission
from warrant.core.errors import N_
from warrant.core.lifecycle.officer import LeavingKind
from warrant.core.lifecycle.table import Machine, Transition

LONGEST_AHEAD_DAYS = 366
PLANNABLE = frozenset(LeavingKind) - {LeavingKind.DEATH}


class PlannedLeavingState(StrEnum):
    """Where a planned leaving stands; the value is stored."""

    PLANNED = "planned"
    IN_EFFECT = "in-effect"
    CANCELLED = "cancelled"


S = PlannedLeavingState
PLANNED_LEAVING = Machine(
    name="planned-leaving",
    states=PlannedLeavingState,
    initial=S.PLANNED,
    final=frozenset({S.IN_EFFECT, S.CANCELLED}),
    transitions=(
        Transition("take-effect", (S.PLANNED,), (S.IN_EFFECT,), None, guards=("day-has-come", "in-post")),
        Transition(
            "cancel",
            (S.PLANNED,),
            (S.CANCELLED,),
            Permission.OFFICER_EDIT,
            needs_reason=True,
            label=N_("取消计划"),
        ),
        Transition("lapse", (S.PLANNED,), (S.CANCELLED,), None, guards=("no-longer-in-post",)),
    ),
)
