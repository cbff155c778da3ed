"""Applying received events: the handlers of their kind, in a savepoint, in the order of each subject."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils.module_loading import import_string

from warrant.apps.exchange.models import DeadLetter, InboxEntry, InboxSubject
from warrant.apps.foundation.inbox import InboxHandler, ReceivedEvent
from warrant.core.errors import N_, Conflict, InvalidInput, Unavailable, WarrantError
from warrant.core.ledger.event import Event
from warrant.core.ledger.sequence import VersionVerdict, judge_version

log = structlog.get_logger(__name__)

# What a handler raises on content that it did not expect. A database or vault that cannot be reached is not among
# them: then the whole batch is undone and sent again.
_UNEXPECTED = (
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    ObjectDoesNotExist,
    ValidationError,
    IntegrityError,
    DataError,
)


def apply_event(
    entry: InboxEntry,
    event: Event,
    subject: InboxSubject,
    make_receipt: Callable[[], bytes],
    *,
    now: datetime,
) -> WarrantError | None:
    """Apply ``event`` or park its subject; ``entry`` and ``subject`` are changed but not saved.

    Returns why it became a dead letter, None if it was applied or waits behind an earlier one of its subject.
    Raises: Unavailable and database errors: nothing is decided, the caller's transaction must not commit.
    """
    verdict = judge_version(subject.version, event.ver, event.prev_ver, is_parked=subject.is_parked)
    if verdict is VersionVerdict.PARK and subject.is_parked:
        return None
    if verdict is not VersionVerdict.APPLY:
        subject.is_parked = True
        return Conflict(
            f"version-{verdict.value}",
            N_("事件版本不连续：本节点持有第 %(held)s 版，收到的是第 %(ver)s 版（上一版 %(prev_ver)s）。"),
            held=subject.version,
            ver=event.ver,
            prev_ver=event.prev_ver,
        )
    received = ReceivedEvent(event=event, node=entry.stream_id, receipt=make_receipt())
    try:
        with transaction.atomic():
            for handler in _handlers(received.kind, event.type):
                handler(received, now=now)
    except Unavailable:
        raise
    except WarrantError as error:
        subject.is_parked = True
        return error
    except _UNEXPECTED as error:
        log.exception("inbox handler failed", event_id=event.id, type=event.type)
        subject.is_parked = True
        return InvalidInput(
            "handler-failed", N_("本节点处理该事件时出错（%(error)s）。"), error=type(error).__name__
        )
    subject.version = event.ver
    entry.applied_at = now
    return None


def dead_letter(entry: InboxEntry, error: WarrantError, *, now: datetime) -> DeadLetter:
    """Return the unsaved letter that says why ``entry`` was not applied."""
    return DeadLetter(
        entry=entry,
        code=error.code[:64],
        message=error.message,
        # A NUL from the peer's content would be refused by PostgreSQL, and with it the whole batch, for ever.
        fields={name: str(value).replace("\x00", "\ufffd")[:300] for name, value in error.fields.items()},
        found_at=now,
    )


def _handlers(kind: str, type_: str) -> list[InboxHandler]:
    paths = settings.WARRANT_INBOX.get(kind, ()) if kind else ()
    if not paths:
        raise InvalidInput("kind-unknown", N_("本节点不认识这种事件（%(type)s）。"), type=type_[:64])
    return [import_string(path) for path in paths]
