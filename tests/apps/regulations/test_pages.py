"""The pages of regulations, as a rule editor, a registrar and an officer use them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.apps.regulations.conftest import HEADING, put_into_force
from tests.apps.regulations.sample import NATIONAL

from warrant.apps.accounts.models import Account
from warrant.apps.foundation.work import waiting
from warrant.apps.regulations.models import RegulationVersion
from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.selectors.versions import work_queues
from warrant.apps.regulations.services import (
    change_line,
    draft_regulation,
    drop_line,
    keep_snapshot,
    propose_regulation,
    send_back,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample_kind")]

LAW_30 = {**NATIONAL["lines"][0], "hours": 30}
FIELDS = {"title.zh": "法律基础", "title.en": "Law", "hours": "36", "valid_until": ""}


@pytest.fixture
def browser(editors: SimpleNamespace, sign_in: Callable[[Account], Client]) -> Callable[[str], Client]:
    return lambda username: sign_in(Account.objects.get(username=username))


@pytest.fixture
def draft(editors: SimpleNamespace, now: datetime) -> RegulationVersion:
    return draft_regulation(editors.first, "training", HEADING, now=now)


def page(client: Client, name: str, *args: Any, query: str = "") -> str:
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_whole_way_through_the_pages(
    browser: Callable[[str], Client], django_capture_on_commit_callbacks: Any
) -> None:
    first, second = browser("first"), browser("second")
    heading = {"title": "法律基础学时增加", "basis": "苏交法〔2026〕1号", "valid_from": "2099-01-04"}
    first.post(reverse("regulation-draft", args=["training"]), heading)
    version = RegulationVersion.objects.get()
    line = reverse("regulation-line", args=[version.pk]) + "?id=law"
    typed = {**FIELDS, "read_at": version.changed_at.isoformat()}
    assert first.post(line, typed).status_code == 302
    shown = page(first, "regulation-version", version.pk)
    assert "<del>20</del>" in shown
    assert "<ins>36</ins>" in shown
    first.post(reverse("regulation-act", args=[version.pk, "propose"]))
    assert first.get(reverse("regulation-act", args=[version.pk, "confirm"])).status_code == 403
    with django_capture_on_commit_callbacks(execute=True):
        second.post(reverse("regulation-act", args=[version.pk, "confirm"]))
    version.refresh_from_db()
    assert (version.state, version.number, version.layer["lines"][0]["hours"]) == ("confirmed", 1, 36)
    assert ">36<" in page(second, "regulation-kind", "training", query="?on=2099-01-04")
    assert ">36<" not in page(second, "regulation-kind", "training", query="?on=2099-01-03")


def test_a_wrong_value_stands_beside_its_field_and_what_was_typed_is_kept(
    browser: Callable[[str], Client], draft: RegulationVersion
) -> None:
    address = reverse("regulation-line", args=[draft.pk]) + "?id=law"
    typed = {**FIELDS, "title.zh": "法律基础知识", "hours": "5", "read_at": draft.changed_at.isoformat()}
    answer = browser("first").post(address, typed)
    assert answer.status_code == 400
    shown = answer.content.decode()
    assert 'id="id_hours_error">学时太少' in shown
    assert 'value="法律基础知识"' in shown


def test_a_draft_that_somebody_else_changed_is_not_overwritten(
    browser: Callable[[str], Client], draft: RegulationVersion
) -> None:
    address = reverse("regulation-line", args=[draft.pk]) + "?id=law"
    typed = {**FIELDS, "read_at": draft.changed_at.isoformat()}
    assert browser("second").post(address, typed).status_code == 302
    assert browser("first").post(address, {**typed, "hours": "40"}).status_code == 409


def test_the_general_part_is_changed_like_a_line(
    browser: Callable[[str], Client], draft: RegulationVersion
) -> None:
    typed = {"least": "15", "read_at": draft.changed_at.isoformat()}
    assert browser("first").post(reverse("regulation-rest", args=[draft.pk]), typed).status_code == 302
    draft.refresh_from_db()
    assert draft.content["least"] == 15


def test_a_new_line_begins_as_a_copy(browser: Callable[[str], Client], draft: RegulationVersion) -> None:
    address = reverse("regulation-line-new", args=[draft.pk])
    client = browser("first")
    answer = client.post(address, {"identity": "law", "copied": "practice"})
    assert "编号“law”已经有了" in answer.content.decode()
    answer = client.post(address, {"identity": "ethics", "copied": "practice"})
    assert answer.headers["Location"].endswith("/line/?id=ethics")
    draft.refresh_from_db()
    assert draft.content["lines"][2] == {**NATIONAL["lines"][1], "id": "ethics"}


def test_a_removed_line_can_be_restored_from_the_page(
    browser: Callable[[str], Client], editors: SimpleNamespace, draft: RegulationVersion, now: datetime
) -> None:
    drop_line(editors.first, draft.pk, "law", now=now)
    client = browser("first")
    assert "恢复“法律基础”" in page(client, "regulation-version", draft.pk)
    client.post(reverse("regulation-line-restore", args=[draft.pk]), {"id": "law"})
    draft.refresh_from_db()
    assert {line["id"] for line in draft.content["lines"]} == {"law", "practice"}


def test_what_is_wrong_with_a_draft_is_said_on_its_page(
    browser: Callable[[str], Client], draft: RegulationVersion
) -> None:
    RegulationVersion.objects.filter(pk=draft.pk).update(content={**NATIONAL, "least": 30})
    assert "学时太少" in page(browser("first"), "regulation-version", draft.pk)
    answer = browser("first").post(reverse("regulation-act", args=[draft.pk, "propose"]))
    assert answer.status_code == 400


def test_sending_back_needs_a_reason_and_reaches_the_work_queue(
    browser: Callable[[str], Client], editors: SimpleNamespace, draft: RegulationVersion, now: datetime
) -> None:
    change_line(editors.first, draft.pk, LAW_30, now=now)
    propose_regulation(editors.first, draft.pk, now=now)
    assert [item.title for item in waiting(work_queues(editors.second), 5)] == ["核对规则草案：培训要求"]
    assert waiting(work_queues(editors.first), 5) == []
    answer = browser("second").post(reverse("regulation-act", args=[draft.pk, "send-back"]), {"reason": "改"})
    assert answer.status_code == 400
    send_back(editors.second, draft.pk, "学时依据不足，请补充", now=now)
    assert [item.detail for item in waiting(work_queues(editors.first), 5)] == ["学时依据不足，请补充"]


def test_readers_see_what_is_in_force_and_no_drafts(
    browser: Callable[[str], Client], draft: RegulationVersion
) -> None:
    client = browser("registrar")
    assert "全国初始版" in page(client, "regulation-list")
    assert "起草新版" not in page(client, "regulation-list")
    assert "法律基础" in page(client, "regulation-kind", "training")
    assert client.get(reverse("regulation-version", args=[draft.pk])).status_code == 404
    assert client.get(reverse("regulation-draft", args=["training"])).status_code == 403


def test_two_versions_are_compared(
    browser: Callable[[str], Client], editors: SimpleNamespace, now: datetime
) -> None:
    one = put_into_force(editors, "training", LAW_30, now)
    two = put_into_force(editors, "training", {**LAW_30, "hours": 50}, now)
    client = browser("registrar")
    assert "<del>30</del>" in page(client, "regulation-version", two.pk)
    assert "<ins>30</ins>" in page(client, "regulation-version", one.pk, query=f"?with={two.pk}")


def test_the_text_of_a_decision_is_found_by_its_digest(browser: Callable[[str], Client]) -> None:
    digest = keep_snapshot(in_force("training", "320000", date(2026, 11, 22)))
    assert digest in page(browser("registrar"), "regulation-kept", "training", digest)
    unknown = reverse("regulation-kept", args=["training", "0" * 64])
    assert browser("registrar").get(unknown).status_code == 404


def test_an_unreadable_day_is_refused_in_words(browser: Callable[[str], Client]) -> None:
    assert browser("registrar").get(reverse("regulation-list") + "?on=morgen").status_code == 400


@pytest.mark.parametrize(
    ("year", "said"),
    [
        (2026, "2026-02-15"),
        (2027, "尚未公布"),
        (2030, "这一年还没有放假安排"),
    ],
)
def test_everybody_sees_the_calendar(browser: Callable[[str], Client], year: int, said: str) -> None:
    assert said in page(browser("registrar"), "work-calendar-year", year)


def test_2026_has_248_working_days(browser: Callable[[str], Client]) -> None:
    # 365 days, 104 weekend days, 33 days off in 7 holidays of which 14 on weekends, 6 weekend days worked
    assert "全年 248 个工作日" in page(browser("registrar"), "work-calendar-year", 2026)


def test_a_calendar_year_is_entered_by_rows(
    at_ministry: None, national_editors: SimpleNamespace, sign_in: Callable[[Account], Client], now: datetime
) -> None:
    version = draft_regulation(national_editors.first, "calendar", HEADING, now=now)
    client = sign_in(Account.objects.get(username="first"))
    address = reverse("regulation-line", args=[version.pk]) + "?id=2027"
    assert client.get(address).status_code == 200
    typed = {
        "basis.zh": "国务院办公厅关于2027年部分节假日安排的通知",
        "basis.en": "Notice on holidays in 2027",
        "workdays": "2027-02-20、2027-02-21",
        "holidays.0.name.zh": "元旦",
        "holidays.0.name.en": "New Year",
        "holidays.0.from": "2027-01-01",
        "holidays.0.until": "2027-01-03",
        "read_at": version.changed_at.isoformat(),
    }
    assert client.post(address, typed).status_code == 302
    version.refresh_from_db()
    line = version.content["lines"][2]
    assert line["holidays"] == [
        {"name": {"zh": "元旦", "en": "New Year"}, "from": "2027-01-01", "until": "2027-01-03"}
    ]
    assert (line["is_assumption"], line["workdays"]) == (False, ["2027-02-20", "2027-02-21"])
    version.refresh_from_db()
    wrong = {**typed, "workdays": "2027-02-22", "read_at": version.changed_at.isoformat()}
    answer = client.post(address, wrong)
    assert answer.status_code == 400
    assert "2027-02-22 不是周末" in answer.content.decode()


def test_conditions_are_changed_by_the_words_of_their_codes(
    browser: Callable[[str], Client], editors: SimpleNamespace, now: datetime
) -> None:
    version = draft_regulation(editors.first, "eligibility", HEADING, now=now)
    client = browser("first")
    address = reverse("regulation-line", args=[version.pk]) + "?id=training"
    before = next(line for line in version.content["lines"] if line["id"] == "training")
    assert 'value="first-issue" id="id_kinds_0" checked' in client.get(address).content.decode()
    typed = {
        **{
            f"{name}.{code}": text
            for name in ("title", "basis", "cure")
            for code, text in before[name].items()
        },
        "parameters.hours": "80",
        "parameters.law_degree_hours": "0",
        "kinds": sorted(before["kinds"]),
        "valid_from": before["valid_from"],
        **{name: "on" for name in ("is_assumption", "is_waivable", "is_asked") if before[name]},
        "read_at": version.changed_at.isoformat(),
    }
    assert client.post(address, typed).status_code == 302
    version.refresh_from_db()
    after = next(line for line in version.content["lines"] if line["id"] == "training")
    assert after == {**before, "parameters": {**before["parameters"], "hours": 80}}
