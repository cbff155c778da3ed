"""Who is on leave, and who could stand in: read by whoever hands out work."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from warrant.apps.accounts.models import Account, Delegation, Leave
from warrant.apps.foundation import clock
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.access.decision import NATION


def leaves_on(day: date) -> QuerySet[Leave]:
    """Return the leaves that count on a day."""
    return Leave.objects.filter(ended_at=None, from_on__lte=day, until_on__gte=day)


def delegations_on(day: date) -> QuerySet[Delegation]:
    """Return the delegations that count on a day: confirmed, not ended, between people whose accounts are in use."""
    return Delegation.objects.filter(
        confirmed_at__isnull=False,
        ended_at=None,
        from_on__lte=day,
        until_on__gte=day,
        from_account__is_active=True,
        to_account__is_active=True,
    )


def open_leaves_for(viewer: Actor) -> QuerySet[Leave]:
    """Return the leaves that run or are to come: the own ones, all of the node for the security administrator."""
    rows = Leave.objects.filter(ended_at=None, until_on__gte=clock.today()).select_related("account__agency")
    if not is_permitted(viewer, Permission.ROLE_ASSIGN, NATION):
        rows = rows.filter(account_id=viewer.account_id)
    return rows.order_by("from_on", "pk")


def people_who_take_leave(viewer: Actor) -> QuerySet[Account]:
    """Return for whom the viewer can note a leave: themselves, or everybody at work for the security administrator."""
    mine = Q(pk=viewer.account_id)
    if is_permitted(viewer, Permission.ROLE_ASSIGN, NATION):
        mine |= Q(is_active=True)
    return Account.objects.filter(mine, officer_uid=None).order_by("display_name", "pk")
