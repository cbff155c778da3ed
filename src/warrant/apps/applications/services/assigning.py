"""With whom a case lies: taking it on, giving it to a colleague, putting it back; and what time does to it. ADR-0024.

Whoever has the right still decides: a case that lies with a colleague says so, and is not hidden.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from warrant.apps.accounts.models import Account
from warrant.apps.applications.models import Application
from warrant.apps.applications.selectors.assigning import possible_holders
from warrant.apps.applications.selectors.cases import decision_bar, holds_step, opinions_of
from warrant.apps.applications.selectors.presence import Desk, Presence, barred_from_everybody, presence_on
from warrant.apps.applications.services.moving import locked_application, require_awaited, subject_of
from warrant.apps.applications.types import FREED_WORDS
from warrant.apps.audit.services import record
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, InvalidInput, NotPermitted

SHORTEST_REASON = 5
LONGEST_REASON = 200


def _checked_reason(reason: str, *, is_needed: bool) -> str:
    text = reason.strip()
    if is_needed and len(text) < SHORTEST_REASON:
        raise InvalidInput(
            "reason-too-short",
            N_("请写明理由，至少 %(shortest)s 个字"),
            place="reason",
            shortest=SHORTEST_REASON,
        )
    if len(text) > LONGEST_REASON:
        raise InvalidInput(
            "reason-too-long", N_("最多 %(longest)s 个字"), place="reason", longest=LONGEST_REASON
        )
    return text


def _write(application: Application, holder: Account | None, reason: str, now: datetime) -> None:
    application.assigned_to = holder
    application.assigned_at = now if holder is not None else None
    application.assigned_why = reason if holder is not None else ""
    application.freed_at, application.freed_from, application.freed_why = None, "", ""
    application.save(
        update_fields=[
            "assigned_to",
            "assigned_at",
            "assigned_why",
            "freed_at",
            "freed_from",
            "freed_why",
        ]
    )


def _holder(actor: Actor, application: Application, account_id: int) -> Account:
    """Return the person to whom the case goes, if it can: the actor, or a colleague who decides there."""
    if account_id == actor.account_id:
        bar = decision_bar(actor, application, opinions_of(application))
        if bar is not None:
            raise bar
        return Account.objects.get(pk=account_id)
    found = possible_holders(application).filter(pk=account_id).first()
    if found is None:
        raise InvalidInput(
            "not-a-possible-holder",
            N_("只能交给本环节有办理权限、未经手本申请的同事，请重新选择"),
            place="holder",
        )
    return found


@transaction.atomic
def assign_case(
    actor: Actor, number: str, account_id: int | None, reason: str = "", *, now: datetime
) -> Application:
    """Let the awaited decision lie with one person of the unit, or with nobody; by anybody who decides for the unit.

    Taking on what lies with nobody and putting back the own needs no reason, anything else does.

    Raises:
        NotFound: the case is out of reach.
        NotPermitted: the actor does not decide for the awaited unit, or takes it on though four eyes bar it.
        Conflict: the case waits for no decision, or lies there already.
        InvalidInput: the person cannot decide on it, or the reason is too short or too long.
    """
    application = locked_application(number)
    require(actor, Permission.APPLICATION_VIEW, application.place)
    require_awaited(application)
    if not holds_step(actor, application):
        raise NotPermitted("other-unit", N_("本环节由其他单位办理"))
    before = application.assigned_to
    if (before.pk if before else None) == account_id:
        raise Conflict("assigned-already", N_("申请 %(number)s 的承办人没有变化"), number=number)
    is_plain = (before is None and account_id == actor.account_id) or (
        account_id is None and before is not None and before.pk == actor.account_id
    )
    holder = _holder(actor, application, account_id) if account_id is not None else None
    text = _checked_reason(reason, is_needed=not is_plain)
    _write(application, holder, text, now)
    record(
        actor,
        "application.assigned",
        subject_of(application),
        f"{application.officer.name} {number} {before.display_name if before else '—'} → "
        f"{holder.display_name if holder else '—'}",
        now=now,
        detail={"from": before.pk if before else None, "to": account_id, "reason": text},
    )
    return application


def _why_gone(presence: Presence, desk: Desk, holder: Account) -> str:
    if not holder.is_active:
        return "left"
    return "on-leave" if (desk, holder.pk) in presence.away else "no-role"


@transaction.atomic
def _free(number: str, presence: Presence, now: datetime) -> None:
    application = locked_application(number)
    holder, desk = application.assigned_to, (application.waiting_unit_id, application.decides_as)
    if holder is None or presence.is_there(desk, holder.pk):
        return
    why = _why_gone(presence, desk, holder)
    _write(application, None, "", now)
    application.freed_at, application.freed_from, application.freed_why = now, holder.display_name, why
    application.save(update_fields=["freed_at", "freed_from", "freed_why"])
    record(
        None,
        "application.unassigned",
        subject_of(application),
        f"{application.officer.name} {number} {holder.display_name}：{_(FREED_WORDS[why])}",
        now=now,
        detail={"from": holder.pk, "why": why},
    )


def _free_cases(presence: Presence, now: datetime) -> None:
    """Put back to nobody what lies with people who are no longer there."""
    held = Application.system.filter(assigned_to__isnull=False)
    rows = held.values_list("number", "waiting_unit_id", "decides_as", "assigned_to_id").order_by("pk")
    for number, unit_id, step, account_id in list(rows):
        if not presence.is_there((unit_id, step), account_id):
            _free(number, presence, now)


@transaction.atomic
def _note_stuck(pk: int, now: datetime) -> None:
    if not Application.system.filter(pk=pk, stuck_since=None).update(stuck_since=now):
        return
    case = Application.system.select_related("officer").get(pk=pk)
    record(
        None,
        "application.nobody-may-decide",
        subject_of(case),
        f"{case.officer.name} {case.number}",
        now=now,
        detail={"unit": case.waiting_unit_id, "state": case.state},
    )


def _note_stuck_cases(presence: Presence, now: datetime) -> None:
    """Note since when everybody of the unit is barred from a case, and take it back once somebody is not."""
    stuck: set[int] = set()
    for condition in barred_from_everybody(presence):
        stuck.update(Application.system.filter(condition).values_list("pk", flat=True))
    noted = set(Application.system.filter(stuck_since__isnull=False).values_list("pk", flat=True))
    for pk in sorted(stuck - noted):
        _note_stuck(pk, now)
    for pk in sorted(noted - stuck):
        Application.system.filter(pk=pk).update(stuck_since=None)


def watch_over_cases(*, now: datetime) -> None:
    """Free what lies with people who are gone, and note where nobody may decide: the upkeep runs it."""
    presence = presence_on(timezone.localtime(now).date())
    _free_cases(presence, now)
    _note_stuck_cases(presence, now)
