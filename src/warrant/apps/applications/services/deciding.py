"""The deciding side of an application: each step by its own unit, by a person who had no part in the case.

Source: 2009 notice, 四(三), 五.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

from warrant.apps.applications.models import Application
from warrant.apps.applications.selectors.cases import decision_bar, holds_step, opinions_of
from warrant.apps.applications.services.moving import (
    add_opinion,
    checked_reason,
    locked_application,
    move,
    name_of_unit,
    require_state,
)
from warrant.apps.applications.types import MINISTRY_NAME
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, InvalidInput, NotPermitted, Unavailable
from warrant.core.lifecycle import APPLICATION, ApplicationState
from warrant.core.lifecycle.application import STEP_PASS_ACTION, STEP_PERMISSION, step_after

S = ApplicationState

FILING_ACTIONS = {"granted": "record-filing", "returned": "filing-returned", "refused": "filing-refused"}


def _require_step(actor: Actor, application: Application) -> None:
    """Return if the actor decides for the awaited unit and had no part in the case; otherwise raise."""
    require(actor, STEP_PERMISSION[ApplicationState(application.state)], application.place)
    if not holds_step(actor, application):
        raise NotPermitted("other-unit", N_("本环节由其他单位办理"))
    bar = decision_bar(actor, application, opinions_of(application))
    if bar is not None:
        raise bar


def _target(application: Application, action: str) -> ApplicationState:
    targets = APPLICATION.transition(action).targets
    if len(targets) == 1:
        return ApplicationState(targets[0])
    following = step_after(application.chain_of_steps, ApplicationState(application.state))
    if following is None:
        raise Conflict("chain-broken", N_("本申请的办理环节不完整，请告知系统管理员"))
    return following.state


def _hand_to_filing(application: Application, actor: Actor, now: datetime) -> None:
    """Let the app above, which this one does not know, leave its request in the same transaction."""
    path = settings.WARRANT_APPROVAL_HOOK
    if not path:
        raise Unavailable("approval-hook-missing", N_("本节点没有配置备案报送，不能批准；请告知系统管理员"))
    import_string(path)(application, actor, now=now)


@transaction.atomic
def decide(actor: Actor, number: str, action: str, reason: str = "", *, now: datetime) -> Application:
    """Give one opinion: ``pass-review``, ``pass-verification``, ``approve``, ``return-for-correction`` or ``refuse``.

    Raises:
        NotFound: the case is out of reach.
        NotPermitted: the permission of the step is not held for its unit, or the person had a part in the case.
        Conflict: the case no longer waits for this.
        InvalidInput: a reason is needed and too short.
        Unavailable: the node cannot file what would be approved.
    """
    if "nobody-twice" not in APPLICATION.transition(action).guards:
        raise ValueError(f"{action} is not a decision")
    application = locked_application(number)
    require(actor, Permission.APPLICATION_VIEW, application.place)
    require_state(application, action)
    _require_step(actor, application)
    text = checked_reason(action, reason)
    before = application.state
    unit_name = name_of_unit(application.waiting_unit_id)
    move(application, action, now=now, target=_target(application, action))
    add_opinion(application, actor, action, state=before, reason=text, unit_name=unit_name, now=now)
    if application.state == S.FILING:
        _hand_to_filing(application, actor, now)
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
    return decide(actor, application.number, action, reason, now=now)


def return_for_correction(actor: Actor, number: str, reason: str, *, now: datetime) -> Application:
    """Send the case back to its unit; mended and submitted again it starts from the first step. Raises as :func:`decide`."""
    return decide(actor, number, "return-for-correction", reason, now=now)


def refuse(actor: Actor, number: str, reason: str, *, now: datetime) -> Application:
    """End the case without the qualification. Raises as :func:`decide`."""
    return decide(actor, number, "refuse", reason, now=now)


@transaction.atomic
def apply_filing_decision(
    application_number: str, decision: str, reason: str, *, now: datetime
) -> Application:
    """Apply what the ministry answered; the app of filing has verified the receipt.

    ``decision`` is ``granted``, ``returned`` or ``refused``. A returned filing goes back to approval and starts a
    new round.

    Raises:
        InvalidInput: another decision.
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
    move(application, action, now=now)
    add_opinion(
        application,
        None,
        action,
        state=before,
        reason=reason.strip(),
        unit_name=MINISTRY_NAME,
        now=now,
    )
    return application
