"""Training, examinations and assessments of the nation in figures: by province, and by organiser of one province."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum

from warrant.apps.organisations.models import Agency
from warrant.apps.supervision.models import OrganiserYear
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.qualification.year_figures import FigureKind

MOST_YEARS = 12


@dataclass(frozen=True)
class ProvinceYear:
    """One province's year; ``organisers`` of which ``odd`` have something odd about them."""

    node: str
    name: str
    organisers: int
    odd: int
    held: int
    people: int
    rate: int | None
    late: int
    corrected: int


def _rows(viewer: Actor, kind: FigureKind) -> QuerySet[OrganiserYear]:
    require(viewer, Permission.STATISTICS_VIEW, NATION)
    return OrganiserYear.objects.filter(kind=kind.value)


def years_told(viewer: Actor, kind: FigureKind) -> list[int]:
    """Return the years of which something was told, the latest first.

    Raises: NotPermitted: the viewer does not supervise the nation.
    """
    return list(_rows(viewer, kind).order_by("-year").values_list("year", flat=True).distinct()[:MOST_YEARS])


def provinces_of_year(viewer: Actor, kind: FigureKind, year: int) -> list[ProvinceYear]:
    """Return the provinces, those with something odd first, then by code. Two queries.

    Raises: NotPermitted.
    """
    rows: Sequence[Mapping[str, Any]] = list(
        _rows(viewer, kind)
        .filter(year=year)
        .values("node")
        .annotate(
            organisers=Count("pk"),
            odd=Count("pk", filter=~Q(odd="")),
            **{name: Sum(name) for name in ("held", "people", "reached", "base", "late", "corrected")},
            told_at=Max("told_at"),
        )
        .order_by("node")
    )
    names = dict(Agency.objects.filter(code__in=[row["node"] for row in rows]).values_list("code", "name"))
    found = [
        ProvinceYear(
            node=row["node"],
            name=names.get(row["node"], row["node"]),
            organisers=row["organisers"],
            odd=row["odd"],
            held=row["held"],
            people=row["people"],
            rate=row["reached"] * 100 // row["base"] if row["base"] else None,
            late=row["late"],
            corrected=row["corrected"],
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (not one.odd, one.node))


def organisers_of_year(viewer: Actor, kind: FigureKind, year: int, node: str) -> QuerySet[OrganiserYear]:
    """Return the organisers of one province and year.

    Raises: NotPermitted.
    """
    return _rows(viewer, kind).filter(year=year, node=node)
