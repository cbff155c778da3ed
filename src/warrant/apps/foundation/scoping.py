"""The one door to scoped rows: ``Model.objects.visible_to(actor, permission)``.

Every scoped row carries the ids of the units above it, so that a scope is plain equality on an indexed column.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import models

from warrant.core.access import Actor, Level, Permission, Place, Role
from warrant.core.errors import N_, NotFound

_COLUMN = {
    Level.PROVINCE: "province_unit",
    Level.CITY: "city_unit",
    Level.COUNTY: "county_unit",
    Level.AGENCY: "agency_unit",
}

M = TypeVar("M", bound=models.Model)


class ScopeMissingError(RuntimeError):
    """A scoped model was read without naming a viewer: a fault in the program, never of the person."""


class ScopedManager(models.Manager[M]):
    """Refuses every read that does not say for whom it is."""

    def get_queryset(self) -> models.QuerySet[M]:
        """Refuse: there is no unscoped reading through this door."""
        raise ScopeMissingError(f"{self.model.__name__}.objects needs visible_to(actor, permission)")

    def visible_to(self, actor: Actor, permission: Permission) -> models.QuerySet[M]:
        """Return the rows that ``actor`` may see by ``permission``; none if no grant carries it."""
        rows: models.QuerySet[M] = models.QuerySet(self.model, using=self._db)
        condition = models.Q(pk__in=[])
        for grant in actor.grants_for(permission):
            if grant.role is Role.OFFICER:
                continue
            if grant.level is Level.MINISTRY or grant.is_node_wide:
                return rows
            condition |= models.Q(**{_COLUMN[grant.level]: grant.unit_id})
        return rows.filter(condition)

    def get_visible(self, actor: Actor, permission: Permission, **lookup: Any) -> M:
        """Return the one visible row of ``lookup``. A text with a NUL byte names nothing: PostgreSQL holds none.

        Raises:
            NotFound: there is none, or it lies out of scope; the two are not told apart.
        """
        is_askable = not any(isinstance(value, str) and "\x00" in value for value in lookup.values())
        row = self.visible_to(actor, permission).filter(**lookup).first() if is_askable else None
        if row is None:
            raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
        return row


class ScopedModel(models.Model):
    """Base of rows that belong to a unit. ``objects`` is for people, ``system`` for services that checked already."""

    province_unit = models.BigIntegerField(null=True, editable=False)
    city_unit = models.BigIntegerField(null=True, editable=False)
    county_unit = models.BigIntegerField(null=True, editable=False)
    agency_unit = models.BigIntegerField(null=True, editable=False)

    objects = ScopedManager()
    system = models.Manager()

    class Meta:
        abstract = True
        base_manager_name = "system"
        default_manager_name = "system"

    @property
    def place(self) -> Place:
        """Where the row lies in the tree."""
        return Place(self.province_unit, self.city_unit, self.county_unit, self.agency_unit)

    def put_at(self, place: Place) -> None:
        """Set the scope columns; the caller saves."""
        self.province_unit = place.province_id
        self.city_unit = place.city_id
        self.county_unit = place.county_id
        self.agency_unit = place.agency_id


def scope_indexes(label: str, *sort: str) -> list[models.Index]:
    """Return the indexes (ancestor, sort key, id) of a scoped model; ``label`` keeps the names apart."""
    return [
        models.Index(fields=[column, *sort, "id"], name=f"{label}_{column.split('_')[0]}")
        for column in _COLUMN.values()
    ]
