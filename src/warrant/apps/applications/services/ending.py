"""What happens to a case that was refused or cannot go on: asking for reconsideration, and cancelling."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from warrant.apps.applications.models import Application
from warrant.apps.applications.selectors.cases import (
    application_for,
    open_application_of,
    reconsideration_until,
)
from warrant.apps.applications.services.moving import (
    add_opinion,
    awaited_step,
    checked_reason,
    locked_application,
    move,
    require_state,
    unit_name_of,
)
from warrant.apps.officers.selectors.register import is_own
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, NotPermitted


@transaction.atomic
def ask_reconsideration(actor: Actor, number: str, reason: str, *, now: datetime) -> Application:
    """Have a refusal judged again by people who had no part in the case: once, in time, by the unit or the officer.

    Raises:
        NotFound, NotPermitted: out of reach, or no right to prepare here and not the officer.
        Conflict: not refused, asked before, too late, the ministry's refusal, or another case is open.
        InvalidInput: the reason is too short.
    """
    application_for(actor, number)
    application = locked_application(number)
    if not is_own(actor, application.officer):
        require(actor, Permission.APPLICATION_PREPARE, application.place)
    require_state(application, "ask-reconsideration")
    text = checked_reason(application.machine, "ask-reconsideration", reason)
    if application.opinions.filter(action="ask-reconsideration").exists():
        raise Conflict("asked-before", N_("本申请已申请过一次复核，不能再次申请"))
    until = reconsideration_until(application)
    if until is None:
        raise Conflict("not-reconsidered-here", N_("部级不予备案的决定不能在本省复核"))
    if timezone.localtime(now).date() > until:
        raise Conflict("asked-too-late", N_("复核应在 %(until)s 之前申请，期限已过"), until=until)
    other = open_application_of(application.officer)
    if other is not None:
        raise Conflict(
            "application-open",
            N_("该人员已有未办结的申请 %(number)s；请先办结或撤回"),
            number=other.number,
        )
    before = application.state
    move(application, "ask-reconsideration", now=now)
    if awaited_step(application) is None:
        raise Conflict("chain-broken", N_("本申请的办理环节不完整，请告知系统管理员"))
    add_opinion(
        application,
        actor,
        "ask-reconsideration",
        state=before,
        reason=text,
        unit_name=unit_name_of(actor),
        now=now,
    )
    return application


@transaction.atomic
def cancel(actor: Actor, number: str, reason: str, *, now: datetime) -> Application:
    """End a case that cannot go on, such as one without ground; by the province's approver.

    Raises:
        NotFound, NotPermitted: out of reach, no approver, or the actor's own case.
        Conflict: it waits for the ministry, or has ended.
        InvalidInput: the reason is too short.
    """
    application = locked_application(number)
    require(actor, Permission.APPLICATION_APPROVE, application.place)
    if is_own(actor, application.officer):
        raise NotPermitted("own-case", N_("这是您本人的申请，不能由您办理"))
    require_state(application, "cancel")
    text = checked_reason(application.machine, "cancel", reason)
    before = application.state
    move(application, "cancel", now=now)
    add_opinion(
        application,
        actor,
        "cancel",
        state=before,
        reason=text,
        unit_name=unit_name_of(actor),
        now=now,
    )
    return application
