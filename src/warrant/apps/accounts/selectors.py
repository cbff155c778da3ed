"""Reading accounts: the actor behind a request, and the lists of the administrators."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet

from warrant.apps.accounts.models import Account, RoleAssignment
from warrant.core.access import Actor, Grant, Level, Permission, Role, is_permitted, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, NotFound


def actor_for(account: Account) -> Actor:
    """Return the actor with the grants as they stand now; one query."""
    assignments = RoleAssignment.objects.filter(account=account, withdrawn_at=None).select_related("unit")
    grants = tuple(
        Grant(
            Role(row.role),
            Level(row.unit.level),
            row.unit_id,
            is_node_wide=row.unit.code == settings.WARRANT_NODE.code,
        )
        for row in assignments.order_by("id")
    )
    return Actor(
        account_id=account.pk,
        name=account.display_name,
        agency_id=account.agency_id,
        grants=grants,
        officer_uid=str(account.officer_uid) if account.officer_uid else None,
    )


def accounts_for_administration(viewer: Actor, text: str = "") -> QuerySet[Account]:
    """Return the node's accounts, by user name, for the system or the security administrator."""
    if not is_permitted(viewer, Permission.ROLE_ASSIGN, NATION):
        require(viewer, Permission.ACCOUNT_MANAGE, NATION)
    rows = Account.objects.select_related("agency").prefetch_related("assignments__unit").order_by("username")
    return rows.filter(display_name__contains=text) | rows.filter(username__contains=text) if text else rows


def account_for_administration(viewer: Actor, account_id: int) -> Account:
    """Return one account of the node for the system or the security administrator.

    Raises:
        NotFound: there is none, or the viewer is no administrator.
    """
    account = accounts_for_administration(viewer).filter(pk=account_id).first()
    if account is None:
        raise NotFound("account-not-found", N_("没有这个账号，或者不在您的管辖范围内"))
    return account


def assignment_of(account: Account, assignment_id: int) -> RoleAssignment:
    """Return one role that the account holds or held; the caller has checked that the viewer may see the account.

    Raises:
        NotFound: the account has no such role.
    """
    assignment = RoleAssignment.objects.filter(account=account, pk=assignment_id).first()
    if assignment is None:
        raise NotFound("assignment-not-found", N_("该账号没有这个角色"))
    return assignment
