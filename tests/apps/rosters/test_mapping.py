"""Which column is which: guessed, changed by a person, remembered for the unit."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from tests.apps.officers.entries import ID_NUMBER
from tests.apps.rosters.test_importing import KUNSHAN
from warrant.apps.accounts.models import Account
from warrant.apps.officers.models import Officer
from warrant.apps.rosters.models import RosterImport, RosterLayout
from warrant.apps.rosters.selectors.mapping import column_letter, mapped_sheets
from warrant.apps.rosters.selectors.preview import rejected_workbook
from warrant.apps.rosters.services import check_again, check_rows, decide_plan, import_roster, preview_roster
from warrant.core.access import Actor, Role
from warrant.core.errors import InvalidInput

HEADINGS = ["谁", "证照", "何处", "干什么"]
PERSON = ["单书白", ID_NUMBER, KUNSHAN, "公路路政"]


def workbook(rows: list[list[str]], *more: tuple[str, list[list[str]]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "名册"
    for row in rows:
        sheet.append(row)
    for title, others in more:
        other = book.create_sheet(title)
        for row in others:
            other.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture
def client(
    tree: SimpleNamespace, account_for: Callable[..., Account], sign_in: Callable[..., Client]
) -> Client:
    return sign_in(account_for("clerk", tree.kunshan, Role.REGISTRAR))


def test_columns_are_shown_as_they_are_taken_and_id_numbers_masked(
    vault: Any, registrar: Actor, today: date, now: datetime
) -> None:
    raw = workbook([["姓名", "身份证号", "现执法单位全名", "执法业务类别名", "籍贯"], [*PERSON, "江苏"]])
    roster = preview_roster(registrar, raw, "a.xlsx", on=today, now=now)
    (sheet,) = mapped_sheets(roster)
    assert [(column.letter, column.meaning, column.sureness) for column in sheet.columns] == [
        ("A", "name", "named"),
        ("B", "id-number", "named"),
        ("C", "agency", "guessed"),
        ("D", "category", "guessed"),
        ("E", "", ""),
    ]
    assert sheet.columns[1].values[0] == "329901**********35"
    assert (roster.good_count, roster.error_count) == (1, 0)


def test_headings_that_nobody_knows_are_mapped_by_hand_and_remembered(client: Client, vault: Any) -> None:
    raw = workbook([["姓名", *HEADINGS[1:]], PERSON])
    sent = client.post(reverse("roster-list"), {"file": SimpleUploadedFile("a.xlsx", raw)})
    roster = RosterImport.system.get()
    address = reverse("roster-mapping", args=[roster.pk])
    assert sent["Location"] == address
    page = client.get(address).content.decode()
    assert "何处" in page
    assert ID_NUMBER not in page
    chosen = {
        "read-0": "on",
        "column-0": "name",
        "column-1": "id-number",
        "column-2": "agency",
        "column-3": "category",
    }
    assert client.post(address, chosen)["Location"] == reverse("roster-detail", args=[roster.pk])
    roster.refresh_from_db()
    assert (roster.state, roster.good_count) == ("previewed", 1)
    again = workbook([["姓名", *HEADINGS[1:]], PERSON])
    client.post(reverse("roster-list"), {"file": SimpleUploadedFile("b.xlsx", again)})
    assert RosterImport.system.latest("pk").good_count == 1
    assert RosterLayout.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"column-3": ""}, "还没有指定“执法门类”"),
        ({"column-3": "name"}, "“姓名”指定给了两列"),
        ({"read-0": None}, "至少选择一个要读取的工作表"),
    ],
)
def test_a_choice_that_lacks_something_is_told_and_kept(
    client: Client, vault: Any, changed: dict[str, str | None], told: str
) -> None:
    raw = workbook([["姓名", "身份证号", "单位", "执法门类"], PERSON], ("字典", [["男"], ["女"]]))
    client.post(reverse("roster-list"), {"file": SimpleUploadedFile("a.xlsx", raw)})
    address = reverse("roster-mapping", args=[RosterImport.system.get().pk])
    chosen = {
        "read-0": "on",
        "column-0": "name",
        "column-1": "id-number",
        "column-2": "agency",
        "column-3": "category",
        "constant-staffing": "公务员",
        **changed,
    }
    refused = client.post(address, {name: value for name, value in chosen.items() if value is not None})
    assert refused.status_code == 400
    assert told in refused.content.decode()
    assert 'value="公务员"' in refused.content.decode()


def test_one_value_for_the_sheet_fills_empty_cells_and_missing_columns(
    vault: Any, registrar: Actor, today: date, now: datetime
) -> None:
    raw = workbook([["姓名", "身份证号", "编制性质"], [PERSON[0], ID_NUMBER, ""]])
    roster = preview_roster(registrar, raw, "a.xlsx", on=today, now=now)
    assert roster.good_count == 0
    plan = {
        "名册": {
            "is_read": True,
            "columns": {"name": 0, "id-number": 1, "staffing": 2},
            "constants": {"agency": KUNSHAN, "category": "道路运政", "staffing": "公务员"},
        }
    }
    roster = check_again(registrar, roster.pk, plan, now=now)
    import_roster(registrar, roster.pk, now=now)
    officer = Officer.system.get()
    assert (officer.agency.name, officer.categories, officer.staffing) == (KUNSHAN, "02", "civil-servant")


def test_only_chosen_sheets_are_read(vault: Any, registrar: Actor, today: date, now: datetime) -> None:
    rows = [["姓名", "身份证号", "单位", "执法门类"], PERSON]
    roster = preview_roster(registrar, workbook(rows, ("汇总", rows)), "a.xlsx", on=today, now=now)
    assert (roster.good_count, roster.error_count) == (1, 1)
    plan = dict(roster.plan)
    plan["汇总"] = {**plan["汇总"], "is_read": False}
    decide_plan(registrar, roster.pk, plan, now=now)
    roster = check_rows(registrar, roster.pk, now=now)
    assert (roster.row_count, roster.error_count) == (1, 0)


def test_rejected_rows_come_back_also_from_a_mapped_roster(
    vault: Any, registrar: Actor, today: date, now: datetime
) -> None:
    raw = workbook([HEADINGS, [PERSON[0], "329901197908080040", KUNSHAN, "公路路政"]])
    roster = preview_roster(registrar, raw, "a.xlsx", on=today, now=now)
    assert roster.error_count == 1
    assert rejected_workbook(roster).startswith(b"PK")


def test_a_roster_without_people_is_refused(vault: Any, registrar: Actor, today: date, now: datetime) -> None:
    with pytest.raises(InvalidInput) as refused:
        preview_roster(registrar, workbook([["姓名", "身份证号", "单位"]]), "a.xlsx", on=today, now=now)
    assert refused.value.code == "no-roster"
    assert not RosterImport.system.exists()


def test_letters_are_those_of_a_spreadsheet() -> None:
    assert [column_letter(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
