"""The yearly assessment of a unit's people or agencies, and the correction of an outcome.

Whoever scores does not confirm. Source: 2009 notice, 二(二); the form is our own (ADR-0023).
"""

from __future__ import annotations

from enum import StrEnum

from warrant.core.access import Permission
from warrant.core.errors import N_
from warrant.core.lifecycle.table import Machine, Transition


class AssessmentState(StrEnum):
    """Where the assessment of a unit stands; the value is stored."""

    SCORING = "scoring"
    HANDED_IN = "handed-in"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class OutcomeCorrectionState(StrEnum):
    """Where the correction of an outcome stands; the value is stored."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


ASSESSMENT = Machine(
    name="assessment",
    states=AssessmentState,
    initial=AssessmentState.SCORING,
    final=frozenset({AssessmentState.CONFIRMED, AssessmentState.CANCELLED}),
    transitions=(
        Transition(
            "hand-in",
            (AssessmentState.SCORING,),
            (AssessmentState.HANDED_IN,),
            Permission.OFFICER_EDIT,
            guards=("everybody-scored-or-excused", "share-of-best-kept"),
            label=N_("上报考核"),
        ),
        Transition(
            "return",
            (AssessmentState.HANDED_IN,),
            (AssessmentState.SCORING,),
            Permission.OFFICER_CONFIRM,
            needs_reason=True,
            needs_second_person=True,
            label=N_("退回考核"),
        ),
        Transition(
            "confirm",
            (AssessmentState.HANDED_IN,),
            (AssessmentState.CONFIRMED,),
            Permission.OFFICER_CONFIRM,
            needs_second_person=True,
            label=N_("确认考核"),
        ),
        Transition(
            "cancel",
            (AssessmentState.SCORING,),
            (AssessmentState.CANCELLED,),
            Permission.OFFICER_EDIT,
            needs_reason=True,
            label=N_("取消考核"),
        ),
    ),
)

OUTCOME_CORRECTION = Machine(
    name="outcome-correction",
    states=OutcomeCorrectionState,
    initial=OutcomeCorrectionState.ASKED,
    final=frozenset({OutcomeCorrectionState.CONFIRMED, OutcomeCorrectionState.REFUSED}),
    transitions=tuple(
        Transition(
            action,
            (OutcomeCorrectionState.ASKED,),
            (target,),
            Permission.OFFICER_CONFIRM,
            needs_second_person=True,
            label=label,
        )
        for action, target, label in (
            ("confirm", OutcomeCorrectionState.CONFIRMED, N_("同意更正考核结果")),
            ("refuse", OutcomeCorrectionState.REFUSED, N_("不同意更正考核结果")),
        )
    ),
)
