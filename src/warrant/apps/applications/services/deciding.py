"""The deciding side of an application: each step by its own unit, by a person who had no part in the case.

Source: 2009 notice, 四(三), 五.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from warrant.apps.applications.models import Application
from warrant.apps.applications.selectors.cases import (
    decision_bar,
    holds_step,
    opinions_of,
    principal_of,
)
from warrant.apps.applications.selectors.conditions import explanation_of, missing_of
from warrant.apps.applications.selectors.grounds import loss_gone, missing_proof
from warrant.apps.applications.services.moving import (
    LONGEST_REASON,
    SHORTEST_REASON,
    add_opinion,
    checked_reason,
    locked_application,
    move,
    name_of_awaited,
    require_awaited,
    require_state,
)
from warrant.apps.applications.types import MARKABLE_FIELDS, MINISTRY_NAME
from warrant.apps.eligibility.services import keep_record
from warrant.apps.eligibility.types import Explanation
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, InvalidInput, NotPermitted, Unavailable
from warrant.core.lifecycle import ApplicationState
from warrant.core.lifecycle.application import STEP_PASS_ACTION, STEP_PERMISSION, step_after, steps_before

S = ApplicationState

RETURNS = frozenset({"return-for-correction", "return-to-step"})
FILING_ACTIONS = {"granted": "record-filing", "returned": "filing-returned", "refused": "filing-refused"}


def _require_step(actor: Actor, application: Application) -> int:
    """Return how much was said, if the actor decides for the awaited unit and had no part in the case; else raise."""
    require_awaited(application)
    require(actor, STEP_PERMISSION[ApplicationState(application.decides_as)], application.place)
    if not holds_step(actor, application):
        raise NotPermitted("other-unit", N_("本环节由其他单位办理"))
    opinions = opinions_of(application)
    bar = decision_bar(actor, application, opinions)
    if bar is not None:
        raise bar
    return len(opinions)


def _target(application: Application, action: str, to_step: str) -> ApplicationState:
    """Return where the act leads: the row's only target, the step asked for, the one that refused, or the next."""
    targets = application.machine.transition(action).targets
    if len(targets) == 1:
        return ApplicationState(targets[0])
    state = ApplicationState(application.state)
    if action == "overturn-refusal":
        return ApplicationState(application.refused_in)
    if action == "return-to-step":
        earlier = [step.state for step in steps_before(application.chain_of_steps, state)]
        if to_step not in earlier:
            raise InvalidInput("not-an-earlier-step", N_("请选择退回到哪一个环节"), place="to_step")
        return ApplicationState(to_step)
    following = step_after(application.chain_of_steps, state)
    if following is None:
        raise Conflict("chain-broken", N_("本申请的办理环节不完整，请告知系统管理员"))
    return following.state


def _checked_marks(marked_fields: Sequence[str]) -> list[str]:
    marks = list(dict.fromkeys(marked_fields))
    if not set(marks) <= set(MARKABLE_FIELDS):
        raise InvalidInput("unknown-mark", N_("标记了不存在的项目，请重新勾选"), place="marked_fields")
    return marks


def _checked_remedy(action: str, remedy: str) -> str:
    text = remedy.strip()
    if action != "refuse":
        return ""
    if len(text) < SHORTEST_REASON:
        raise InvalidInput(
            "remedy-too-short",
            N_("请写明救济途径，至少 %(shortest)s 个字：可否补正后重新申请、向谁申请复核"),
            place="remedy",
            shortest=SHORTEST_REASON,
        )
    if len(text) > LONGEST_REASON:
        raise InvalidInput(
            "reason-too-long", N_("最多 %(longest)s 个字"), place="remedy", longest=LONGEST_REASON
        )
    return text


def _require_conditions(explanation: Explanation) -> None:
    missing = missing_of(explanation)
    if missing:
        raise Conflict(
            "conditions-missing",
            N_("还有 %(count)s 项条件没有满足，不能批准：%(titles)s"),
            count=len(missing),
            titles="；".join(result.title for result in missing),
        )


def _require_proof(application: Application, on: date) -> None:
    missing = missing_proof(application, on) or loss_gone(application, on)
    if missing:
        raise Conflict("proof-missing", N_("还不能批准：%(missing)s"), missing=missing)


