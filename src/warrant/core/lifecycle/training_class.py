"""A training class: planned, handed in by the unit that held it, confirmed by the province.

Whether it is running follows from its days, so that is no state. A confirmed class never changes: hours that were
credited wrongly are put right by a correction, for which one person asks and on which another one of the province
decides. Source: 2009 notice, 二(二), 五(二)2; the form is our own (assumption).
"""

from __future__ import annotations

from enum import StrEnum

from warrant.core.access import Permission
from warrant.core.errors import N_
from warrant.core.lifecycle.table import Machine, Transition


class ClassState(StrEnum):
    """Where a class stands; the value is stored."""

    PLANNED = "planned"
    HANDED_IN = "handed-in"
    RETURNED = "returned"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class HoursCorrectionState(StrEnum):
    """Where a correction of credited hours stands; the value is stored."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


TRAINING_CLASS = Machine(
    name="training-class",
    states=ClassState,
    initial=ClassState.PLANNED,
    final=frozenset({ClassState.CONFIRMED, ClassState.CANCELLED}),
    transitions=(
        Transition(
            "hand-in",
            (ClassState.PLANNED, ClassState.RETURNED),
            (ClassState.HANDED_IN,),
            Permission.TRAINING_RECORD,
            guards=("class-is-over", "attendance-complete", "proof-kept", "not-a-participant"),
            label=N_("报送"),
        ),
        Transition(
            "confirm",
            (ClassState.HANDED_IN,),
            (ClassState.CONFIRMED,),
            Permission.TRAINING_CONFIRM,
            guards=("not-a-participant",),
            needs_second_person=True,
            label=N_("确认"),
        ),
        Transition(
            "return",
            (ClassState.HANDED_IN,),
            (ClassState.RETURNED,),
            Permission.TRAINING_CONFIRM,
            needs_reason=True,
            needs_second_person=True,
            label=N_("退回"),
        ),
        Transition(
            "cancel",
            (ClassState.PLANNED,),
            (ClassState.CANCELLED,),
            Permission.TRAINING_RECORD,
            guards=("no-attendance-yet",),
            needs_reason=True,
            label=N_("取消培训班"),
        ),
    ),
)

HOURS_CORRECTION = Machine(
    name="hours-correction",
    states=HoursCorrectionState,
    initial=HoursCorrectionState.ASKED,
    final=frozenset(set(HoursCorrectionState) - {HoursCorrectionState.ASKED}),
    transitions=(
        Transition(
            "confirm",
            (HoursCorrectionState.ASKED,),
            (HoursCorrectionState.CONFIRMED,),
            Permission.TRAINING_CONFIRM,
            guards=("not-a-participant", "not-who-handed-in"),
            needs_second_person=True,
            label=N_("同意更正学时"),
        ),
        Transition(
            "refuse",
            (HoursCorrectionState.ASKED,),
            (HoursCorrectionState.REFUSED,),
            Permission.TRAINING_CONFIRM,
            guards=("not-a-participant", "not-who-handed-in"),
            needs_reason=True,
            needs_second_person=True,
            label=N_("不同意更正学时"),
        ),
        Transition(
            "withdraw",
            (HoursCorrectionState.ASKED,),
            (HoursCorrectionState.WITHDRAWN,),
            Permission.TRAINING_RECORD,
            label=N_("撤回学时更正"),
        ),
    ),
)
