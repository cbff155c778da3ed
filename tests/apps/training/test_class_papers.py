"""What of a class leaves the system: the list of classes, people with hours, who completed it, sign-in lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.http import QueryDict
from django.test import Client

from tests.apps.conftest import Enter
from tests.apps.training.classes import SHEET, fill_class, handed_in, make_class
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.audit.models import AuditRow
from warrant.apps.exports.types import ExportSource, IdNumbers
from warrant.apps.officers.models import Officer
from warrant.apps.training.models import TrainingClass
from warrant.apps.training.selectors.exporting_classes import open_class_people, open_classes_list, read_class
from warrant.apps.training.services.closing import confirm_class, hand_in_class
from warrant.apps.training.services.enrolling import add_participants, mark_attendance
from warrant.core.access import Actor, Role
from warrant.core.errors import InvalidInput, NotFound


@pytest.fixture
def accounts(tree: SimpleNamespace, account_for: Callable[..., Account]) -> SimpleNamespace:
    return SimpleNamespace(
        clerk=account_for("clerk", tree.suzhou, Role.REGISTRAR),
        county=account_for("county", tree.kunshan, Role.REGISTRAR),
        reviewer=account_for("reviewer", tree.suzhou, Role.REVIEWER),
        manager=account_for("manager", tree.jiangsu, Role.TRAINING_MANAGER),
        stranger=account_for("stranger", tree.nanjing, Role.REGISTRAR),
    )


@pytest.fixture
def people(accounts: SimpleNamespace) -> SimpleNamespace:
    return SimpleNamespace(**{name: actor_for(account) for name, account in vars(accounts).items()})


@pytest.fixture
def confirmed(people: SimpleNamespace, tree: SimpleNamespace, enter: Enter, now: datetime) -> TrainingClass:
    """Ten hours for the first, nothing for the second, who is of the city's own brigade."""
    made = make_class(people.clerk, tree, now)
    fill_class(people.clerk, made, [enter("单书白"), enter("陆怀瑾", tree.suzhou_brigade)], now=now)
    second = made.enrolments.get(number=2).pk
    cells = {(session, second): "absent" for session in made.sessions.values_list("pk", flat=True)}
    mark_attendance(people.clerk, made.pk, cells, now=now)
    hand_in_class(people.clerk, made.pk, SHEET, now=now)
    return confirm_class(people.manager, made.pk, now=now)


def rows_of(source: ExportSource, *keys: str) -> list[list[object]]:
    return [list(row) for row in source.rows(keys or tuple(source.columns), IdNumbers.NONE)]


def people_of(actor: Actor, made: TrainingClass, more: str = "") -> ExportSource:
    return open_class_people(actor, read_class(QueryDict(f"class={made.pk}{more}")))


def test_everybody_of_a_class_leaves_with_hours_in_all_and_by_subject(
    people: SimpleNamespace, tree: SimpleNamespace, confirmed: TrainingClass
) -> None:
    source = people_of(people.clerk, confirmed)
    assert [column.label for column in source.columns.values()][3:] == [
        "学时",
        "执法程序与实务",
        "职业道德与执法风纪",
    ]
    assert rows_of(source) == [
        [1, "单书白", tree.kunshan_brigade.name, 10, 8, 2],
        [2, "陆怀瑾", tree.suzhou_brigade.name, 0, 0, 0],
    ]


def test_only_who_was_credited_hours_stands_on_the_completion_list(
    people: SimpleNamespace, tree: SimpleNamespace, confirmed: TrainingClass, enter: Enter, now: datetime
) -> None:
    assert rows_of(people_of(people.clerk, confirmed, "&completed=1"), "name", "hours") == [["单书白", 10]]
    other = handed_in(people.clerk, tree, [enter("曾国安")], now)
    assert rows_of(people_of(people.clerk, other), "name", "hours") == [["曾国安", 10]]
    assert people_of(people.clerk, other, "&completed=1").count == 0


def test_a_unit_below_takes_its_own_people_along_and_a_stranger_nobody(
    people: SimpleNamespace, confirmed: TrainingClass
) -> None:
    assert rows_of(people_of(people.county, confirmed), "name") == [["单书白"]]
    with pytest.raises(NotFound):
        people_of(people.stranger, confirmed)
    for text in ("", "class=x", "class=" + "9" * 19):
        with pytest.raises(InvalidInput):
            read_class(QueryDict(text))


def test_the_list_of_classes_says_what_was_credited_to_who_sees_all_of_a_class(
    people: SimpleNamespace, confirmed: TrainingClass
) -> None:
    columns = ("title", "state", "people", "capacity", "planned", "credited")
    assert rows_of(open_classes_list(people.clerk, {}), *columns) == [
        ["执法实务提高班（第一期）", "已确认", 2, 3, 10, 10]
    ]
    assert rows_of(open_classes_list(people.county, {}), "credited") == [[None]]
    assert open_classes_list(people.stranger, {}).count == 0


def test_a_sign_in_list_is_printed_for_each_lesson_and_noted(
    accounts: SimpleNamespace,
    people: SimpleNamespace,
    tree: SimpleNamespace,
    enter: Enter,
    now: datetime,
    sign_in: Callable[[Account], Client],
) -> None:
    made = make_class(people.clerk, tree, now)
    session = made.sessions.earliest("held_on", "begins_at")
    url = f"/classes/{made.pk}/sessions/{session.pk}/sheet/"
    clerk = sign_in(accounts.clerk)
    assert clerk.get(url).status_code == 409
    officers: list[Officer] = [enter("单书白"), enter("陆怀瑾")]
    add_participants(people.clerk, made.pk, officers, now=now)
    printed = clerk.get(url)
    assert (printed.status_code, printed.content[:5]) == (200, b"%PDF-")
    assert "no-store" in printed["Cache-Control"]
    assert AuditRow.objects.get(action="class.sign-in-printed").summary == (
        "2026-11-10 08:00—11:30 practice，2 人"
    )
    other = make_class(people.clerk, tree, now, term="第二期").sessions.earliest("pk").pk
    assert clerk.get(f"/classes/{made.pk}/sessions/{other}/sheet/").status_code == 404
    for name, status in (("reviewer", 403), ("county", 404), ("stranger", 404)):
        assert sign_in(getattr(accounts, name)).get(url).status_code == status


def test_the_files_are_offered_on_the_pages(
    accounts: SimpleNamespace, confirmed: TrainingClass, sign_in: Callable[[Account], Client]
) -> None:
    clerk = sign_in(accounts.clerk)
    page = clerk.get(f"/classes/{confirmed.pk}/").content.decode()
    for link in (
        f"/classes/people/export/?class={confirmed.pk}",
        f"/classes/people/export/?completed=1&amp;class={confirmed.pk}",
        "/sheet/",
    ):
        assert link in page
    assert 'href="/classes/export/"' in clerk.get("/classes/").content.decode()
    assert clerk.get(f"/classes/people/export/?completed=1&class={confirmed.pk}").status_code == 200
    assert clerk.get("/classes/people/export/").status_code == 400
    made = clerk.post(
        "/classes/people/export/",
        {"class": confirmed.pk, "format": "csv", "columns": ["name", "hours"], "purpose": "存档"},
    )
    assert made.status_code == 302
