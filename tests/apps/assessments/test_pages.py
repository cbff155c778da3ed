"""The pages of assessments, as the people who use them see them, also with the mistakes that are made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from tests.apps.assessments.conftest import FAIR, GOOD, PERSON_ITEMS, YEAR, score, sheet_of
from warrant.apps.accounts.models import Account
from warrant.apps.assessments.models import Assessment, OutcomeCorrection
from warrant.apps.assessments.services import confirm_assessment, hand_in_assessment
from warrant.apps.officers.models import Officer

Enter = Callable[[Account], Client]


@pytest.fixture
def client_of(sign_in: Enter, people: SimpleNamespace) -> Callable[[str], Client]:
    return lambda name: sign_in(Account.objects.get(username=name))


def row_of(assessment: Assessment, name: str, *points: str) -> dict[str, str]:
    sheet = sheet_of(assessment, name)
    typed = {f"p-{sheet.pk}-{item}": text for item, text in zip(PERSON_ITEMS, points, strict=True)}
    return {**typed, f"seen-{sheet.pk}": str(sheet.revision)}


def test_an_assessment_is_opened_by_form(client_of: Callable[[str], Client], officers: list[Officer]) -> None:
    client = client_of("first")
    unit = officers[0].agency_id
    assert client.post("/assessments/new/", {"year": "2025", "unit": unit}).status_code == 400
    made = client.post("/assessments/new/", {"year": "2026", "unit": unit})
    assert made["Location"] == f"/assessments/{Assessment.system.get().pk}/"
    assert "2026" in client.get("/assessments/").content.decode()
    assert client.get("/assessments/new/?kind=agency").status_code == 200


def test_a_grid_keeps_what_was_typed_and_names_the_fault(
    client_of: Callable[[str], Client], assessment: Assessment
) -> None:
    client = client_of("first")
    url = f"/assessments/{assessment.pk}/scores/"
    wrong = {
        **row_of(assessment, "单书白", "25", "19", "27", "18", "9"),
        **row_of(assessment, "陆怀瑾", "15", "15", "25", "15", "8"),
    }
    refused = client.post(url, wrong)
    assert refused.status_code == 400
    page = refused.content.decode()
    assert 'value="25"' in page
    assert "应为 0 至 20，最多一位小数" in page
    assert client.post(url, row_of(assessment, "单书白", "20", "19", "27", "18", "9")).status_code == 302
    page = client.get(url).content.decode()
    assert "93" in page
    assert "未评分" in page


def test_one_sheet_takes_vetoes_and_reasons(
    client_of: Callable[[str], Client], assessment: Assessment
) -> None:
    client = client_of("first")
    sheet = sheet_of(assessment, "单书白")
    url = f"/assessments/sheets/{sheet.pk}/score/"
    typed = {f"points-{item}": "5" for item in PERSON_ITEMS}
    assert client.post(url, {**typed, "points-law": "abc", "seen": "0"}).status_code == 400
    assert client.post(url, {**typed, "veto": "lending", "seen": "0"}).status_code == 302
    page = client.get(f"/assessments/sheets/{sheet.pk}/").content.decode()
    assert "一票否决：转借、涂改执法证件" in page
    assert client.post(url, {"not_assessed": "long-leave", "seen": "1"}).status_code == 302
    assert "病假" in client.get(f"/assessments/sheets/{sheet.pk}/").content.decode()
    assert client.post(url, {**typed, "seen": "1"}).status_code == 400


def test_handing_in_and_confirming_by_form(
    client_of: Callable[[str], Client], assessment: Assessment, people: SimpleNamespace, now: datetime
) -> None:
    first, confirmer = client_of("first"), client_of("confirmer")
    url = f"/assessments/{assessment.pk}/"
    assert first.post(f"{url}hand-in/").status_code == 409
    score(people.first, assessment, now, 单书白=GOOD, 陆怀瑾=GOOD)
    refused = first.post(f"{url}hand-in/")
    assert refused.status_code == 409
    assert "最高等次最多 1 个（20%），现有 2 个" in refused.content.decode()
    score(people.first, assessment, now, 单书白=GOOD)
    assert first.post(f"{url}hand-in/").status_code == 302
    assert "确认考核" not in first.get(url).content.decode()
    assert first.post(f"{url}confirm/").status_code == 403
    assert confirmer.post(f"{url}return/", {"reason": ""}).status_code == 400
    assert confirmer.post(f"{url}return/", {"reason": "再核对案卷"}).status_code == 302
    assert "已退回：再核对案卷" in first.get(url).content.decode()
    assert first.post(f"{url}hand-in/").status_code == 302
    assert confirmer.post(f"{url}confirm/").status_code == 302
    assert "已确认" in confirmer.get(url).content.decode()


def test_an_outcome_is_corrected_by_form(
    client_of: Callable[[str], Client], assessment: Assessment, people: SimpleNamespace, now: datetime
) -> None:
    score(people.first, assessment, now)
    hand_in_assessment(people.first, assessment.pk, now=now)
    confirm_assessment(people.confirmer, assessment.pk, now=now)
    sheet = sheet_of(assessment, "单书白")
    url = f"/assessments/sheets/{sheet.pk}/correct/"
    typed = {f"points-{item}": text for item, text in GOOD.points.items()}
    refused = client_of("first").post(url, {**typed, "reason": ""})
    assert refused.status_code == 400
    assert 'value="27"' in refused.content.decode()
    assert client_of("first").post(url, {**typed, "reason": "案卷复查加分"}).status_code == 302
    row = OutcomeCorrection.system.get()
    decide = f"/assessments/corrections/{row.pk}/decide/"
    assert client_of("first").post(decide, {"then": "confirm"}).status_code == 403
    assert client_of("confirmer").post(decide, {"then": "perhaps"}).status_code == 400
    assert client_of("confirmer").post(decide, {"then": "confirm"}).status_code == 302
    assert "优秀" in client_of("confirmer").get(f"/assessments/sheets/{sheet.pk}/").content.decode()


def test_figures_lead_to_the_people_behind_them(
    client_of: Callable[[str], Client], assessment: Assessment, people: SimpleNamespace, now: datetime
) -> None:
    score(people.first, assessment, now, 单书白=GOOD)
    client = client_of("confirmer")
    page = client.get("/assessments/figures/?year=2026").content.decode()
    assert "show=excellent" in page
    behind = client.get(
        f"/assessments/people/?kind=person&year={YEAR}&unit={assessment.unit.code}&show=excellent"
    ).content.decode()
    assert "单书白" in behind
    assert "陆怀瑾" not in behind
    export = f"/assessments/people/export/?kind=person&year={YEAR}&unit=&show=all"
    assert client.get(export).status_code == 200
    assert client.get("/assessments/people/?year=abcd").status_code == 400


@pytest.mark.parametrize("page", ["", "scores/", "hand-in/", "confirm/", "return/", "cancel/"])
def test_out_of_reach_nothing_is_there(
    client_of: Callable[[str], Client], assessment: Assessment, page: str
) -> None:
    assert client_of("stranger").get(f"/assessments/{assessment.pk}/{page}").status_code == 404


@pytest.mark.parametrize("page", ["", "scores/", "figures"])
def test_pages_are_read_in_ten_queries(
    client_of: Callable[[str], Client],
    assessment: Assessment,
    people: SimpleNamespace,
    now: datetime,
    page: str,
    django_assert_max_num_queries: Any,
) -> None:
    score(people.first, assessment, now, good=FAIR)
    client = client_of("first")
    url = f"/assessments/{assessment.pk}/{page}" if page != "figures" else "/assessments/figures/"
    with django_assert_max_num_queries(10):
        assert client.get(url).status_code == 200
