"""One row under examination: its cells by meaning, and the findings made so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from warrant.core.errors import WarrantError
from warrant.core.roster.columns import Column
from warrant.core.roster.entry import RosterEntry
from warrant.core.roster.finding import Finding, Severity
from warrant.core.roster.grid import Cells, CellValue, Sheet
from warrant.core.roster.headings import Heading
from warrant.core.roster.text import is_blank, text_of

FindAgency = Callable[[str], str | None]
"""Looks an agency up by a name it bears or bore; returns its key, or None."""

FILLED_DOWN = frozenset({Column.AGENCY, Column.CATEGORY, Column.STAFFING, Column.POST})
"""Columns in which offices merge cells down over several people; in others a merged cell is no statement about each."""


class RowExamination:
    """Cells and findings of one row. ``row`` is the spreadsheet row, from 1; ``on`` is the day of the check."""

    __slots__ = ("cells", "entry", "findings", "heading", "on", "row", "sheet", "unit_of_sheet")

    def __init__(
        self,
        sheet: Sheet,
        heading: Heading,
        row: int,
        on: date,
        unit_of_sheet: str = "",
        *,
        cells: Cells | None = None,
    ) -> None:
        self.sheet = sheet
        self.heading = heading
        self.row = row
        self.on = on
        self.unit_of_sheet = unit_of_sheet
        self.cells = sheet.rows[row - 1] if cells is None else cells
        self.findings: list[Finding] = []
        self.entry = RosterEntry()

    def has_column(self, column: Column) -> bool:
        """Say whether the sheet has such a column, or a value for all its rows."""
        return self.heading.has(column)

    def value(self, column: Column) -> CellValue:
        """Return the raw value; None when the sheet lacks the column or the cell says "nothing".

        Where a person set a value for the whole sheet, it fills cells that say nothing.
        """
        place = self.heading.places.get(column)
        if place is not None:
            value = self.cells[place] if place < len(self.cells) else None
            if value in (None, "") and column in FILLED_DOWN and self.sheet.merged:
                value = self.sheet.merged_value(self.row - 1, place)
            if not is_blank(value):
                return value
        return self.heading.constants.get(column)

    def text(self, column: Column) -> str:
        """Return the cell as text, unchanged; empty for a blank cell."""
        return text_of(self.value(column))

    def formula(self, column_index: int) -> str:
        """Return the formula of a cell, or empty."""
        return self.sheet.formulas.get((self.row - 1, column_index), "")

    @property
    def has_error(self) -> bool:
        """Say whether anything found so far keeps the row out."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    def add(self, finding: Finding) -> None:
        """Record what was found in equal cells of another row."""
        self.findings.append(
            Finding(
                self.sheet.name,
                self.row,
                finding.column,
                finding.severity,
                finding.code,
                finding.message,
                finding.fields,
            )
        )

    def error(self, column: Column, code: str, message: str, **fields: object) -> None:
        """Record what keeps the row out."""
        self._add(self.heading.label(column), Severity.ERROR, code, message, fields)

    def error_from(self, column: Column, error: WarrantError) -> None:
        """Record an error raised by a check of core."""
        self._add(self.heading.label(column), Severity.ERROR, error.code, error.message, error.fields)

    def warn(self, column: Column, code: str, message: str, **fields: object) -> None:
        """Record a doubt that lets the row in."""
        self._add(self.heading.label(column), Severity.WARN, code, message, fields)

    def warn_at(self, column_index: int, code: str, message: str, **fields: object) -> None:
        """Record a doubt about a column that may have no known meaning."""
        label = self.heading.labels.get(column_index, "")
        self._add(label, Severity.WARN, code, message, fields)

    def fix(self, column: Column, code: str, message: str, before: str, after: str) -> None:
        """Record a repair, with the value before and after."""
        self._add(self.heading.label(column), Severity.FIX, code, message, {"before": before, "after": after})

    def _add(
        self, label: str, severity: Severity, code: str, message: str, fields: Mapping[str, object]
    ) -> None:
        self.findings.append(Finding(self.sheet.name, self.row, label, severity, code, message, dict(fields)))
