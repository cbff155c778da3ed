"""Who is short of hours, by person and unit, and what supervision points out about classes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from tests.apps.conftest import Enter
from tests.apps.training.classes import class_plan, fill_class, handed_in, make_class, mark_all, session_plan
from tests.apps.training.people import PDF
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.officers.models import Officer
from warrant.apps.training.models import Programme
from warrant.apps.training.selectors.exporting import open_short, read_choice
from warrant.apps.training.selectors.shortage import short_officers, shortages, weeks_left
from warrant.apps.training.selectors.supervision import classes_of_year
from warrant.apps.training.services import correct_training, record_training
from warrant.apps.training.services.closing import confirm_class
from warrant.apps.training.services.enrolling import add_participants
from warrant.apps.training.services.planning import add_session, plan_class
from warrant.apps.training.types import Proof, TrainingEntry
from warrant.core.access import Actor, Role
from warrant.core.errors import InvalidInput

TODAY = date(2026, 11, 22)
PROOF = Proof(PDF, "结业证书.pdf")


@pytest.fixture
def people(tree: SimpleNamespace, actor: Callable[..., Actor]) -> SimpleNamespace:
    return SimpleNamespace(
        clerk=actor("clerk", tree.suzhou, Role.REGISTRAR),
        manager=actor("manager", tree.jiangsu, Role.TRAINING_MANAGER),
        stranger=actor("stranger", tree.nanjing, Role.REGISTRAR),
    )


@pytest.fixture
def officers(tree: SimpleNamespace, enter: Enter) -> list[Officer]:
    return [enter("单书白"), enter("陆怀瑾", tree.suzhou_brigade), enter("曾国安", state="left")]


def course(officer: Officer, actor: Actor, hours: int, now: datetime, last: date = date(2026, 9, 10)) -> Any:
    entry = TrainingEntry(f"培训{hours}", "江苏省交通运输厅", hours, last, last)
    return record_training(actor, officer.pk, entry, PROOF, now=now)


@pytest.mark.parametrize(
    ("year", "on", "weeks"),
    [
        (2026, date(2026, 11, 22), 6),
        (2026, date(2026, 12, 31), 1),
        (2026, date(2027, 1, 1), 0),
        (2025, date(2026, 11, 22), 0),
    ],
)
def test_a_week_that_has_begun_is_left(year: int, on: date, weeks: int) -> None:
    assert weeks_left(year, on) == weeks


def test_whoever_has_less_than_the_year_asks_is_short(
    people: SimpleNamespace, officers: list[Officer], now: datetime
) -> None:
    first, second, _left = officers
    both = short_officers(people.clerk, 2026, 60).order_by("pk")
    assert [(one.name, getattr(one, "hours", None)) for one in both] == [("单书白", 0), ("陆怀瑾", 0)]
    course(first, people.clerk, 60, now)
    wrong = course(second, people.clerk, 61, now)
    course(second, people.clerk, 40, now, date(2025, 12, 31))
    assert list(short_officers(people.clerk, 2026, 60)) == []
    entry = TrainingEntry("培训16", "江苏省交通运输厅", 16, date(2026, 9, 10), date(2026, 9, 10))
    correct_training(people.clerk, wrong.pk, entry, None, "证书上是 16 学时", now=now)
    (short,) = short_officers(people.clerk, 2026, 60)
    assert (short.pk, getattr(short, "hours", 0)) == (second.pk, 16)
    assert list(short_officers(people.clerk, 2026, 60, first.agency_id)) == []
    assert list(short_officers(people.stranger, 2026, 60)) == []


def test_each_unit_says_how_many_hours_are_missing(
    people: SimpleNamespace, officers: list[Officer], enter: Enter, now: datetime
) -> None:
    course(officers[0], people.clerk, 45, now)
    enter("魏清和")
    found = [
        (one.name, one.people, one.short, one.missing_hours) for one in shortages(people.clerk, 2026, 60)
    ]
    assert found == [
        ("昆山市交通运输综合行政执法大队", 2, 2, 75),
        ("苏州市交通运输综合行政执法支队", 1, 1, 60),
    ]
    assert shortages(people.stranger, 2026, 60) == []


def test_those_short_of_hours_are_taken_along_as_a_file(
    people: SimpleNamespace, officers: list[Officer], now: datetime
) -> None:
    course(officers[0], people.clerk, 45, now)
    source = open_short(people.clerk, read_choice(QueryDict("year=2026")))
    rows = [list(row) for row in source.rows(("name", "hours", "missing"), "none")]  # type: ignore[arg-type] # text of the enumeration
    assert (source.count, rows) == (2, [["单书白", 45, 15], ["陆怀瑾", 0, 60]])
    with pytest.raises(InvalidInput):
        read_choice(QueryDict("unit=all"))


def test_organisers_are_counted_and_ordinary_classes_are_not_odd(
    people: SimpleNamespace, tree: SimpleNamespace, officers: list[Officer], now: datetime
) -> None:
    made = handed_in(people.clerk, tree, officers[:2], now)
    confirm_class(people.manager, made.pk, now=now)
    found = classes_of_year(people.manager, 2026, TODAY)
    (row,) = found.organisers
    assert (row.classes, row.confirmed, row.people, row.planned_hours, row.held_hours, row.rate) == (
        1,
        1,
        2,
        10,
        10,
        100,
    )
    assert found.odd == []
    assert classes_of_year(people.stranger, 2026, TODAY).organisers == []
    assert classes_of_year(people.manager, 2025, TODAY).organisers == []


def test_odd_classes_are_pointed_out(
    people: SimpleNamespace,
    tree: SimpleNamespace,
    officers: list[Officer],
    now: datetime,
    django_assert_num_queries: Any,
) -> None:
    made = make_class(people.clerk, tree, now)
    fill_class(people.clerk, made, officers[:2], now=now)
    mark_all(people.clerk, made, "absent", now=now)
    saturday = date(2026, 11, 14)
    programme = Programme.system.get()
    plan = class_plan(tree, programme, term="第二期", starts_on=date(2026, 11, 10), ends_on=saturday)
    other = plan_class(people.clerk, plan, now=now)
    add_session(people.clerk, other.pk, session_plan(saturday, 8, "practice", 4), now=now)
    add_session(people.clerk, other.pk, session_plan(date(2026, 11, 10), 9, "practice", 4), now=now)
    add_participants(people.clerk, other.pk, officers[:1], now=now)
    with django_assert_num_queries(4):
        found = classes_of_year(people.manager, 2026, TODAY)
    assert [(one.title, one.words) for one in found.odd] == [
        (
            "执法实务提高班（第二期）",
            ["学员同时在两个班上课", "教师同时在两处授课", "课程排在休息日", "课程学时少于大纲"],
        ),
        ("执法实务提高班（第一期）", ["学员同时在两个班上课", "教师同时在两处授课"]),
    ]
    assert found.organisers[0].rate == 0


def test_the_pages_show_them(
    people: SimpleNamespace,
    tree: SimpleNamespace,
    officers: list[Officer],
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    now: datetime,
) -> None:
    account = account_for("supervisor", tree.suzhou, Role.SUPERVISOR)
    client = sign_in(account)
    made = make_class(actor_for(Account.objects.get(username="clerk")), tree, now)
    page = client.get("/training/short/").content.decode()
    assert "2026 年要求 60 学时，还剩 6 周" in page
    assert "难以按期完成" in page
    assert "曾国安" not in page
    past = client.get(f"/training/short/?year=2025&unit={officers[0].agency_id}").content.decode()
    assert "年度已结束，未满" in past
    assert "陆怀瑾" not in past
    units = client.get("/training/short/units/").content.decode()
    assert f"unit={officers[0].agency_id}" in units
    watched = client.get("/training/supervision/").content.decode()
    assert "苏州市交通运输局" in watched
    assert "没有值得注意的培训班" in watched
    assert f"/classes/{made.pk}/" not in watched
    for odd in ("?year=1", "?year=x&unit=y&from=z", "?after=nothing"):
        assert client.get(f"/training/short/{odd}").status_code in (200, 400)
