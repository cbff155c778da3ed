"""Runs as the measured node: opens accounts and sessions, picks the addresses, and notes the SQL behind each.

``python -m bench.as_node OUTPUT``: writes a pickle of :class:`Prepared`.
"""

from __future__ import annotations

import base64
import json
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from warrant.nodes.start import prepare_django

prepare_django()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from bench.cases import EXPORTER, Case, Prepared
from warrant.apps.accounts.models import Account, RoleAssignment
from warrant.apps.foundation import clock
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.sealing import id_number_of
from warrant.apps.organisations.models import Agency
from warrant.core.access import Role

VIEWERS = {
    "nation": ("ministry", Role.SUPERVISOR),
    "province": ("510000", Role.SUPERVISOR),
    "county": ("510104", Role.SUPERVISOR),
}


def account_of(username: str, unit_code: str, role: Role) -> Account:
    unit = Agency.objects.get(code=unit_code)
    account, _is_new = Account.objects.get_or_create(
        username=username,
        defaults={
            "display_name": username,
            "agency": unit,
            "opened_at": clock.now(),
            "must_change_password": False,
            "password": "!",
        },
    )
    RoleAssignment.objects.get_or_create(
        account=account, role=role.value, unit=unit, withdrawn_at=None, defaults={"assigned_at": clock.now()}
    )
    return account


def cookie_of(account: Account) -> str:
    """Sign the account in as the sign-in page does, and return the session's cookie."""
    session = SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _listing(**params: str) -> str:
    return f"{reverse('officer-list')}?{urlencode(params)}"


def _key(sort_key: str, pk: int) -> str:
    """Return the page key behind an officer, as the list's own links have it."""
    return base64.urlsafe_b64encode(json.dumps(["n", sort_key, pk]).encode()).decode().rstrip("=")


def _cases() -> list[Case]:
    in_order = Officer.system.exclude(state__in=("deleted", "merged")).order_by("sort_key", "pk")
    fiftieth = in_order.values_list("sort_key", "pk")[49]
    near_the_end = in_order.reverse().values_list("sort_key", "pk")[80]
    somebody = Officer.system.filter(county_unit=Agency.objects.get(code="510104").pk).order_by("pk")[0]
    cases = [
        Case("list, first page", "nation", _listing(all="1")),
        Case("list, next page", "nation", _listing(after=_key(*fiftieth))),
        Case("list, page at the far end", "nation", _listing(after=_key(*near_the_end))),
        Case("search, 1 character", "nation", _listing(q="王")),
        Case("search, 1 character of a given name", "nation", _listing(q="建")),
        Case("search, 2 characters", "nation", _listing(q="王伟")),
        Case("search, 3 characters", "nation", _listing(q="王志强")),
        Case("search, initials", "nation", _listing(q="zw")),
        Case("search, pinyin", "nation", _listing(q="wang")),
        Case("search, ID number", "nation", reverse("officer-search"), body=id_number_of(somebody)),
        Case("search, 1 character, in a county", "county", _listing(q="王")),
        Case("county + category", "nation", _listing(unit="510104", category="02")),
        Case("officer page", "nation", reverse("officer-detail", args=[somebody.pk])),
        Case("officer page, own county", "county", reverse("officer-detail", args=[somebody.pk])),
        Case("province subtree + category", "nation", _listing(unit="510000", category="02"), 2.5),
        Case("province viewer, first page", "province", _listing(all="1")),
        Case("first page after signing in", "nation", "/"),
    ]
    try:
        cross, overview = reverse("statistics-cross"), reverse("statistics-overview")
        cases += [
            Case("national cross-table", "nation", cross),
            Case("national statistics", "nation", overview),
            Case("cross-table of a province", "nation", f"{cross}?{urlencode({'unit': '510000'})}"),
            Case("statistics of a province", "nation", f"{overview}?{urlencode({'unit': '510000'})}"),
        ]
    except NoReverseMatch:
        return cases
    return cases


def _plain(value: Any) -> Any:
    """Return a parameter as something that can be taken to another process."""
    value = getattr(value, "obj", value)  # psycopg's wrapper of bytes
    return bytes(value) if isinstance(value, memoryview) else value


def _noting(notes: list[tuple[str, Any]]) -> Callable[..., Any]:
    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not many and sql.lstrip().upper().startswith(("SELECT", "WITH")):
            text = sql.replace("%s", "?").replace("%%", "%") if connection.vendor == "sqlite" else sql
            notes.append((text, tuple(_plain(value) for value in params or ())))
        return execute(sql, params, many, context)

    return note


def prepare() -> Prepared:
    """Open what is needed and note the SQL behind every case."""
    account_of(EXPORTER, "ministry", Role.SUPERVISOR)
    accounts = {viewer: account_of(f"bench-{viewer}", unit, role) for viewer, (unit, role) in VIEWERS.items()}
    prepared = Prepared({viewer: cookie_of(account) for viewer, account in accounts.items()}, _cases())
    note_statements(prepared)
    return prepared


def note_statements(prepared: Prepared) -> None:
    """Walk every case once more than it takes to warm up, note the last walk's SQL, and where the database is."""
    for case in prepared.cases:
        client = Client()
        name, _equals, value = prepared.cookies[case.viewer].partition("=")
        client.cookies[name] = value
        for _ in range(2):
            notes: list[tuple[str, Any]] = []
            with connection.execute_wrapper(_noting(notes)):
                response = client.post(case.path, {"q": case.body}) if case.body else client.get(case.path)
        if response.status_code not in (200, 302):
            raise RuntimeError(f"{case.name}: {case.path} answered {response.status_code}")
        prepared.statements[case.name] = notes
        prepared.queries[case.name] = len(notes)
    node_url = settings.WARRANT_NODE.database_url
    prepared.database = str(connection.settings_dict["NAME"]) if connection.vendor == "sqlite" else node_url
    prepared.secret_name = settings.CSRF_COOKIE_NAME


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(pickle.dumps(prepare()))
