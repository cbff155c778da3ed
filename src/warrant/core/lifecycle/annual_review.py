"""One certificate in an annual review: one person proposes the result, a second one confirms it.

Source: 2009 notice, 五(二)3; two people: assumption, as with every act that takes effect outside.
"""

from __future__ import annotations

from enum import StrEnum

from warrant.core.access import Permission
from warrant.core.errors import N_
from warrant.core.lifecycle.table import Machine, Transition


class ReviewState(StrEnum):
    """Where the review of one certificate stands; the value is stored."""

    OPEN = "open"
    PROPOSED = "proposed"
    PASSED = "passed"
    NOT_PASSED = "not-passed"


class ReviewBatchState(StrEnum):
    """Where a proposal of results stands; the value is stored."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


S = ReviewState
B = ReviewBatchState

ANNUAL_REVIEW = Machine(
    name="annual-review",
    states=ReviewState,
    initial=S.OPEN,
    final=frozenset({S.PASSED}),
    transitions=(
        Transition(
            "propose",
            (S.OPEN, S.NOT_PASSED),
            (S.PROPOSED,),
            Permission.REVIEW_DECIDE,
            label=N_("提出年审结果"),
        ),
        Transition(
            "confirm",
            (S.PROPOSED,),
            (S.PASSED, S.NOT_PASSED),
            Permission.REVIEW_DECIDE,
            guards=("result-as-proposed",),
            needs_second_person=True,
            label=N_("确认年审结果"),
        ),
        Transition(
            "refuse",
            (S.PROPOSED,),
            (S.OPEN,),
            Permission.REVIEW_DECIDE,
            needs_reason=True,
            label=N_("退回年审结果"),
        ),
    ),
)

REVIEW_BATCH = Machine(
    name="review-batch",
    states=ReviewBatchState,
    initial=B.PROPOSED,
    final=frozenset({B.CONFIRMED, B.REFUSED}),
    transitions=(
        Transition(
            "confirm",
            (B.PROPOSED,),
            (B.CONFIRMED,),
            Permission.REVIEW_DECIDE,
            needs_second_person=True,
            label=N_("确认年审结果"),
        ),
        Transition(
            "refuse",
            (B.PROPOSED,),
            (B.REFUSED,),
            Permission.REVIEW_DECIDE,
            needs_reason=True,
            label=N_("退回年审结果"),
        ),
    ),
)
