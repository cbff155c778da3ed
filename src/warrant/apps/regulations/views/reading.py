"""What is in force where and when, one version, and what differs between two."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from warrant.apps.foundation.pages import actor_of, error_text, permission_for_view, render_page
from warrant.apps.regulations.models import RegulationVersion
from warrant.apps.regulations.selectors import by_digest, in_force, known_kinds
from warrant.apps.regulations.selectors.reading import change_views, change_word, line_views, rest_values
from warrant.apps.regulations.selectors.versions import (
    allowed_actions,
    clashing_provinces,
    is_set_here,
    is_up_to_date,
    kind_name,
    may_draft,
    own_jurisdiction,
    predecessor_of,
    problems_of,
    version_for,
    versions_for,
)
from warrant.apps.regulations.types import ACTION_FACES
from warrant.apps.regulations.views.common import (
    crumbs,
    day_asked,
    jurisdiction_name,
    province_names,
    standing,
    state_of,
    version_name,
)
from warrant.core.access import Permission
from warrant.core.errors import Conflict
from warrant.core.lifecycle import RegulationState
from warrant.core.regulation import NATIONAL_ONLY, RegulationKind, compare, kind_named

OPEN_STATES = (RegulationState.DRAFT.value, RegulationState.PROPOSED.value)


def _province_asked(request: HttpRequest, names: dict[str, str]) -> str:
    """Return the province whose regulations are shown: the node's own, or the one chosen at the ministry."""
    asked = request.GET.get("province", "")
    return own_jurisdiction() or (asked if asked in names else "")


def _looked_at(request: HttpRequest) -> tuple[date, str, dict[str, str], dict[str, Any]]:
    names = province_names()
    on, province = day_asked(request), _province_asked(request, names)
    provinces = [] if own_jurisdiction() else [("", _("全国")), *names.items()]
    return on, province, names, {"on": on.isoformat(), "province": province, "provinces": provinces}


@permission_for_view(Permission.REGULATION_VIEW)
@require_GET
def regulation_list(request: HttpRequest) -> HttpResponse:
    """Show what is in force of each kind on a day, and what is under way."""
    actor = actor_of(request)
    on, province, names, asked = _looked_at(request)
    versions = list(versions_for(actor).order_by("valid_from", "number"))
    query = urlencode({key: asked[key] for key in ("on", "province") if asked[key]})
    rows = []
    for kind in known_kinds():
        own = [row for row in versions if row.kind == kind and row.jurisdiction in ("", province)]
        rows.append(
            {
                "url": f"{reverse('regulation-kind', args=[kind.value])}?{query}",
                "name": kind_name(kind),
                **_standing_of(kind, province, on, names),
                "coming": _coming(own, on, names),
                "under_way": [
                    {
                        "name": row.title,
                        "url": reverse("regulation-version", args=[row.pk]),
                        "state": state_of(row),
                    }
                    for row in own
                    if row.state in OPEN_STATES and row.jurisdiction == own_jurisdiction()
                ],
                "may_draft": may_draft(actor) and is_set_here(kind),
                "draft_url": reverse("regulation-draft", args=[kind.value]),
            }
        )
    return render_page(
        request, "regulations/list.jinja", {"page_title": _("业务规则"), "rows": rows, **asked}
    )


def _standing_of(kind: RegulationKind, province: str, on: date, names: dict[str, str]) -> dict[str, Any]:
    try:
        found = in_force(kind, province, on)
    except Conflict as error:
        return {"standing": "", "problem": error_text(error), "since": None, "assumed": 0}
    lines = found.content.get("lines", ())
    return {
        "standing": standing(found, names),
        "problem": "",
        "since": max((label.valid_from for label in found.layers), default=None),
        "assumed": sum(1 for line in lines if line.get("is_assumption")),
    }


def _coming(versions: list[RegulationVersion], on: date, names: dict[str, str]) -> list[dict[str, str]]:
    return [
        {
            "name": _("%(whose)s%(version)s，%(day)s 起")
            % {
                "whose": jurisdiction_name(row.jurisdiction, names),
                "version": version_name(row),
                "day": row.valid_from,
            },
            "url": reverse("regulation-version", args=[row.pk]),
        }
        for row in versions
        if row.state == RegulationState.CONFIRMED and row.valid_from > on
    ]


def _version_rows(versions: list[RegulationVersion], names: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "url": reverse("regulation-version", args=[row.pk]),
            "name": f"{jurisdiction_name(row.jurisdiction, names)} · {version_name(row)}",
            "title": row.title,
            "valid_from": row.valid_from,
            "state": state_of(row),
        }
        for row in versions
    ]


