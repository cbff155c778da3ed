"""Random trees, people and grants: nothing that lies outside a person's scope is shown to them, anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.apps.conftest import make_agency
from tests.apps.world import made_up_id_number
from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.accounts.models import Account, RoleAssignment
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.feed import FeedFilter, changes_for
from warrant.apps.officers.selectors.listing import listing_from, rows_of
from warrant.apps.officers.selectors.sealing import id_number_index, id_tail_index, seal_id_number
from warrant.apps.officers.services.spelling import sort_key
from warrant.apps.officers.services.writing import write_new
from warrant.apps.organisations.models import Agency
from warrant.core.access import Level, Role
from warrant.core.lifecycle import ChangeKind

pytestmark = pytest.mark.django_db

AT = datetime(2026, 10, 1, 1, 0, tzinfo=UTC)
GIVEN = "甲乙丙丁戊己庚辛壬癸"
ROLES = {
    Level.CITY: (Role.REGISTRAR, Role.REVIEWER, Role.VERIFIER, Role.SUPERVISOR, Role.STATISTICIAN),
    Level.COUNTY: (Role.REGISTRAR, Role.REVIEWER, Role.SUPERVISOR, Role.STATISTICIAN),
    Level.AGENCY: (Role.REGISTRAR,),
}
PAGES = (
    "/",
    "/officers/",
    "/officers/?q=赵",
    "/officers/?q=甲",
    "/officers/?q=zhao",
    "/officers/?q=zj",
    "/officers/?sort=-name",
    "/officers/search/?q=赵",
    "/officers/search/?q=甲",
    "/officers/filters/",
    "/officers/units/",
    "/officers/units/?q=队",
    "/officers/units/?q=局",
    "/officers/columns/",
    "/officers/views/",
    "/officers/retiring/",
    "/officers/export/",
    "/officers/changes/",
    "/officers/changes/?kind=entered",
    "/officers/changes/newer/?since=0",
    "/transfers/",
    "/transfers/new/",
    "/transfers/units/?q=队",
    "/duplicates/",
    "/duplicates/reported/",
    "/rosters/",
    "/applications/",
    "/certificates/",
    "/statistics/",
    "/statistics/cross/",
    "/statistics/people/",
    "/statistics/flows/",
    "/statistics/flows/people/",
    "/exports/",
    "/jobs/",
)
"""Everything that lists, counts, searches or completes. Who may not open one is answered 403, which shows nothing."""

UNIT_PICKERS = (
    "/officers/",
    "/officers/units/",
    "/officers/units/?q=队",
    "/officers/filters/",
    "/officers/changes/",
)


@dataclass(frozen=True)
class Plan:
    """``parents``: for each further unit the unit above it; ``homes``: the unit of each officer; ``grants``: unit, role."""

    parents: list[int]
    homes: list[int]
    grants: list[tuple[int, int]]


@st.composite
def plans(draw: Callable[[Any], Any]) -> Plan:
    units = draw(st.integers(2, 7))
    parents = [draw(st.integers(0, position)) for position in range(units)]
    homes = draw(st.lists(st.integers(0, units), min_size=3, max_size=10))
    grants = draw(st.lists(st.tuples(st.integers(1, units), st.integers(0, 9)), min_size=1, max_size=2))
    return Plan(parents, homes, grants)


BELOW = {
    Level.PROVINCE: Level.CITY,
    Level.CITY: Level.COUNTY,
    Level.COUNTY: Level.AGENCY,
    Level.AGENCY: Level.AGENCY,
}


def units_of(plan: Plan) -> list[Agency]:
    """Unit 0 is the province; each further one stands a level below its parent."""
    ministry = make_agency("ministry", "交通运输部", Level.MINISTRY, None)
    units = [make_agency("320000", "江苏省交通运输厅", Level.PROVINCE, ministry)]
    for number, parent in enumerate(plan.parents, start=1):
        above = units[parent]
        level = BELOW[Level(above.level)]
        code = f"{above.code}-{number:02d}" if level is Level.AGENCY else f"32{number:02d}{number:02d}"
        units.append(
            make_agency(code, f"第{number}{'队' if level is Level.AGENCY else '局'}执法单位", level, above)
        )
    return units


def officers_of(plan: Plan, units: list[Agency]) -> list[Officer]:
    officers = []
    for count, home in enumerate(plan.homes):
        uid, name, number = uuid4(), f"赵{GIVEN[count]}{GIVEN[-1 - count]}", made_up_id_number(count)
        officer = Officer(
            uid=uid,
            name=name,
            sort_key=sort_key(name),
            sex="1",
            birth_on=date(1990, 5, 1),
            id_number_sealed=seal_id_number(uid, number),
            id_number_index=id_number_index(number),
            id_tail_index=id_tail_index(number),
            agency=units[home],
            categories="02",
            entered_at=AT,
            changed_at=AT,
        )
        officer.put_at(units[home].place)
        officers.append(officer)
    return write_new(officers, ChangeKind.ENTERED, None, now=AT)


def is_below(place: Agency | None, unit: Agency) -> bool:
    """Tell from the tree alone whether ``place`` is ``unit`` or lies below it."""
    while place is not None:
        if place.pk == unit.pk:
            return True
        place = place.parent
    return False


def viewer_of(plan: Plan, units: list[Agency]) -> tuple[Account, list[Agency]]:
    home = units[plan.grants[0][0]]
    account = Account.objects.create(
        username="viewer", display_name="viewer", agency=home, opened_at=AT, must_change_password=False
    )
    over = []
    for number, choice in plan.grants:
        unit = units[number]
        roles = ROLES[Level(unit.level)]
        role = roles[choice % len(roles)].value
        RoleAssignment.objects.get_or_create(
            account=account, role=role, unit=unit, defaults={"assigned_at": AT}
        )
        over.append(unit)
    return account, over


def check(plan: Plan) -> None:
    units = units_of(plan)
    officers = officers_of(plan, units)
    account, over = viewer_of(plan, units)
    shown = {o.pk for o in officers if any(is_below(o.agency, unit) for unit in over)}
    hidden = [officer for officer in officers if officer.pk not in shown]
    foreign = [
        unit.name
        for unit in units[1:]
        if not any(is_below(unit, held) or is_below(held, unit) for held in over)
    ]
    actor = actor_for(account)
    assert set(rows_of(actor, listing_from({})).values_list("pk", flat=True)) == shown
    assert set(changes_for(actor, FeedFilter()).values_list("officer_id", flat=True)) == shown

    client = Client()
    client.force_login(account, backend="warrant.apps.accounts.middleware.AccountOfSession")
    for url in PAGES:
        answer = client.get(url)
        assert answer.status_code in {200, 204, 302, 400, 403, 404, 405}, (url, answer.status_code)
        page = answer.content.decode() if not answer.streaming else ""
        for officer in hidden:
            assert officer.name not in page, (url, officer.name)
        if url in UNIT_PICKERS:
            for name in foreign:
                assert name not in page, (url, name)
    for officer in officers:
        right = 200 if officer.pk in shown else 404
        assert client.get(f"/officers/{officer.pk}/").status_code == right
        assert client.get(f"/officers/{officer.pk}/glance/").status_code == right
    count = re.search(r"共 (\d+) 人", client.get("/officers/").content.decode())
    assert count is not None
    assert int(count[1]) == len(shown)


@hypothesis_settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(plan=plans())
def test_nothing_outside_the_scope_is_shown_anywhere(vault: SoftwareVault, plan: Plan) -> None:
    with transaction.atomic():
        check(plan)
        transaction.set_rollback(True)