def _hand_on(application: Application, actor: Actor, now: datetime) -> None:
    """Let the app above, which this one does not know, take the approved case over in the same transaction."""
    is_filed = application.state == S.FILING
    path = settings.WARRANT_APPROVAL_HOOK if is_filed else settings.WARRANT_COMPLETION_HOOK
    if not path:
        raise Unavailable("approval-hook-missing", N_("本节点没有配置备案报送，不能批准；请告知系统管理员"))
    import_string(path)(application, actor, now=now)


@dataclass(frozen=True)
class Decision:
    """What one person says at one step.

    ``remedy`` is asked for at a refusal; ``marked_fields`` (of ``MARKABLE_FIELDS``) says at a return what is to be
    mended; ``to_step`` is the state of the earlier step to which ``return-to-step`` leads.
    """

    action: str
    reason: str = ""
    remedy: str = ""
    marked_fields: Sequence[str] = ()
    to_step: str = ""


@transaction.atomic
def decide(actor: Actor, number: str, decision: Decision, *, now: datetime) -> Application:
    """Give one opinion on a case that waits for the actor's unit; every row of the table that asks for a second person.

    Raises:
        NotFound: the case is out of reach.
        NotPermitted: the permission of the step is not held for its unit, or the person had a part in the case.
        Conflict: the case no longer waits for this, or would be approved while a condition is not met.
        InvalidInput: a reason or remedy is needed and too short, a mark or step is unknown.
        Unavailable: the node cannot file what would be approved.
    """
    action = decision.action
    application = locked_application(number)
    require(actor, Permission.APPLICATION_VIEW, application.place)
    if not application.machine.transition(action).needs_second_person:
        raise ValueError(f"{action} is not a decision")
    require_state(application, action)
    said_before = _require_step(actor, application)
    text = checked_reason(application.machine, action, decision.reason)
    remedy = _checked_remedy(action, decision.remedy)
    marks = _checked_marks(decision.marked_fields) if action in RETURNS else []
    target = _target(application, action, decision.to_step)
    explanation = explanation_of(application, timezone.localtime(now).date())
    if action == "approve":
        _require_conditions(explanation)
        _require_proof(application, timezone.localtime(now).date())
    before, round_said = application.state, application.round
    principal = principal_of(actor, application)
    unit_name = name_of_awaited(application)
    if action in RETURNS:
        application.marked_fields = marks
    elif action in STEP_PASS_ACTION.values():
        application.marked_fields = []
    move(application, action, now=now, target=target)
    add_opinion(
        application,
        actor,
        action,
        state=before,
        reason=text,
        remedy=remedy,
        marked_fields=marks,
        round_said=round_said,
        principal=principal,
        said_before=said_before,
        eligibility=keep_record(explanation, now=now),
        unit_name=unit_name,
        now=now,
    )
    if application.state in (S.FILING, S.COMPLETED):
        _hand_on(application, actor, now)
    return application


def pass_step(actor: Actor, application: Application, reason: str = "", *, now: datetime) -> Application:
    """Pass the step in which the caller saw the case; whoever comes second gets a Conflict.

    Raises:
        As :func:`decide`.
    """
    action = STEP_PASS_ACTION.get(ApplicationState(application.state))
    if action is None:
        require(actor, Permission.APPLICATION_VIEW, application.place)
        raise Conflict("wrong-state", N_("申请 %(number)s 现在不等待办理"), number=application.number)
    return decide(actor, application.number, Decision(action, reason), now=now)


@transaction.atomic
def apply_filing_decision(
    application_number: str,
    decision: str,
    reason: str,
    *,
    marked_fields: Sequence[str] = (),
    now: datetime,
) -> Application:
    """Apply what the ministry answered; the app of filing has verified the receipt.

    ``decision`` is ``granted``, ``returned`` or ``refused``. A returned filing goes back to approval and starts a
    new round; ``marked_fields`` says what the ministry wants mended, for the approver to see.

    Raises:
        InvalidInput: another decision, or a mark that there is not.
        NotFound: no such application.
        Conflict: the case does not wait for its filing.
    """
    action = FILING_ACTIONS.get(decision)
    if action is None:
        raise InvalidInput(
            "unknown-decision", N_("备案决定“%(decision)s”无法识别"), place="decision", decision=decision
        )
    application = locked_application(application_number)
    before = application.state
    marks = _checked_marks(marked_fields) if decision == "returned" else []
    application.marked_fields = marks
    move(application, action, now=now)
    add_opinion(
        application,
        None,
        action,
        state=before,
        reason=reason.strip(),
        marked_fields=marks,
        unit_name=MINISTRY_NAME,
        now=now,
    )
    return application
