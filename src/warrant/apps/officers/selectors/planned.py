"""Reading leavings that were entered before their day."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from warrant.apps.officers.models import Officer, PlannedLeaving
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle.planned_leaving import PlannedLeavingState


def planned_leavings(viewer: Actor) -> QuerySet[PlannedLeaving]:
    """Return the plans that wait for their day, of officers whom the viewer registers."""
    officers = Officer.objects.visible_to(viewer, Permission.OFFICER_EDIT)
    rows = PlannedLeaving.objects.filter(state=PlannedLeavingState.PLANNED.value, officer__in=officers)
    return rows.select_related("officer__agency", "planned_by")


def planned_leaving_of(officer: Officer) -> PlannedLeaving | None:
    """Return the plan that waits for its day; the caller has checked that the viewer may see the officer."""
    rows = PlannedLeaving.objects.filter(officer=officer, state=PlannedLeavingState.PLANNED.value)
    return rows.select_related("planned_by").first()


def planned_days(officer_ids: Collection[int]) -> dict[int, PlannedLeaving]:
    """Return the plans of officers whom the caller shows already, by their primary keys."""
    rows = PlannedLeaving.objects.filter(officer_id__in=officer_ids, state=PlannedLeavingState.PLANNED.value)
    return {row.officer_id: row for row in rows}


def planned_leaving_for(viewer: Actor, pk: int) -> PlannedLeaving:
    """Return one plan in the viewer's reach, whatever became of it.

    Raises:
        NotFound: there is none, or its officer is out of reach.
    """
    officers = Officer.objects.visible_to(viewer, Permission.OFFICER_VIEW)
    rows = PlannedLeaving.objects.filter(pk=pk, officer__in=officers)
    found = rows.select_related("officer__agency", "planned_by").first()
    if found is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return found
