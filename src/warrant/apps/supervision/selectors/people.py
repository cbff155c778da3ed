"""The people behind a figure: the facts that held on the day, by the same ranges as the figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import F, Model, QuerySet

from warrant.apps.officers.models import Officer
from warrant.apps.organisations.models import Agency
from warrant.apps.organisations.selectors import versions_on
from warrant.apps.supervision.models import OfficerFact
from warrant.apps.supervision.selectors.counting import Target, count_on
from warrant.apps.supervision.selectors.units import UNIT_COLUMN, VIEW
from warrant.core.access import Actor, Level, Permission, is_permitted
from warrant.core.indicators import CATEGORY, EVERYBODY, Band, Dimension
from warrant.core.lifecycle.officer import HIDDEN_STATES

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Figure:
    """One figure of a page: the people of a unit on a day who fall into at most two bands."""

    unit: Agency
    day: date
    bands: tuple[tuple[Dimension, Band], ...] = ()

    @property
    def count(self) -> int:
        """How many people the pages show, counted as they count."""
        dimensions = [dimension for dimension, _ in self.bands]
        target = Target(self.unit, self.day)
        if not dimensions:
            return count_on([target], [])[0].total
        if len(dimensions) == 1:
            counted = count_on([target], [(EVERYBODY, dimensions[0])])[0]
            return counted.by_band(dimensions[0])[self.bands[0][1].number]
        counted = count_on([target], [(dimensions[0], dimensions[1])])[0]
        pair = (self.bands[0][1].number, self.bands[1][1].number)
        return counted.crossed(dimensions[0], dimensions[1]).get(pair, 0)


def facts_behind(viewer: Actor, figure: Figure) -> QuerySet[OfficerFact]:
    """Return the facts behind a figure: one for each person who counted, where the viewer may count."""
    rows = OfficerFact.objects.visible_to(viewer, VIEW)
    if figure.unit.level != Level.MINISTRY:
        rows = rows.filter(**{UNIT_COLUMN[Level(figure.unit.level)]: figure.unit.pk})
    rows = rows.filter(valid_from__lte=figure.day, valid_until__gt=figure.day)
    for dimension, band in figure.bands:
        if dimension is CATEGORY:
            rows = rows.annotate(held_category=F("category_mask").bitand(1 << band.number))
            rows = rows.filter(held_category__gt=0)
        elif band.low == band.high:
            rows = rows.filter(**{dimension.key: band.low})
        else:
            rows = rows.filter(**{f"{dimension.key}__gte": band.low, f"{dimension.key}__lte": band.high})
    return rows


WITH_OFFICER = (
    "officer__name",
    "officer__state",
    "officer__province_unit",
    "officer__city_unit",
    "officer__county_unit",
    "officer__agency_unit",
)
"""What a row shows of the officer and what decides whether it may."""


def with_officers(rows: QuerySet[M]) -> QuerySet[M]:
    """Read the officer with each row, without what is sealed or long."""
    own = [field.name for field in rows.model._meta.concrete_fields]
    return rows.select_related("officer").only(*own, *WITH_OFFICER)


def may_see(viewer: Actor, officer: Officer) -> bool:
    """Tell whether the viewer may see the officer today; a figure of the past counts people who have gone since."""
    return officer.state not in HIDDEN_STATES and is_permitted(viewer, Permission.OFFICER_VIEW, officer.place)


def unit_names_on(unit_ids: Sequence[int], day: date) -> dict[int, str]:
    """Return what units were called on a day, by id."""
    return dict(versions_on(day).filter(agency_id__in=unit_ids).values_list("agency_id", "name"))


def unit_of_fact(fact: OfficerFact) -> int | None:
    """Return the id of the nearest unit to which the fact belongs."""
    return fact.agency_unit or fact.county_unit or fact.city_unit or fact.province_unit
