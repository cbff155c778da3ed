"""Pages of the organisation tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, add_error, permission_for_view, render_page
from warrant.apps.organisations import selectors, services
from warrant.apps.organisations.forms import CloseForm, MergeForm, OpenForm, RenameForm, TreeFilterForm
from warrant.apps.organisations.models import LEVEL_LABELS, Agency, AgencyVersion
from warrant.core.access import Actor, Level, Permission, is_permitted, require
from warrant.core.errors import InvalidInput

MOST_FOUND = 200
VIEW, MANAGE = Permission.ORGANISATION_VIEW, Permission.ORGANISATION_MANAGE


@permission_for_view(VIEW)
@require_safe
def organisation_tree(request: HttpRequest) -> HttpResponse:
    """The tree as of a day, unfolded down to ``below``; or its one level alone; or the units whose name fits."""
    actor = actor_of(request)
    form = TreeFilterForm(request.GET or None)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    day = chosen.get("on") or clock.today()
    text = chosen.get("text", "").strip()
    below = "" if text else request.GET.get("below", "")
    kept = {"on": day.isoformat()} if chosen.get("on") else {}
    if below and "part" in request.GET:
        level = {"level": selectors.tree_level_on(actor, day, below), "kept": kept}
        return render_page(request, "organisations/level.jinja", level)
    found = list(selectors.versions_named_like(actor, text, day)[: MOST_FOUND + 1]) if text else []
    return render_page(
        request,
        "organisations/tree.jinja",
        {
            "page_title": _("组织机构"),
            "filters": form,
            "list_url": reverse("organisation-tree"),
            "tree": [] if text else selectors.tree_on(actor, day, below),
            "kept": kept,
            "columns": _unit_columns(),
            "rows": [_unit_row(version) for version in found[:MOST_FOUND]],
            "is_search": bool(text),
            "is_capped": len(found) > MOST_FOUND,
            "count_text": _("%(count)s 个机构") % {"count": len(found[:MOST_FOUND])} if text else "",
        },
        status=400 if form.errors else 200,
    )


def _unit_columns() -> list[dict[str, str]]:
    return [
        {"key": "name", "label": _("机构名称")},
        {"key": "code", "label": _("代码")},
        {"key": "level", "label": _("级别")},
        {"key": "parent", "label": _("上级机构"), "kind": "clip"},
    ]


def _unit_row(version: AgencyVersion) -> dict[str, str]:
    agency = version.agency
    return {
        "url": reverse("organisation-detail", args=[agency.code]),
        "name": version.name,
        "code": agency.code,
        "level": _(LEVEL_LABELS[Level(agency.level)]),
        "parent": version.parent.name if version.parent else "",
    }


@permission_for_view(VIEW)
@require_safe
def organisation_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One unit: what it is, what stands below it, and its history."""
    actor = actor_of(request)
    agency = selectors.agency_for(actor, code)
    today = clock.today()
    authority = selectors.authority_of(agency)
    below = selectors.units_below(actor, agency, today)
    context = {
        "page_title": agency.name,
        "state": _state(agency),
        "breadcrumbs": _crumbs(agency.parent),
        "facts": [
            (_("代码"), agency.code),
            (_("级别"), _(LEVEL_LABELS[Level(agency.level)])),
            (_("行政区划代码"), agency.division_code),
            (_("上级机构"), agency.parent.name if agency.parent else ""),
            (_("主管部门"), authority.name if authority else ""),
            (_("设立日期"), agency.opened_on.isoformat()),
            (_("撤销日期"), agency.closed_on.isoformat() if agency.closed_on else ""),
        ],
        "columns": _unit_columns()[:3],
        "rows": [_unit_row(version) for version in below],
        "versions": selectors.history_of(actor, agency),
        "successions": selectors.successions_of(actor, agency),
        "agency": agency,
        "allowed": _allowed(actor, agency),
        "panels": selectors.panels_of(actor, agency),
    }
    return render_page(request, "organisations/detail.jinja", context)


def _state(agency: Agency) -> dict[str, str]:
    if agency.closed_on is not None:
        return {"word": _("已撤销"), "tone": "ended"}
    return {"word": _("在用"), "tone": "valid"}


def _allowed(actor: Actor, agency: Agency) -> dict[str, bool]:
    may = agency.closed_on is None and is_permitted(actor, MANAGE, agency.place)
    is_top = agency.parent_id is None
    return {"open": may, "rename": may, "merge": may and not is_top, "close": may and not is_top}


