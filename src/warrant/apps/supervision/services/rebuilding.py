"""Building facts, flows and cells anew from the versions of the register."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from heapq import merge
from itertools import groupby, islice, starmap
from operator import itemgetter
from typing import cast

from django.db import transaction
from django.utils import timezone

from warrant.apps.foundation.loading import bulk_load
from warrant.apps.officers.models import OfficerVersion
from warrant.apps.supervision.models import (
    OfficerFact,
    OfficerFlow,
    StatisticClosing,
    StatisticMonth,
    StatisticMovement,
)
from warrant.apps.supervision.services.closing import MONTHS_KEPT, close_months, month_ends_back
from warrant.apps.supervision.services.locking import hold_books
from warrant.apps.supervision.services.posting import (
    KINDS,
    PLACE_COLUMNS,
    VECTOR_COLUMNS,
    cells_of,
    counted_levels,
    counted_units,
    load_facts,
    load_flows,
)
from warrant.apps.supervision.types import FOREVER, Step, Timeline, Version, timeline_of
from warrant.core.access import Place
from warrant.core.indicators import Cell, Vector, tally

_OFFICERS_AT_ONCE = 5000
_FACTS_AT_ONCE = 20_000
_CELLS_AT_ONCE = 50_000
_MOVEMENT_COLUMNS = ("unit", "day", "sheet", "a", "b", "count")

Progress = Callable[[int], None]
"""Called with the number of officers done."""


def _timelines() -> Iterator[tuple[int, str, Timeline]]:
    """Yield officer id, sort key and timeline of everybody, in the order of ids; versions are read once, not held."""
    rows = (
        OfficerVersion.system.order_by("officer_id", "revision")
        .values_list("officer_id", "officer__sort_key", "effective_on", "kind", "content", "changed_fields")
        .iterator(chunk_size=500)
    )
    for (officer_id, sort_key), versions in groupby(rows, key=itemgetter(0, 1)):
        yield officer_id, sort_key, timeline_of([Version(*version[2:]) for version in versions], KINDS)


def _vectors_by_day(column: str, opened_on: date, last: date) -> Iterator[tuple[date, Place, Vector, int]]:
    """Yield day, place, vector and sign of the facts that begin (end) after the opening, in the order of days."""
    sign = 1 if column == "valid_from" else -1
    rows = OfficerFact.system.filter(**{f"{column}__gt": opened_on, f"{column}__lt": last}).order_by(column)
    for day, *rest in rows.values_list(column, *PLACE_COLUMNS, *VECTOR_COLUMNS).iterator(chunk_size=2000):
        yield day, Place(*rest[:4]), cast(Vector, tuple(rest[4:])), sign


def _write_movements(opened_on: date) -> None:
    """Post what each day after the opening added, from the facts."""
    streams = [_vectors_by_day(column, opened_on, FOREVER) for column in ("valid_from", "valid_until")]
    waiting: list[tuple[int, date, int, int, int, int]] = []
    for _day, rows in groupby(merge(*streams, key=itemgetter(0)), key=itemgetter(0)):
        for (unit, day), cells in cells_of(starmap(Step, rows)).items():
            waiting += [(unit, day, *cell, count) for cell, count in cells.items()]
        if len(waiting) > _CELLS_AT_ONCE:
            bulk_load(StatisticMovement, _MOVEMENT_COLUMNS, waiting)
            waiting.clear()
    bulk_load(StatisticMovement, _MOVEMENT_COLUMNS, waiting)


def _write_opening(opened_on: date) -> None:
    """Open the books with who stood in the register on that day, from the facts."""
    rows = OfficerFact.system.filter(valid_from__lte=opened_on, valid_until__gt=opened_on)
    stream = rows.values_list(*PLACE_COLUMNS, *VECTOR_COLUMNS).iterator(chunk_size=2000)
    opening: dict[int, Counter[Cell]] = {}
    levels = counted_levels()
    while chunk := list(islice(stream, _FACTS_AT_ONCE)):
        standing: dict[int, list[Vector]] = {}
        for row in chunk:
            for unit in counted_units(Place(*row[:4]), levels):
                standing.setdefault(unit, []).append(cast(Vector, row[4:]))
        for unit, vectors in standing.items():
            opening.setdefault(unit, Counter()).update(tally(vectors))
    StatisticMonth.objects.create(closed_on=opened_on)
    bulk_load(
        StatisticClosing,
        ("unit", "closed_on", "sheet", "a", "b", "count"),
        (
            (unit, opened_on, *cell, count)
            for unit, cells in opening.items()
            for cell, count in sorted(cells.items())
        ),
    )


@transaction.atomic
def rebuild_statistics(*, now: datetime, progress: Progress | None = None) -> int:
    """Throw away facts, flows and cells, make them anew from the versions, and return how many officers there were.

    One transaction: pages show the old figures until it is done; whoever changes an officer meanwhile waits.
    """
    hold_books()
    for model in (StatisticMovement, StatisticClosing, StatisticMonth, OfficerFlow):
        model.objects.all().delete()
    OfficerFact.system.all().delete()
    done = 0
    histories = _timelines()
    while chunk := list(islice(histories, _OFFICERS_AT_ONCE)):
        load_facts((pk, key, segment) for pk, key, line in chunk for segment in line.segments)
        load_flows((pk, flow) for pk, _key, line in chunk for flow in line.flows)
        done += len(chunk)
        if progress is not None:
            progress(done)
    opened_on = month_ends_back(timezone.localdate(now), MONTHS_KEPT)
    _write_opening(opened_on)
    _write_movements(opened_on)
    close_months(now=now)
    return done
