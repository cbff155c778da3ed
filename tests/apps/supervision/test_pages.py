"""The pages of the statistics: scope, agreement of figures and lists, mistakes people make, size."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.apps.supervision.conftest import NOW, Register, change, leave, transfer
from warrant.apps.foundation import clock
from warrant.core.access import Role

pytestmark = pytest.mark.django_db

SignIn = Callable[[Any], Client]


@pytest.fixture(autouse=True)
def fixed_today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 22))


@pytest.fixture
def kunshan_clerk(tree: SimpleNamespace, account_for: Any, sign_in: SignIn) -> Client:
    return sign_in(account_for("gu", tree.kunshan, Role.REGISTRAR))


@pytest.fixture
def statistician(tree: SimpleNamespace, account_for: Any, sign_in: SignIn) -> Client:
    return sign_in(account_for("fang", tree.jiangsu, Role.STATISTICIAN))


@pytest.fixture
def people(register: Register, tree: SimpleNamespace) -> SimpleNamespace:
    """Three in Kunshan (one left in June), one in Suzhou who came from Kunshan in April, one at the province."""
    first = register(tree.kunshan_brigade, name="林书白", education="14", birth_on=date(1996, 5, 1))
    second = register(tree.kunshan_brigade, name="陈予安", education="21", categories="02,08", sex="2")
    left = register(tree.kunshan_brigade, name="赵明澈", education="31")
    moved = register(tree.kunshan_brigade, name="魏清和", education="21")
    province = register(tree.jiangsu_brigade, name="沈知微", education="21", birth_on=date(1968, 1, 1))
    leave(left, date(2026, 6, 10))
    transfer(moved, tree.suzhou_brigade, date(2026, 4, 1))
    return SimpleNamespace(first=first, second=second, left=left, moved=moved, province=province)


def names_in(page: Any) -> set[str]:
    return set(re.findall("林书白|陈予安|赵明澈|魏清和|沈知微", page.content.decode()))


def total_of(page: Any) -> int:
    found = re.search(r'class="statistics-total" href="[^"]*">(\d+)<', page.content.decode())
    assert found
    return int(found.group(1))


def links_of(page: Any, part: str) -> list[tuple[str, int]]:
    """Every address of lists on the page with the figure that leads there."""
    found = re.findall(rf'<a[^>]* href="({part}[^"]*)">(\d+)<', page.content.decode())
    return [(address.replace("&amp;", "&"), int(figure)) for address, figure in found]


def people_listed(client: Client, address: str) -> int:
    page = client.get(address)
    assert page.status_code == 200
    shown = re.search(r'<span class="soft">共 (\d+) 人', page.content.decode())
    rows = page.content.decode().count('<th scope="row">')
    assert shown
    assert int(shown.group(1)) == rows
    return rows


def test_overview_counts_the_unit_as_it_is_today(kunshan_clerk: Client, people: SimpleNamespace):
    assert total_of(kunshan_clerk.get("/statistics/")) == 2


def test_overview_of_an_earlier_day_counts_as_it_was(kunshan_clerk: Client, people: SimpleNamespace):
    assert total_of(kunshan_clerk.get("/statistics/?on=2026-05-01")) == 3
    assert total_of(kunshan_clerk.get("/statistics/?on=2026-03-31")) == 4
    assert total_of(kunshan_clerk.get("/statistics/?on=2025-12-31")) == 0


@pytest.mark.parametrize("group", ["composition", "standing", "work"])
def test_every_figure_of_the_overview_agrees_with_its_list(
    statistician: Client, people: SimpleNamespace, group: str
):
    links = links_of(statistician.get(f"/statistics/?group={group}"), "/statistics/people/")
    assert len(links) > 4
    for address, figure in links:
        assert people_listed(statistician, address) == figure


@pytest.mark.parametrize("unit", ["320000", "320583"])
@pytest.mark.parametrize("day", ["2026-11-22", "2026-05-01"])
def test_every_figure_of_a_crossing_agrees_with_its_list(
    statistician: Client, people: SimpleNamespace, unit: str, day: str
):
    page = statistician.get(f"/statistics/cross/?unit={unit}&on={day}&rows=birth_year&columns=category")
    links = links_of(page, "/statistics/people/")
    assert len(links) > 8
    for address, figure in links:
        assert people_listed(statistician, address) == figure


def test_list_names_whom_the_viewer_may_still_see_and_counts_the_others(
    kunshan_clerk: Client, people: SimpleNamespace
):
    page = kunshan_clerk.get("/statistics/people/?on=2026-03-31")
    assert names_in(page) == {"林书白", "陈予安", "赵明澈"}
    assert page.content.decode().count("已不在您的管辖范围") == 1


def test_unit_out_of_reach_is_not_found(kunshan_clerk: Client, people: SimpleNamespace):
    for name in ("", "cross/", "people/", "flows/", "export/"):
        question = "&what=overview&format=csv" if name == "export/" else ""
        for unit in ("320500", "320000", "310115", "ministry", "nowhere"):
            page = kunshan_clerk.get(f"/statistics/{name}?unit={unit}{question}")
            assert page.status_code == 404, (name, unit)


def test_unit_above_is_compared_by_shares_only(kunshan_clerk: Client, people: SimpleNamespace):
    text = kunshan_clerk.get("/statistics/").content.decode()
    assert "上级：苏州市交通运输局（只比占比）" in text
    assert "unit=320500" not in text


def test_whoever_counts_no_one_may_not_open_statistics(
    tree: SimpleNamespace, account_for: Any, sign_in: SignIn
):
    client = sign_in(account_for("editor", tree.jiangsu, Role.CARD_OPERATOR))
    assert client.get("/statistics/").status_code == 403


def test_wrong_day_is_said_beside_the_field(kunshan_clerk: Client, people: SimpleNamespace):
    for day, words in (
        ("2027-01-01", "统计日不能晚于今天"),
        ("1999-01-01", "统计日不能早于 2009-11-25"),
        ("gestern", "统计日应写作 2026-11-22"),
    ):
        page = kunshan_clerk.get(f"/statistics/?on={day}")
        assert page.status_code == 400
        assert words in page.content.decode()
        assert f'value="{day}"' in page.content.decode()


@pytest.mark.parametrize(
    "question",
    [
        "people/?education=77",
        "people/?education=x",
        "people/?education=1&sex=1&post=1",
        "people/?on=nonsense",
        "people/?after=%00",
        "cross/?rows=salary",
        "cross/?rows=sex&columns=sex",
        "flows/?year=abc",
        "flows/people/?year=2026&direction=up",
        "flows/people/?year=20260&direction=in",
        "export/?what=overview&format=exe",
    ],
)
def test_nonsense_in_the_address_is_refused(kunshan_clerk: Client, people: SimpleNamespace, question: str):
    assert kunshan_clerk.get(f"/statistics/{question}").status_code == 400


def test_deviation_from_the_unit_above_is_said_in_words(kunshan_clerk: Client, people: SimpleNamespace):
    text = kunshan_clerk.get("/statistics/").content.decode()
    assert "研究生占 50.0%，高于上级 16.7 个百分点" in text


def test_flows_of_a_unit_leave_out_moves_inside_it(statistician: Client, people: SimpleNamespace):
    county = statistician.get("/statistics/flows/?unit=320583").content.decode()
    assert "进 4 人次，出 2 人次，净增 +2" in county
    province = statistician.get("/statistics/flows/").content.decode()
    assert "进 5 人次，出 1 人次，净增 +4" in province


def test_every_figure_of_the_flows_opens_its_people(statistician: Client, people: SimpleNamespace):
    links = links_of(statistician.get("/statistics/flows/?unit=320583"), "/statistics/flows/people/")
    assert len(links) >= 8
    for address, figure in links:
        page = statistician.get(address).content.decode()
        assert page.count('<th scope="row">') == figure


def test_exports_hold_the_figures(statistician: Client, people: SimpleNamespace):
    csv = statistician.get("/statistics/export/?what=cross&rows=education&columns=sex&format=csv")
    text = csv.content.decode("utf-8-sig")
    assert "研究生,1,0,1,33.33" not in text
    assert "研究生,1,0,1,25.0" in text
    for what in ("overview", "cross", "flows"):
        workbook = statistician.get(f"/statistics/export/?what={what}&format=xlsx")
        assert workbook.content.startswith(b"PK")


def test_change_shows_at_once(statistician: Client, people: SimpleNamespace):
    address = "/statistics/people/?education=1"
    assert people_listed(statistician, address) == 1
    change(people.second, date(2026, 11, 22), education="14")
    assert people_listed(statistician, address) == 2


@pytest.mark.parametrize(
    "address",
    [
        "/statistics/",
        "/statistics/?group=standing",
        "/statistics/?group=work&on=2026-05-01",
        "/statistics/cross/?against=before",
        "/statistics/cross/?unit=320583&against=above&rows=staffing&columns=certificate",
        "/statistics/people/?education=2",
        "/statistics/flows/",
        "/statistics/flows/people/?year=2026&direction=in",
    ],
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_are_light(statistician: Client, people: SimpleNamespace, address: str, language: str):
    statistician.cookies["django_language"] = language
    with CaptureQueriesContext(connection) as queries:
        page = statistician.get(address)
    assert page.status_code == 200
    assert len(queries) <= 10
    assert len(page.content) <= 60_000
