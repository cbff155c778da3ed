"""Reading accounts: the actor behind a request, and the lists of the administrators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.accounts.models import Account, RoleAssignment
from warrant.apps.accounts.types import ACCOUNT_STATES
from warrant.apps.foundation import clock
from warrant.apps.foundation.work import Glance
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Grant, Level, Permission, Principal, Role, is_permitted, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, NotFound, NotPermitted

_HELD = """
SELECT held.role AS role, unit.level AS level, held.unit_id AS unit_id, unit.code AS code,
    NULL AS principal_id, NULL AS principal, 0 AS is_substitute, held.id AS id
FROM role_assignment AS held JOIN agency AS unit ON unit.id = held.unit_id
WHERE held.account_id = %s AND held.withdrawn_at IS NULL
UNION ALL
SELECT held.role, unit.level, held.unit_id, unit.code, principal.id, principal.display_name, 1, given.id
FROM delegation AS given
JOIN account AS principal ON principal.id = given.from_account_id AND principal.is_active
JOIN role_assignment AS held ON held.account_id = principal.id AND held.role = given.role
    AND held.unit_id = given.unit_id AND held.withdrawn_at IS NULL
JOIN agency AS unit ON unit.id = held.unit_id
WHERE given.to_account_id = %s AND given.confirmed_at IS NOT NULL AND given.ended_at IS NULL
    AND given.from_on <= %s AND given.until_on >= %s
"""
"""The roles of an account, and those that it holds as a substitute today while the person who gave them still holds them."""
_COLUMNS = "grants.role, grants.level, grants.unit_id, grants.code, grants.principal_id, grants.principal"
_COUNT = 6
_GRANTS = f"SELECT {_COLUMNS} FROM ({_HELD}) AS grants ORDER BY grants.is_substitute, grants.id"  # noqa: S608 - our own names


def _values(account_id: int) -> list[int | str | None]:
    today = connection.ops.adapt_datefield_value(clock.today())
    return [account_id, account_id, today, today]


@dataclass(frozen=True)
class _Reading:
    """The statement behind every page of a signed-in person, and how its columns become values."""

    statement: str
    account_columns: tuple[str, ...]
    agency_columns: tuple[str, ...]
    conversions: tuple[tuple[int, Callable[[Any], Any]], ...]


@lru_cache(maxsize=4)
def _reading(vendor: str) -> _Reading:
    """Write the statement once: it costs a tenth of what it costs Django to write it anew for each page."""
    columns = [
        field.get_col(model._meta.db_table)
        for model in (Account, Agency)
        for field in model._meta.concrete_fields
    ]
    quote = connection.ops.quote_name
    names = ", ".join(f"{quote(str(each.alias))}.{quote(str(each.target.column))}" for each in columns)
    statement = (
        f"SELECT {names}, {_COLUMNS} FROM account "  # noqa: S608 - our own names
        "JOIN agency ON agency.id = account.agency_id "
        f"LEFT JOIN ({_HELD}) AS grants ON TRUE WHERE account.id = %s ORDER BY grants.is_substitute, grants.id"
    )

    def conversion(column: Any, convert: Callable[..., Any]) -> Callable[[Any], Any]:
        return lambda value: convert(value, column, connection)

    conversions = tuple(
        (place, conversion(column, convert))
        for place, column in enumerate(columns)
        for convert in (
            *connection.ops.get_db_converters(column),
            *column.get_db_converters(connection),
        )
    )
    return _Reading(
        statement,
        tuple(field.attname for field in Account._meta.concrete_fields),
        tuple(field.attname for field in Agency._meta.concrete_fields),
        conversions,
    )


def account_of_session(account_id: int) -> Account | None:
    """Return the account with its unit and the roles it holds at this moment, in one query; none if there is none.

    Only for the beginning of a request: whoever works longer asks :func:`actor_for` with an account of his own.
    """
    reading = _reading(connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(reading.statement, [*_values(account_id), account_id])
        rows = cursor.fetchall()
    if not rows:
        return None
    values = list(rows[0])
    for place, convert in reading.conversions:
        values[place] = convert(values[place])
    end = len(reading.account_columns)
    account = Account.from_db(connection.alias, reading.account_columns, values[:end])
    account._state.fields_cache["agency"] = Agency.from_db(
        connection.alias, reading.agency_columns, values[end:-_COUNT]
    )
    account.held_roles = [row[-_COUNT:] for row in rows if row[-_COUNT] is not None]
    return account


def actor_for(account: Account) -> Actor:
    """Return the actor with the grants as they stand now; one query, none where they were read with the account."""
    assignments = account.held_roles
    if assignments is None:
        with connection.cursor() as cursor:
            cursor.execute(_GRANTS, _values(account.pk))
            assignments = cursor.fetchall()
    grants = tuple(
        Grant(
            Role(role),
            Level(level),
            unit_id,
            is_node_wide=code == settings.WARRANT_NODE.code,
            on_behalf_of=Principal(principal_id, principal or "") if principal_id is not None else None,
        )
        for role, level, unit_id, code, principal_id, principal in assignments
    )
    return Actor(
        account_id=account.pk,
        name=account.display_name,
        agency_id=account.agency_id,
        grants=grants,
        officer_uid=str(account.officer_uid) if account.officer_uid else None,
    )


def actor_of_account(account_id: int) -> Actor:
    """Return the actor of an account as its grants stand now: who works on in the background.

    Raises:
        NotPermitted: there is no such account, or it has been disabled meanwhile.
    """
    account = Account.objects.filter(pk=account_id, is_active=True).first()
    if account is None:
        raise NotPermitted("account-disabled", N_("发起人的账号已停用，后台任务不能继续"))
    return actor_for(account)


def accounts_for_administration(viewer: Actor, text: str = "", state: str = "") -> QuerySet[Account]:
    """Return the node's accounts, by user name, for the system or the security administrator.

    ``state`` is ``in-use``, ``without-role`` (open, but good for nothing yet), ``disabled`` or empty for all.
    """
    if not is_permitted(viewer, Permission.ROLE_ASSIGN, NATION):
        require(viewer, Permission.ACCOUNT_MANAGE, NATION)
    rows = Account.objects.select_related("agency").prefetch_related("assignments__unit").order_by("username")
    if state:
        rows = rows.filter(is_active=state != "disabled")
    if state == "without-role":
        held = RoleAssignment.objects.filter(account=OuterRef("pk"), withdrawn_at=None)
        rows = rows.filter(~Exists(held))
    if text:
        rows = rows.filter(Q(display_name__icontains=text) | Q(username__icontains=text))
    return rows


def glances(viewer: Actor) -> list[Glance]:
    """Return how many accounts are in use, without a role and disabled, for the two who administer them."""
    if not any(
        is_permitted(viewer, right, NATION) for right in (Permission.ACCOUNT_MANAGE, Permission.ROLE_ASSIGN)
    ):
        return []
    url = reverse("account-list")
    return [
        Glance(_(word), accounts_for_administration(viewer, state=state), f"{url}?state={state}")
        for state, word in ACCOUNT_STATES.items()
    ]


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
