"""What time and departures do to findings: overdue ones go up one level, those of somebody who left lie with nobody."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from warrant.apps.accounts.models import Account, RoleAssignment
from warrant.apps.audit.services import record
from warrant.apps.detectors.models import Finding, FindingEntry
from warrant.apps.detectors.selectors.findings import HANDLING_ROLES
from warrant.apps.detectors.services.looking import rules_today
from warrant.core.lifecycle import FINDING
from warrant.core.qualification.detection import Detector

MOST_AT_ONCE = 500


def _above(row: Finding) -> int | None:
    """Return the authority above the one that holds the finding; nothing at the top of the node."""
    way = [unit for unit in (row.county_unit, row.city_unit, row.province_unit) if unit is not None]
    if row.held_by_id in way:
        place = way.index(row.held_by_id) + 1
        return way[place] if place < len(way) else None
    return way[0] if way else None


@transaction.atomic
def raise_overdue(*, now: datetime) -> int:
    """Hand overdue findings to the authority above, at most ``MOST_AT_ONCE``; returns how many went up.

    A further limit later they go up again; at the province they stay.
    """
    today = timezone.localdate(now)
    due = Finding.system.filter(is_pending=True, raise_on__lt=today).order_by("raise_on", "pk")
    if not due.exists():
        return 0
    rows = list(due.select_for_update(of=("self",))[:MOST_AT_ONCE])
    rules, calendar, _digest = rules_today(today)
    next_on = {
        line.detector: calendar.add_workdays(today, line.limit_workdays) for line in rules.lines.values()
    }
    entries = []
    for row in rows:
        above = _above(row)
        if above is None:
            row.raise_on = None
            continue
        row.held_by_id, row.raised_at = above, now
        row.raise_on = next_on[Detector(row.detector)] if above != row.province_unit else None
        entries.append(
            FindingEntry(
                finding=row, action="raise", from_state=row.state, to_state=row.state, happened_at=now
            )
        )
    Finding.system.bulk_update(rows, ["held_by", "raised_at", "raise_on"])
    FindingEntry.objects.bulk_create(entries)
    if entries:
        record(None, "finding.raised", "finding:many", str(len(entries)), now=now)
    return len(entries)


@transaction.atomic
def free_findings(*, now: datetime) -> int:
    """Let findings lie with nobody whose owner may deal with none any more, at most ``MOST_AT_ONCE``; returns how many."""
    held = RoleAssignment.objects.filter(
        account=OuterRef("assigned_to"), withdrawn_at=None, role__in=HANDLING_ROLES
    )
    left = Finding.system.filter(is_pending=True, assigned_to__isnull=False)
    left = left.filter(Q(assigned_to__is_active=False) | ~Exists(held)).order_by("pk")
    if not left.exists():
        return 0
    rows = list(left.select_for_update(of=("self",))[:MOST_AT_ONCE])
    names = dict(
        Account.objects.filter(pk__in={row.assigned_to_id for row in rows}).values_list("pk", "display_name")
    )
    entries = []
    for row in rows:
        before = row.state
        row.state = FINDING.next_state("put-back", before).value
        entries.append(
            FindingEntry(
                finding=row,
                action="put-back",
                from_state=before,
                to_state=row.state,
                text=names.get(row.assigned_to_id or 0, ""),
                happened_at=now,
            )
        )
        row.assigned_to = row.assigned_at = None
    Finding.system.bulk_update(rows, ["state", "assigned_to", "assigned_at"])
    FindingEntry.objects.bulk_create(entries)
    record(None, "finding.put-back", "finding:many", str(len(rows)), now=now)
    return len(rows)
