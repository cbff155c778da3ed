"""Reading doubles across provinces: the ministry's list of pairs, and what this province was told."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.foundation.work import Glance, Queue, WorkItem
from warrant.apps.officers.models import NationalDuplicate, ReportedDuplicate
from warrant.core.access import Actor, Permission, is_permitted, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle import DuplicateGround, NationalDuplicateState

GROUND_WORDS: Mapping[str, str] = {
    DuplicateGround.ID_NUMBER.value: N_("身份证号码相同"),
    DuplicateGround.NAME_AND_BIRTH.value: N_("姓名和出生日期相同"),
}
STATE_WORDS: Mapping[str, tuple[str, str]] = {
    NationalDuplicateState.FOUND.value: (N_("待通知"), "attention"),
    NationalDuplicateState.INFORMED.value: (N_("两省核实中"), "waiting"),
    NationalDuplicateState.DISMISSED.value: (N_("不是同一人"), "ended"),
    NationalDuplicateState.SETTLED.value: (N_("已不重复"), "valid"),
}


def national_duplicates(viewer: Actor, state: str = "", ground: str = "") -> QuerySet[NationalDuplicate]:
    """Return the pairs of the whole country for whoever may see all of it.

    Raises: NotFound, NotPermitted.
    """
    require(viewer, Permission.DUPLICATE_VIEW, NATION)
    rows = NationalDuplicate.objects.select_related(
        "first__agency__province", "second__agency__province", "informed_by"
    )
    if state in STATE_WORDS:
        rows = rows.filter(state=state)
    if ground in GROUND_WORDS:
        rows = rows.filter(ground=ground)
    return rows


def national_duplicate_for(viewer: Actor, pk: int) -> NationalDuplicate:
    """Return one pair.

    Raises: NotFound, NotPermitted.
    """
    pair = national_duplicates(viewer).filter(pk=pk).first()
    if pair is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return pair


def reported_duplicates(viewer: Actor, *, is_open: bool | None = None) -> QuerySet[ReportedDuplicate]:
    """Return what the ministry told of the officers in reach."""
    rows = ReportedDuplicate.objects.visible_to(viewer, Permission.DUPLICATE_VIEW)
    rows = rows.select_related("officer__agency", "answered_by")
    return rows if is_open is None else rows.filter(answered_at__isnull=is_open)


def reported_duplicate_for(viewer: Actor, pk: int) -> ReportedDuplicate:
    """Return one report.

    Raises: NotFound: there is none, or it lies out of scope.
    """
    row = reported_duplicates(viewer).filter(pk=pk).first()
    if row is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return row


def may_report(viewer: Actor) -> bool:
    """Tell whether the viewer decides about pairs."""
    return is_permitted(viewer, Permission.DUPLICATE_REPORT, NATION)


def national_work_queues(viewer: Actor) -> list[Queue]:
    """Return the pairs of which the provinces have not been told, oldest first."""
    if not may_report(viewer):
        return []
    rows = national_duplicates(viewer, NationalDuplicateState.FOUND.value).order_by("found_at")
    people = ("first__name", "first__agency__name", "second__agency__name")
    return [Queue(rows, ("pk", "ground", "found_at", *people), _national_item)]


def _national_item(pair: NationalDuplicate) -> WorkItem:
    return WorkItem(
        kind="national-duplicate",
        title=_("跨省重复：%(name)s") % {"name": pair.first.name},
        detail=f"{_(GROUND_WORDS[pair.ground])} · {pair.first.agency.name} / {pair.second.agency.name}",
        url=reverse("national-duplicate", args=[pair.pk]),
        waiting_since=pair.found_at,
    )


def reported_work_queues(viewer: Actor) -> list[Queue]:
    """Return what the ministry asks about and nobody has answered, for whoever may answer."""
    if not viewer.has_anywhere(Permission.OFFICER_CONFIRM):
        return []
    rows = ReportedDuplicate.objects.visible_to(viewer, Permission.OFFICER_CONFIRM).filter(answered_at=None)
    fields = ("pk", "other_province", "other_unit", "received_at", "officer__name", "officer__agency__name")
    return [Queue(rows.order_by("received_at"), fields, _reported_item)]


def _reported_item(row: ReportedDuplicate) -> WorkItem:
    return WorkItem(
        kind="reported-duplicate",
        title=_("部级通知核实重复：%(name)s") % {"name": row.officer.name},
        detail=f"{row.officer.agency.name} · {row.other_province} {row.other_unit}",
        url=reverse("reported-duplicate", args=[row.pk]),
        waiting_since=row.received_at,
    )


def national_glances(viewer: Actor) -> list[Glance]:
    """Return how many officers the country has and how many pairs wait, for whoever sees all of it."""
    if not is_permitted(viewer, Permission.DUPLICATE_VIEW, NATION):
        return []
    state = NationalDuplicateState.FOUND.value
    url = reverse("national-duplicates")
    return [Glance(_("跨省重复待通知"), national_duplicates(viewer, state), f"{url}?state={state}")]
