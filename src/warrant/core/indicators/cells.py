"""Cells: how many officers have two given raw values, for every pair of dimensions, added up like accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from warrant.core.indicators.dimensions import DIMENSIONS, EVERYBODY, Dimension
from warrant.core.indicators.vector import CATEGORY_PLACE, Vector, categories_in

Cell = tuple[int, int, int]
"""Sheet, raw value of the dimension with the lower number, raw value of the other."""

Cells = dict[Cell, int]

_SHEET_BASE = 16


def sheet_of(one: Dimension, other: Dimension) -> int:
    """Return the number of the sheet that crosses two dimensions, in whichever order they are given."""
    low, high = sorted((one.number, other.number))
    return low * _SHEET_BASE + high


_ALL = (EVERYBODY, *DIMENSIONS)
SHEETS: tuple[int, ...] = tuple(
    sheet_of(one, other) for place, one in enumerate(_ALL) for other in _ALL[place + 1 :]
)
"""Every sheet; those of EVERYBODY count by one dimension alone."""


def _columns(vectors: Sequence[Vector]) -> list[Sequence[int]]:
    """Return the values by dimension, EVERYBODY (always 0) first."""
    return [(0,) * len(vectors), *zip(*vectors, strict=True)]


def _crossed(cells: Cells, columns: list[Sequence[int]], places: Iterable[tuple[int, int]]) -> None:
    for low, high in places:
        sheet = low * _SHEET_BASE + high
        for (a, b), count in Counter(zip(columns[low], columns[high], strict=True)).items():
            cells[(sheet, a, b)] = count


_CATEGORY = CATEGORY_PLACE + 1
_LAST = len(_ALL)
_PLAIN_PLACES = tuple(
    (low, high) for low in range(_LAST) for high in range(low + 1, _LAST) if _CATEGORY not in (low, high)
)
_CATEGORY_PLACES = tuple(
    (min(place, _CATEGORY), max(place, _CATEGORY)) for place in range(_LAST) if place != _CATEGORY
)


_FEW = 4


def _tally_few(vectors: Sequence[Vector]) -> Cells:
    """Count one officer after another: quicker than column by column for a single change."""
    cells: Cells = {}
    for vector in vectors:
        values = (0, *vector)
        for low, high in _PLAIN_PLACES:
            cell = (low * _SHEET_BASE + high, values[low], values[high])
            cells[cell] = cells.get(cell, 0) + 1
        for category in categories_in(vector[CATEGORY_PLACE]):
            for low, high in _CATEGORY_PLACES:
                a, b = (values[low], category) if high == _CATEGORY else (category, values[high])
                cell = (low * _SHEET_BASE + high, a, b)
                cells[cell] = cells.get(cell, 0) + 1
    return cells


def tally(vectors: Sequence[Vector]) -> Cells:
    """Return the cells of a group of officers; an officer of several categories counts in each of them."""
    if len(vectors) <= _FEW:
        return _tally_few(vectors)
    cells: Cells = {}
    columns = _columns(vectors)
    _crossed(cells, columns, _PLAIN_PLACES)
    owners = [place for place, mask in enumerate(columns[_CATEGORY]) for _ in categories_in(mask)]
    categories = [number for mask in columns[_CATEGORY] for number in categories_in(mask)]
    if len(owners) != len(vectors):
        columns = [[column[owner] for owner in owners] for column in columns]
    columns[_CATEGORY] = categories
    _crossed(cells, columns, _CATEGORY_PLACES)
    return cells


def postings(before: Sequence[Vector], after: Sequence[Vector]) -> Cells:
    """Return what is added to each cell when the officers ``before`` become those ``after``; never a zero."""
    changed = Counter(tally(after))
    changed.subtract(tally(before))
    return {cell: count for cell, count in changed.items() if count}
