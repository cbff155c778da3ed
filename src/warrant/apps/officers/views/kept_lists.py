"""Saved views and columns of a list: the pages that every list shares which people keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, error_text, permission_for_view, render_page
from warrant.apps.officers.selectors.saved_views import preference_of, views_of
from warrant.apps.officers.services.saved_views import choose_columns, delete_view, save_view
from warrant.apps.officers.types import KeptList, KeptState
from warrant.core.errors import N_, InvalidInput

View = Callable[..., HttpResponse]


def is_fragment(request: HttpRequest) -> bool:
    """Tell whether htmx asks for the part that changes only."""
    return bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")


def _address(kept: KeptList, listing: KeptState, **more: str) -> str:
    params = {**listing.as_params(), **more}
    return f"{reverse(f'{kept.urls}-list')}?{urlencode(params)}" if params else reverse(f"{kept.urls}-list")


def _views_page(
    request: HttpRequest,
    kept: KeptList,
    listing: KeptState,
    typed: Mapping[str, str],
    error: InvalidInput | None = None,
) -> HttpResponse:
    """The saved views, and the form with what was typed into it; a part of the list, or a page of its own."""
    actor = actor_of(request)
    preference = preference_of(actor, kept)
    list_url = reverse(f"{kept.urls}-list")
    views = [
        {
            "pk": view.pk,
            "name": view.name,
            "url": f"{list_url}?{view.params or 'all=1'}",
            "delete_url": reverse(f"{kept.urls}-view-delete", args=[view.pk]),
            "is_own": view.owner_id == actor.account_id,
            "is_shared": view.unit_id is not None,
            "owner": view.owner.display_name,
            "is_first": view.pk == preference.opens_with_id,
        }
        for view in views_of(actor, kept)
    ]
    context = {
        "page_title": _("视图"),
        "breadcrumbs": [{"label": _(kept.title), "url": _address(kept, listing, all="1")}],
        "views": views,
        "save_url": reverse(f"{kept.urls}-view-save"),
        "list_url": list_url,
        "params": urlencode(listing.as_params()),
        "typed": {name: typed.get(name, "") for name in ("name", "is_shared", "is_first")},
        "error": error_text(error) if error else "",
    }
    template = "officers/views.jinja" if is_fragment(request) else "officers/views_page.jinja"
    return render_page(request, template, context, status=400 if error else 200)


def _sent_listing(request: HttpRequest, kept: KeptList) -> KeptState:
    """Return the list that a form of it was sent from.

    Raises:
        InvalidInput: the form was bent.
    """
    texts = [text for name in ("listing", "column", "reset") for text in request.POST.getlist(name)]
    if any("\x00" in text for text in texts):
        raise InvalidInput("bad-choice", N_("无法识别提交的内容；请返回名册重新操作"), place="listing")
    return kept.read(QueryDict(request.POST.get("listing", "")))[0]


def views_view(kept: KeptList) -> View:
    """Return the view of the saved views, with a form to keep the present list as one."""

    @permission_for_view(kept.permission)
    @require_safe
    def saved_views(request: HttpRequest) -> HttpResponse:
        return _views_page(request, kept, kept.read(request.GET)[0], {})

    return saved_views


def view_save_view(kept: KeptList) -> View:
    """Return the view that keeps the present list under a name."""

    @permission_for_view(kept.permission)
    @require_POST
    def save(request: HttpRequest) -> HttpResponse:
        listing = _sent_listing(request, kept)
        try:
            view = save_view(
                actor_of(request),
                request.POST.get("name", ""),
                listing,
                is_shared=bool(request.POST.get("is_shared")),
                is_first=bool(request.POST.get("is_first")),
                now=clock.now(),
                kept=kept,
            )
        except InvalidInput as error:
            return _views_page(request, kept, listing, request.POST, error)
        said = _("已保存视图“%(name)s”，本单位可见") if view.unit_id else _("已保存视图“%(name)s”")
        messages.success(request, said % {"name": view.name})
        return redirect(_address(kept, listing))

    return save


def view_delete_view(kept: KeptList) -> View:
    """Return the view that deletes an own view."""

    @permission_for_view(kept.permission)
    @require_POST
    def delete(request: HttpRequest, pk: int) -> HttpResponse:
        name = delete_view(actor_of(request), pk, now=clock.now(), kept=kept)
        messages.success(request, _("已删除视图“%(name)s”") % {"name": name})
        return redirect(f"{reverse(f'{kept.urls}-list')}?all=1")

    return delete


def columns_view(kept: KeptList) -> View:
    """Return the view that shows chosen columns from now on, in their order."""

    @permission_for_view(kept.permission)
    @require_POST
    def columns(request: HttpRequest) -> HttpResponse:
        listing = _sent_listing(request, kept)
        chosen = request.POST.getlist("column") if not request.POST.get("reset") else []
        wanted = {**listing.as_params(), "columns": ",".join(chosen)}
        if not chosen:
            del wanted["columns"]
        state = kept.read(wanted)[0]
        shown = state.as_params().get("columns", "")
        choose_columns(actor_of(request), tuple(shown.split(",")) if shown else kept.default_columns, kept)
        return redirect(_address(kept, state, all="1"))

    return columns


__all__ = ["columns_view", "is_fragment", "view_delete_view", "view_save_view", "views_view"]
