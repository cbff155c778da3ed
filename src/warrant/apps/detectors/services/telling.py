"""What a province tells the ministry about its findings after each look: figures, no people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from warrant.apps.detectors.models import DetectorLook, Finding, ProvinceFindings
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.outbox import publish
from warrant.core.errors import N_, InvalidInput
from warrant.core.qualification.detection import Detector

MINISTRY = "ministry"
FINDINGS_CHANGED = "findings.changed"
_MOST = 10_000_000


@transaction.atomic
def tell_findings(*, now: datetime) -> None:
    """Leave ``findings.changed`` for the ministry: how much waits in the province, and how much of it too long."""
    late = Q(due_on__lt=timezone.localdate(now))
    rows = Finding.system.filter(is_pending=True).order_by().values("detector")
    counted: dict[str, tuple[int, int]] = {
        code: (pending, overdue)
        for code, pending, overdue in rows.annotate(
            pending=Count("pk"), overdue=Count("pk", filter=late)
        ).values_list("detector", "pending", "overdue")
    }
    lacking = set(DetectorLook.objects.filter(lacks_source=True).values_list("detector", flat=True))
    figures = {
        one.value: {
            "pending": counted.get(one.value, (0, 0))[0],
            "overdue": counted.get(one.value, (0, 0))[1],
            "lacks_source": one.value in lacking,
        }
        for one in Detector
    }
    content = {"detectors": figures, "told_at": now.isoformat()}
    publish(MINISTRY, FINDINGS_CHANGED, "findings:all", content, now=now)


def _unreadable() -> InvalidInput:
    return InvalidInput("findings-unreadable", N_("收到的监督发现数字无法读取"))


def _number(told: Mapping[str, object], name: str) -> int:
    value = told.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST:
        raise _unreadable()
    return value


def receive_findings_changed(received: ReceivedEvent, *, now: datetime) -> None:
    """Keep what a province finds; detectors that this node does not know are left out.

    Raises: InvalidInput ``findings-unreadable``.
    """
    told = received.event.data
    detectors = told.get("detectors")
    try:
        told_at = datetime.fromisoformat(str(told.get("told_at")))
    except ValueError as error:
        raise _unreadable() from error
    if not isinstance(detectors, Mapping) or told_at.tzinfo is None:
        raise _unreadable()
    for one in Detector:
        figures = detectors.get(one.value)
        if figures is None:
            continue
        if not isinstance(figures, Mapping):
            raise _unreadable()
        ProvinceFindings.objects.update_or_create(
            node=received.node,
            detector=one.value,
            defaults={
                "pending": _number(figures, "pending"),
                "overdue": _number(figures, "overdue"),
                "lacks_source": figures.get("lacks_source") is True,
                "told_at": told_at,
            },
        )
