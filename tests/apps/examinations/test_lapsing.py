"""Passes about to lapse are listed in time, for whom they concern; the papers of a sitting are printed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pypdfium2  # type: ignore[import-untyped]  # it has no types
import pytest
from django.test import Client

from tests.apps.conftest import Enter
from tests.apps.examinations.conftest import SHEET
from warrant.apps.accounts.models import Account
from warrant.apps.audit.models import AuditRow
from warrant.apps.examinations.models import ExaminationRecord, Sitting
from warrant.apps.examinations.selectors.lapsing import lapses_on, passes_about_to_lapse
from warrant.apps.officers.models import Officer
from warrant.apps.officers.services.documents import store_document
from warrant.core.access import Actor

YEARS = {"special-law": 3, "general-law": 3}
ON = date(2026, 11, 22)


@pytest.fixture
def passes(
    people: SimpleNamespace, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., ExaminationRecord]:
    """Put a result on the record; a pass counts for three years."""
    for module in ("selectors.lapsing", "views.papers"):
        monkeypatch.setattr(f"warrant.apps.examinations.{module}.years_of_validity", lambda on: YEARS)

    def make(
        officer: Officer, sat_on: date, score: str = "80", paper: str = "special-law"
    ) -> ExaminationRecord:
        proof = store_document(people.first, SHEET.raw, SHEET.file_name, officer.place, now=now)
        return ExaminationRecord.objects.create(
            officer=officer,
            paper=paper,
            sat_on=sat_on,
            organiser="苏州市交通运输局",
            score=Decimal(score),
            pass_mark=Decimal(60),
            proof=proof,
            recorded_by_id=people.first.account_id,
            recorded_at=now,
        )

    return make


def listed(viewer: Actor, unit: str = "") -> list[tuple[str, date]]:
    rows = passes_about_to_lapse(viewer, ON, unit).order_by("sat_on", "pk")
    return [(row.officer.name, lapses_on(row, YEARS)) for row in rows]


def test_the_list_holds_the_last_ninety_days_and_no_day_more(
    passes: Callable[..., ExaminationRecord], people: SimpleNamespace, enter: Enter
) -> None:
    one, two, three, four = (enter(name) for name in ("单书白", "陆怀瑾", "曾国安", "沈知微"))
    passes(one, date(2023, 11, 22))
    passes(two, date(2023, 11, 21))
    passes(three, date(2024, 2, 19))
    passes(four, date(2024, 2, 20))
    assert listed(people.first) == [("单书白", date(2026, 11, 22)), ("曾国安", date(2027, 2, 19))]


def test_a_failed_paper_and_one_passed_again_are_not_listed(
    passes: Callable[..., ExaminationRecord], people: SimpleNamespace, enter: Enter
) -> None:
    again, failed, failed_later = enter("单书白"), enter("陆怀瑾"), enter("曾国安")
    passes(again, date(2023, 12, 1))
    passes(again, date(2026, 3, 1))
    passes(failed, date(2023, 12, 1), "59.5")
    passes(failed_later, date(2023, 12, 1))
    passes(failed_later, date(2026, 3, 1), "40")
    assert listed(people.first) == [("曾国安", date(2026, 12, 1))]


def test_each_sees_the_own_scope_and_may_narrow_it_to_a_unit(
    passes: Callable[..., ExaminationRecord], people: SimpleNamespace, enter: Enter, tree: SimpleNamespace
) -> None:
    passes(enter("单书白"), date(2023, 12, 1))
    passes(enter("陆怀瑾", tree.suzhou_brigade), date(2023, 12, 2))
    assert [name for name, _ in listed(people.first)] == ["单书白", "陆怀瑾"]
    assert [name for name, _ in listed(people.first, tree.suzhou_brigade.code)] == ["陆怀瑾"]
    assert listed(people.stranger) == []


def test_the_page_lists_narrows_and_can_be_taken_along(
    passes: Callable[..., ExaminationRecord],
    people: SimpleNamespace,
    enter: Enter,
    tree: SimpleNamespace,
    sign_in: Callable[[Account], Client],
) -> None:
    passes(enter("单书白"), date(2023, 12, 1))
    client = sign_in(Account.objects.get(username="first"))
    page = client.get("/sittings/lapsing/").content.decode()
    assert "单书白" in page
    assert "2026-12-01" in page
    url = f"/sittings/lapsing/?unit={tree.suzhou_brigade.code}"
    assert "没有即将到期的成绩" in client.get(url).content.decode()
    for wrong in ("999999", "%00"):
        answer = client.get(f"/sittings/lapsing/?unit={wrong}")
        assert answer.status_code == 400
    assert client.get("/sittings/lapsing/export/").status_code == 200


@pytest.mark.parametrize(
    ("paper", "words"),
    [("list", "考生签到表"), ("slips", "准考证"), ("scores", "成绩登记表")],
)
def test_each_paper_of_a_sitting_names_every_candidate(
    sitting: Sitting, paper: str, words: str, sign_in: Callable[[Account], Client], people: SimpleNamespace
) -> None:
    client = sign_in(Account.objects.get(username="first"))
    answer = client.post(f"/sittings/{sitting.pk}/paper/{paper}/")
    assert answer["Content-Type"] == "application/pdf"
    pages = pypdfium2.PdfDocument(answer.content)
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    text = "".join(text.split())
    for expected in (words, "单书白", "陆怀瑾", "曾国安", "苏州市第一考点"):
        assert expected in text
    assert AuditRow.objects.filter(action="sitting.printed").count() == 1


@pytest.mark.parametrize(
    ("begins_at", "words"), [("09:00", "2026-11-1009:00"), ("", "开考时间以主考单位的通知为准")]
)
def test_a_slip_says_when_the_paper_begins(
    sitting: Sitting,
    begins_at: str,
    words: str,
    sign_in: Callable[[Account], Client],
    people: SimpleNamespace,
) -> None:
    client = sign_in(Account.objects.get(username="first"))
    places = {"begins_at": begins_at, "capacity": "3", "enrol_until": ""}
    assert client.post(f"/sittings/{sitting.pk}/places/", places).status_code == 302
    answer = client.post(f"/sittings/{sitting.pk}/paper/slips/")
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(answer.content))
    assert words in "".join(text.split())


def test_nothing_else_is_printed_and_not_for_everybody(
    sitting: Sitting, sign_in: Callable[[Account], Client], people: SimpleNamespace
) -> None:
    for name, paper, status in (
        ("first", "poster", 404),
        ("stranger", "list", 404),
        ("reviewer", "list", 403),
    ):
        client = sign_in(Account.objects.get(username=name))
        answer = client.post(f"/sittings/{sitting.pk}/paper/{paper}/")
        assert answer.status_code == status