def _crumbs(agency: Agency | None) -> list[dict[str, str]]:
    crumbs: list[dict[str, str]] = []
    while agency is not None:
        crumbs.insert(0, {"label": agency.name, "url": reverse("organisation-detail", args=[agency.code])})
        agency = agency.parent
    return [{"label": _("组织机构"), "url": reverse("organisation-tree")}, *crumbs]


def _unit_to_manage(actor: Actor, code: str) -> Agency:
    """Return the unit if the actor may open its forms: 404 out of scope, 403 without the right there."""
    agency = selectors.agency_for(actor, code)
    require(actor, MANAGE, agency.place)
    return agency


@permission_for_view(MANAGE)
@require_http_methods(["GET", "POST"])
def organisation_open(request: HttpRequest, code: str) -> HttpResponse:
    """Open a unit below this one."""
    actor = actor_of(request)
    parent = _unit_to_manage(actor, code)
    form = OpenForm(request.POST or None, parent=parent, initial={"on": clock.today()})

    def act(values: dict[str, Any]) -> Agency:
        return services.open_agency(
            actor,
            parent,
            name=values["name"],
            level=Level(values["level"]),
            division_code=values["division_code"].strip(),
            on=values["on"],
            now=clock.now(),
        )

    return _answer(
        request,
        form,
        act,
        parent,
        title=_("在“%(name)s”下设立机构") % {"name": parent.name},
        submit_label=_("设立机构"),
        done=_("已设立%(name)s"),
    )


@permission_for_view(MANAGE)
@require_http_methods(["GET", "POST"])
def organisation_rename(request: HttpRequest, code: str) -> HttpResponse:
    """Give the unit another name."""
    actor = actor_of(request)
    agency = _unit_to_manage(actor, code)
    form = RenameForm(request.POST or None, initial={"on": clock.today(), "name": agency.name})

    def act(values: dict[str, Any]) -> Agency:
        version = services.rename_agency(actor, agency, name=values["name"], on=values["on"], now=clock.now())
        return version.agency

    return _answer(
        request,
        form,
        act,
        agency,
        title=_("更名：%(name)s") % {"name": agency.name},
        submit_label=_("更名"),
        done=_("已更名为%(name)s"),
    )


@permission_for_view(MANAGE)
@require_http_methods(["GET", "POST"])
def organisation_merge(request: HttpRequest, code: str) -> HttpResponse:
    """Let the unit go over into another."""
    actor = actor_of(request)
    agency = _unit_to_manage(actor, code)
    form = MergeForm(
        request.POST or None,
        candidates=selectors.merge_candidates(actor, agency),
        initial={"on": clock.today()},
    )

    def act(values: dict[str, Any]) -> Agency:
        successor: Agency = values["successor"]
        services.merge_agencies(
            actor, [agency], successor, on=values["on"], reason=values["reason"], now=clock.now()
        )
        return successor

    return _answer(
        request,
        form,
        act,
        agency,
        title=_("并入其他机构：%(name)s") % {"name": agency.name},
        submit_label=_("并入"),
        done=_("已并入%(name)s"),
    )


@permission_for_view(MANAGE)
@require_http_methods(["GET", "POST"])
def organisation_close(request: HttpRequest, code: str) -> HttpResponse:
    """Close the unit."""
    actor = actor_of(request)
    agency = _unit_to_manage(actor, code)
    form = CloseForm(request.POST or None, initial={"on": clock.today()})

    def act(values: dict[str, Any]) -> Agency:
        services.close_agency(actor, agency, on=values["on"], reason=values["reason"], now=clock.now())
        return agency

    return _answer(
        request,
        form,
        act,
        agency,
        title=_("撤销机构：%(name)s") % {"name": agency.name},
        submit_label=_("撤销机构"),
        done=_("已撤销%(name)s"),
    )


def _answer(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], Agency],
    agency: Agency,
    *,
    title: str,
    submit_label: str,
    done: str,
) -> HttpResponse:
    """Show the form, or act and go to the unit that results; a refusal stands beside its field."""
    if request.method == "POST" and form.is_valid():
        try:
            result = act(form.cleaned_data)
        except InvalidInput as error:
            add_error(form, error)
        else:
            messages.success(request, done % {"name": result.name})
            return redirect("organisation-detail", code=result.code)
    return render_page(
        request,
        "page_form.jinja",
        {
            "page_title": title,
            "form": form,
            "submit_label": submit_label,
            "cancel_url": reverse("organisation-detail", args=[agency.code]),
            "breadcrumbs": _crumbs(agency),
        },
        status=400 if form.errors else 200,
    )
