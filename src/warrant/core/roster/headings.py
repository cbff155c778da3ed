"""Finding the heading row of a roster under its title rows, in one row or in two."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from warrant.core.roster.columns import Column, column_named
from warrant.core.roster.grid import Sheet
from warrant.core.roster.text import half_width, heading_form, text_of, without_blanks, without_hidden

SEARCHED_ROWS = 40
LEAST_COLUMNS = 3
_REPORTING_UNIT = re.compile(r"(?:填报|报送|上报|所在|执法)?单位(?:名称)?(?:\([^)]*\))?:\s*([^\s:]+)")


@dataclass(frozen=True)
class Heading:
    """Where the table starts. Indexes are zero-based; ``labels`` holds the text of every heading that has one."""

    first_row: int
    data_row: int
    places: Mapping[Column, int]
    labels: Mapping[int, str]

    def label(self, column: Column) -> str:
        """Return the heading text as written (blanks removed); empty when the sheet lacks the column."""
        place = self.places.get(column)
        return "" if place is None else self.labels[place]


def find_heading(sheet: Sheet) -> Heading | None:
    """Return the best heading in the first rows, or None when the sheet holds no roster.

    A heading must name the person column or the identity-number column, and at least three known columns.
    Two rows count as one heading only where the second adds columns, so a first data row is never swallowed.
    """
    best: Heading | None = None
    for row in range(min(SEARCHED_ROWS, len(sheet.rows))):
        single, double = _read(sheet, row, rows=1), _read(sheet, row, rows=2)
        lower = _read(sheet, row + 1, rows=1)
        needs_both = len(double.places) > max(len(single.places), len(lower.places))
        candidate = double if needs_both else single
        if _is_roster(candidate) and (best is None or len(candidate.places) > len(best.places)):
            best = candidate
    return best


def _is_roster(heading: Heading) -> bool:
    names_a_person = Column.NAME in heading.places or Column.ID_NUMBER in heading.places
    return names_a_person and len(heading.places) >= LEAST_COLUMNS


def _read(sheet: Sheet, row: int, *, rows: int) -> Heading:
    places: dict[Column, int] = {}
    labels: dict[int, str] = {}
    width = max((len(cells) for cells in sheet.rows[row : row + rows]), default=0)
    for column in range(width):
        for label in _labels_at(sheet, row, column, rows):
            labels.setdefault(column, label)
            meaning = column_named(label)
            if meaning is not None:
                labels[column] = label
                places.setdefault(meaning, column)
                break
    return Heading(first_row=row, data_row=row + rows, places=places, labels=labels)


def _labels_at(sheet: Sheet, row: int, column: int, rows: int) -> list[str]:
    """Return the texts that may name a column: the lower cell, both joined, the upper cell."""
    parts = []
    for offset in range(rows):
        part = without_blanks(without_hidden(text_of(sheet.merged_value(row + offset, column))))
        if part and part not in parts:
            parts.append(part)
    if len(parts) == 2:
        return [parts[1], parts[0] + parts[1], parts[0]]
    return parts


def is_repeated_heading(sheet: Sheet, row: int, heading: Heading) -> bool:
    """Say whether a row repeats the headings, as printed lists do on every page."""
    same = sum(
        heading_form(text_of(sheet.value(row, place))) == heading_form(heading.labels[place])
        for place in heading.places.values()
    )
    return same >= LEAST_COLUMNS


def reporting_unit(sheet: Sheet, heading: Heading) -> str:
    """Return the unit that the title rows name as reporting (填报单位:…); empty when they name none."""
    for row in range(heading.first_row):
        for value in sheet.rows[row]:
            found = _REPORTING_UNIT.search(half_width(without_hidden(text_of(value))))
            if found:
                return found.group(1)
    return ""
