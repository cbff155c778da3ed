"""The workbook of rejected rows: same titles, headings and columns, with the reasons at the end of each row.

It is made to be mended and sent again: the reasons column is one that the rules do not know, values stay as they were
written, and nothing in it can run.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import xlsxwriter

from warrant.core.errors import N_
from warrant.core.roster.checking import CheckedSheet, RosterCheck, RosterRow
from warrant.core.roster.finding import Finding, Severity
from warrant.core.roster.grid import CellValue, Sheet
from warrant.core.roster.headings import Heading, find_heading
from warrant.core.roster.row import FILLED_DOWN
from warrant.core.roster.text import text_of

REASONS_HEADING = N_("未导入原因")
LONGEST_CELL = 32_000
EXACT_NUMBER = 10**15
_FORBIDDEN_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")

Translate = Callable[[str], str]


def write_rejected(
    sheets: Sequence[Sheet], check: RosterCheck, translate: Translate = lambda message: message
) -> bytes:
    """Return an .xlsx of the rows that ``check`` rejected; ``sheets`` are what was checked.

    A sheet without a rejected row is left out. With nothing rejected the workbook has one sheet that says so.
    """
    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    workbook = xlsxwriter.Workbook(stream, options)
    styles = {
        "text": workbook.add_format({"num_format": "@"}),
        "date": workbook.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        "wrong": workbook.add_format({"num_format": "@", "bg_color": "#FBE3E1"}),
        "wrong-date": workbook.add_format(
            {"num_format": "yyyy-mm-dd", "align": "left", "bg_color": "#FBE3E1"}
        ),
        "heading": workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
        "reasons": workbook.add_format({"text_wrap": True, "font_color": "#A1260D"}),
    }
    by_name = {sheet.name: sheet for sheet in sheets}
    used_names: set[str] = set()
    for checked in check.sheets:
        rejected = [row for row in checked.rows if not row.is_accepted]
        heading = find_heading(by_name[checked.name])
        if rejected and heading is not None:
            target = workbook.add_worksheet(_sheet_name(checked.name, used_names))
            writer = _SheetWriter(by_name[checked.name], heading, target, styles, translate)
            writer.write(checked, rejected)
    if not used_names:
        workbook.add_worksheet().write_string(0, 0, translate(N_("没有未导入的人员")))
    workbook.close()
    return stream.getvalue()


def reasons_of(findings: Sequence[Finding], translate: Translate) -> str:
    """Return why the row was rejected, one line a reason, each after its heading."""
    lines = []
    for finding in findings:
        if finding.severity is Severity.ERROR:
            text = translate(finding.message) % finding.fields
            lines.append(f"{finding.column}\uff1a{text}" if finding.column else text)
    return "\n".join(lines)


def _sheet_name(name: str, used: set[str]) -> str:
    plain = _FORBIDDEN_IN_SHEET_NAME.sub(" ", name).strip()[:28] or "1"
    unique, number = plain, 1
    while unique.lower() in used:
        number += 1
        unique = f"{plain}{number}"
    used.add(unique.lower())
    return unique


@dataclass
class _SheetWriter:
    """Copies title, heading and rejected rows of one sheet."""

    source: Sheet
    heading: Heading
    target: xlsxwriter.worksheet.Worksheet
    styles: Mapping[str, object]
    translate: Translate

    def write(self, checked: CheckedSheet, rejected: Sequence[RosterRow]) -> None:
        """Write everything; the reasons stand to the right of the widest row."""
        first = self.heading.first_row
        head_rows = checked.data_row - 1
        width = max(len(row) for row in self.source.rows)
        for index in range(head_rows):
            style = "heading" if index >= first else "text"
            for column, value in enumerate(self.source.rows[index]):
                self._cell(index, column, value, style)
        self._merge_heads(head_rows)
        self.target.write_string(first, width, self.translate(REASONS_HEADING), self.styles["heading"])
        for offset, row in enumerate(rejected):
            self._row(head_rows + offset, row, width)
        self.target.freeze_panes(head_rows, 0)
        self.target.set_column(0, max(0, width - 1), 14)
        self.target.set_column(width, width, 60)

    def _row(self, at: int, row: RosterRow, width: int) -> None:
        wrong = {finding.column for finding in row.findings if finding.severity is Severity.ERROR}
        filled_down = {place for column, place in self.heading.places.items() if column in FILLED_DOWN}
        source_index = row.row - 1
        for column in range(len(self.source.rows[source_index])):
            read = self.source.merged_value if column in filled_down else self.source.value
            value = read(source_index, column)
            formula = self.source.formulas.get((source_index, column), "")
            if formula and value in (None, ""):
                value = formula
            is_wrong = self.heading.labels.get(column, "") in wrong
            self._cell(at, column, value, "wrong" if is_wrong else "text")
        self.target.write_string(
            at, width, reasons_of(row.findings, self.translate)[:LONGEST_CELL], self.styles["reasons"]
        )

    def _cell(self, row: int, column: int, value: CellValue, style: str) -> None:
        """Write a value as it was; text is always written as text, so nothing can run."""
        if value is None or value == "":
            if style == "wrong":
                self.target.write_blank(row, column, None, self.styles[style])
        elif isinstance(value, datetime | date) and value.year >= 1900:
            dated = "wrong-date" if style == "wrong" else "date"
            self.target.write_datetime(row, column, value, self.styles[dated])
        elif isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < EXACT_NUMBER:
            # As text, 1995.1 would be read as January; as the number it was, it keeps its warning.
            self.target.write_number(row, column, value, self.styles[style])
        else:
            self.target.write_string(row, column, text_of(value)[:LONGEST_CELL], self.styles[style])

    def _merge_heads(self, head_rows: int) -> None:
        """Merge as the original does, so that a heading of two rows is found again."""
        for top, left, bottom, right in self.source.merged:
            if bottom < head_rows and (top, left) != (bottom, right):
                value = text_of(self.source.value(top, left))
                style = "heading" if top >= self.heading.first_row else "text"
                self.target.merge_range(top, left, bottom, right, value, self.styles[style])
