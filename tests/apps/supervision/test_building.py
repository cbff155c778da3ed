"""Statistics made from a register that people go on working in are those that a rebuild makes."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from tests.apps.supervision.conftest import NOW, Register, change, leave, new_officer, transfer
from tests.apps.supervision.test_following import books, facts, flows
from warrant.apps.foundation import clock
from warrant.apps.officers.models import Officer
from warrant.apps.officers.services.writing import write_new
from warrant.apps.supervision.models import StatisticBuilding, StatisticMonth, StatisticWaiting
from warrant.apps.supervision.services import building, keep_books, rebuild_statistics, rebuilding
from warrant.apps.supervision.services.rebuilding import forget_statistics
from warrant.core.access import Role
from warrant.core.lifecycle import ChangeKind

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "PAUSE_SECONDS", 0)


@pytest.fixture
def statistician(tree: SimpleNamespace, account_for: Any, sign_in: Any) -> Any:
    return sign_in(account_for("xu", tree.jiangsu, Role.STATISTICIAN))


@pytest.fixture
def people(register: Register, tree: SimpleNamespace) -> list[Officer]:
    """Five officers with histories before and after the books open, and no statistics."""
    found = [
        register(tree.kunshan_brigade, on=date(2020, 1, 5), education="14"),
        register(tree.kunshan_brigade, on=date(2025, 3, 9), categories="02,08"),
        register(tree.suzhou_brigade, on=date(2026, 2, 1)),
        register(tree.suzhou_brigade, on=date(2024, 2, 1)),
        register(tree.kunshan_brigade, on=date(2026, 11, 20)),
    ]
    change(found[0], date(2025, 6, 1), education="21")
    transfer(found[1], tree.suzhou_brigade, date(2026, 4, 1))
    leave(found[3], date(2026, 5, 1))
    forget_statistics()
    return found


def all_of_it() -> tuple[Any, ...]:
    return facts(), flows(), books()


def test_building_ends_with_what_a_rebuild_makes(people: list[Officer]):
    keep_books(now=NOW)
    built = all_of_it()
    assert built[0]
    assert not StatisticBuilding.objects.exists()
    rebuild_statistics(now=NOW)
    assert built == all_of_it()


@pytest.mark.parametrize("step", ["timelines_between", "opening_cells", "movements_between", "close_months"])
def test_what_people_do_meanwhile_is_taken_in(
    people: list[Officer], tree: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, step: str
):
    monkeypatch.setattr(building, "OFFICERS_A_STEP", 2)
    monkeypatch.setattr(building, "WAITING_A_STEP", 2)
    original = getattr(building, step)
    calls: list[Any] = []

    def work_meanwhile(*arguments: Any, **named: Any) -> Any:
        found = original(*arguments, **named)
        if not calls:
            change(people[0], date(2026, 6, 1), education="31", name="陈予安")
            leave(people[2], date(2026, 9, 1))
            change(people[4], date(2026, 11, 21), state="deleted", left_kind="", left_on=None)
            newcomer = new_officer(tree.kunshan_brigade)
            write_new([newcomer], ChangeKind.ENTERED, None, now=NOW, effective_on=date(2024, 7, 1))
        calls.append(arguments)
        return found

    monkeypatch.setattr(building, step, work_meanwhile)
    keep_books(now=NOW)
    built = all_of_it()
    assert not StatisticWaiting.objects.exists()
    rebuild_statistics(now=NOW)
    assert built == all_of_it()


def test_building_that_died_is_begun_anew_when_it_has_been_silent(
    people: list[Officer], monkeypatch: pytest.MonkeyPatch
):
    def die(*arguments: Any) -> None:
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr(building, "movements_between", die)
        with pytest.raises(OSError):
            keep_books(now=NOW)
    change(people[0], date(2026, 6, 1), education="31")
    keep_books(now=NOW)
    assert StatisticMonth.objects.count() == 1, "somebody may still be at it"
    StatisticBuilding.objects.update(seen_at=clock.now() - timedelta(minutes=11))
    keep_books(now=NOW)
    built = all_of_it()
    assert not StatisticBuilding.objects.exists()
    rebuild_statistics(now=NOW)
    assert built == all_of_it()


def test_who_was_taken_for_dead_stops(people: list[Officer], monkeypatch: pytest.MonkeyPatch):
    original = rebuilding.opening_cells

    def be_overtaken(opened_on: date) -> Any:
        rebuild_statistics(now=NOW)
        return original(opened_on)

    monkeypatch.setattr(building, "opening_cells", be_overtaken)
    keep_books(now=NOW)
    built = all_of_it()
    rebuild_statistics(now=NOW)
    assert built == all_of_it()


def test_pages_say_that_statistics_are_being_made(statistician: Client, people: list[Officer]):
    assert statistician.get("/statistics/").status_code == 200
    StatisticBuilding.objects.create(seen_at=clock.now())
    for address in ("/statistics/", "/statistics/cross/", "/statistics/flows/", "/statistics/people/"):
        page = statistician.get(address)
        assert page.status_code == 503
        assert "统计数据正在根据执法人员档案生成" in page.content.decode()
