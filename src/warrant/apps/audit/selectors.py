"""Reading the audit ledger."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from warrant.apps.audit.models import AuditRow
from warrant.apps.foundation import clock
from warrant.apps.foundation.work import Glance
from warrant.core.access import Actor, Permission, is_permitted, require
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


def glances(viewer: Actor) -> list[Glance]:
    """Return how much was recorded today and in the last seven days, for the audit administrator."""
    if not is_permitted(viewer, Permission.AUDIT_VIEW, NATION):
        return []
    today = timezone.make_aware(datetime.combine(clock.today(), time.min))
    rows, url = audit_rows(viewer), reverse("audit-list")
    return [
        Glance(_("今日记录"), rows.filter(at__gte=today), url),
        Glance(_("近七日记录"), rows.filter(at__gte=today - timedelta(days=6)), url),
        Glance(_("近七日系统自动处理"), rows.filter(at__gte=today - timedelta(days=6), account_id=None), url),
    ]


def history_of(subject: str, limit: int = 50) -> list[AuditRow]:
    """Return what happened to one thing, newest first; the caller has checked that the viewer may see it."""
    return list(AuditRow.objects.filter(subject=subject).order_by("-entry_id")[:limit])
