"""Tables on their way out come back as they were, and no cell of any of them is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import openpyxl  # type: ignore[import-untyped]  # it has no types
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from warrant.adapters.spreadsheet.export import LONGEST_CELL, TableFiles, neutral, sheet_name
from warrant.core.errors import InvalidInput
from warrant.core.ports import CellKind, Table, TableColumn

COLUMNS = (
    TableColumn("姓名", width=10),
    TableColumn("出生日期", CellKind.DATE),
    TableColumn("年龄", CellKind.NUMBER, 6),
    TableColumn("入册时间", CellKind.INSTANT, 18),
)
ROWS: list[list[object]] = [
    ["沈知微", date(1990, 5, 1), 36, datetime(2026, 1, 2, 3, 4)],
    ["陆怀瑾", None, None, None],
]

LEADERS = "=+-@\t\r\n＝＋－＠"


def table(rows: Sequence[Sequence[object]] = ROWS, columns: Sequence[TableColumn] = COLUMNS) -> Table:
    return Table(
        title="执法人员名册",
        watermark="内部资料 · 顾晓岚",
        columns=columns,
        rows=iter(rows),
        about=lambda: [("筛选", "全部"), ("行数", str(len(rows)))],
        about_title="导出说明",
    )


def workbook(made: Table) -> bytes:
    target = io.BytesIO()
    TableFiles().write_workbook(made, target)
    return target.getvalue()


def delimited(made: Table, encoding: str = "utf-8-sig") -> list[list[str]]:
    target = io.BytesIO()
    TableFiles().write_delimited(made, target, encoding)
    return list(csv.reader(io.StringIO(target.getvalue().decode(encoding), newline="")))


def test_a_workbook_holds_real_dates_and_numbers_under_a_frozen_head() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(table())))
    sheet, about = book.worksheets
    assert sheet.title == "执法人员名册"
    assert sheet.freeze_panes == "B3"
    assert [cell.value for cell in sheet[2]] == ["姓名", "出生日期", "年龄", "入册时间"]
    assert [cell.value for cell in sheet[3]] == [
        "沈知微",
        datetime(1990, 5, 1),
        36,
        datetime(2026, 1, 2, 3, 4),
    ]
    assert [cell.value for cell in sheet[4]] == ["陆怀瑾", None, None, None]
    assert sheet["B3"].number_format == "yyyy-mm-dd"
    assert sheet["A1"].value == "内部资料 · 顾晓岚"
    assert [[cell.value for cell in row] for row in about.iter_rows(min_row=2)] == [
        ["筛选", "全部"],
        ["行数", "2"],
    ]


def test_an_empty_table_is_its_head_alone() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(table([])))).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["姓名", "出生日期", "年龄", "入册时间"]
    ]


def test_a_table_of_one_column_can_be_written() -> None:
    rows = CalamineWorkbook.from_filelike(
        io.BytesIO(workbook(table([["沈知微"]], COLUMNS[:1])))
    ).get_sheet_by_index(0)
    assert rows.to_python()[1:] == [["姓名"], ["沈知微"]]


@given(st.lists(st.text(max_size=40), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_texts_come_back_from_a_workbook_and_are_never_formulas(texts: list[str]) -> None:
    raw = workbook(table([[text, None, 1, None] for text in texts]))
    sheet = openpyxl.load_workbook(io.BytesIO(raw)).worksheets[0]
    for text, row in zip(texts, sheet.iter_rows(min_row=3), strict=True):
        assert row[0].data_type in ("s", "n")  # a text, or nothing
        assert (row[0].value or "") == readable(text)


def readable(text: str) -> str:
    """What a workbook can hold of a text: XML knows no control characters, and reads a line end as one character."""
    return "".join(
        " "
        if (character < " " and character not in "\t\n")
        or character in "\x7f\ufffe\uffff"
        or "\ud800" <= character <= "\udfff"
        else character
        for character in text
    )


@given(
    st.text(alphabet=" \t\u3000\ufeff", max_size=3),
    st.sampled_from(LEADERS),
    st.text(max_size=20),
    st.sampled_from(["utf-8-sig", "gb18030"]),
)
@settings(deadline=None)
def test_no_csv_cell_begins_like_a_formula(blanks: str, leader: str, rest: str, encoding: str) -> None:
    rows = delimited(table([[f"{blanks}{leader}{rest}", None, None, None]]), encoding)
    cell = rows[2][0]
    assert not cell.lstrip(" \t\u3000\ufeff\r\n").startswith(tuple(LEADERS))


@pytest.mark.parametrize("text", ["沈知微", "1-2", "a=b", "昆山 (南)", "'", ""])
def test_ordinary_texts_stay_as_they_are(text: str) -> None:
    assert neutral(text) == text


def test_negative_numbers_and_days_of_csv_are_not_texts() -> None:
    assert delimited(table([["a", date(2026, 1, 2), -3, datetime(2026, 1, 2, 3, 4)]]))[2] == [
        "a",
        "2026-01-02",
        "-3",
        "2026-01-02 03:04",
    ]


def test_csv_begins_with_the_watermark_and_ends_with_what_it_is() -> None:
    rows = delimited(table())
    assert rows[0] == ["内部资料 · 顾晓岚", "", "", ""]
    assert rows[-2:] == [["筛选", "全部"], ["行数", "2"]]


def test_gb18030_holds_every_han_character() -> None:
    assert delimited(table([["𬭎钅䶮", None, None, None]]), "gb18030")[2][0] == "𬭎钅䶮"


def test_another_encoding_is_refused() -> None:
    with pytest.raises(InvalidInput):
        delimited(table(), "latin-1")


def test_what_is_too_long_or_too_early_still_opens() -> None:
    rows: list[list[object]] = [["长" * 40_000, date(1899, 12, 31), 1, datetime(1900, 1, 1)]]
    sheet: Any = openpyxl.load_workbook(io.BytesIO(workbook(table(rows)))).worksheets[0]
    assert len(sheet["A3"].value) == LONGEST_CELL
    assert sheet["B3"].value == "1899-12-31"
    assert sheet["D3"].value == "1900-01-01 00:00"


@given(st.text(max_size=60))
def test_any_title_makes_a_sheet_name(title: str) -> None:
    name = sheet_name(title)
    assert 1 <= len(name) <= 31
    assert not set(name) & set("[]:*?/\\'")


def test_an_error_among_the_rows_comes_out_as_it_is() -> None:
    class StopHereError(Exception):
        pass

    def rows() -> Any:
        yield ["a", None, None, None]
        raise StopHereError

    made = table()
    with pytest.raises(StopHereError):
        workbook(Table(made.title, made.watermark, made.columns, rows(), made.about, made.about_title))


def test_odd_cells_are_made_fit_wherever_they_stand_in_a_long_list() -> None:
    rows: list[list[object]] = [[f"林{number}", date(1990, 5, 1), 36, None] for number in range(2500)]
    rows[1700] = ["陆\x07怀瑾", date(1870, 1, 1), 0, datetime(2026, 1, 2, 3, 4)]
    rows[1701] = ["", None, None, None]
    rows[1702] = ["沈　知微", date(1900, 2, 28), 156, None]
    target = io.BytesIO()
    TableFiles().write_workbook(table(rows), target)
    sheet = openpyxl.load_workbook(target).worksheets[0]
    found = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert len(found) == 2500
    assert found[1699] == ["林1699", datetime(1990, 5, 1), 36, None]
    assert found[1700] == ["陆 怀瑾", "1870-01-01", 0, datetime(2026, 1, 2, 3, 4)]
    assert found[1701] == [None, None, None, None]
    assert found[1702] == ["沈　知微", "1900-02-28", 156, None]
    assert found[1703] == ["林1703", datetime(1990, 5, 1), 36, None]
