"""Who has not the class hours that the year asks, and how many are missing in each unit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from warrant.apps.officers.models import COUNTING, Officer
from warrant.apps.training.models import TrainingRecord
from warrant.core.access import Actor, Permission
from warrant.core.lifecycle import OfficerState

DAYS_PER_WEEK = 7


def weeks_left(year: int, on: date) -> int:
    """Return how many weeks of a year are left on a day, one begun among them; 0 once it is over."""
    last = date(year, 12, 31)
    return max(0, ((last - on).days + DAYS_PER_WEEK) // DAYS_PER_WEEK) if on <= last else 0


def with_hours(rows: QuerySet[Officer], year: int) -> QuerySet[Officer]:
    """Return the officers with ``hours``: what they finished in a calendar year."""
    own = TrainingRecord.objects.filter(
        COUNTING,
        officer=OuterRef("pk"),
        finished_on__gte=date(year, 1, 1),
        finished_on__lt=date(year + 1, 1, 1),
    )
    total = own.order_by().values("officer").annotate(total=Sum("hours")).values("total")
    return rows.annotate(hours=Coalesce(Subquery(total, output_field=IntegerField()), Value(0)))


def _active(viewer: Actor, permission: Permission) -> QuerySet[Officer]:
    rows: QuerySet[Officer] = Officer.objects.visible_to(viewer, permission)
    return rows.filter(state=OfficerState.ACTIVE.value)


def short_officers(
    viewer: Actor,
    year: int,
    asked: int,
    unit: int | None = None,
    permission: Permission = Permission.OFFICER_VIEW,
) -> QuerySet[Officer]:
    """Return the active officers with fewer than ``asked`` hours in a year, with ``hours``; of one agency, or of all."""
    rows: Any = with_hours(_active(viewer, permission), year)
    rows = rows.filter(hours__lt=asked)
    if unit is not None:
        rows = rows.filter(agency_id=unit)
    found: QuerySet[Officer] = rows.select_related("agency")
    return found


@dataclass(frozen=True)
class UnitShortage:
    """One agency: how many people it has, how many of them are short, and of how many hours in all."""

    pk: int
    name: str
    code: str
    people: int
    short: int
    missing_hours: int


def shortages(viewer: Actor, year: int, asked: int, among: Collection[int] = ()) -> list[UnitShortage]:
    """Return the agencies in the viewer's scope with what is missing: most people short first.

    ``among``: only these agencies, by primary key.
    """
    rows: Any = with_hours(_active(viewer, Permission.STATISTICS_VIEW), year)
    if among:
        rows = rows.filter(agency_id__in=among)
    is_short = Q(hours__lt=asked)
    found = (
        rows.order_by()
        .values("agency_id", "agency__name", "agency__code")
        .annotate(
            people=Count("pk"),
            short=Count("pk", filter=is_short),
            earned=Coalesce(Sum(F("hours"), filter=is_short), Value(0)),
        )
    )
    units = [
        UnitShortage(
            row["agency_id"],
            row["agency__name"],
            row["agency__code"],
            row["people"],
            row["short"],
            row["short"] * asked - row["earned"],
        )
        for row in found
    ]
    return sorted(units, key=lambda one: (-one.short, one.code))
