"""What belongs to the list and is read only when somebody opens it: the tree of units, saved views, columns."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, permission_for_view, render_page
from warrant.apps.officers.selectors.saved_views import OFFICER_LIST
from warrant.apps.officers.selectors.unit_tree import units_of_filter
from warrant.apps.officers.views.kept_lists import (
    columns_view,
    view_delete_view,
    view_save_view,
    views_view,
)
from warrant.apps.officers.views.listing import VIEW


@permission_for_view(VIEW)
@require_safe
def officer_units(request: HttpRequest) -> HttpResponse:
    """One level of the tree of units, or the units that bear a name."""
    units = units_of_filter(
        actor_of(request),
        VIEW,
        clock.today(),
        below=request.GET.get("below", ""),
        named=request.GET.get("unit_name", "").strip()[:40],
    )
    context = {"units": units, "chosen": request.GET.get("unit", ""), "is_search": "unit_name" in request.GET}
    return render_page(request, "officers/units.jinja", context)


officer_views = views_view(OFFICER_LIST)
officer_view_save = view_save_view(OFFICER_LIST)
officer_view_delete = view_delete_view(OFFICER_LIST)
officer_columns = columns_view(OFFICER_LIST)
