"""Reading saved views and the columns that an account keeps."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from warrant.apps.officers.models import SavedView
from warrant.apps.officers.selectors.listing import DEFAULT_COLUMNS, read_listing
from warrant.apps.officers.types import KeptList
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, NotFound

MOST_VIEWS = 40
_PREFERENCE = """
SELECT own.columns, own.opens_with_id, view.params
FROM list_choice AS own LEFT JOIN saved_view AS view ON view.id = own.opens_with_id
WHERE own.account_id = %s AND own.list_name = %s
"""

OFFICER_LIST = KeptList(
    name="officers",
    title=N_("执法人员"),
    permission=Permission.OFFICER_VIEW,
    urls="officer",
    default_columns=DEFAULT_COLUMNS,
    read=read_listing,
)


@dataclass(frozen=True)
class Preference:
    """What the viewer's list looks like where the address says nothing."""

    columns: str = ""
    opens_with_id: int | None = None
    opens_with: str = ""


def views_of(viewer: Actor, kept: KeptList = OFFICER_LIST) -> QuerySet[SavedView]:
    """Return the viewer's own views of a list and those shared inside the viewer's unit, own ones first."""
    condition = Q(owner_id=viewer.account_id)
    if viewer.agency_id is not None:
        condition |= Q(unit_id=viewer.agency_id)
    return (
        SavedView.objects.filter(condition, list_name=kept.name)
        .select_related("owner")
        .order_by("name", "id")
    )


def view_for(viewer: Actor, pk: int, kept: KeptList = OFFICER_LIST) -> SavedView:
    """Return a view that the viewer may use.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    found = views_of(viewer, kept).filter(pk=pk).first()
    if found is None:
        raise NotFound("view-not-found", N_("没有这个视图，或者它没有在本单位共享"))
    return found


def preference_of(viewer: Actor, kept: KeptList = OFFICER_LIST) -> Preference:
    """Return the viewer's columns and the view to open with."""
    with connection.cursor() as cursor:
        cursor.execute(_PREFERENCE, [viewer.account_id, kept.name])
        row = cursor.fetchone()
    return Preference(row[0], row[1], row[2] or "") if row else Preference()
