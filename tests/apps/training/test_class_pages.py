"""The pages of programmes and classes, as the people who use them see them, also with the mistakes that are made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.apps.conftest import Enter
from tests.apps.training.classes import fill_class, handed_in, make_class, programme_plan
from tests.support.proofs import pdf
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.officers.models import Officer
from warrant.apps.training.models import Attendance, Programme, TrainingClass, TrainingRecord
from warrant.apps.training.services.enrolling import add_participants
from warrant.apps.training.services.planning import make_programme
from warrant.core.access import Actor, Role


@pytest.fixture
def accounts(tree: SimpleNamespace, account_for: Callable[..., Account]) -> SimpleNamespace:
    return SimpleNamespace(
        clerk=account_for("clerk", tree.suzhou, Role.REGISTRAR),
        manager=account_for("manager", tree.jiangsu, Role.TRAINING_MANAGER),
        stranger=account_for("stranger", tree.nanjing, Role.REGISTRAR),
    )


@pytest.fixture
def clerk(accounts: SimpleNamespace) -> Actor:
    return actor_for(accounts.clerk)


@pytest.fixture
def officers(enter: Enter) -> list[Officer]:
    return [enter("单书白"), enter("陆怀瑾")]


def text(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def test_a_programme_is_drawn_up_by_form(
    accounts: SimpleNamespace, tree: SimpleNamespace, sign_in: Callable[[Account], Client]
) -> None:
    client = sign_in(accounts.clerk)
    filled: dict[str, Any] = {
        "name": "新录用人员岗前班",
        "kind": "pre-job",
        "organiser": tree.suzhou.pk,
        "hours-basic-law": "16",
        "hours-transport-law": "20",
        "hours-practice": "20",
    }
    assert client.get("/classes/new/")["Location"] == "/programmes/new/"
    refused = client.post("/programmes/new/", filled)
    assert refused.status_code == 400
    assert "岗前培训的这一科目至少 4 学时" in refused.content.decode()
    assert 'value="新录用人员岗前班"' in refused.content.decode()
    made = client.post("/programmes/new/", {**filled, "hours-conduct": "4"})
    programme = Programme.system.get()
    assert made["Location"] == f"/programmes/{programme.pk}/"
    page = text(client, f"/programmes/{programme.pk}/")
    assert "职业道德与执法风纪" in page
    assert ">60<" in page
    assert "新录用人员岗前班" in text(client, "/programmes/")
    assert client.post(f"/programmes/{programme.pk}/close/").status_code == 302
    assert "已停用" in text(client, f"/programmes/{programme.pk}/")


def test_a_class_is_planned_with_lessons_and_people_by_form(
    accounts: SimpleNamespace,
    clerk: Actor,
    tree: SimpleNamespace,
    officers: list[Officer],
    now: datetime,
    sign_in: Callable[[Account], Client],
) -> None:
    client = sign_in(accounts.clerk)
    programme = make_programme(clerk, programme_plan(tree), now=now)
    filled = {
        "programme": programme.pk,
        "organiser": tree.suzhou.pk,
        "term": "第一期",
        "capacity": "2",
        "starts_on": "2026-11-10",
        "ends_on": "2026-11-11",
        "venue": "培训基地",
        "teacher": "陆老师",
    }
    refused = client.post("/classes/new/", {**filled, "ends_on": "2026-11-09"})
    assert (refused.status_code, 'value="培训基地"' in refused.content.decode()) == (400, True)
    made = client.post("/classes/new/", filled)
    url = made["Location"]
    lesson = {
        "held_on": "2026-11-10",
        "subject": "practice",
        "begins_at": "08:30",
        "ends_at": "11:30",
        "hours": "4",
    }
    assert client.post(f"{url}sessions/new/", {**lesson, "hours": "5"}).status_code == 400
    again = client.post(f"{url}sessions/new/", {**lesson, "then": "next"})
    assert again["Location"] == f"{url}sessions/new/"
    assert client.post(f"{url}sessions/new/", lesson).status_code == 400
    pasted = client.post(f"{url}people/", {"keys": "单书白\n不存在的人"})
    assert "第 2 行 不存在的人" in pasted.content.decode()
    assert client.post(f"{url}people/", {"keys": "陆怀瑾"})["Location"] == url
    page = text(client, url)
    assert "2 / 2 人" in page
    assert "还有 2 人次没有登记考勤" in page
    session = TrainingClass.system.get().sessions.get()
    assert client.post(f"{url}sessions/{session.pk}/remove/").status_code == 302
    enrolment = TrainingClass.system.get().enrolments.earliest("number")
    assert client.post(f"{url}people/{enrolment.pk}/remove/").status_code == 302
    assert client.post(f"{url}cancel/", {"reason": ""}).status_code == 400
    assert client.post(f"{url}cancel/", {"reason": "报名人数不足"}).status_code == 302
    assert client.post(f"{url}people/", {"keys": "单书白"}).status_code == 409


def test_an_id_number_that_was_pasted_is_not_shown_again(
    accounts: SimpleNamespace,
    clerk: Actor,
    tree: SimpleNamespace,
    now: datetime,
    vault: object,
    sign_in: Callable[[Account], Client],
) -> None:
    made = make_class(clerk, tree, now)
    page = sign_in(accounts.clerk).post(f"/classes/{made.pk}/people/", {"keys": "329901199005010013"})
    assert page.status_code == 200
    assert "329901199005010013" not in page.content.decode()


def test_people_chosen_in_the_list_join_a_class(
    accounts: SimpleNamespace,
    clerk: Actor,
    tree: SimpleNamespace,
    officers: list[Officer],
    now: datetime,
    sign_in: Callable[[Account], Client],
) -> None:
    client = sign_in(accounts.clerk)
    made = make_class(clerk, tree, now)
    chosen: dict[str, Any] = {"pk": [one.pk for one in officers]}
    assert "下列 2 人编入培训班" in client.post("/classes/enrol/", chosen).content.decode()
    assert client.post("/classes/enrol/", {**chosen, "confirmed": "1"}).status_code == 400
    done = client.post("/classes/enrol/", {**chosen, "confirmed": "1", "training_class": made.pk})
    assert "已编入 2 人，未编入 0 人" in done.content.decode()


def test_attendance_is_filled_by_day_with_one_button_for_the_rest(
    accounts: SimpleNamespace,
    clerk: Actor,
    tree: SimpleNamespace,
    officers: list[Officer],
    now: datetime,
    sign_in: Callable[[Account], Client],
) -> None:
    client = sign_in(accounts.clerk)
    made = make_class(clerk, tree, now)
    add_participants(clerk, made.pk, officers, now=now)
    url = f"/classes/{made.pk}/attendance/"
    page = text(client, url)
    assert page.count('<select name="m-') == 4
    first, second, third = made.sessions.order_by("held_on", "begins_at").values_list("pk", flat=True)
    one, two = made.enrolments.order_by("number").values_list("pk", flat=True)
    cells = {
        f"m-{first}-{one}": "late",
        f"m-{first}-{two}": "",
        f"m-{second}-{one}": "",
        f"m-{second}-{two}": "",
    }
    assert client.post(url, cells)["Location"] == url
    assert Attendance.objects.count() == 1
    assert client.post(url, {**cells, "fill": "1"})["Location"] == url
    assert Attendance.objects.filter(mark="present").count() == 3
    rest = text(client, url)
    assert (rest.count('<select name="m-'), f"m-{third}-" in rest) == (2, True)
    assert "迟到" in text(client, f"{url}?day=2026-11-10")
    last = {f"m-{third}-{one}": "absent", f"m-{third}-{two}": "excused"}
    assert client.post(url, last)["Location"] == f"/classes/{made.pk}/"
    assert client.post(url, {f"m-{third}-{one}": "asleep"}).status_code == 400


def test_a_class_is_handed_in_returned_and_confirmed_by_form(
    accounts: SimpleNamespace,
    clerk: Actor,
    tree: SimpleNamespace,
    officers: list[Officer],
    now: datetime,
    sign_in: Callable[[Account], Client],
) -> None:
    client, manager = sign_in(accounts.clerk), sign_in(accounts.manager)
    made = make_class(clerk, tree, now)
    fill_class(clerk, made, officers, now=now)
    url = f"/classes/{made.pk}/"
    assert client.post(f"{url}hand-in/", {}).status_code == 400
    sheet = SimpleUploadedFile("考勤表.pdf", pdf(), "application/pdf")
    assert client.post(f"{url}hand-in/", {"proof": sheet})["Location"] == url
    assert "报送人不能确认自己报送的培训班" in text(client, url)
    assert client.post(f"{url}confirm/").status_code == 403
    assert manager.post(f"{url}return/", {"reason": ""}).status_code == 400
    assert manager.post(f"{url}return/", {"reason": "缺第二页签字"}).status_code == 302
    assert "退回的理由：缺第二页签字" in text(client, url)
    assert client.post(f"{url}hand-in/", {}).status_code == 302
    assert manager.post(f"{url}confirm/").status_code == 302
    assert TrainingRecord.objects.filter(hours=10).count() == 2
    assert manager.post(f"{url}confirm/").status_code == 409
    page = text(manager, f"/officers/{officers[0].pk}/?part=qualification")
    assert "执法实务提高班" in page


def test_strangers_find_no_class(
    accounts: SimpleNamespace,
    clerk: Actor,
    tree: SimpleNamespace,
    officers: list[Officer],
    now: datetime,
    sign_in: Callable[[Account], Client],
) -> None:
    made = handed_in(clerk, tree, officers, now)
    client = sign_in(accounts.stranger)
    assert client.get(f"/classes/{made.pk}/").status_code == 404
    assert client.post(f"/classes/{made.pk}/confirm/").status_code in (403, 404)
    assert "第一期" not in text(client, "/classes/")


def test_a_large_class_is_turned_page_by_page(
    accounts: SimpleNamespace,
    clerk: Actor,
    tree: SimpleNamespace,
    enter: Enter,
    now: datetime,
    sign_in: Callable[[Account], Client],
) -> None:
    client = sign_in(accounts.clerk)
    made = make_class(clerk, tree, now, capacity=100)
    people = [enter(f"单书白{count}") for count in range(64)]
    add_participants(clerk, made.pk, people, now=now)
    first = client.get(f"/classes/{made.pk}/attendance/")
    assert first.content.decode().count('<select name="m-') == 110
    assert len(first.content) < 60_000
    assert "学号 56 至 64" in first.content.decode()
    assert (
        client.get(f"/classes/{made.pk}/attendance/?day=2026-11-10&page=2").content.decode().count("<select")
        == 18
    )
    assert "?from=60" in text(client, f"/classes/{made.pk}/")
    assert "单书白63" in text(client, f"/classes/{made.pk}/?from=60")
