"""Building facts, flows and cells anew from the versions of the register."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import groupby, islice
from typing import Any

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
    cells_of,
    counted_levels,
    counted_units,
    load_facts,
    load_flows,
)
from warrant.apps.supervision.types import FOREVER, Segment, Step, Timeline, Version, timeline_of
from warrant.core.indicators import Vector, tally

_OFFICERS_AT_ONCE = 20_000
_MOVEMENTS_AT_ONCE = 300_000

Progress = Callable[[int], None]
"""Called with the number of officers done."""


def _histories() -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    """Yield officer id and versions (sort key, day, kind, content, changed columns) in the order of revisions."""
    rows = (
        OfficerVersion.system.order_by("officer_id", "revision")
        .values_list("officer_id", "officer__sort_key", "effective_on", "kind", "content", "changed_fields")
        .iterator(chunk_size=2000)
    )
    for officer_id, versions in groupby(rows, key=lambda row: row[0]):
        yield officer_id, [row[1:] for row in versions]


class _Books:
    """Adds up the opening balance and the movements after it, within bounded memory."""

    def __init__(self, opened_on: date) -> None:
        self._opened_on = opened_on
        self._levels = counted_levels()
        self._standing: dict[int, list[Vector]] = {}
        self._opening: dict[int, Counter[tuple[int, int, int]]] = {}
        self._steps: list[Step] = []
        self._movements: Counter[tuple[int, date, int, int, int]] = Counter()

    def take(self, segment: Segment) -> None:
        """Count a segment: into the opening balance, as movements, or both."""
        if segment.valid_from <= self._opened_on < segment.valid_until:
            for unit in counted_units(segment.place, self._levels):
                self._standing.setdefault(unit, []).append(segment.vector)
        for day, sign in ((segment.valid_from, 1), (segment.valid_until, -1)):
            if self._opened_on < day < FOREVER:
                self._steps.append(Step(day, segment.place, segment.vector, sign))

    def add_up(self) -> None:
        """Turn what was taken into cells."""
        for unit, vectors in self._standing.items():
            self._opening.setdefault(unit, Counter()).update(tally(vectors))
        self._standing = {}
        for (unit, day), cells in cells_of(self._steps).items():
            for (sheet, a, b), count in cells.items():
                self._movements[(unit, day, sheet, a, b)] += count
        self._steps = []
        if len(self._movements) > _MOVEMENTS_AT_ONCE:
            self._write_movements()

    def _write_movements(self) -> None:
        bulk_load(
            StatisticMovement,
            ("unit", "day", "sheet", "a", "b", "count"),
            ((*key, count) for key, count in sorted(self._movements.items()) if count),
        )
        self._movements.clear()

    def write(self) -> None:
        """Store the opening balance and what is left of the movements."""
        self._write_movements()
        StatisticMonth.objects.create(closed_on=self._opened_on)
        bulk_load(
            StatisticClosing,
            ("unit", "closed_on", "sheet", "a", "b", "count"),
            (
                (unit, self._opened_on, *cell, count)
                for unit, cells in self._opening.items()
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
    books = _Books(month_ends_back(timezone.localdate(now), MONTHS_KEPT))
    histories = _histories()
    done = 0
    while chunk := list(islice(histories, _OFFICERS_AT_ONCE)):  # all its objects live until it is written
        timelines: list[tuple[int, str, Timeline]] = []
        for officer_id, versions in chunk:
            timeline = timeline_of([Version(*version[1:]) for version in versions], KINDS)
            timelines.append((officer_id, versions[0][0], timeline))
            for segment in timeline.segments:
                books.take(segment)
        load_facts((pk, key, segment) for pk, key, line in timelines for segment in line.segments)
        load_flows((pk, flow) for pk, _key, line in timelines for flow in line.flows)
        books.add_up()
        done += len(chunk)
        if progress is not None:
            progress(done)
    books.write()
    close_months(now=now)
    return done
