"""What a spreadsheet looks like to the rules: sheets of plain values, with formulas and merged ranges beside them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import islice
from typing import overload

CellValue = str | int | float | bool | date | datetime | time | timedelta | None
Cells = Sequence[CellValue]
MergedRange = tuple[int, int, int, int]
"""Top, left, bottom, right; zero-based and inclusive."""

HEAD_ROWS = 64
MOST_COLUMNS_MERGED = 1024


class StreamedRows(Sequence[Cells]):
    """The rows of a long sheet, read again from its source instead of being held; made for reading downwards.

    The first rows are held; stepping back below them starts the source again.
    """

    def __init__(self, read: Callable[[], Iterator[Cells]], length: int) -> None:
        self._read = read
        self._length = length
        self._head = list(islice(read(), HEAD_ROWS))
        self._rows: Iterator[Cells] = iter(())
        self._at = length
        self._current: Cells = ()

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Cells]:
        return self._read()

    @overload
    def __getitem__(self, index: int) -> Cells: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Cells]: ...

    def __getitem__(self, index: int | slice) -> Cells | Sequence[Cells]:
        if isinstance(index, slice):
            return [self[row] for row in range(*index.indices(self._length))]
        if not 0 <= index < self._length:
            raise IndexError(index)
        if index < len(self._head):
            return self._head[index]
        if index < self._at:
            self._rows, self._at = self._read(), -1
        while self._at < index:
            self._current = next(self._rows, ())
            self._at += 1
        return self._current


class RowMarks:
    """Marks at row indexes, one byte each up to the last one."""

    def __init__(self) -> None:
        self._marks = bytearray()

    def add(self, row: int) -> None:
        """Mark a row."""
        if row >= len(self._marks):
            self._marks.extend(bytes(row + 1 - len(self._marks)))
        self._marks[row] = 1

    def __contains__(self, row: object) -> bool:
        return isinstance(row, int) and 0 <= row < len(self._marks) and bool(self._marks[row])


@dataclass(frozen=True)
class Sheet:
    """One sheet. ``rows[0]`` is spreadsheet row 1; rows may differ in length.

    ``formulas`` maps (row index, column index) to the text of a formula cell, whose value in ``rows`` is the last
    calculated one. ``merged`` holds ranges as (top, left, bottom, right), zero-based and inclusive. ``hidden_rows`` are
    the indexes of rows that are not seen on a screen, because they were hidden or filtered out.
    """

    name: str
    rows: Sequence[Cells]
    formulas: Mapping[tuple[int, int], str] = field(default_factory=dict)
    merged: Sequence[MergedRange] = ()
    hidden_rows: Container[int] = frozenset()

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
        place = self._merges.anchor_of(row, column)
        return own if place is None else self._anchor_values.get(place, own)

    @cached_property
    def _merges(self) -> _MergedIndex:
        return _MergedIndex(self.merged)

    @cached_property
    def _anchor_values(self) -> Mapping[tuple[int, int], CellValue]:
        """The values of the top left corners, gathered in one pass over the rows."""
        wanted: dict[int, list[int]] = {}
        for top, left, _, _ in self.merged:
            wanted.setdefault(top, []).append(left)
        last = max(wanted, default=-1)
        found: dict[tuple[int, int], CellValue] = {}
        for row, cells in enumerate(self.rows):
            for left in wanted.get(row, ()):
                if left < len(cells):
                    found[row, left] = cells[left]
            if row >= last:
                break
        return found


class _MergedIndex:
    """Finds the merged range over a place by its column; ranges of one column do not overlap in a sound file."""

    def __init__(self, merged: Sequence[MergedRange]) -> None:
        self._tops: dict[int, list[int]] = {}
        self._ranges: dict[int, list[MergedRange]] = {}
        for area in sorted(merged):
            _, left, _, right = area
            for column in range(left, min(right, left + MOST_COLUMNS_MERGED) + 1):
                self._tops.setdefault(column, []).append(area[0])
                self._ranges.setdefault(column, []).append(area)

    def anchor_of(self, row: int, column: int) -> tuple[int, int] | None:
        """Return the top left corner of the range that covers the place; None if there is none."""
        tops = self._tops.get(column)
        if not tops:
            return None
        at = bisect_right(tops, row) - 1
        if at < 0:
            return None
        top, left, bottom, _ = self._ranges[column][at]
        return (top, left) if row <= bottom else None
