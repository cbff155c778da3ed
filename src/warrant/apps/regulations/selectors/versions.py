"""Versions of regulations for people: lists, one version, what may be done with it, what waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.foundation.work import Queue, WorkItem
from warrant.apps.regulations.models import RegulationVersion
from warrant.apps.regulations.selectors.current import (
    in_force,
    known_kinds,
    parse_content,
    shipped_content,
)
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, InvalidInput, NotFound, NotPermitted, WarrantError
from warrant.core.lifecycle import REGULATION, RegulationState
from warrant.core.regulation import KIND_NAMES, NATIONAL_ONLY, Content, RegulationKind, resolve

SETS_NATIONAL = "set-national-regulations"
"""The capability of the node whose versions are the nation's."""


def own_jurisdiction() -> str:
    """Return for whom this node sets regulations: empty for the nation, or its province's code."""
    return "" if SETS_NATIONAL in settings.WARRANT_CAPABILITIES else str(settings.WARRANT_NODE.code)


def is_set_here(kind: RegulationKind) -> bool:
    """Tell whether this node may have its own version of the kind."""
    return own_jurisdiction() == "" or kind not in NATIONAL_ONLY


def require_view(viewer: Actor) -> None:
    """Return if the viewer may read regulations; they lie at no place, whoever may read one may read all.

    Raises:
        NotPermitted: no role of the viewer reads them.
    """
    if not viewer.has_anywhere(Permission.REGULATION_VIEW):
        raise NotPermitted("not-permitted", N_("您没有查看规则的权限，请与本单位系统管理员联系"))


def may_draft(viewer: Actor) -> bool:
    """Tell whether the viewer drafts regulations of this node."""
    return is_permitted(viewer, Permission.REGULATION_DRAFT, NATION)


def versions_for(
    viewer: Actor, kind: RegulationKind | None = None, jurisdiction: str | None = None
) -> QuerySet[RegulationVersion]:
    """Return versions without their content; drafts are for those who draft or confirm, confirmed ones for every reader."""
    require_view(viewer)
    rows = RegulationVersion.objects.defer("content", "layer").filter(
        kind__in=[one.value for one in known_kinds()]
    )
    if not may_draft(viewer):
        rows = rows.filter(state=RegulationState.CONFIRMED)
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    return rows if jurisdiction is None else rows.filter(jurisdiction=jurisdiction)


def version_for(viewer: Actor, pk: int) -> RegulationVersion:
    """Return one version with its content.

    Raises:
        NotPermitted: the viewer reads no regulations.
        NotFound: there is none, or it is a draft and the viewer does not draft.
    """
    version = versions_for(viewer).defer(None).filter(pk=pk).first()
    if version is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return version


def predecessor_of(version: RegulationVersion) -> Content:
    """Return the content that counted, or would have counted, on the version's first day without it."""
    if version.state != RegulationState.CONFIRMED:
        return in_force(version.kind, version.jurisdiction, version.valid_from).content
    older = (
        RegulationVersion.objects.filter(
            kind=version.kind, jurisdiction=version.jurisdiction, state=RegulationState.CONFIRMED
        )
        .filter(
            Q(valid_from__lt=version.valid_from) | Q(valid_from=version.valid_from, number__lt=version.number)
        )
        .order_by("-valid_from", "-number")
        .first()
    )
    if not version.jurisdiction:
        return older.content if older else shipped_content(RegulationKind(version.kind))
    nation = in_force(version.kind, "", version.valid_from).content
    return resolve([nation, older.layer]) if older and older.layer is not None else nation


def problems_of(version: RegulationVersion) -> list[WarrantError]:
    """Return what still stands in the way of proposing a draft; empty if nothing does."""
    found: list[WarrantError] = []
    try:
        parse_content(RegulationKind(version.kind), version.content)
    except InvalidInput as error:
        found.append(error)
    return found


def is_up_to_date(version: RegulationVersion) -> bool:
    """Tell whether what the draft was begun from is still what it would take the place of."""
    current = in_force(version.kind, version.jurisdiction, version.valid_from)
    return current.digest == version.base_digest


def allowed_actions(viewer: Actor, version: RegulationVersion) -> list[str]:
    """Return what the viewer may do with the version now, in the order of the state table."""
    if version.is_received or version.jurisdiction != own_jurisdiction():
        return []
    is_author = version.authors.filter(account_id=viewer.account_id).exists()
    return [
        row.action
        for row in REGULATION.actions_from(RegulationState(version.state))
        if row.permission is not None
        and is_permitted(viewer, row.permission, NATION)
        and not (row.needs_second_person and is_author)
    ]


def kind_name(kind: str) -> str:
    """Return the name of a kind in the language of the request."""
    return _(KIND_NAMES[RegulationKind(kind)])


def work_queues(viewer: Actor) -> list[Queue]:
    """Return the drafts that wait for the viewer: others' to confirm, own ones that were sent back."""
    if not may_draft(viewer):
        return []
    rows = (
        RegulationVersion.objects.defer("content", "layer")
        .filter(jurisdiction=own_jurisdiction(), is_received=False)
        .filter(
            (Q(state=RegulationState.PROPOSED) & ~Q(authors__account_id=viewer.account_id))
            | (Q(state=RegulationState.DRAFT, drafted_by_id=viewer.account_id) & ~Q(remark=""))
        )
        .order_by("changed_at", "pk")
    )
    return [Queue(rows, ("pk", "kind", "title", "state", "remark", "changed_at", "drafted_by_name"), _item)]


def _item(row: Any) -> WorkItem:
    is_waiting = row.state == RegulationState.PROPOSED
    title = _("核对规则草案：%(kind)s") if is_waiting else _("规则草案被退回：%(kind)s")
    return WorkItem(
        kind="regulation",
        title=title % {"kind": kind_name(row.kind)},
        detail=f"{row.title} {row.drafted_by_name}" if is_waiting else row.remark,
        url=reverse("regulation-version", args=[row.pk]),
        waiting_since=row.changed_at,
        tone="waiting" if is_waiting else "attention",
    )


def clashing_provinces(kind: RegulationKind, content: Content, on: date) -> Sequence[str]:
    """Return the codes of the provinces whose differences would not go with this content of the nation."""
    clashing = []
    newest: dict[str, RegulationVersion] = {}
    rows = RegulationVersion.objects.filter(
        kind=kind.value, state=RegulationState.CONFIRMED, valid_from__lte=on, layer__isnull=False
    ).order_by("valid_from", "number")
    for row in rows:
        newest[row.jurisdiction] = row
    for code, row in sorted(newest.items()):
        try:
            parse_content(kind, resolve([content, row.layer or {}]))
        except InvalidInput:
            clashing.append(code)
    return clashing
