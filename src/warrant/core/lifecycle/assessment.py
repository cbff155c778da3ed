"""The yearly assessment of a unit's people or agencies, the correction of an outcome, and the objection to one.

Whoever scores does not confirm; neither of them reconsiders. Source: 2009 notice, 二(二); the form is our own (ADR-0023).
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


class ObjectionState(StrEnum):
    """Where an officer's objection to the own outcome stands; the value is stored."""

    RAISED = "raised"
    CORRECTING = "correcting"
    UPHELD = "upheld"
    CORRECTED = "corrected"


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

OBJECTION = Machine(
    name="objection",
    states=ObjectionState,
    initial=ObjectionState.RAISED,
    final=frozenset({ObjectionState.UPHELD, ObjectionState.CORRECTED}),
    transitions=tuple(
        Transition(
            action,
            (origin,),
            (target,),
            Permission.OFFICER_CONFIRM,
            needs_reason=needs_reason,
            needs_second_person=True,
            label=label,
        )
        for action, origin, target, needs_reason, label in (
            ("uphold", ObjectionState.RAISED, ObjectionState.UPHELD, True, N_("维持考核结果")),
            ("propose", ObjectionState.RAISED, ObjectionState.CORRECTING, True, N_("提出更正考核结果")),
            ("correct", ObjectionState.CORRECTING, ObjectionState.CORRECTED, False, N_("经复核更正考核结果")),
            (
                "send-back",
                ObjectionState.CORRECTING,
                ObjectionState.RAISED,
                False,
                N_("不同意更正，重新复核"),
            ),
        )
    ),
)
