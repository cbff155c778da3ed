"""Reading the audit ledger."""

from __future__ import annotations

from django.db.models import QuerySet

from warrant.apps.audit.models import AuditRow
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION


def audit_rows(viewer: Actor, *, subject: str = "", account_name: str = "") -> QuerySet[AuditRow]:
    """Return audit rows, newest first, for whoever may read the whole node's ledger."""
    require(viewer, Permission.AUDIT_VIEW, NATION)
    rows = AuditRow.objects.order_by("-entry_id")
    if subject:
        rows = rows.filter(subject=subject)
    if account_name:
        rows = rows.filter(account_name=account_name)
    return rows


def history_of(subject: str, limit: int = 50) -> list[AuditRow]:
    """Return what happened to one thing, newest first; the caller has checked that the viewer may see it."""
    return list(AuditRow.objects.filter(subject=subject).order_by("-entry_id")[:limit])
