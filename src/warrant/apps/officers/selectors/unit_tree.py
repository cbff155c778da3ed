"""The tree of units as the filter opens it: level by level, and by a part of a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from warrant.apps.officers.selectors.agencies import agencies_in_reach
from warrant.apps.organisations.models import Agency
from warrant.apps.organisations.selectors import open_agencies_on
from warrant.core.access import Actor, Permission
from warrant.core.standards.agency_names import name_key

MOST_UNITS = 200


@dataclass(frozen=True)
class Branch:
    """A unit that can be chosen; ``has_below`` tells whether it opens further."""

    code: str
    name: str
    has_below: bool


def _branches(units: QuerySet[Agency], on: date) -> list[Branch]:
    below = open_agencies_on(on).order_by().filter(parent=OuterRef("pk"))
    rows = units.annotate(has_below=Exists(below)).values_list("code", "name", "has_below")
    return [Branch(*row) for row in rows[:MOST_UNITS]]


def units_of_filter(
    viewer: Actor, permission: Permission, on: date, *, below: str = "", named: str = ""
) -> list[Branch]:
    """Return the units in reach directly below one, those whose name has ``named`` in it, or the tops, by code."""
    reach = agencies_in_reach(viewer, permission, on)
    if named:
        key = name_key(named)
        return _branches(reach.filter(versions__name_key__contains=key).distinct(), on) if key else []
    if below:
        return _branches(reach.filter(parent__code=below), on)
    tops = {grant.unit_id for grant in viewer.grants_for(permission)}
    return _branches(reach.filter(pk__in=tops), on)
