"""The qualification application: level by level from the county to the ministry's filing.

Source: 2009 notice, 三(一), 四(三), 五. The steps of a case come from the tree; see :func:`steps_for`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from warrant.core.access import Level, Permission, Place
from warrant.core.errors import N_
from warrant.core.lifecycle.table import Machine, Transition


class ApplicationState(StrEnum):
    """Where an application stands; the value is stored."""

    DRAFT = "draft"
    REVIEW = "review"
    VERIFICATION = "verification"
    APPROVAL = "approval"
    RETURNED = "returned"
    FILING = "filing"
    FILED = "filed"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


S = ApplicationState

APPLICATION = Machine(
    name="application",
    states=ApplicationState,
    initial=S.DRAFT,
    final=frozenset({S.FILED, S.WITHDRAWN, S.REFUSED}),
    transitions=(
        Transition(
            "submit",
            (S.DRAFT, S.RETURNED),
            (S.REVIEW, S.VERIFICATION, S.APPROVAL),
            Permission.APPLICATION_PREPARE,
            guards=("nothing-missing",),
            label=N_("提交"),
        ),
        Transition(
            "withdraw",
            (S.DRAFT, S.RETURNED, S.REVIEW, S.VERIFICATION, S.APPROVAL),
            (S.WITHDRAWN,),
            Permission.APPLICATION_PREPARE,
            needs_reason=True,
            label=N_("撤回"),
        ),
        Transition(
            "pass-review",
            (S.REVIEW,),
            (S.VERIFICATION, S.APPROVAL),
            Permission.APPLICATION_REVIEW,
            guards=("nobody-twice",),
            needs_second_person=True,
            label=N_("审查通过"),
        ),
        Transition(
            "pass-verification",
            (S.VERIFICATION,),
            (S.APPROVAL,),
            Permission.APPLICATION_VERIFY,
            guards=("nobody-twice",),
            needs_second_person=True,
            label=N_("核审通过"),
        ),
        Transition(
            "approve",
            (S.APPROVAL,),
            (S.FILING,),
            Permission.APPLICATION_APPROVE,
            guards=("nobody-twice",),
            needs_second_person=True,
            label=N_("批准"),
        ),
        Transition(
            "return-for-correction",
            (S.REVIEW, S.VERIFICATION, S.APPROVAL),
            (S.RETURNED,),
            None,
            guards=("permission-of-the-step", "nobody-twice"),
            needs_reason=True,
            needs_second_person=True,
            label=N_("退回补正"),
        ),
        Transition(
            "refuse",
            (S.REVIEW, S.VERIFICATION, S.APPROVAL),
            (S.REFUSED,),
            None,
            guards=("permission-of-the-step", "nobody-twice"),
            needs_reason=True,
            needs_second_person=True,
            label=N_("不予通过"),
        ),
        Transition("record-filing", (S.FILING,), (S.FILED,), None, guards=("verified-receipt",)),
        Transition("filing-returned", (S.FILING,), (S.APPROVAL,), None, guards=("verified-receipt",)),
        Transition("filing-refused", (S.FILING,), (S.REFUSED,), None, guards=("verified-receipt",)),
    ),
)

STEP_PERMISSION = {
    S.REVIEW: Permission.APPLICATION_REVIEW,
    S.VERIFICATION: Permission.APPLICATION_VERIFY,
    S.APPROVAL: Permission.APPLICATION_APPROVE,
}

STEP_PASS_ACTION = {S.REVIEW: "pass-review", S.VERIFICATION: "pass-verification", S.APPROVAL: "approve"}


@dataclass(frozen=True)
class Step:
    """One step of a case's chain: the state in which it waits and the unit that decides."""

    state: ApplicationState
    level: Level
    unit_id: int


def steps_for(place: Place) -> tuple[Step, ...]:
    """Return the chain of a case at ``place``, ordered from the first decision to the last.

    A county's case: review at the county, verification at the city, approval at the province. Where no city lies
    between (a municipality, a county directly under its province): review at the county, approval. A city's own
    case: review at the city, approval. A provincial agency starts at the province: approval.

    Raises:
        ValueError: the place has no province.
    """
    if place.province_id is None:
        raise ValueError("an application belongs to a province")
    approval = Step(S.APPROVAL, Level.PROVINCE, place.province_id)
    if place.county_id is not None and place.city_id is not None:
        return (
            Step(S.REVIEW, Level.COUNTY, place.county_id),
            Step(S.VERIFICATION, Level.CITY, place.city_id),
            approval,
        )
    if place.county_id is not None:
        return (Step(S.REVIEW, Level.COUNTY, place.county_id), approval)
    if place.city_id is not None:
        return (Step(S.REVIEW, Level.CITY, place.city_id), approval)
    return (approval,)


def step_after(steps: tuple[Step, ...], state: ApplicationState) -> Step | None:
    """Return the step after the one that waits in ``state``; ``None`` after the last."""
    for position, step in enumerate(steps):
        if step.state == state:
            return steps[position + 1] if position + 1 < len(steps) else None
    return steps[0]
