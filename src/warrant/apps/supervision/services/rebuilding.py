"""Building facts, flows and cells anew from the versions of the register."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from heapq import merge
from itertools import groupby, islice, starmap
from operator import itemgetter
from typing import cast

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from warrant.apps.foundation.loading import bulk_load
from warrant.apps.officers.models import OfficerVersion
from warrant.apps.supervision.models import (
    OfficerFact,
    OfficerFlow,
    StatisticBuilding,
    StatisticClosing,
    StatisticMonth,
    StatisticMovement,
    StatisticWaiting,
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


def timelines_between(after: int, until: int) -> list[tuple[int, str, Timeline]]:
    """Return officer id, sort key and timeline of the officers with an id above ``after``, up to ``until``."""
    return list(_timelines(OfficerVersion.system.filter(officer_id__gt=after, officer_id__lte=until)))


def _timelines(versions: QuerySet[OfficerVersion]) -> Iterator[tuple[int, str, Timeline]]:
    """Yield officer id, sort key and timeline of everybody, in the order of ids; versions are read once, not held."""
    rows = (
        versions.order_by("officer_id", "revision")
        .values_list("officer_id", "officer__sort_key", "effective_on", "kind", "content", "changed_fields")
        .iterator(chunk_size=500)
    )
    for (officer_id, sort_key), own in groupby(rows, key=itemgetter(0, 1)):
        yield officer_id, sort_key, timeline_of([Version(*version[2:]) for version in own], KINDS)


def _vectors_by_day(column: str, after: date, until: date) -> Iterator[tuple[date, Place, Vector, int]]:
    """Yield day, place, vector and sign of the facts that begin (end) after a day, up to another, by days."""
    sign = 1 if column == "valid_from" else -1
    rows = OfficerFact.system.filter(**{f"{column}__gt": after, f"{column}__lte": until}).order_by(column)
    for day, *rest in rows.values_list(column, *PLACE_COLUMNS, *VECTOR_COLUMNS).iterator(chunk_size=2000):
        yield day, Place(*rest[:4]), cast(Vector, tuple(rest[4:])), sign


MovementRow = tuple[int, date, int, int, int, int]


def _movements(after: date, until: date) -> Iterator[MovementRow]:
    """Yield what each day added to each cell, from the facts."""
    streams = [_vectors_by_day(column, after, until) for column in ("valid_from", "valid_until")]
    for _day, rows in groupby(merge(*streams, key=itemgetter(0)), key=itemgetter(0)):
        for (unit, day), cells in cells_of(starmap(Step, rows)).items():
            for cell, count in cells.items():
                yield (unit, day, *cell, count)


def movements_between(after: date, until: date) -> list[MovementRow]:
    """Return what each day behind ``after``, up to ``until``, added to each cell."""
    return list(_movements(after, until))


def load_movements(rows: Sequence[MovementRow]) -> None:
    """Insert rows of :func:`movements_between`."""
    bulk_load(StatisticMovement, _MOVEMENT_COLUMNS, rows)


def _write_movements(opened_on: date) -> None:
    """Post what each day after the opening added, from the facts."""
    rows = _movements(opened_on, FOREVER - timedelta(days=1))
    while piece := list(islice(rows, _CELLS_AT_ONCE)):
        load_movements(piece)


def opening_cells(opened_on: date) -> dict[int, Counter[Cell]]:
    """Return by unit the cells of who stood in the register on that day, from the facts."""
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
    return opening


def load_opening(opened_on: date, opening: Mapping[int, Counter[Cell]]) -> None:
    """Open the books with these cells."""
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


def forget_statistics() -> None:
    """Throw away facts, flows, cells and whatever is left of making them."""
    for model in (
        StatisticMovement,
        StatisticClosing,
        StatisticMonth,
        OfficerFlow,
        StatisticBuilding,
        StatisticWaiting,
    ):
        model.objects.all().delete()
    OfficerFact.system.all().delete()


@transaction.atomic
def rebuild_statistics(*, now: datetime, progress: Progress | None = None) -> int:
    """Throw away facts, flows and cells, make them anew from the versions, and return how many officers there were.

    One transaction: pages show the old figures until it is done; whoever changes an officer meanwhile waits.
    """
    hold_books()
    forget_statistics()
    done = 0
    histories = _timelines(OfficerVersion.system.all())
    while chunk := list(islice(histories, _OFFICERS_AT_ONCE)):
        load_facts((pk, key, segment) for pk, key, line in chunk for segment in line.segments)
        load_flows((pk, flow) for pk, _key, line in chunk for flow in line.flows)
        done += len(chunk)
        if progress is not None:
            progress(done)
    opened_on = month_ends_back(timezone.localdate(now), MONTHS_KEPT)
    load_opening(opened_on, opening_cells(opened_on))
    _write_movements(opened_on)
    close_months(now=now)
    return done
