"""Tables as files that offices open: .xlsx and CSV, row by row, and never a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence, Set
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO

import rustpy_xlsxwriter as workbook
from rustpy_xlsxwriter import Format

from warrant.core.errors import N_, InvalidInput
from warrant.core.ports import CellKind, Table, TableColumn

LONGEST_CELL = 32_767
"""Characters that a cell of a workbook holds. Source: ECMA-376 part 1 as Excel limits it."""
LONGEST_SHEET_NAME = 31
ENCODINGS = ("utf-8-sig", "gb18030")
DATE_FORMAT = "yyyy-mm-dd"
INSTANT_FORMAT = "yyyy-mm-dd hh:mm"
_FIRST_DATE = date(1900, 3, 1)
"""Before it, the days of a workbook are counted wrong by Excel: 1900 was no leap year."""
_ROWS_A_BLOCK = 1000

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_FORMULA = re.compile(r"[\s\u3000\ufeff\u200b]*[=+\-@\t\r\n＝＋－＠]")
_BAD_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


def _text(value: str) -> str:
    """Return a text that every reader of spreadsheets accepts: no control characters, not too long."""
    return _CONTROL.sub(" ", value)[:LONGEST_CELL]


def neutral(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula when it opens a CSV file.

    Source: OWASP, CSV Injection: ``= + - @``, tab and carriage return, and their full-width forms; also behind blanks.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def sheet_name(title: str) -> str:
    """Return the title as the name of a sheet: 31 characters, without those that are not allowed."""
    return _BAD_IN_SHEET_NAME.sub(" ", _text(title)).strip()[:LONGEST_SHEET_NAME] or "Sheet1"


def _are_fit(values: Set[Any]) -> bool:
    """Tell whether a workbook takes all of them as they are, in a few steps however many they are."""
    try:
        return "".join(values).isprintable() and max(map(len, values)) <= LONGEST_CELL
    except TypeError:  # they are no texts
        pass
    try:
        return bool(min(values) >= _FIRST_DATE)
    except TypeError:  # no days either, or not only
        return False


def _cells(column: Sequence[Any]) -> Sequence[Any]:
    """Return one column of a block as a workbook takes it: most need nothing, and are not gone through one by one."""
    values = set(column)
    if "" in values:
        values.discard("")
        column = [None if value == "" else value for value in column]
    values.discard(None)
    if not values or _are_fit(values):
        return column
    known = {value: _cell(value) for value in values}
    return [known.get(value) for value in column]


def _cell(value: object) -> object:
    if isinstance(value, str):
        return _text(value) or None
    if isinstance(value, datetime):
        return value if value.date() >= _FIRST_DATE else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value if value >= _FIRST_DATE else value.isoformat()
    return value


def _column_format(column: TableColumn) -> Format:
    if column.kind is CellKind.DATE:
        return Format().set_num_format(DATE_FORMAT)
    if column.kind is CellKind.INSTANT:
        return Format().set_num_format(INSTANT_FORMAT)
    return Format() if column.kind is CellKind.NUMBER else Format().set_num_format("@")


def _labels(columns: Sequence[TableColumn]) -> list[str]:
    labels = [column.label for column in columns]
    if not labels or len(set(labels)) != len(labels):
        raise ValueError("a table needs columns, each with a label of its own")
    return labels


class TableFiles:
    """Writes with no state of its own."""

    def write_workbook(self, table: Table, target: BinaryIO) -> None:
        """Write an .xlsx: watermark, frozen head, rows; a second sheet says what they are.

        The rows are read once and not held: the library keeps them in an unnamed temporary file.
        """
        labels = _labels(table.columns)
        name, about_name = sheet_name(table.title), sheet_name(table.about_title)
        if name == about_name:
            raise ValueError("the two sheets need names of their own")
        last = max(len(labels) - 1, 1)
        mark = _text(table.watermark)
        watermark = Format().set_font_color("#AA1D1D").set_font_size(10.0)
        above: tuple[Any, ...] = (0, 0, 0, last, mark, watermark)
        head = Format().set_bold().set_background_color("#E1EBF8").set_border_bottom("thin")

        def rows() -> Iterator[dict[str, object]]:
            has_rows = False
            waiting = iter(table.rows)
            while block := list(islice(waiting, _ROWS_A_BLOCK)):
                has_rows = True
                columns = [_cells(column) for column in zip(*block, strict=True)]
                for row in zip(*columns, strict=True):
                    yield dict(zip(labels, row, strict=True))
            if not has_rows:
                yield dict.fromkeys(labels)  # the head alone

        def about() -> Iterator[dict[str, object]]:
            for term, text in table.about():
                yield {about_name: _cell(term), name: _cell(text)}

        workbook.write_worksheets(
            [(name, rows()), (about_name, about())],
            target,
            freeze_panes={name: {"row": 2, "col": 1}},
            column_widths={name: [float(column.width) for column in table.columns], about_name: [18.0, 90.0]},
            column_formats={name: [_column_format(column) for column in table.columns]},
            header_format={name: head},
            header_row={name: 1},
            merge_ranges={name: [above]},
            row_heights={name: {0: 20.0}},
            autofilter={name: True},
            page_setup={
                name: {"landscape": True, "paper_size": 9, "repeat_rows": (0, 1), "fit_to_pages": (1, 0)}
            },
        )

    def write_delimited(self, table: Table, target: BinaryIO, encoding: str) -> None:
        """Write CSV with a line of watermark above the head; every text is neutral.

        A character that GB18030 does not know (there is none in Unicode) would be an error, not a loss.

        Raises:
            InvalidInput: another encoding.
        """
        if encoding not in ENCODINGS:
            raise InvalidInput("encoding-unknown", N_("不支持这种编码"), place="format")
        labels = _labels(table.columns)
        block = io.StringIO(newline="")
        writer = csv.writer(block, lineterminator="\r\n")
        is_first = True

        def flush() -> None:
            nonlocal is_first
            text = block.getvalue()
            target.write(text.encode(encoding if is_first or encoding != "utf-8-sig" else "utf-8"))
            is_first = False
            block.seek(0)
            block.truncate()

        writer.writerow([neutral(_text(table.watermark)), *[""] * (len(labels) - 1)])
        writer.writerow([neutral(_text(label)) for label in labels])
        for number, row in enumerate(table.rows, start=1):
            writer.writerow([_delimited(value) for value in row])
            if number % _ROWS_A_BLOCK == 0:
                flush()
        writer.writerow([])
        for term, text in table.about():
            writer.writerow([neutral(_text(term)), neutral(_text(text))])
        flush()


def _delimited(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return neutral(_text(value)) if isinstance(value, str) else str(value)


def table_files() -> TableFiles:
    """Make the adapter; a node names this as the factory of the port ``table_writer``."""
    return TableFiles()
