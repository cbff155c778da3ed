"""Leaving an event for another node, inside the business transaction."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction

from warrant.apps.foundation.log import append_entry
from warrant.apps.foundation.models import LogEntry
from warrant.core.ledger.event import build_event

OUTBOX_PREFIX = "to-"

woken = threading.Event()
"""Set after a commit that left an event; the relay of the same process waits on it."""


def outbox_stream(peer: str) -> str:
    """Return the name of the stream that is addressed to ``peer``."""
    return f"{OUTBOX_PREFIX}{peer}"


def log_name(peer: str) -> str:
    """Return how this node's log to ``peer`` is called in event ids and checkpoints.

    A province has one log; the ministry has one for each peer, named after it.
    """
    node = settings.WARRANT_NODE
    return f"{node.code}-{peer}" if node.kind == "ministry" else str(node.code)


def event_type(kind: str) -> str:
    """Return the CloudEvents type of ``kind``: ``filing.decided`` -> ``cn.warrant.filing.decided.v1``."""
    return f"cn.warrant.{kind}.v1"


def publish(peer: str, kind: str, subject: str, content: Mapping[str, object], *, now: datetime) -> LogEntry:
    """Append an event for ``peer`` to its log; call it last in the business transaction.

    ``kind`` is the event type without prefix and version (``filing.requested``), ``content`` JSON without floats. The
    event's own hash, by which others refer to it, is the entry's ``leaf_hash``.
    """

    def body(seq: int, version: int) -> bytes:
        return build_event(
            node=log_name(peer),
            seq=seq + 1,
            type=event_type(kind),
            subject=subject,
            occurred_at=now,
            dataschema=f"urn:warrant:schema:{kind}:1",
            data=content,
            ver=version,
            prev_ver=version - 1,
        ).raw

    entry = append_entry(outbox_stream(peer), kind, subject, body, now=now)
    transaction.on_commit(woken.set)
    return entry
