"""Units as officers' pages need them: by name, and the steps of the unit filter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from warrant.apps.organisations.models import Agency
from warrant.apps.organisations.selectors import agency_finder, open_agencies_on
from warrant.core.access import Actor, Level, Permission, is_permitted

_COLUMN = {Level.PROVINCE: "province", Level.CITY: "city", Level.COUNTY: "county"}


class AgencyDesk:
    """Looks units up by any name they bear or bore, and tells whether the actor may act on them."""

    def __init__(self, actor: Actor, permission: Permission, on: date) -> None:
        self._actor = actor
        self._permission = permission
        self._find = agency_finder(on)
        self._units: dict[str, Agency] = {}

    def find(self, name: str) -> str | None:
        """Return the code of the unit that ``name`` stands for, or nothing."""
        return self._find(name)

    def unit(self, code: str) -> Agency:
        """Return the unit of a code that :meth:`find` gave."""
        if code not in self._units:
            self._units[code] = Agency.objects.get(code=code)
        return self._units[code]

    def fetch(self, codes: Iterable[str]) -> None:
        """Read many units at once, so that :meth:`unit` asks for none of them again."""
        self._units |= {unit.code: unit for unit in Agency.objects.filter(code__in=set(codes))}

    def is_in_scope(self, code: str) -> bool:
        """Tell whether the actor may use the permission on rows of the unit."""
        return is_permitted(self._actor, self._permission, self.unit(code).place)


def home_unit(actor: Actor, permission: Permission) -> Agency | None:
    """Return the highest unit over which the actor holds ``permission``; the oldest grant of equal ones."""
    order = list(Level)
    grants = sorted(actor.grants_for(permission), key=lambda grant: order.index(grant.level))
    return Agency.objects.filter(pk=grants[0].unit_id).first() if grants else None


def agencies_in_reach(actor: Actor, permission: Permission, on: date) -> QuerySet[Agency]:
    """Return the open units on which the actor may use ``permission``, in the order of their codes."""
    open_units = open_agencies_on(on)
    condition = Q(pk__in=[])
    for grant in actor.grants_for(permission):
        if grant.level is Level.MINISTRY or grant.is_node_wide:
            return open_units
        condition |= Q(pk=grant.unit_id)
        if grant.level in _COLUMN:
            condition |= Q(**{_COLUMN[grant.level]: grant.unit_id})
    return open_units.filter(condition)


def unit_choices(
    actor: Actor, permission: Permission, chosen: Agency | None, on: date, limit: int = 60
) -> list[Agency]:
    """Return the units that the filter offers: the chosen one, those above it in reach, and the next ones below."""
    reach = agencies_in_reach(actor, permission, on)
    if chosen is None:
        home = home_unit(actor, permission)
        below = reach.filter(parent=home) if home else reach.none()
        return [*([home] if home else []), *below[:limit]]
    above = [pk for pk in (chosen.province_id, chosen.city_id, chosen.county_id) if pk and pk != chosen.pk]
    path = list(reach.filter(pk__in=above))
    return [*path, chosen, *reach.filter(parent=chosen)[:limit]]
