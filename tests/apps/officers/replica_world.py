"""A province and the ministry played by one database: what the one told is taken by the other after a clean start."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

from django.conf import settings as live_settings
from django.utils.module_loading import import_string

from warrant.apps.accounts.models import Account
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.models import LogEntry
from warrant.apps.officers.models import EducationRecord, NationalDuplicate, Officer, ReplicaDue
from warrant.core.ledger.event import Event, parse_event
from warrant.nodes.wiring import ministry_settings

OBSERVER = "warrant.apps.officers.services.replica.publish_officers"


def told(*kinds: str) -> list[Event]:
    """What the province has left for the ministry so far."""
    rows = LogEntry.objects.filter(stream="to-ministry", kind__in=kinds).order_by("seq")
    return [parse_event(bytes(row.body)) for row in rows]


def forget_officers() -> None:
    """Empty the register, so that the same database can be the ministry's."""
    ReplicaDue.objects.all().delete()
    EducationRecord.objects.all().delete()
    NationalDuplicate.objects.all().delete()
    Account.objects.update(officer_uid=None)
    Officer.system.all().delete()


def become_ministry(settings: Any) -> None:
    """Make the running node the ministry, with its handlers and without a province's observers."""
    node = dataclasses.replace(
        live_settings.WARRANT_NODE, kind="ministry", code="ministry", name="交通运输部"
    )
    wired = ministry_settings(node)
    for name in ("WARRANT_NODE", "WARRANT_INBOX", "WARRANT_OFFICER_OBSERVERS", "ROOT_URLCONF"):
        setattr(settings, name, wired.get(name, []))
    settings.WARRANT_NAVIGATION = wired["WARRANT_NAVIGATION"]
    settings.WARRANT_SEARCH = wired["WARRANT_SEARCH"]
    settings.WARRANT_CHAIN_PROVIDERS = []
    settings.WARRANT_OFFICER_PANELS = []


def arrive(events: list[Event], now: datetime, *, node: str = "320000") -> None:
    """Give events to the handlers that the node lists for their kind."""
    for event in events:
        received = ReceivedEvent(event=event, node=node)
        for path in live_settings.WARRANT_INBOX[received.kind]:
            import_string(path)(received, now=now)
