"""Made-up business: each event goes with a row that caused it here, and leaves a row of its effect there."""

from __future__ import annotations

import itertools
import random
import time
from datetime import datetime

from django.conf import settings
from django.db import OperationalError, close_old_connections, connection, transaction

from warrant.apps.foundation import clock
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.outbox import publish

KIND = "rehearsal.happened"
PAUSE_SECONDS = 0.02


def take_effect(received: ReceivedEvent, *, now: datetime) -> None:
    """Leave a row for every time that an event is applied."""
    event = received.event
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO rehearsal_effect (seq, subject, ver) VALUES (%s, %s, %s)",
            [event.seq, event.subject, event.ver],
        )


def write_one(peer: str, subject: str) -> None:
    """Do a piece of business and leave its event, in one transaction."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO rehearsal_cause (subject) VALUES (%s)", [subject])
        publish(peer, KIND, subject, {"note": "编造的事件"}, now=clock.now())


def write_until_told(peer: str) -> None:
    """Write until the file ``stop-writing`` stands in the node's home."""
    dice = random.Random()
    for _ in itertools.count():
        if (settings.WARRANT_NODE.home / "stop-writing").exists():
            return
        try:
            write_one(peer, f"made-up:{dice.randrange(8)}")
        except OperationalError:
            close_old_connections()  # somebody else wrote for long: try again
        time.sleep(PAUSE_SECONDS)
