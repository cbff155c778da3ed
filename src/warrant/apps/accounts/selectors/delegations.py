"""Who stands in for whom: the own delegations, those to be confirmed, and who can be named."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.accounts.models import Account, Delegation, RoleAssignment
from warrant.apps.foundation import clock
from warrant.apps.foundation.work import Queue, WorkItem
from warrant.core.access import (
    DELEGABLE_ROLES,
    EXCLUSIVE_ROLES,
    ROLE_NAMES,
    Actor,
    Permission,
    Role,
    is_permitted,
)
from warrant.core.access.decision import NATION


def delegations_for(viewer: Actor) -> QuerySet[Delegation]:
    """Return the delegations that concern the viewer, all of them for the security administrator; newest first."""
    rows = Delegation.objects.select_related("from_account__agency", "to_account__agency", "unit")
    rows = rows.order_by("-id")
    if is_permitted(viewer, Permission.ROLE_ASSIGN, NATION):
        return rows
    return rows.filter(Q(from_account_id=viewer.account_id) | Q(to_account_id=viewer.account_id))


def state_of(row: Delegation) -> tuple[str, str]:
    """Return word and tone of a delegation today."""
    today = clock.today()
    if row.ended_at is not None:
        return (_("已结束"), "ended") if row.confirmed_at else (_("未获确认"), "broken")
    if row.until_on < today:
        return _("已到期"), "ended"
    if row.confirmed_at is None:
        return _("待安全管理员确认"), "waiting"
    return (_("未开始"), "waiting") if row.from_on > today else (_("代理中"), "valid")


def is_open(row: Delegation) -> bool:
    """Tell whether a delegation counts or may still count."""
    return row.ended_at is None and row.until_on >= clock.today()


def roles_to_hand_on(viewer: Actor) -> list[RoleAssignment]:
    """Return the deciding roles that the viewer holds and may hand on."""
    rows = RoleAssignment.objects.filter(
        account_id=viewer.account_id, withdrawn_at=None, role__in=[role.value for role in DELEGABLE_ROLES]
    )
    return list(rows.select_related("unit").order_by("pk"))


def possible_substitutes(viewer: Actor, unit_ids: list[int]) -> QuerySet[Account]:
    """Return who can be named: other people of these units, no administrators, no officers' own accounts."""
    administrators = RoleAssignment.objects.filter(
        withdrawn_at=None, role__in=[role.value for role in EXCLUSIVE_ROLES]
    )
    rows = Account.objects.filter(agency_id__in=unit_ids, is_active=True, officer_uid=None)
    rows = rows.exclude(pk=viewer.account_id).exclude(pk__in=administrators.values("account_id"))
    return rows.order_by("display_name", "pk")


def _item(row: Any) -> WorkItem:
    names = {"giver": row.from_account.display_name, "substitute": row.to_account.display_name}
    return WorkItem(
        kind="delegation",
        title=_("确认代理：%(substitute)s代%(giver)s") % names,
        detail=_("%(unit)s，%(role)s") % {"unit": row.unit.name, "role": _(ROLE_NAMES[Role(row.role)])},
        url=reverse("delegation-list"),
        waiting_since=row.proposed_at,
    )


def delegation_work_queues(viewer: Actor) -> list[Queue]:
    """Return the delegations that the security administrator has to confirm."""
    if not is_permitted(viewer, Permission.ROLE_ASSIGN, NATION):
        return []
    rows = Delegation.objects.filter(confirmed_at=None, ended_at=None, until_on__gte=clock.today())
    fields = ("proposed_at", "role", "from_account__display_name", "to_account__display_name", "unit__name")
    return [Queue(rows.order_by("proposed_at", "pk"), fields, _item)]
