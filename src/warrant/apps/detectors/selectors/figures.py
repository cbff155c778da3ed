"""How many findings there are, by detector and by unit: counted up to the cap, all in one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from warrant.apps.detectors.models import DetectorLook, Finding, ProvinceFindings
from warrant.apps.detectors.selectors.findings import WAITS, unit_condition
from warrant.apps.foundation.paging import count_texts
from warrant.apps.officers.selectors.agencies import home_unit
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Level, Permission
from warrant.core.lifecycle import FindingState
from warrant.core.qualification.detection import Detector

MOST_UNITS = 40
"""Units of a table: one level of the tree."""


@dataclass(frozen=True)
class Counts:
    """Findings as they are shown: ``128`` or ``1000+``."""

    pending: str
    unassigned: str
    overdue: str


@dataclass(frozen=True)
class UnitCounts:
    """The findings of one unit and all below it."""

    unit: Agency
    counts: Counts


@dataclass(frozen=True)
class Standing:
    """When a detector last looked, and whether there was anything to look at."""

    ended_at: datetime | None
    lacks_source: bool


def chosen_unit(viewer: Actor, code: str) -> Agency | None:
    """Return the unit of the page: the one asked for if the viewer's scope holds it, else the viewer's own."""
    home = home_unit(viewer, Permission.FINDING_VIEW)
    if not code or home is None:
        return home
    found = Agency.objects.filter(code=code[:24].replace("\x00", "")).first()
    if found is None or home.level == Level.MINISTRY:
        return found or home
    above = (found.pk, found.province_id, found.city_id, found.county_id)
    return found if home.pk in above else home


def units_below(unit: Agency | None) -> list[Agency]:
    """Return the units directly below, closed ones too: what is found there is found."""
    return list(Agency.objects.filter(parent=unit).order_by("code")[:MOST_UNITS]) if unit is not None else []


def _three(rows: QuerySet[Finding], today: date) -> list[QuerySet[Finding]]:
    return [rows, rows.filter(state=FindingState.OPEN.value), rows.filter(due_on__lt=today)]


def counted(
    viewer: Actor, unit: Agency | None, below: list[Agency], today: date
) -> tuple[dict[Detector, Counts], list[UnitCounts]]:
    """Count what waits at ``unit`` by detector, and at each unit directly below it; one query."""
    rows = Finding.objects.visible_to(viewer, Permission.FINDING_VIEW).filter(WAITS)
    here = rows.filter(unit_condition(unit)) if unit is not None else rows
    asked = [part for one in Detector for part in _three(here.filter(detector=one.value), today)]
    asked += [part for one in below for part in _three(rows.filter(unit_condition(one)), today)]
    texts = count_texts(asked)
    counts = [Counts(*texts[start : start + 3]) for start in range(0, len(texts), 3)]
    by_detector = dict(zip(Detector, counts, strict=False))
    by_unit = [UnitCounts(one, found) for one, found in zip(below, counts[len(Detector) :], strict=True)]
    return by_detector, by_unit


def standings() -> dict[Detector, Standing]:
    """Return how each detector last looked."""
    rows = DetectorLook.objects.values_list("detector", "ended_at", "lacks_source")
    found = {code: Standing(ended_at, lacks) for code, ended_at, lacks in rows}
    return {one: found.get(one.value, Standing(None, lacks_source=False)) for one in Detector}


@dataclass(frozen=True)
class ProvinceStanding:
    """What waits in a province by detector; a detector is missing where the province has nothing to look at."""

    name: str
    pending: dict[Detector, int]
    overdue: int
    told_at: datetime


def province_findings() -> list[ProvinceStanding]:
    """Return what the provinces told, those with most overdue first."""
    rows = list(ProvinceFindings.objects.order_by("node", "detector")[:1000])
    names = dict(Agency.objects.filter(code__in={row.node for row in rows}).values_list("code", "name"))
    found = []
    for node in dict.fromkeys(row.node for row in rows):
        here = [row for row in rows if row.node == node and row.detector in set(Detector)]
        pending = {Detector(row.detector): row.pending for row in here if not row.lacks_source}
        found.append(
            ProvinceStanding(
                names.get(node, node),
                pending,
                sum(row.overdue for row in here),
                max(row.told_at for row in here),
            )
        )
    return sorted(found, key=lambda one: (-one.overdue, one.name))
