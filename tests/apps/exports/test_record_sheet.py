"""The record sheet: what the record was on the day, whole on paper, and never unnoticed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pypdfium2  # type: ignore[import-untyped]  # it has no types
import pytest
from django.test import Client
from django.urls import reverse
from tests.apps.exports.test_exporting import make_officer
from tests.apps.world import made_up_id_number

from warrant.adapters.made_up_portraits import portrait
from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.audit.models import AuditRow
from warrant.apps.exports.models import ExportFile
from warrant.apps.exports.selectors import content_of
from warrant.apps.exports.types import PDF, ExportRequest, IdNumbers
from warrant.apps.officers.models import AdditionalEntry, EducationRecord, Officer
from warrant.apps.officers.selectors.register import officer_for
from warrant.apps.officers.services.documents import keep_file
from warrant.apps.officers.services.printing import print_record_sheet
from warrant.apps.officers.services.writing import write_change, write_new
from warrant.apps.training.models import TrainingRecord
from warrant.core.access import Actor, Role
from warrant.core.errors import InvalidInput, NotFound, NotPermitted
from warrant.core.lifecycle import ChangeKind

pytestmark = pytest.mark.django_db

PLAIN = ExportRequest(PDF, (), "归档", IdNumbers.MASKED)
THEN, NOW = date(2024, 6, 1), datetime(2026, 11, 22, 8, 45, tzinfo=UTC)


@pytest.fixture(autouse=True)
def store(vault: SoftwareVault, settings: Any, tmp_path: Path) -> None:
    settings.WARRANT_DOCUMENT_ROOT = str(tmp_path / "documents")


@pytest.fixture
def account(account_for: Callable[..., Account], tree: SimpleNamespace) -> Account:
    return account_for("li", tree.kunshan, Role.REGISTRAR)


@pytest.fixture
def clerk(account: Account) -> Actor:
    return actor_for(account)


@pytest.fixture
def officer(tree: SimpleNamespace, account: Account, clerk: Actor) -> Officer:
    made = make_officer(
        tree.kunshan_brigade,
        7,
        account,
        name="沈知微",
        ethnicity="01",
        post="执法员",
        education="21",
        school="苏州大学",
        major="法学",
        phone="13900000000",
    )
    made.delete()
    made.pk = None
    early = datetime(2023, 1, 5, tzinfo=UTC)
    write_new([made], ChangeKind.ENTERED, clerk, now=early, effective_on=date(2023, 1, 5))
    photo = keep_file(clerk, picture(), "photo.jpg", "image/jpeg", made.place, now=early)
    write_change(made, {"photo_id": photo.pk}, ChangeKind.PHOTO_SET, clerk, now=early)
    late = datetime(2025, 3, 1, tzinfo=UTC)
    write_change(made, {"post": "大队长"}, ChangeKind.CHANGED, clerk, now=late, effective_on=date(2025, 3, 1))
    common: dict[str, Any] = {"officer": made, "proof": photo, "recorded_by": account, "recorded_at": early}
    EducationRecord.objects.create(
        education="21", school="苏州大学", major="法学", graduated_on=date(2012, 6, 30), **common
    )
    for year in (2023, 2025):
        TrainingRecord.objects.create(
            course=f"{year} 年度轮训",
            organiser="江苏省交通运输厅",
            hours=60,
            started_on=date(year, 9, 1),
            finished_on=date(year, 9, 10),
            **common,
        )
    AdditionalEntry.objects.create(
        officer=made,
        kind="service",
        content={
            "from_on": "2015-07-01",
            "until_on": "",
            "unit": "昆山市交通运输综合行政执法大队",
            "post": "执法员",
            "position": "一级主任科员",
            "document_number": "昆交人〔2015〕12号",
        },
        from_on=date(2015, 7, 1),
        recorded_by=account,
        recorded_at=early,
    )
    return made


@cache
def picture() -> bytes:
    return portrait(3, "female")


def words_of(made: ExportFile) -> str:
    raw = b"".join(content_of(made))
    paper = pypdfium2.PdfDocument(raw)
    return "".join(page.get_textpage().get_text_bounded() for page in paper)


def sheet(actor: Actor, officer: Officer, on: date, wanted: ExportRequest = PLAIN) -> str:
    seen = officer_for(actor, officer.pk)
    return words_of(print_record_sheet(actor, seen, on, wanted, now=NOW))


def test_the_sheet_says_what_the_record_is_today(clerk: Actor, officer: Officer) -> None:
    words = sheet(clerk, officer, date(2026, 11, 22))
    for part in (
        "交通运输行政执法人员登记表",
        "沈知微",
        "大队长",
        "苏州大学",
        "2025 年度轮训",
        "昆交人〔2015〕12号",
        f"329901{'*' * 10}{made_up_id_number(7)[-2:]}",
        "第 1 页，共",
        "用途：归档",
    ):
        assert part in words, part
    assert made_up_id_number(7) not in words


def test_the_sheet_of_an_earlier_day_says_what_was_so_then(clerk: Actor, officer: Officer) -> None:
    words = sheet(clerk, officer, THEN)
    assert "情况截至 2024-06-01" in words
    assert "大队长" not in words
    assert "2023 年度轮训" in words
    assert "2025 年度轮训" not in words


@pytest.mark.parametrize("on", [date(2022, 1, 1), date(2026, 11, 23)])
def test_a_day_of_which_nothing_can_be_known_is_refused_at_its_field(
    clerk: Actor, officer: Officer, on: date
) -> None:
    with pytest.raises(InvalidInput) as refused:
        sheet(clerk, officer, on)
    assert refused.value.place == "on"


def test_the_whole_id_number_takes_a_reason_and_is_audited(clerk: Actor, officer: Officer) -> None:
    whole = ExportRequest(PDF, (), "归档", IdNumbers.WHOLE, "人事档案要求")
    assert made_up_id_number(7) in sheet(clerk, officer, THEN, whole)
    row = AuditRow.objects.get(action="export.made")
    assert row.summary == "导出“沈知微登记表”1 行（pdf，含完整身份证号码），用途：归档，理由：人事档案要求"
    with pytest.raises(InvalidInput):
        sheet(clerk, officer, THEN, ExportRequest(PDF, (), "归档", IdNumbers.WHOLE))


def test_who_may_not_unmask_or_stands_elsewhere_gets_none(
    officer: Officer, actor: Callable[..., Actor], tree: SimpleNamespace
) -> None:
    viewer = actor("zhao", tree.kunshan, Role.STATISTICIAN)
    with pytest.raises(NotPermitted):
        sheet(viewer, officer, THEN, ExportRequest(PDF, (), "归档", IdNumbers.WHOLE, "人事档案要求"))
    elsewhere = actor("wang", tree.nanjing, Role.REGISTRAR)
    with pytest.raises(NotFound):
        sheet(elsewhere, officer, THEN)


def test_a_person_prints_the_sheet_from_the_officers_page(
    officer: Officer, account: Account, sign_in: Callable[[Account], Client]
) -> None:
    client = sign_in(account)
    url = reverse("officer-sheet", args=[officer.pk])
    assert url in client.get(reverse("officer-detail", args=[officer.pk])).content.decode()
    assert client.get(url).status_code == 200
    wrong = client.post(url, {"on": "2022-01-01", "id_numbers": "masked", "purpose": "归档", "reason": ""})
    assert wrong.status_code == 400
    assert "请选较晚的日期" in wrong.content.decode()
    answer = client.post(url, {"on": "2024-06-01", "id_numbers": "masked", "purpose": "归档", "reason": ""})
    made = ExportFile.objects.get()
    assert answer.headers["Location"] == f"{reverse('export-detail', args=[made.pk])}?fresh=1"
    assert made.title == "沈知微登记表"
