"""Adding up: cells of any unit on any day, from the books where they are kept, else from the facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection

from warrant.apps.organisations.models import Agency
from warrant.apps.supervision.models import StatisticMonth
from warrant.apps.supervision.selectors.tallying import MOST_COLUMNS, Held, tally_facts
from warrant.apps.supervision.selectors.units import UNIT_COLUMN
from warrant.core.access import Level
from warrant.core.indicators import (
    CATEGORY,
    DIMENSIONS,
    EVERYBODY,
    SEX,
    Dimension,
    categories_in,
    sheet_of,
)

WHOLE = sheet_of(EVERYBODY, SEX)
"""The sheet that counts each person once and is the shortest."""

_NATION = 0
_SHEET_BASE = 16
_FACT_COLUMN = {0: "0", **{dimension.number: dimension.key for dimension in DIMENSIONS}}
_FACT_COLUMN[CATEGORY.number] = "category_mask"

SheetCells = dict[tuple[int, int], int]


@dataclass(frozen=True)
class Target:
    """Whose figures of which day."""

    unit: Agency
    day: date


@dataclass
class Counted:
    """The cells of one target, by sheet; raw values in the order of the dimensions' numbers."""

    day: date
    sheets: dict[int, SheetCells] = field(default_factory=lambda: defaultdict(dict))

    @property
    def total(self) -> int:
        """How many people there were."""
        return sum(self.sheets[WHOLE].values())

    def by_band(self, dimension: Dimension) -> dict[int, int]:
        """Return how many people fell into each band; every band is there."""
        year = self.day.year
        counts = {band.number: 0 for band in dimension.bands(year)}
        for (_, raw), count in self.sheets[sheet_of(EVERYBODY, dimension)].items():
            counts[dimension.band_of(raw, year)] += count
        return counts

    def crossed(self, rows: Dimension, columns: Dimension) -> dict[tuple[int, int], int]:
        """Return how many people fell into each pair of bands; pairs of nobody are left out."""
        year = self.day.year
        is_turned = rows.number > columns.number
        counts: dict[tuple[int, int], int] = defaultdict(int)
        for (a, b), count in self.sheets[sheet_of(rows, columns)].items():
            row, column = (b, a) if is_turned else (a, b)
            counts[(rows.band_of(row, year), columns.band_of(column, year))] += count
        return dict(counts)


def _booked_unit(unit: Agency) -> int | None:
    """Return the number under which the books count this unit; none where they do not."""
    if unit.level not in settings.WARRANT_COUNTED_LEVELS:
        return None
    return _NATION if unit.level == Level.MINISTRY else unit.pk


def _from_books(
    place: int, unit: int, sheets: Sequence[int], closed_on: date | None, day: date
) -> tuple[str, list[Any]]:
    """Select tag, sheet, a, b and count: the last closing before the day, and what moved since."""
    convert = connection.ops.adapt_datefield_value
    marks = ", ".join(["%s"] * len(sheets))
    since = closed_on or date.min
    sql = (
        f"SELECT {place} AS tag, sheet, a, b, SUM(count) AS n FROM ("  # noqa: S608 - numbers and marks only
        f"SELECT sheet, a, b, count FROM statistic_closing WHERE unit = %s AND sheet IN ({marks}) AND closed_on = %s "
        f"UNION ALL SELECT sheet, a, b, count FROM statistic_movement WHERE unit = %s AND sheet IN ({marks}) "
        f"AND day > %s AND day <= %s) AS moved{place} GROUP BY sheet, a, b"
    )
    return sql, [unit, *sheets, convert(since), unit, *sheets, convert(since), convert(day)]


