"""For which units it is known who enforced when, and over which days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol, cast

from django.db.models import Q, QuerySet

from warrant.apps.detectors.models import CaseFigures
from warrant.apps.foundation.ports import port
from warrant.core.access import Actor, Permission
from warrant.core.qualification.detection import months_before
from warrant.core.roster.grid import Sheet

_COLUMNS = ("province_unit", "city_unit", "county_unit", "agency_unit")

Place = tuple[int | None, int | None, int | None, int | None]


@dataclass(frozen=True)
class Coverage:
    """Units whose figures cover the whole period: unit id to the last day covered. Empty: nothing is known."""

    until_by_unit: dict[int, date] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.until_by_unit)

    def covers(self, place: Place) -> bool:
        """Tell whether any unit on the place answers for it."""
        return any(unit in self.until_by_unit for unit in place if unit is not None)

    def until(self, place: Place) -> date:
        """Return the last day covered at a place that is covered, of the lowest unit that answers."""
        return next(
            self.until_by_unit[unit]
            for unit in reversed(place)
            if unit is not None and unit in self.until_by_unit
        )

    def condition(self) -> Q:
        """Return the condition of rows that lie in a covered unit."""
        units = sorted(self.until_by_unit)
        found = Q(pk__in=[])
        for column in _COLUMNS:
            found |= Q(**{f"{column}__in": units})
        return found


def _stretch(periods: list[tuple[date, date]]) -> tuple[date, date]:
    """Return the last unbroken stretch of some periods."""
    begin, end = max(periods, key=lambda one: one[1])
    for from_on, until_on in sorted(periods, key=lambda one: one[1], reverse=True):
        if until_on >= begin - timedelta(days=1):
            begin = min(begin, from_on)
    return begin, end


def coverage_on(today: date, months: int, fresh_days: int) -> Coverage:
    """Return which units' figures reach back ``months`` without a gap and end at most ``fresh_days`` before ``today``."""
    periods: dict[int, list[tuple[date, date]]] = {}
    for unit, from_on, until_on in CaseFigures.system.values_list("unit_id", "from_on", "until_on"):
        periods.setdefault(unit, []).append((from_on, until_on))
    found = {}
    for unit, known in periods.items():
        begin, end = _stretch(known)
        if end >= today - timedelta(days=fresh_days) and begin <= months_before(end, months) + timedelta(
            days=1
        ):
            found[unit] = end
    return Coverage(found)


class Workbooks(Protocol):
    """The port ``workbooks``: spreadsheet files in."""

    def read(self, content: bytes, file_name: str) -> Sequence[Sheet]:
        """Return the sheets of a file. Raises: InvalidInput."""


def workbooks() -> Workbooks:
    """Return what reads spreadsheet files."""
    return cast(Workbooks, port("workbooks"))


def case_figures_for(viewer: Actor) -> QuerySet[CaseFigures]:
    """Return the hand-ins that the viewer may see, the newest first."""
    rows = CaseFigures.objects.visible_to(viewer, Permission.FINDING_VIEW)
    return rows.select_related("unit").order_by("-pk")
