"""Handing a deciding role on to a substitute for a time: the holder names, the security administrator confirms.

A case waits for a unit and never for a person, so a colleague who holds the role anyway needs no delegation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from warrant.apps.accounts.models import Account, Delegation, RoleAssignment
from warrant.apps.audit.services import record
from warrant.core.access import (
    DELEGABLE_ROLES,
    EXCLUSIVE_ROLES,
    Actor,
    Permission,
    Role,
    is_permitted,
    require,
)
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, NotPermitted

LONGEST = timedelta(days=92)
"""From the first to the last day: a quarter. Whoever is away longer hands the post over. Assumption."""
SHORTEST_REASON = 5
LONGEST_REASON = 200


@dataclass(frozen=True)
class Proposal:
    """Who is to stand in, in which role over which unit, from which day to which (both included), and why."""

    role: Role
    unit_id: int
    substitute_id: int
    from_on: date
    until_on: date
    reason: str


def _today(now: datetime) -> date:
    return timezone.localtime(now).date()


def _check_days(proposal: Proposal, today: date) -> None:
    if proposal.from_on < today:
        raise InvalidInput("in-the-past", N_("开始日期不能早于今天"), place="from_on")
    if proposal.until_on < proposal.from_on:
        raise InvalidInput("date-order", N_("结束日期早于开始日期，请核对"), place="until_on")
    if proposal.until_on - proposal.from_on > LONGEST:
        raise InvalidInput(
            "delegation-too-long",
            N_("代理最长 %(days)s 天；更长时间请移交岗位"),
            place="until_on",
            days=LONGEST.days,
        )


def _checked_reason(reason: str) -> str:
    text = reason.strip()
    if len(text) < SHORTEST_REASON:
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


def _check_substitute(actor: Actor, proposal: Proposal) -> Account:
    substitute = Account.objects.filter(pk=proposal.substitute_id, is_active=True, officer_uid=None).first()
    if substitute is None or substitute.agency_id != proposal.unit_id:
        raise InvalidInput("other-unit", N_("代理人须是同一单位的在用账号"), place="substitute")
    if substitute.pk == actor.account_id:
        raise InvalidInput("own-substitute", N_("不能由本人代理"), place="substitute")
    held = list(substitute.assignments.filter(withdrawn_at=None).values_list("role", "unit_id"))
    if {Role(role) for role, _unit in held} & EXCLUSIVE_ROLES:
        raise InvalidInput(
            "roles-exclude", N_("系统管理员、安全管理员、审计管理员不能代理业务"), place="substitute"
        )
    if (proposal.role.value, proposal.unit_id) in held:
        raise InvalidInput(
            "role-held-already",
            N_("%(name)s本人已有此角色，可以直接办理，无需代理"),
            place="substitute",
            name=substitute.display_name,
        )
    return substitute


@transaction.atomic
def propose_delegation(actor: Actor, proposal: Proposal, *, now: datetime) -> Delegation:
    """Name a substitute for a deciding role that the actor holds; it counts once the security administrator confirms it.

    Raises:
        NotPermitted: the actor does not hold the role over the unit, or only as a substitute.
        InvalidInput: the substitute is of another unit, an administrator, or decides anyway; days or reason are wrong.
        Conflict: the role was handed on for some of these days already.
    """
    Account.objects.select_for_update(of=("self",)).get(pk=actor.account_id)
    held = RoleAssignment.objects.filter(
        account_id=actor.account_id, role=proposal.role.value, unit_id=proposal.unit_id, withdrawn_at=None
    )
    if proposal.role not in DELEGABLE_ROLES or not held.exists():
        raise NotPermitted("role-not-held", N_("您没有这个角色，不能委托他人代理"))
    _check_days(proposal, _today(now))
    reason = _checked_reason(proposal.reason)
    substitute = _check_substitute(actor, proposal)
    same = Delegation.objects.filter(
        from_account_id=actor.account_id, role=proposal.role.value, unit_id=proposal.unit_id, ended_at=None
    )
    if same.filter(from_on__lte=proposal.until_on, until_on__gte=proposal.from_on).exists():
        raise Conflict("delegated-already", N_("这段时间已有代理；请先结束原来的代理"))
    made = Delegation.objects.create(
        from_account_id=actor.account_id,
        to_account=substitute,
        role=proposal.role.value,
        unit_id=proposal.unit_id,
        from_on=proposal.from_on,
        until_on=proposal.until_on,
        reason=reason,
        proposed_at=now,
    )
    _record(actor, "delegation.proposed", made, now)
    return made


def _record(actor: Actor, action: str, row: Delegation, now: datetime) -> None:
    record(
        actor,
        action,
        f"account:{row.from_account_id}",
        f"{row.from_account.display_name} → {row.to_account.display_name}: {row.role} @ {row.unit.name}",
        now=now,
        detail={
            "delegation": row.pk,
            "to": row.to_account_id,
            "from_on": row.from_on,
            "until_on": row.until_on,
            "reason": row.reason,
        },
    )


def _locked(delegation_id: int) -> Delegation:
    rows = Delegation.objects.select_for_update(of=("self",)).select_related(
        "from_account", "to_account", "unit"
    )
    row = rows.filter(pk=delegation_id).first()
    if row is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return row


def _require_proposed(row: Delegation, today: date) -> None:
    if row.confirmed_at is not None or row.ended_at is not None:
        raise Conflict("wrong-state", N_("这项代理已经处理，请刷新页面查看"))
    if row.until_on < today:
        raise Conflict("delegation-over", N_("这项代理的期限已过"))


@transaction.atomic
def confirm_delegation(actor: Actor, delegation_id: int, *, now: datetime) -> Delegation:
    """Let a substitute act from the first day on; by the security administrator.

    Raises:
        NotPermitted: no security administrator.
        Conflict: it was dealt with, its days are over, or one of the two has left meanwhile.
    """
    require(actor, Permission.ROLE_ASSIGN, NATION)
    row = _locked(delegation_id)
    _require_proposed(row, _today(now))
    held = RoleAssignment.objects.filter(
        account_id=row.from_account_id, role=row.role, unit_id=row.unit_id, withdrawn_at=None
    )
    if not (row.to_account.is_active and row.from_account.is_active and held.exists()):
        raise Conflict("delegation-lapsed", N_("委托人或代理人的账号或角色已变动，不能确认"))
    row.confirmed_by_id, row.confirmed_at = actor.account_id, now
    row.save(update_fields=["confirmed_by", "confirmed_at"])
    _record(actor, "delegation.confirmed", row, now)
    return row


@transaction.atomic
def refuse_delegation(actor: Actor, delegation_id: int, *, now: datetime) -> Delegation:
    """Refuse what was proposed; by the security administrator.

    Raises:
        NotPermitted: no security administrator.
        Conflict: it was dealt with already.
    """
    require(actor, Permission.ROLE_ASSIGN, NATION)
    row = _locked(delegation_id)
    _require_proposed(row, row.until_on)
    return _end(actor, row, "delegation.refused", now)


@transaction.atomic
def end_delegation(actor: Actor, delegation_id: int, *, now: datetime) -> Delegation:
    """End a delegation before its last day; by either of the two, or the security administrator.

    Raises:
        NotFound: it is none of the actor's.
        Conflict: it has ended.
    """
    row = _locked(delegation_id)
    if actor.account_id not in (row.from_account_id, row.to_account_id) and not is_permitted(
        actor, Permission.ROLE_ASSIGN, NATION
    ):
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    if row.ended_at is not None or row.until_on < _today(now):
        raise Conflict("wrong-state", N_("这项代理已经结束，请刷新页面查看"))
    return _end(actor, row, "delegation.ended", now)


def _end(actor: Actor, row: Delegation, action: str, now: datetime) -> Delegation:
    row.ended_by_id, row.ended_at = actor.account_id, now
    row.save(update_fields=["ended_by", "ended_at"])
    _record(actor, action, row, now)
    return row
