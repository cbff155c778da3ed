"""Reading saved views and the columns that an account keeps."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from warrant.apps.officers.models import ListPreference, SavedView
from warrant.core.access import Actor
from warrant.core.errors import N_, NotFound

MOST_VIEWS = 40


@dataclass(frozen=True)
class Preference:
    """What the viewer's list looks like where the address says nothing."""

    columns: str = ""
    opens_with_id: int | None = None
    opens_with: str = ""


def views_of(viewer: Actor) -> QuerySet[SavedView]:
    """Return the viewer's own views and those shared inside the viewer's unit, own ones first."""
    condition = Q(owner_id=viewer.account_id)
    if viewer.agency_id is not None:
        condition |= Q(unit_id=viewer.agency_id)
    return SavedView.objects.filter(condition).select_related("owner").order_by("name", "id")


def view_for(viewer: Actor, pk: int) -> SavedView:
    """Return a view that the viewer may use.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    found = views_of(viewer).filter(pk=pk).first()
    if found is None:
        raise NotFound("view-not-found", N_("没有这个视图，或者它没有在本单位共享"))
    return found


def preference_of(viewer: Actor) -> Preference:
    """Return the viewer's columns and the view to open with."""
    row = (
        ListPreference.objects.filter(account_id=viewer.account_id)
        .values_list("columns", "opens_with_id", "opens_with__params")
        .first()
    )
    return Preference(row[0], row[1], row[2] or "") if row else Preference()
