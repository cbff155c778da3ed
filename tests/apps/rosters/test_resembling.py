"""Rows that resemble somebody in the register are warned of, never kept out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from tests.apps.officers.entries import entry
from tests.apps.rosters.test_importing import GOOD, KUNSHAN, workbook
from warrant.apps.officers.models import DuplicatePair, Officer
from warrant.apps.officers.services import alike, enter_officer
from warrant.apps.rosters.models import RosterImport
from warrant.apps.rosters.selectors.preview import ShownFinding, shown_rows
from warrant.apps.rosters.services import import_roster, preview_roster
from warrant.core.access import Actor
from warrant.core.standards.id_number import check_character

pytestmark = pytest.mark.django_db


def numbered(body: str) -> str:
    return body + check_character(body)


ONE_OFF = ["曾国", numbered("32990119900501133"), KUNSHAN, "道路运政", "大学本科", "公务员"]
SWAPPED = ["仇英", numbered("32990119900510123"), KUNSHAN, "道路运政", "大学本科", "公务员"]
NAMESAKE = ["单书白", numbered("32990219900501777"), KUNSHAN, "道路运政", "大学本科", "公务员"]
NOBODY = ["解缙", "329901198806123312", KUNSHAN, "公路路政", "大学本科", "公务员"]


@pytest.fixture(params=[0, alike.SHORT_ROSTER], ids=["by sketch", "by blind index"])
def preview(
    request: Any, monkeypatch: Any, vault: Any, registrar: Actor, today: date, now: datetime
) -> Callable[..., RosterImport]:
    monkeypatch.setattr(alike, "SHORT_ROSTER", request.param)

    def send(*rows: list[str], by: Actor = registrar) -> RosterImport:
        return preview_roster(by, workbook(*rows), "花名册.xlsx", on=today, now=now)

    return send


@pytest.fixture
def registered(vault: Any, registrar: Actor, now: datetime, today: date) -> Officer:
    return enter_officer(registrar, entry(), on=today, now=now)[0]


def findings(roster: RosterImport) -> dict[int, list[ShownFinding]]:
    return {row.row: list(row.findings) for row in shown_rows(roster, list(roster.rows.order_by("id")))}


def test_rows_near_a_registered_officer_are_warned_of(
    preview: Callable[..., RosterImport], registered: Officer
) -> None:
    found = findings(preview(ONE_OFF, SWAPPED, NAMESAKE, NOBODY))
    assert {row: [(one.severity, one.code, one.column) for one in some] for row, some in found.items()} == {
        2: [("warn", "one-digit-off", "身份证号")],
        3: [("warn", "two-swapped", "身份证号")],
        4: [("warn", "same-name-and-birth", "姓名")],
        5: [],
    }
    assert found[2][0].text == f"身份证号码与已登记的单书白（{KUNSHAN}）仅差一位；请对照证件核对是否同一人"


def test_an_officer_that_is_registered_already_is_an_error_and_nothing_else(
    preview: Callable[..., RosterImport], registered: Officer
) -> None:
    found = findings(preview(GOOD))
    assert [(one.severity, one.code) for one in found[2]] == [("error", "already-registered")]


def test_of_somebody_outside_the_own_unit_no_name_and_no_unit_is_told(
    preview: Callable[..., RosterImport],
    stranger: Actor,
    tree: SimpleNamespace,
    registered: Officer,
) -> None:
    row = [ONE_OFF[0], ONE_OFF[1], tree.nanjing.name, *ONE_OFF[3:]]
    found = findings(preview(row, by=stranger))
    assert [(one.severity, one.text) for one in found[2]] == [
        ("warn", "身份证号码与您管辖范围以外的一名已登记人员仅差一位；请对照证件核对身份证号码")
    ]


def test_a_warned_row_is_imported_and_the_pair_waits_to_be_looked_at(
    preview: Callable[..., RosterImport], registered: Officer, registrar: Actor, now: datetime
) -> None:
    roster = import_roster(registrar, preview(ONE_OFF, NOBODY).pk, now=now)
    assert roster.imported_count == 2
    twin = Officer.system.get(name="曾国")
    pair = DuplicatePair.objects.get()
    assert (pair.first_id, pair.second_id, pair.rules) == (registered.pk, twin.pk, "one-digit-off")


def test_the_register_is_asked_a_fixed_number_of_times(
    preview: Callable[..., RosterImport], registered: Officer, django_assert_max_num_queries: Any
) -> None:
    desk = alike.AlikeDesk(1000)
    people = [
        alike.Person(numbered(f"3299011990050{day}{order:03}"), f"人{order}", date(1990, 5, day))
        for day in range(1, 10)
        for order in range(30)
    ]
    preview(NOBODY)
    with django_assert_max_num_queries(8):
        desk.alike(people)
