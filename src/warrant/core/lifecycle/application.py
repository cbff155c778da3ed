"""The qualification application in all its kinds: level by level from the county to the ministry's filing.

Each kind has its own table; all tables are made of the same rows, so that one engine moves every case. Which steps a
case goes through, and how long each may take, comes from the tree and the dated rules: ``application_steps``.

Source: 2009 notice, 三(一), 四(三), 五; kinds other than the first issue, reconsideration and cancelling: assumption.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from warrant.core.access import Level, Permission
from warrant.core.errors import N_
from warrant.core.lifecycle.table import Machine, Transition


class ApplicationKind(StrEnum):
    """What is applied for; the value is stored and sent."""

    FIRST_ISSUE = "first-issue"
    ADDITIONAL_CATEGORY = "additional-category"
    CHANGE = "change"
    RENEWAL = "renewal"
    REPLACEMENT = "replacement"
    RE_ENTRY = "re-entry"


class ApplicationState(StrEnum):
    """Where an application stands; the value is stored."""

    DRAFT = "draft"
    REVIEW = "review"
    VERIFICATION = "verification"
    APPROVAL = "approval"
    RETURNED = "returned"
    FILING = "filing"
    FILED = "filed"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    RECONSIDERATION = "reconsideration"
    UPHELD = "upheld"
    CANCELLED = "cancelled"


S = ApplicationState
_STEPS = (S.REVIEW, S.VERIFICATION, S.APPROVAL)
_DECISION = ("permission-of-the-step", "nobody-twice")

_COMMON = (
    Transition(
        "submit",
        (S.DRAFT, S.RETURNED),
        _STEPS,
        Permission.APPLICATION_PREPARE,
        guards=("nothing-missing",),
        label=N_("提交"),
    ),
    Transition(
        "withdraw",
        (S.DRAFT, S.RETURNED, *_STEPS, S.RECONSIDERATION),
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
        "return-for-correction",
        _STEPS,
        (S.RETURNED,),
        None,
        guards=_DECISION,
        needs_reason=True,
        needs_second_person=True,
        label=N_("退回补正"),
    ),
    Transition(
        "return-to-step",
        (S.VERIFICATION, S.APPROVAL),
        (S.REVIEW, S.VERIFICATION),
        None,
        guards=(*_DECISION, "earlier-step"),
        needs_reason=True,
        needs_second_person=True,
        label=N_("退回上一环节"),
    ),
    Transition(
        "refuse",
        _STEPS,
        (S.REFUSED,),
        None,
        guards=(*_DECISION, "remedy-named"),
        needs_reason=True,
        needs_second_person=True,
        label=N_("不予通过"),
    ),
    Transition(
        "ask-reconsideration",
        (S.REFUSED,),
        (S.RECONSIDERATION,),
        Permission.APPLICATION_PREPARE,
        guards=("asked-once", "in-time", "no-other-open-case"),
        needs_reason=True,
        label=N_("申请复核"),
    ),
    Transition(
        "uphold-refusal",
        (S.RECONSIDERATION,),
        (S.UPHELD,),
        None,
        guards=_DECISION,
        needs_reason=True,
        needs_second_person=True,
        label=N_("维持原决定"),
    ),
    Transition(
        "overturn-refusal",
        (S.RECONSIDERATION,),
        _STEPS,
        None,
        guards=_DECISION,
        needs_reason=True,
        needs_second_person=True,
        label=N_("撤销原决定，重新办理"),
    ),
    Transition(
        "cancel",
        (S.RETURNED, *_STEPS, S.RECONSIDERATION),
        (S.CANCELLED,),
        Permission.APPLICATION_APPROVE,
        guards=("not-the-applicant",),
        needs_reason=True,
        label=N_("终止办理"),
    ),
)
_APPROVE = Transition(
    "approve",
    (S.APPROVAL,),
    (S.FILING,),
    Permission.APPLICATION_APPROVE,
    guards=("nobody-twice", "every-rule-met-or-waived"),
    needs_second_person=True,
    label=N_("批准"),
)
_APPROVE_WITHOUT_FILING = Transition(
    "approve",
    (S.APPROVAL,),
    (S.COMPLETED,),
    Permission.APPLICATION_APPROVE,
    guards=("nobody-twice", "every-rule-met-or-waived"),
    needs_second_person=True,
    label=N_("批准"),
)
_FILING = (
    Transition("record-filing", (S.FILING,), (S.FILED,), None, guards=("verified-receipt",)),
    Transition("filing-returned", (S.FILING,), (S.APPROVAL,), None, guards=("verified-receipt",)),
    Transition("filing-refused", (S.FILING,), (S.REFUSED,), None, guards=("verified-receipt",)),
)


def _machine(kind: ApplicationKind, *, is_filed: bool) -> Machine:
    unused = (S.COMPLETED,) if is_filed else (S.FILING, S.FILED)
    states = tuple(state for state in ApplicationState if state not in unused)
    ends = (S.FILED if is_filed else S.COMPLETED, S.WITHDRAWN, S.UPHELD, S.CANCELLED)
    approve = (_APPROVE, *_FILING) if is_filed else (_APPROVE_WITHOUT_FILING,)
    return Machine(
        name=f"application {kind.value}",
        states=states,
        initial=S.DRAFT,
        final=frozenset(ends),
        transitions=(*_COMMON, *approve),
    )


APPLICATION_MACHINES: Mapping[ApplicationKind, Machine] = {
    kind: _machine(kind, is_filed=kind is not ApplicationKind.REPLACEMENT) for kind in ApplicationKind
}
"""One table for each kind. A replacement changes nothing that was filed, so its number and card are reported only."""

OPEN_STATES: tuple[ApplicationState, ...] = (
    S.DRAFT,
    *_STEPS,
    S.RETURNED,
    S.FILING,
    S.RECONSIDERATION,
)
"""While a case is in one of these, its officer can have no other. A refused case has ended unless it is reconsidered."""

STEP_PERMISSION = {
    S.REVIEW: Permission.APPLICATION_REVIEW,
    S.VERIFICATION: Permission.APPLICATION_VERIFY,
    S.APPROVAL: Permission.APPLICATION_APPROVE,
}

STEP_PASS_ACTION = {S.REVIEW: "pass-review", S.VERIFICATION: "pass-verification", S.APPROVAL: "approve"}


@dataclass(frozen=True)
class Step:
    """One step of a case's chain: the state in which it waits, the unit that decides, and its limit.

    ``limit`` and ``warning`` are working days; without a limit the step has no due day. The warning comes so many
    working days before the due day.
    """

    state: ApplicationState
    level: Level
    unit_id: int
    limit: int | None = None
    warning: int = 0


def step_after(steps: tuple[Step, ...], state: ApplicationState) -> Step | None:
    """Return the step after the one that waits in ``state``; ``None`` after the last."""
    for position, step in enumerate(steps):
        if step.state == state:
            return steps[position + 1] if position + 1 < len(steps) else None
    return steps[0]


def steps_before(steps: tuple[Step, ...], state: ApplicationState) -> tuple[Step, ...]:
    """Return the steps to which a case that waits in ``state`` can be sent back, first step first."""
    for position, step in enumerate(steps):
        if step.state == state:
            return steps[:position]
    return ()


def reconsidering_step(steps: tuple[Step, ...], refused_in: ApplicationState) -> Step | None:
    """Return the step whose unit reconsiders a refusal: the next higher one, or the last again, by other people.

    ``None`` if no step of the case refused: the ministry's refusal is not the province's to reconsider.
    """
    if all(step.state != refused_in for step in steps):
        return None
    return step_after(steps, refused_in) or steps[-1]
