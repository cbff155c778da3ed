"""What a spreadsheet looks like to the rules: sheets of plain values, with formulas and merged ranges beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

CellValue = str | int | float | bool | date | datetime | time | timedelta | None


@dataclass(frozen=True)
class Sheet:
    """One sheet. ``rows[0]`` is spreadsheet row 1; rows may differ in length.

    ``formulas`` maps (row index, column index) to the text of a formula cell, whose value in ``rows`` is the last
    calculated one. ``merged`` holds ranges as (top, left, bottom, right), zero-based and inclusive.
    """

    name: str
    rows: Sequence[Sequence[CellValue]]
    formulas: Mapping[tuple[int, int], str] = field(default_factory=dict)
    merged: Sequence[tuple[int, int, int, int]] = ()

    def value(self, row: int, column: int) -> CellValue:
        """Return the value at zero-based indexes; None outside the sheet."""
        if not 0 <= row < len(self.rows):
            return None
        cells = self.rows[row]
        return cells[column] if 0 <= column < len(cells) else None

    def merged_value(self, row: int, column: int) -> CellValue:
        """Return the value at zero-based indexes, or that of the merged range which covers the place."""
        own = self.value(row, column)
        if own not in (None, ""):
            return own
        for top, left, bottom, right in self.merged:
            if top <= row <= bottom and left <= column <= right:
                return self.value(top, left)
        return own
