"""Facts, flows and cells follow the register, and a rebuild makes the same."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.apps.supervision.conftest import NOW, Register, change, leave, new_officer, place_values, transfer
from warrant.apps.officers.selectors.history import true_on, versions_of
from warrant.apps.officers.services.writing import write_new
from warrant.apps.officers.types import OfficerWrite
from warrant.apps.supervision.models import (
    OfficerFact,
    OfficerFlow,
    StatisticClosing,
    StatisticMonth,
    StatisticMovement,
)
from warrant.apps.supervision.services import (
    close_months,
    fold_movements,
    follow_officers,
    keep_books,
    rebuild_statistics,
)
from warrant.apps.supervision.services.posting import VECTOR_COLUMNS
from warrant.core.indicators import EDUCATION, EVERYBODY, sheet_of, vector_of
from warrant.core.lifecycle import ChangeKind

pytestmark = pytest.mark.django_db

EVERYONE_BY_EDUCATION = sheet_of(EVERYBODY, EDUCATION)


def facts() -> set[tuple[Any, ...]]:
    names = [field.attname for field in OfficerFact._meta.concrete_fields if field.attname != "id"]
    return set(OfficerFact.system.values_list(*names))


def flows() -> Counter[tuple[Any, ...]]:
    names = [field.attname for field in OfficerFlow._meta.concrete_fields if field.attname != "id"]
    return Counter(OfficerFlow.objects.values_list(*names))


def books() -> dict[tuple[Any, ...], int]:
    """Every closing and every movement that is still read, cell by cell, zeros left out."""
    opened_on = StatisticMonth.objects.order_by("closed_on").values_list("closed_on", flat=True).first()
    cells: Counter[tuple[Any, ...]] = Counter()
    for *key, count in StatisticClosing.objects.values_list("closed_on", "unit", "sheet", "a", "b", "count"):
        cells[("closing", *key)] += count
    movements = StatisticMovement.objects.filter(day__gt=opened_on or date.min)
    for *key, count in movements.values_list("day", "unit", "sheet", "a", "b", "count"):
        cells[("movement", *key)] += count
    return {key: count for key, count in cells.items() if count}


def test_officer_counts_from_the_day_of_entry(register: Register, tree: SimpleNamespace):
    officer = register(tree.kunshan_brigade, on=date(2026, 1, 5), education="14")
    fact = OfficerFact.system.get(officer=officer)
    assert (fact.valid_from, fact.education, fact.county_unit) == (date(2026, 1, 5), 1, tree.kunshan.pk)
    movement = StatisticMovement.objects.get(sheet=EVERYONE_BY_EDUCATION)
    assert (movement.unit, movement.day, movement.b, movement.count) == (
        tree.jiangsu.pk,
        date(2026, 1, 5),
        1,
        1,
    )


def test_change_that_is_not_counted_writes_nothing(register: Register, tree: SimpleNamespace):
    officer = register(tree.kunshan_brigade)
    before = StatisticMovement.objects.count()
    change(officer, date(2026, 3, 1), phone="13900000000")
    assert StatisticMovement.objects.count() == before
    assert OfficerFact.system.count() == 1


def test_transfer_inside_the_province_is_a_flow_between_its_units(register: Register, tree: SimpleNamespace):
    officer = register(tree.kunshan_brigade)
    transfer(officer, tree.suzhou_brigade, date(2026, 4, 1))
    flow = OfficerFlow.objects.get(kind="transferred")
    assert (flow.from_county, flow.to_county, flow.to_city) == (tree.kunshan.pk, None, tree.suzhou.pk)
    assert list(OfficerFact.system.order_by("valid_from").values_list("valid_until", flat=True)) == [
        date(2026, 4, 1),
        date(9999, 12, 31),
    ]


def test_who_leaves_no_longer_counts_and_who_comes_back_does(register: Register, tree: SimpleNamespace):
    officer = register(tree.kunshan_brigade)
    leave(officer, date(2026, 6, 1), "resignation")
    change(officer, date(2026, 9, 1), ChangeKind.CAME_BACK, state="active", left_on=None, left_kind="")
    kinds = list(OfficerFlow.objects.order_by("happened_on").values_list("kind", flat=True))
    assert kinds == ["registered", "resignation", "came-back"]
    assert OfficerFact.system.count() == 2


def test_change_recorded_late_corrects_the_months_closed_since(register: Register, tree: SimpleNamespace):
    officer = register(tree.kunshan_brigade, on=date(2026, 1, 5))
    close_months(now=NOW)
    change(officer, date(2026, 10, 15), education="14")
    cells = StatisticClosing.objects.filter(sheet=EVERYONE_BY_EDUCATION, closed_on=date(2026, 10, 31))
    totals: Counter[int] = Counter()
    for education, count in cells.values_list("b", "count"):
        totals[education] += count
    assert {key: count for key, count in totals.items() if count} == {1: 1}


def test_change_recorded_late_leaves_later_changes_of_other_columns_to_their_day(
    register: Register, tree: SimpleNamespace
):
    officer = register(tree.kunshan_brigade, on=date(2026, 1, 5), education="21", staffing="contract")
    change(officer, date(2026, 9, 1), staffing="civil-servant")
    change(officer, date(2026, 3, 1), education="14")
    rows = OfficerFact.system.order_by("valid_from").values_list("valid_from", "education", "staffing")
    assert list(rows) == [
        (date(2026, 1, 5), 2, 5),
        (date(2026, 3, 1), 1, 5),
        (date(2026, 9, 1), 1, 1),
    ]


def test_entry_about_years_before_the_register_counts_nobody_before_it(
    register: Register, tree: SimpleNamespace
):
    officer = register(tree.kunshan_brigade, on=date(2026, 1, 5), education="21")
    change(officer, date(2012, 6, 30), education="14")
    fact = OfficerFact.system.get()
    assert (fact.valid_from, fact.education) == (date(2026, 1, 5), 1)


def test_replica_that_got_several_versions_at_once_counts_each_on_its_day(
    register: Register, tree: SimpleNamespace
):
    officer = register(tree.kunshan_brigade, on=date(2026, 1, 5), education="21")
    change(officer, date(2026, 3, 1), education="14")
    kept = (facts(), books())
    OfficerFact.system.all().delete()
    StatisticMovement.objects.all().delete()
    version = officer.versions.get(revision=2)
    follow_officers(
        [OfficerWrite(officer, None, ChangeKind.CHANGED, version.effective_on, (), version)], now=NOW
    )
    assert (facts(), books()) == kept


def test_months_are_closed_one_after_another(register: Register, tree: SimpleNamespace):
    register(tree.kunshan_brigade, on=date(2026, 8, 5))
    assert close_months(now=NOW - timedelta(days=70)) == 1
    assert close_months(now=NOW) == 2
    days = list(StatisticMonth.objects.order_by("closed_on").values_list("closed_on", flat=True))
    assert days == [date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)]
    assert close_months(now=NOW) == 0


def test_folding_keeps_what_each_cell_adds_up_to(tree: SimpleNamespace):
    for _ in range(4):
        write_new([new_officer(tree.kunshan_brigade)], ChangeKind.IMPORTED, None, now=NOW)
    before, rows = books(), StatisticMovement.objects.count()
    assert fold_movements(now=NOW, at_least=1) == rows * 3 // 4
    assert books() == before


def test_register_without_statistics_gets_them(register: Register, tree: SimpleNamespace):
    register(tree.kunshan_brigade)
    kept = facts()
    OfficerFact.system.all().delete()
    StatisticMovement.objects.all().delete()
    keep_books(now=NOW)
    assert facts() == kept
    assert StatisticMonth.objects.exists()


def test_import_of_many_takes_a_handful_of_statements(tree: SimpleNamespace):
    officers = [new_officer(tree.kunshan_brigade, birth_on=date(1970 + n % 30, 1, 1)) for n in range(300)]
    with CaptureQueriesContext(connection) as queries:
        write_new(officers, ChangeKind.IMPORTED, None, now=NOW)
    counted = [
        query
        for query in queries
        if any(name in query["sql"] for name in ("statistic_", "officer_fact", "_flow"))
    ]
    assert len(counted) <= 12
    assert OfficerFact.system.count() == 300


def vector_in(fact: OfficerFact | None) -> tuple[int, ...] | None:
    return tuple(getattr(fact, column) for column in VECTOR_COLUMNS) if fact else None


UNITS = ("kunshan_brigade", "suzhou_brigade", "jiangsu_brigade", "nanjing", "pudong")
DAYS = st.dates(date(2024, 6, 1), date(2026, 12, 20))
EVENTS = st.one_of(
    st.tuples(st.just("enter"), st.sampled_from(UNITS), st.sampled_from(["14", "21", "31", ""])),
    st.tuples(st.just("transfer"), st.integers(0, 5), st.sampled_from(UNITS)),
    st.tuples(st.just("leave"), st.integers(0, 5), st.sampled_from(["retirement", "death"])),
    st.tuples(st.just("state"), st.integers(0, 5), st.sampled_from(["active", "deleted", "merged"])),
    st.tuples(st.just("education"), st.integers(0, 5), st.sampled_from(["11", "21", "41"])),
    st.tuples(st.just("reviewed"), st.integers(0, 5), st.integers(2024, 2026)),
    st.tuples(st.just("categories"), st.integers(0, 5), st.sampled_from(["01", "02,08", ""])),
    st.tuples(st.just("rename"), st.integers(0, 5), st.sampled_from(["陈予安", "赵明澈"])),
)


def play(tree: SimpleNamespace, history: list[tuple[date, tuple[Any, ...]]], people: list[Any]) -> None:
    for on, (what, which, value) in history:
        if what == "enter":
            officer = new_officer(getattr(tree, which), education=value)
            write_new([officer], ChangeKind.ENTERED, None, now=NOW, effective_on=on)
            people.append(officer)
            continue
        if not people:
            continue
        officer = people[which % len(people)]
        if what == "transfer":
            change(officer, on, ChangeKind.TRANSFERRED, **place_values(getattr(tree, value)))
        elif what == "leave":
            leave(officer, on, value)
        elif what == "state":
            change(officer, on, state=value, left_kind="", left_on=None)
        elif what == "education":
            change(officer, on, education=value)
        elif what == "reviewed":
            change(officer, on, ChangeKind.REVIEWED, reviewed_year=value)
        elif what == "categories":
            change(officer, on, categories=value)
        else:
            change(officer, on, name=value)


@settings(
    max_examples=30,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    first=st.lists(st.tuples(DAYS, EVENTS), max_size=12), later=st.lists(st.tuples(DAYS, EVENTS), max_size=10)
)
def test_rebuild_gives_the_same_cells_after_any_history(tree: SimpleNamespace, first: Any, later: Any):
    with transaction.atomic():
        rebuild_statistics(now=NOW)
        people: list[Any] = []
        play(tree, first, people)
        fold_movements(now=NOW, at_least=1)
        play(tree, later, people)
        followed = (facts(), flows(), books())
        rebuild_statistics(now=NOW)
        assert followed[0] == facts()
        assert followed[1] == flows()
        assert followed[2] == books()
        for officer in people:
            versions = versions_of(officer)
            for day in {on for on, _ in [*first, *later]}:
                content = true_on(versions, day)
                fact = OfficerFact.system.filter(
                    officer=officer, valid_from__lte=day, valid_until__gt=day
                ).first()
                assert vector_in(fact) == (vector_of(content) if content else None)
        transaction.set_rollback(True)