@permission_for_view(Permission.REGULATION_VIEW)
@require_GET
def regulation_kind(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the text of one kind as it is in force on a day, with its versions."""
    actor = actor_of(request)
    named = kind_named(kind)
    on, province, names, asked = _looked_at(request)
    found = in_force(named, province, on)
    nation = in_force(named, "", on)
    marks = {
        change.identity: change_word(change.kind)
        for change in (compare(nation.content, found.content) if province else ())
    }
    versions = versions_for(actor, named).order_by("-valid_from", "-number", "-pk")[:60]
    return render_page(
        request,
        "regulations/kind.jinja",
        {
            "page_title": kind_name(named),
            "breadcrumbs": crumbs(),
            "kind": named.value,
            "found": found,
            "standing": standing(found, names),
            "whose": jurisdiction_name(province, names),
            "rest": rest_values(named, found.content),
            "lines": line_views(named, found.content, marks),
            "versions": _version_rows(list(versions), names),
            "may_draft": may_draft(actor) and is_set_here(named),
            "is_national_only": named in NATIONAL_ONLY,
            **asked,
        },
    )


@permission_for_view(Permission.REGULATION_VIEW)
@require_GET
def regulation_kept(request: HttpRequest, kind: str, digest: str) -> HttpResponse:
    """Show the text that a decision was taken under, found by the digest that was kept with it."""
    named = kind_named(kind)
    found = by_digest(named, digest)
    return render_page(
        request,
        "regulations/kept.jinja",
        {
            "page_title": _("%(kind)s（留存文本）") % {"kind": kind_name(named)},
            "breadcrumbs": crumbs(named.value),
            "found": found,
            "rest": rest_values(named, found.content),
            "lines": line_views(named, found.content),
        },
    )


@permission_for_view(Permission.REGULATION_VIEW)
@require_GET
def regulation_version(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one version: what it changes, its text, who wrote and confirmed it, and what may be done now."""
    actor = actor_of(request)
    version = version_for(actor, pk)
    kind = RegulationKind(version.kind)
    names = province_names()
    before, compared = _compared_with(request, version)
    changes = change_views(kind, before, version.content)
    actions = allowed_actions(actor, version)
    is_draft = version.state == RegulationState.DRAFT and "propose" in actions
    marks = {change.identity: change_word(change.kind) for change in compare(before, version.content)}
    is_open = version.state in OPEN_STATES
    return render_page(
        request,
        "regulations/version.jinja",
        {
            "page_title": version.title,
            "breadcrumbs": crumbs(version.kind),
            "state": state_of(version),
            "version": version,
            "name": version_name(version),
            "whose": jurisdiction_name(version.jurisdiction, names),
            "kind_name": kind_name(version.kind),
            "changes": changes,
            "compared": compared,
            "others": _others(actor, version, names),
            "rest": rest_values(kind, version.content),
            "lines": line_views(kind, version.content, marks),
            "dropped": [
                {"identity": change.identity, "title": view.title}
                for change, view in zip(compare(before, version.content), changes, strict=True)
                if change.kind == "removed"
            ],
            "is_draft": is_draft,
            "problems": [error_text(error) for error in problems_of(version)] if is_open else [],
            "is_stale": is_open and not is_up_to_date(version),
            "clashing": [names.get(code, code) for code in _clashing(version)],
            "actions": [
                {"name": name, "face": ACTION_FACES[name], "url": reverse("regulation-act", args=[pk, name])}
                for name in actions
            ],
        },
    )


def _clashing(version: RegulationVersion) -> list[str]:
    if version.jurisdiction or version.state not in OPEN_STATES:
        return []
    return list(clashing_provinces(RegulationKind(version.kind), version.content, version.valid_from))


def _compared_with(request: HttpRequest, version: RegulationVersion) -> tuple[Any, RegulationVersion | None]:
    """Return the content that the version is compared with: what it takes the place of, or the one asked for."""
    asked = request.GET.get("with", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 18:
        other = version_for(actor_of(request), int(asked))
        if other.kind == version.kind:
            return other.content, other
    return predecessor_of(version), None


def _others(actor: Any, version: RegulationVersion, names: dict[str, str]) -> list[tuple[int, str]]:
    """Return the other versions of the kind that it can be compared with."""
    rows = versions_for(actor, RegulationKind(version.kind)).exclude(pk=version.pk)
    return [
        (row.pk, f"{jurisdiction_name(row.jurisdiction, names)} · {version_name(row)}（{row.valid_from}）")
        for row in rows.order_by("-valid_from", "-number", "-pk")[:40]
    ]