def _from_facts(place: int, target: Target, sheets: Sequence[int]) -> tuple[str, str, list[Any]]:
    """Return a common table of the facts that hold on the day, and the select that counts it by each sheet."""
    convert = connection.ops.adapt_datefield_value
    pairs = [(sheet, sheet // _SHEET_BASE, sheet % _SHEET_BASE) for sheet in sheets]
    columns = sorted({_FACT_COLUMN[number] for _, *both in pairs for number in both} - {"0"})
    scope, values = "", []
    if target.unit.level != Level.MINISTRY:
        scope = f"{UNIT_COLUMN[Level(target.unit.level)]} = %s AND "
        values = [target.unit.pk]
    table = (
        f"held{place} AS MATERIALIZED (SELECT {', '.join(columns)} FROM officer_fact "  # noqa: S608 - our own names
        f"WHERE {scope}valid_from <= %s AND valid_until > %s)"
    )
    selects = [
        f"SELECT {place} AS tag, {sheet} AS sheet, {_FACT_COLUMN[a]} AS a, {_FACT_COLUMN[b]} AS b, COUNT(*) AS n "  # noqa: S608 - our own names
        f"FROM held{place} GROUP BY {', '.join(_FACT_COLUMN[each] for each in (a, b) if each)}"
        for sheet, a, b in pairs
    ]
    return table, " UNION ALL ".join(selects), [*values, convert(target.day), convert(target.day)]


def count_on(targets: Sequence[Target], dimensions: Iterable[tuple[Dimension, Dimension]]) -> list[Counted]:
    """Count each target by each pair of dimensions (EVERYBODY for one alone).

    Two queries for all whom the books count, one more for each who is counted from the facts.
    """
    sheets = sorted({sheet_of(one, other) for one, other in dimensions} | {WHOLE})
    months = sorted(StatisticMonth.objects.values_list("closed_on", flat=True))
    counted = [Counted(target.day) for target in targets]
    from_facts = [place for place, target in enumerate(targets) if _is_fact(target, months)]
    tallied = _tally(targets, from_facts, sheets, counted)
    tables: list[str] = []
    table_values: list[Any] = []
    selects: list[str] = []
    values: list[Any] = []
    for place, target in enumerate(targets):
        if place in tallied:
            continue
        unit = _booked_unit(target.unit)
        if unit is not None and place not in from_facts:
            closed_on = max((month for month in months if month <= target.day), default=None)
            sql, more = _from_books(place, unit, sheets, closed_on, target.day)
            values += more
        else:
            table, sql, more = _from_facts(place, target, sheets)
            tables.append(table)
            table_values += more
        selects.append(sql)
    if not selects:
        return counted
    start = f"WITH {', '.join(tables)} " if tables else ""
    with connection.cursor() as cursor:
        cursor.execute(start + " UNION ALL ".join(selects), [*table_values, *values])
        for tag, sheet, a, b, n in cursor.fetchall():
            if n:
                _add(counted[tag].sheets[sheet], sheet, a, b, int(n), has_masks=tag in from_facts)
    return counted


def _tally(
    targets: Sequence[Target], places: Sequence[int], sheets: Sequence[int], counted: Sequence[Counted]
) -> set[int]:
    """Count in one pass those of ``places`` for which a few columns do, and return which they were."""
    pairs = [divmod(sheet, _SHEET_BASE) for sheet in sheets]
    numbers = sorted({number for both in pairs for number in both} - {0})
    if len(numbers) > MOST_COLUMNS:
        return set()
    columns = [_FACT_COLUMN[number] for number in numbers]
    for place in places:
        unit, day = targets[place].unit, targets[place].day
        held = tally_facts(UNIT_COLUMN.get(Level(unit.level), ""), unit.pk, columns, day)
        for sheet, pair in zip(sheets, pairs, strict=True):
            _add_held(counted[place].sheets[sheet], sheet, pair, numbers, held)
    return set(places)


def _add_held(
    cells: SheetCells, sheet: int, pair: tuple[int, int], numbers: Sequence[int], held: Held
) -> None:
    """Add up one sheet of what was tallied by the dimensions ``numbers``."""
    first, second = (numbers.index(number) if number else None for number in pair)
    sums: dict[tuple[int, int], int] = defaultdict(int)
    for values, count in held.items():
        sums[0 if first is None else values[first], 0 if second is None else values[second]] += count
    for (a, b), count in sums.items():
        _add(cells, sheet, a, b, count, has_masks=True)


def _is_fact(target: Target, months: Sequence[date]) -> bool:
    has_books = _booked_unit(target.unit) is not None and (not months or months[0] <= target.day)
    return not has_books


def _add(cells: SheetCells, sheet: int, a: int, b: int, count: int, *, has_masks: bool) -> None:
    """Put a row into the cells; facts hold the categories as a mask, which counts in each of them."""
    low, high = sheet // _SHEET_BASE, sheet % _SHEET_BASE
    firsts = categories_in(a) if has_masks and low == CATEGORY.number else (a,)
    seconds = categories_in(b) if has_masks and high == CATEGORY.number else (b,)
    for first in firsts:
        for second in seconds:
            cells[(first, second)] = cells.get((first, second), 0) + count
