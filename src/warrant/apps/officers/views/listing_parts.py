"""What belongs to the list and is read only when somebody opens it: the tree of units, saved views, columns."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, error_text, permission_for_view, render_page
from warrant.apps.officers.selectors.listing import Listing, chosen_columns, read_listing
from warrant.apps.officers.selectors.saved_views import preference_of, views_of
from warrant.apps.officers.selectors.unit_tree import units_of_filter
from warrant.apps.officers.services.saved_views import choose_columns, delete_view, save_view
from warrant.apps.officers.views.listing import VIEW, is_fragment, list_url
from warrant.core.errors import N_, InvalidInput


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


def _views_page(
    request: HttpRequest, listing: Listing, typed: Mapping[str, str], error: InvalidInput | None = None
) -> HttpResponse:
    """The saved views, and the form with what was typed into it; a part of the list, or a page of its own."""
    actor = actor_of(request)
    preference = preference_of(actor)
    views = [
        {
            "pk": view.pk,
            "name": view.name,
            "url": f"{reverse('officer-list')}?{view.params or 'all=1'}",
            "is_own": view.owner_id == actor.account_id,
            "is_shared": view.unit_id is not None,
            "owner": view.owner.display_name,
            "is_first": view.pk == preference.opens_with_id,
        }
        for view in views_of(actor)
    ]
    context = {
        "page_title": _("视图"),
        "breadcrumbs": [{"label": _("执法人员"), "url": list_url(listing, all="1")}],
        "views": views,
        "params": urlencode(listing.as_params()),
        "typed": {name: typed.get(name, "") for name in ("name", "is_shared", "is_first")},
        "error": error_text(error) if error else "",
    }
    template = "officers/views.jinja" if is_fragment(request) else "officers/views_page.jinja"
    return render_page(request, template, context, status=400 if error else 200)


@permission_for_view(VIEW)
@require_safe
def officer_views(request: HttpRequest) -> HttpResponse:
    """The saved views, and a form to keep the present list as one."""
    return _views_page(request, read_listing(request.GET)[0], {})


def _sent_listing(request: HttpRequest) -> Listing:
    """Return the list that a form of it was sent from.

    Raises:
        InvalidInput: the form was bent.
    """
    texts = [text for name in ("listing", "column", "reset") for text in request.POST.getlist(name)]
    if any("\x00" in text for text in texts):
        raise InvalidInput("bad-choice", N_("无法识别提交的内容；请返回名册重新操作"), place="listing")
    return read_listing(QueryDict(request.POST.get("listing", "")))[0]


@permission_for_view(VIEW)
@require_POST
def officer_view_save(request: HttpRequest) -> HttpResponse:
    """Keep the present list under a name."""
    listing = _sent_listing(request)
    try:
        view = save_view(
            actor_of(request),
            request.POST.get("name", ""),
            listing,
            is_shared=bool(request.POST.get("is_shared")),
            is_first=bool(request.POST.get("is_first")),
            now=clock.now(),
        )
    except InvalidInput as error:
        return _views_page(request, listing, request.POST, error)
    said = _("已保存视图“%(name)s”，本单位可见") if view.unit_id else _("已保存视图“%(name)s”")
    messages.success(request, said % {"name": view.name})
    return redirect(list_url(listing))


@permission_for_view(VIEW)
@require_POST
def officer_view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete an own view."""
    name = delete_view(actor_of(request), pk, now=clock.now())
    messages.success(request, _("已删除视图“%(name)s”") % {"name": name})
    return redirect(f"{reverse('officer-list')}?all=1")


@permission_for_view(VIEW)
@require_POST
def officer_columns(request: HttpRequest) -> HttpResponse:
    """Show these columns from now on, in this order."""
    listing = _sent_listing(request)
    chosen = request.POST.getlist("column") if not request.POST.get("reset") else []
    columns = chosen_columns(",".join(chosen))
    choose_columns(actor_of(request), columns)
    return redirect(list_url(read_listing({**listing.as_params(), "columns": ",".join(columns)})[0], all="1"))
