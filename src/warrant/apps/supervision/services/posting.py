"""Writing facts, flows and movements: how timelines and steps become rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.conf import settings

from warrant.apps.foundation.loading import bulk_load
from warrant.apps.supervision.models import (
    FlowKind,
    OfficerFact,
    OfficerFlow,
    StatisticClosing,
    StatisticMonth,
    StatisticMovement,
)
from warrant.apps.supervision.types import Flow, FlowKinds, Segment, Step
from warrant.core.access import Level, Place
from warrant.core.indicators import Cells, Vector, postings
from warrant.core.lifecycle import ChangeKind
from warrant.core.lifecycle.officer import LeavingKind, OfficerState

NATION_UNIT = 0

VECTOR_COLUMNS = (
    "birth_year",
    "sex",
    "education",
    "profession",
    "trained_year",
    "examined_year",
    "reviewed_year",
    "arrived_year",
    "category_mask",
    "post",
    "staffing",
    "certificate",
)
"""Columns of a fact in the order of a vector."""

PLACE_COLUMNS = ("province_unit", "city_unit", "county_unit", "agency_unit")
_FACT_COLUMNS = ("officer_id", "sort_key", "valid_from", "valid_until", *PLACE_COLUMNS, *VECTOR_COLUMNS)
FLOW_COLUMNS = (
    "officer_id",
    "happened_on",
    "kind",
    "from_province",
    "from_city",
    "from_county",
    "from_agency",
    "to_province",
    "to_city",
    "to_county",
    "to_agency",
)
_CELL_COLUMNS = ("unit", "sheet", "a", "b", "count")

KINDS = FlowKinds(
    registered=FlowKind.REGISTERED.value,
    came_back=FlowKind.CAME_BACK.value,
    transferred=FlowKind.TRANSFERRED.value,
    unit_moved=FlowKind.UNIT_MOVED.value,
    removed=FlowKind.REMOVED.value,
    left=FlowKind.LEFT.value,
    going={
        LeavingKind.RETIREMENT.value: FlowKind.RETIREMENT.value,
        LeavingKind.RESIGNATION.value: FlowKind.RESIGNATION.value,
        LeavingKind.DISMISSAL.value: FlowKind.DISMISSAL.value,
        LeavingKind.DEATH.value: FlowKind.DEATH.value,
        LeavingKind.TRANSFER_OUT.value: FlowKind.TRANSFER_OUT.value,
    },
    removed_states=(OfficerState.DELETED.value, OfficerState.MERGED.value),
    unit_moved_kind=ChangeKind.UNIT_MOVED.value,
)
"""How flows are named here."""

DatedCells = dict[tuple[int, date], Cells]
"""Cells by unit and day."""


def counted_levels() -> Collection[str]:
    """Return the levels of the units for which this node keeps cells: the nation, or the province."""
    levels: Collection[str] = settings.WARRANT_COUNTED_LEVELS
    return levels


def counted_units(place: Place, levels: Collection[str]) -> tuple[int, ...]:
    """Return the units of a place for which cells are kept, by levels."""
    units: list[int] = []
    if Level.MINISTRY.value in levels:
        units.append(NATION_UNIT)
    if Level.PROVINCE.value in levels and place.province_id is not None:
        units.append(place.province_id)
    return tuple(units)


def cells_of(steps: Iterable[Step]) -> DatedCells:
    """Add steps up to what each day adds to each cell."""
    groups: dict[tuple[int, date], tuple[list[Vector], list[Vector]]] = defaultdict(lambda: ([], []))
    levels = counted_levels()
    for step in steps:
        for unit in counted_units(step.place, levels):
            groups[(unit, step.day)][step.sign > 0].append(step.vector)
    return {key: cells for key, (less, more) in groups.items() if (cells := postings(less, more))}


def load_facts(rows: Iterable[tuple[int, str, Segment]]) -> int:
    """Insert facts: officer id, sort key and segment."""
    return bulk_load(
        OfficerFact,
        _FACT_COLUMNS,
        (
            (officer_id, sort_key, made.valid_from, made.valid_until, *_units(made.place), *made.vector)
            for officer_id, sort_key, made in rows
        ),
    )


def load_flows(rows: Iterable[tuple[int, Flow]]) -> int:
    """Insert flows: officer id and flow."""
    return bulk_load(
        OfficerFlow,
        FLOW_COLUMNS,
        (
            (officer_id, flow.happened_on, flow.kind, *_units(flow.before), *_units(flow.after))
            for officer_id, flow in rows
        ),
    )


def _units(place: Place | None) -> tuple[int | None, int | None, int | None, int | None]:
    if place is None:
        return (None, None, None, None)
    return (place.province_id, place.city_id, place.county_id, place.agency_id)


def post_cells(dated: DatedCells) -> None:
    """Append what days added: to the movements after the opening, and to every closing on or after the day.

    The caller shares the books.
    """
    if not dated:
        return
    months = sorted(StatisticMonth.objects.values_list("closed_on", flat=True))
    opened_on = months[0] if months else date.min
    bulk_load(StatisticMovement, (*_CELL_COLUMNS, "day"), _movement_rows(dated, opened_on))
    corrected = list(_closing_rows(dated, months))
    if corrected:
        bulk_load(StatisticClosing, (*_CELL_COLUMNS, "closed_on"), corrected)


def _movement_rows(dated: DatedCells, opened_on: date) -> Iterator[tuple[Any, ...]]:
    for (unit, day), cells in dated.items():
        if day > opened_on:
            for (sheet, a, b), count in cells.items():
                yield unit, sheet, a, b, count, day


def _closing_rows(dated: DatedCells, months: Sequence[date]) -> Iterator[tuple[Any, ...]]:
    for (unit, day), cells in dated.items():
        for closed_on in months:
            if closed_on >= day:
                for (sheet, a, b), count in cells.items():
                    yield unit, sheet, a, b, count, closed_on
