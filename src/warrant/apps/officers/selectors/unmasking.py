"""Reading who looked at whole ID numbers: for the audit administrator."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from warrant.apps.officers.models import IdNumberLook
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION


def id_number_looks(viewer: Actor, person: str = "", day: date | None = None) -> QuerySet[IdNumberLook]:
    """Return every look at a whole ID number on this node, to be read newest first.

    Raises: NotFound, NotPermitted.
    """
    require(viewer, Permission.AUDIT_VIEW, NATION)
    rows = IdNumberLook.objects.select_related("account__agency", "officer__agency")
    if person:
        rows = rows.filter(account__display_name=person)
    if day is not None:
        start = timezone.make_aware(datetime.combine(day, time.min))
        rows = rows.filter(looked_at__gte=start, looked_at__lt=start + timedelta(days=1))
    return rows
