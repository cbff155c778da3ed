"""Erasing what an office sent: the file and every row of it, once nobody needs them any more.

Kept: the name and digest of the file, who sent it and when, and the counts; they say what happened, not to whom.
An undone import is erased at once, the others a month after their end. Source: ADR-0009; core.roster.retention.
"""

from __future__ import annotations

import contextlib
import time
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.officers.models import Document
from warrant.apps.officers.selectors.documents import document_path
from warrant.apps.rosters.models import UNDOABLE_DAYS, RosterImport, RosterRow
from warrant.core.roster.retention import retention_days_on

log = structlog.get_logger(__name__)

_ROWS_AT_ONCE = 1000
_ROSTERS_AT_ONCE = 5
_PAUSE_SECONDS = 0.03
State = RosterImport.State


def erase_contents(pk: int, *, now: datetime) -> None:
    """Erase the rows and the file of a roster that has been dealt with; begun again after a crash.

    The rows go a thousand to a transaction. The file goes unless somebody else's upload is the same to the byte.
    """
    while pks := list(RosterRow.objects.filter(roster_id=pk).values_list("pk", flat=True)[:_ROWS_AT_ONCE]):
        with transaction.atomic():
            RosterRow.objects.filter(pk__in=pks).delete()
        time.sleep(_PAUSE_SECONDS)
    roster = RosterImport.system.select_related("document").get(pk=pk)
    if not _is_needed_elsewhere(roster):
        with contextlib.suppress(FileNotFoundError):
            document_path(roster.document.digest).unlink()
    _mark(pk, now=now)
    log.info("roster-erased", roster=pk)


def _is_needed_elsewhere(roster: RosterImport) -> bool:
    erased = RosterImport.system.exclude(contents_erased_at=None).values("document_id")
    same = Document.system.filter(digest=roster.document.digest).exclude(pk=roster.document_id)
    return same.exclude(pk__in=erased).exists()


@transaction.atomic
def _mark(pk: int, *, now: datetime) -> None:
    roster = RosterImport.system.select_for_update(of=("self",)).get(pk=pk)
    if roster.contents_erased_at is not None:
        return
    roster.contents_erased_at = now
    roster.sample_sealed = b""
    roster.save(update_fields=["contents_erased_at", "sample_sealed"])
    record(None, "roster.erased", f"roster:{pk}", str(roster.row_count), now=now)


def erase_old_rosters(*, now: datetime) -> int:
    """Erase the rosters whose time is over; returns how many. Called again and again by a loop."""
    days = max(retention_days_on(timezone.localdate(now)), UNDOABLE_DAYS)
    before = now - timedelta(days=days)
    due = RosterImport.system.filter(contents_erased_at=None).filter(
        Q(state=State.UNDONE.value)
        | Q(state=State.IMPORTED.value, imported_at__lte=before)
        | Q(state=State.DISCARDED.value, uploaded_at__lte=before)
    )
    pks = list(due.order_by("pk").values_list("pk", flat=True)[:_ROSTERS_AT_ONCE])
    for pk in pks:
        erase_contents(pk, now=now)
    return len(pks)
