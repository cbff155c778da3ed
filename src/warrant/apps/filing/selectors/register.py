"""The ministry's register of filings: lists, one filing, what waits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.filing.models import Filing
from warrant.apps.filing.selectors.checking import checks_of
from warrant.apps.filing.types import FILING_FACES, StateFace, filed_case
from warrant.apps.foundation.models import LogEntry
from warrant.apps.foundation.work import Glance, Queue, WorkItem
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Level, Permission, is_permitted, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, NotFound
from warrant.core.ledger.event import parse_event
from warrant.core.lifecycle import FILING, FilingState

MOST_CHOSEN = 200


def filings_for(viewer: Actor, *, state: str = "", province: str = "", text: str = "") -> QuerySet[Filing]:
    """Return the filings that ``viewer`` may see; ``text`` starts a name, an application or a filing number."""
    require(viewer, Permission.FILING_VIEW, NATION)
    rows = Filing.objects.defer("content", "event_raw")
    if state:
        rows = rows.filter(state=state)
    if province:
        rows = rows.filter(node_code=province)
    text = "".join(text.split())
    if text[:2].upper() == "BA":
        return rows.filter(filing_number__startswith=text.upper())
    if text[:1].upper() == "A" and text[1:2].isdigit():
        return rows.filter(application_number__startswith=text.upper())
    return rows.filter(officer_name__startswith=text) if text else rows


def filing_for(viewer: Actor, filing_id: int) -> Filing:
    """Return one filing with its content. Raises: NotFound, NotPermitted."""
    require(viewer, Permission.FILING_VIEW, NATION)
    rows = Filing.objects.select_related("decided_by").prefetch_related("document_requests__asked_by")
    filing = rows.filter(pk=filing_id).first()
    if filing is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return filing


def open_checks(filings: Iterable[Filing], on: date) -> dict[int, int]:
    """Return how many checks of each filing ask for a closer look, by its id."""
    rows = Filing.objects.filter(pk__in=[filing.pk for filing in filings])
    return {
        pk: sum(not check.is_met for check in checks_of(filed_case(content), on, node_code))
        for pk, node_code, content in rows.values_list("pk", "node_code", "content")
    }


def chosen_filings(viewer: Actor, filing_ids: Iterable[int], on: date) -> tuple[list[Filing], list[Filing]]:
    """Return those of the filings that wait: the clean ones, and the ones that must be looked at one by one.

    Not clean is what raises a question or was drawn for a closer look.
    """
    waiting = filings_for(viewer, state=FilingState.RECEIVED.value)
    rows = list(waiting.filter(pk__in=set(filing_ids)).order_by("received_at", "id")[:MOST_CHOSEN])
    problems = open_checks(rows, on)
    kept_back = {row.pk for row in rows if problems[row.pk] or row.sample_reasons or row.waits_for_documents}
    return [row for row in rows if row.pk not in kept_back], [row for row in rows if row.pk in kept_back]


def earlier_filings(filing: Filing) -> list[Filing]:
    """Return the filings of the same case that were returned before this one, newest first."""
    return list(
        Filing.objects.defer("content", "event_raw")
        .filter(node_code=filing.node_code, application_number=filing.application_number, pk__lt=filing.pk)
        .order_by("-id")[:5]
    )


def other_filings_of(filing: Filing) -> list[Filing]:
    """Return what else was ever filed for the same officer, by whatever province, newest first; ten at most."""
    rows = Filing.objects.defer("content", "event_raw").filter(officer_uid=filing.officer_uid)
    same = {"node_code": filing.node_code, "application_number": filing.application_number}
    return list(rows.exclude(**same).order_by("-received_at", "-id")[:10])


def decision_entry(filing: Filing) -> LogEntry | None:
    """Return the entry of this node's log with which the decision went to the province; none while undecided."""
    rows = LogEntry.objects.filter(
        stream=f"to-{filing.node_code}",
        kind="filing.decided",
        subject=f"application:{filing.application_number}",
    )
    wanted = bytes(filing.request_hash).hex()
    for entry in rows.order_by("-seq"):
        if parse_event(bytes(entry.body)).data.get("request_hash") == wanted:
            return entry
    return None


def next_waiting(filing: Filing) -> Filing | None:
    """Return the filing that has waited longest, other than this one."""
    waiting = Filing.objects.defer("content", "event_raw").filter(state=FilingState.RECEIVED)
    return waiting.exclude(pk=filing.pk).order_by("received_at", "id").first()


def asks_reason(filing: Filing, action: str) -> bool:
    """Tell whether the act needs a reason: every one but granting, and granting what was drawn for a closer look."""
    return FILING.transition(action).needs_reason or bool(filing.sample_reasons)


def may_decide(viewer: Actor) -> bool:
    """Tell whether ``viewer`` may decide on filings."""
    return is_permitted(viewer, Permission.FILING_REVIEW, NATION)


def province_names() -> dict[str, str]:
    """Return the names of the units that file, by node code, in the order of the codes."""
    rows = Agency.objects.filter(level=Level.PROVINCE.value).order_by("code")
    return dict(rows.values_list("code", "name"))


def face_of(filing: Filing) -> StateFace:
    """Return how the filing's state is called and coloured."""
    return FILING_FACES[FilingState(filing.state)]


def work_queues(viewer: Actor) -> list[Queue]:
    """Return the filings that wait for review, oldest first."""
    if not may_decide(viewer):
        return []
    province = Agency.objects.filter(level=Level.PROVINCE.value, code=OuterRef("node_code")).values("name")
    rows = (
        filings_for(viewer, state=FilingState.RECEIVED.value)
        .annotate(province_name=Subquery(province[:1]))
        .order_by("received_at", "id")
    )
    return [
        Queue(rows, ("pk", "officer_name", "node_code", "agency_name", "received_at", "province_name"), _item)
    ]


def _item(row: Any) -> WorkItem:
    return WorkItem(
        kind="filing",
        title=_("备案审查：%(name)s") % {"name": row.officer_name},
        detail=f"{row.province_name or row.node_code} {row.agency_name}",
        url=reverse("filing-detail", args=[row.pk]),
        waiting_since=row.received_at,
    )


def glances(viewer: Actor) -> list[Glance]:
    """Return how many filings wait, are granted and came back without."""
    if not is_permitted(viewer, Permission.FILING_VIEW, NATION):
        return []
    url = reverse("filing-list")
    return [
        Glance(_(face.word), filings_for(viewer, state=state.value), f"{url}?state={state.value}")
        for state, face in FILING_FACES.items()
        if state is not FilingState.REFUSED
    ]
