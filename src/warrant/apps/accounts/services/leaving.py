"""Noting that a person is on leave: by the person, or by the security administrator for somebody who fell ill."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from warrant.apps.accounts.models import Account, Leave
from warrant.apps.audit.services import record
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound

LONGEST = timedelta(days=366)


def _require_own(actor: Actor, account_id: int) -> None:
    if actor.account_id != account_id and not is_permitted(actor, Permission.ROLE_ASSIGN, NATION):
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))


@transaction.atomic
def note_leave(actor: Actor, account_id: int, from_on: date, until_on: date, *, now: datetime) -> Leave:
    """Note the days of a leave, both included; it may have begun, but not before today.

    Raises:
        NotFound: it is neither the actor's own nor is the actor the security administrator; no account in use.
        InvalidInput: the days are in the past, in the wrong order, or more than a year.
        Conflict: a leave of some of these days is noted already.
    """
    _require_own(actor, account_id)
    account = (
        Account.objects.select_for_update(of=("self",))
        .filter(pk=account_id, is_active=True, officer_uid=None)
        .first()
    )
    if account is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    if from_on < timezone.localtime(now).date():
        raise InvalidInput("in-the-past", N_("开始日期不能早于今天"), place="from_on")
    if until_on < from_on:
        raise InvalidInput("date-order", N_("结束日期早于开始日期，请核对"), place="until_on")
    if until_on - from_on > LONGEST:
        raise InvalidInput(
            "leave-too-long",
            N_("休假最长 %(days)s 天；更长时间请移交岗位"),
            place="until_on",
            days=LONGEST.days,
        )
    if account.leaves.filter(ended_at=None, from_on__lte=until_on, until_on__gte=from_on).exists():
        raise Conflict("on-leave-already", N_("这段时间已登记休假；请先结束原来的登记"))
    row = Leave.objects.create(
        account=account, from_on=from_on, until_on=until_on, noted_by_id=actor.account_id, noted_at=now
    )
    _record(actor, "leave.noted", row, now)
    return row


@transaction.atomic
def end_leave(actor: Actor, leave_id: int, *, now: datetime) -> Leave:
    """End a leave before its last day, or take it back; by the person or the security administrator.

    Raises:
        NotFound: it is none of the actor's.
        Conflict: it has ended.
    """
    row = Leave.objects.select_for_update(of=("self",)).select_related("account").filter(pk=leave_id).first()
    if row is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    _require_own(actor, row.account_id)
    if row.ended_at is not None or row.until_on < timezone.localtime(now).date():
        raise Conflict("wrong-state", N_("这项休假已经结束，请刷新页面查看"))
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    _record(actor, "leave.ended", row, now)
    return row


def _record(actor: Actor, action: str, row: Leave, now: datetime) -> None:
    record(
        actor,
        action,
        f"account:{row.account_id}",
        f"{row.account.display_name} {row.from_on} – {row.until_on}",
        now=now,
    )
