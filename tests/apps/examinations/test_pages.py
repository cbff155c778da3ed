"""The pages of examinations, as the people who use them see them, also with the mistakes that are made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.apps.examinations.conftest import SHEET, scores
from tests.support.proofs import pdf
from warrant.apps.accounts.models import Account
from warrant.apps.examinations.models import ExaminationRecord, ResultClaim, Sitting
from warrant.apps.examinations.services import enter_scores
from warrant.apps.officers.models import Officer

Enter = Callable[[Account], Client]


@pytest.fixture
def client_of(sign_in: Enter, people: SimpleNamespace) -> Callable[[str], Client]:
    return lambda name: sign_in(Account.objects.get(username=name))


def typed(sitting: Sitting, *given: str) -> dict[str, Any]:
    return {f"score-{key}": score for key, score in scores(sitting, *given).items()}


def sheet() -> SimpleUploadedFile:
    return SimpleUploadedFile("成绩表.pdf", pdf(), "application/pdf")


def test_a_sitting_is_arranged_by_form(client_of: Callable[[str], Client], tree: SimpleNamespace) -> None:
    client = client_of("first")
    filled = {
        "paper": "special-law",
        "sat_on": "2026-12-01",
        "organiser": tree.suzhou.pk,
        "venue": "第一考点",
        "capacity": "60",
    }
    refused = client.post("/sittings/new/", {**filled, "sat_on": "2030-01-01"})
    assert refused.status_code == 400
    assert 'value="第一考点"' in refused.content.decode()
    assert client.post("/sittings/new/", {**filled, "organiser": tree.nanjing.pk}).status_code == 400
    made = client.post("/sittings/new/", filled)
    assert made["Location"] == f"/sittings/{Sitting.system.get().pk}/"
    assert "2026-12-01" in client.get("/sittings/").content.decode()


def test_people_chosen_in_the_list_are_put_on_a_sitting(
    client_of: Callable[[str], Client], sitting: Sitting, officers: list[Officer]
) -> None:
    client = client_of("first")
    asked = client.post("/sittings/enrol/", {"pk": [officers[0].pk]})
    assert "下列 1 人参加考试" in asked.content.decode()
    wrong = client.post("/sittings/enrol/", {"pk": [officers[0].pk], "confirmed": "1"})
    assert wrong.status_code == 400
    done = client.post("/sittings/enrol/", {"pk": [officers[0].pk], "confirmed": "1", "sitting": sitting.pk})
    assert "已在考生名单中" in done.content.decode()


def test_scores_are_entered_twice_by_form(client_of: Callable[[str], Client], sitting: Sitting) -> None:
    first, second = client_of("first"), client_of("second")
    url = f"/sittings/{sitting.pk}/scores/"
    refused = first.post(url, {**typed(sitting, "82", "一百", "60"), "sheet": sheet()})
    assert refused.status_code == 400
    assert 'value="一百"' in refused.content.decode()
    assert 'value="82"' in refused.content.decode()
    assert first.post(url, typed(sitting, "82", "70", "缺考")).status_code == 400
    assert first.post(url, {**typed(sitting, "82", "70", "缺考"), "sheet": sheet()}).status_code == 302
    blind = second.get(f"/sittings/{sitting.pk}/").content.decode()
    assert ">82<" not in blind
    assert second.post(url, typed(sitting, "82", "70", "缺考")).status_code == 302
    page = second.get(f"/sittings/{sitting.pk}/").content.decode()
    assert "实考 2 人，合格 2 人，合格率 100%" in page
    assert second.post(url, typed(sitting, "82", "70", "缺考")).status_code == 409


def test_the_third_person_sees_both_where_they_differ(
    client_of: Callable[[str], Client], sitting: Sitting, people: SimpleNamespace, now: datetime
) -> None:
    enter_scores(people.first, sitting.pk, scores(sitting, "82", "70", "60"), SHEET, now=now)
    enter_scores(people.second, sitting.pk, scores(sitting, "82", "71", "60"), None, now=now)
    page = client_of("third").get(f"/sittings/{sitting.pk}/scores/").content.decode()
    assert "70 / 71" in page
    assert page.count('name="score-') == 1


def test_a_spreadsheet_with_faults_names_the_rows(
    client_of: Callable[[str], Client], sitting: Sitting
) -> None:
    client = client_of("first")
    empty = client.get(f"/sittings/{sitting.pk}/sheet.csv").content.decode()
    assert empty.splitlines()[1].startswith("1,单书白,")
    table = SimpleUploadedFile("a.csv", "考号,姓名,成绩\n1,单书白,182\n".encode(), "text/csv")
    refused = client.post(f"/sittings/{sitting.pk}/import/", {"table": table, "sheet": sheet()})
    assert refused.status_code == 400
    assert "应为 0 至 100 的分数" in refused.content.decode()
    broken = SimpleUploadedFile("a.xlsx", b"PK\x03\x04broken", "application/zip")
    assert client.post(f"/sittings/{sitting.pk}/import/", {"table": broken}).status_code == 400


def test_a_sitting_is_cancelled_with_a_reason(client_of: Callable[[str], Client], sitting: Sitting) -> None:
    client = client_of("first")
    url = f"/sittings/{sitting.pk}/cancel/"
    assert client.post(url, {"reason": "停"}).status_code == 400
    assert client.post(url, {"reason": "考点停电，改期"}).status_code == 302
    assert "考点停电，改期" in client.get(f"/sittings/{sitting.pk}/").content.decode()


def test_a_correction_goes_to_another_person(
    client_of: Callable[[str], Client], sitting: Sitting, people: SimpleNamespace, now: datetime
) -> None:
    for who in (people.first, people.second):
        enter_scores(who, sitting.pk, scores(sitting, "58", "70", "60"), SHEET, now=now)
    result = ExaminationRecord.objects.get(score=58)
    filled = {
        "paper": "special-law",
        "sat_on": "2026-11-10",
        "organiser": "苏州市交通运输局",
        "score": "68",
        "reason": "合计有误",
    }
    asked = client_of("first").post(f"/training/results/{result.pk}/correct/", filled)
    assert asked.status_code == 302
    row = ResultClaim.system.get()
    url = f"/result-claims/{row.pk}/"
    assert "确认成绩</button>" not in client_of("first").get(url).content.decode()
    assert client_of("first").post(f"{url}decide/", {"then": "confirm"}).status_code == 403
    assert "确认成绩</button>" in client_of("second").get(url).content.decode()
    assert client_of("second").post(f"{url}decide/", {"then": "confirm"}).status_code == 302
    assert "已确认" in client_of("second").get(url).content.decode()
    rates = client_of("reviewer").get("/sittings/pass-rates/").content.decode()
    assert "100%" in rates
    assert "有更正过的成绩" in rates


@pytest.mark.parametrize("page", ["", "scores/", "import/", "sheet.csv", "cancel/"])
def test_out_of_reach_nothing_is_there(
    client_of: Callable[[str], Client], sitting: Sitting, page: str
) -> None:
    assert client_of("stranger").get(f"/sittings/{sitting.pk}/{page}").status_code == 404


@pytest.mark.parametrize("page", ["", "scores/", "import/"])
def test_a_sitting_is_read_in_ten_queries(
    client_of: Callable[[str], Client],
    sitting: Sitting,
    people: SimpleNamespace,
    now: datetime,
    page: str,
    django_assert_max_num_queries: Any,
) -> None:
    enter_scores(people.first, sitting.pk, scores(sitting, "82", "70", "60"), SHEET, now=now)
    enter_scores(people.second, sitting.pk, scores(sitting, "82", "71", "60"), None, now=now)
    client = client_of("third")
    with django_assert_max_num_queries(10):
        assert client.get(f"/sittings/{sitting.pk}/{page}").status_code == 200


def test_what_waits_is_on_the_first_page_of_whose_turn_it_is(
    client_of: Callable[[str], Client], sitting: Sitting, people: SimpleNamespace, now: datetime
) -> None:
    enter_scores(people.first, sitting.pk, scores(sitting, "82", "70", "60"), SHEET, now=now)
    assert "登记考试成绩：专门法律知识" not in client_of("first").get("/").content.decode()
    assert "登记考试成绩：专门法律知识" in client_of("second").get("/").content.decode()
