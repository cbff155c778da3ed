"""Who came into a unit and who went, by month and kind."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q, QuerySet

from warrant.apps.organisations.models import Agency
from warrant.apps.supervision.models import FlowKind, OfficerFlow
from warrant.apps.supervision.selectors.units import VIEW
from warrant.core.access import Actor, Level, require

COMING = (FlowKind.REGISTERED, FlowKind.TRANSFERRED, FlowKind.CAME_BACK, FlowKind.UNIT_MOVED)
GOING = (
    FlowKind.TRANSFERRED,
    FlowKind.RETIREMENT,
    FlowKind.RESIGNATION,
    FlowKind.DISMISSAL,
    FlowKind.DEATH,
    FlowKind.TRANSFER_OUT,
    FlowKind.UNIT_MOVED,
    FlowKind.LEFT,
    FlowKind.REMOVED,
)
_LEVELS = ("province", "city", "county", "agency")
IN, OUT = "in", "out"


@dataclass
class Flows:
    """What moved in one year: by direction, month (1 to 12) and kind."""

    year: int
    counts: Counter[tuple[str, int, str]] = field(default_factory=Counter)

    def of(self, direction: str, month: int = 0, kind: str = "") -> int:
        """Return how many moved; month 0 is the whole year, without a kind all kinds."""
        return sum(
            count
            for (way, when, what), count in self.counts.items()
            if way == direction and month in (0, when) and kind in ("", what)
        )


def flows_behind(
    viewer: Actor, unit: Agency, direction: str, first: date, last: date, *, kind: str = ""
) -> QuerySet[OfficerFlow]:
    """Return who came into the unit from outside it (or went out of it) from ``first`` to ``last``, both included."""
    require(viewer, VIEW, unit.place)
    near, far = ("to", "from") if direction == IN else ("from", "to")
    rows = OfficerFlow.objects.filter(happened_on__gte=first, happened_on__lte=last)
    if unit.level == Level.MINISTRY:
        rows = rows.filter(**{f"{far}_{level}": None for level in _LEVELS})
    else:
        level = Level(unit.level).value
        rows = rows.filter(**{f"{near}_{level}": unit.pk}).filter(
            ~Q(**{f"{far}_{level}": unit.pk}) | Q(**{f"{far}_{level}": None})
        )
    return rows.filter(kind=kind) if kind else rows


def flows_of(viewer: Actor, unit: Agency, years: tuple[int, ...], until: date) -> dict[int, Flows]:
    """Return the movements of each year, up to the day ``until``; two queries."""
    found = {year: Flows(year) for year in years}
    for direction in (IN, OUT):
        rows = flows_behind(
            viewer, unit, direction, date(min(years), 1, 1), min(until, date(max(years), 12, 31))
        )
        days = rows.values("happened_on", "kind").annotate(people=Count("pk")).order_by()
        for row in days:
            day = row["happened_on"]
            if day.year in found:
                found[day.year].counts[(direction, day.month, row["kind"])] += row["people"]
    return found
