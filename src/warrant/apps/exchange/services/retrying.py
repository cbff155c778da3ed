"""Trying a parked subject again, once what stopped it is cured: a handler mended, a code table completed."""

from __future__ import annotations

from datetime import datetime

import structlog

from warrant.apps.exchange.models import DeadLetter, InboxEntry, InboxStream, InboxSubject
from warrant.apps.exchange.selectors import held_tree
from warrant.apps.exchange.services.applying import apply_event, dead_letter
from warrant.apps.exchange.services.writing import append_transaction
from warrant.core.errors import N_, NotFound
from warrant.core.ledger.checkpoint import SignedCheckpoint
from warrant.core.ledger.event import parse_event
from warrant.core.ledger.receipt import Receipt

log = structlog.get_logger(__name__)


def retry_subject(peer: str, subject: str, *, now: datetime) -> int:
    """Apply what waits of ``subject`` in its order, up to the next event that cannot be applied; return how many were.

    Raises: NotFound ``subject-not-parked``; Unavailable and database errors: nothing was changed.
    """
    with append_transaction():
        stream = InboxStream.objects.select_for_update().filter(peer=peer).first()
        row = InboxSubject.objects.filter(stream=stream, subject=subject, is_parked=True).first()
        if stream is None or row is None:
            raise NotFound("subject-not-parked", N_("该事项没有暂停，无需重试。"))
        signed = SignedCheckpoint.parse(bytes(stream.checkpoint))
        tree = held_tree(stream)
        row.is_parked = False
        applied = 0
        waiting = InboxEntry.objects.filter(stream=stream, subject=subject, applied_at=None).order_by("seq")
        for entry in waiting:
            body, index = bytes(entry.body), entry.seq - 1

            def make_receipt(body: bytes = body, index: int = index) -> bytes:
                return Receipt(body, index, tree.inclusion_proof(index), signed).encode()

            error = apply_event(entry, parse_event(body), row, make_receipt, now=now)
            if error is not None:
                letter = dead_letter(entry, error, now=now)
                DeadLetter.objects.update_or_create(
                    entry=entry,
                    defaults={"code": letter.code, "message": letter.message, "fields": letter.fields},
                    create_defaults={
                        "code": letter.code,
                        "message": letter.message,
                        "fields": letter.fields,
                        "found_at": now,
                    },
                )
                break
            entry.save(update_fields=["applied_at"])
            DeadLetter.objects.filter(entry=entry).update(settled_at=now)
            applied += 1
        row.save(update_fields=["version", "is_parked"])
    log.info("subject tried again", peer=peer, subject=subject, applied=applied, is_parked=row.is_parked)
    return applied


__all__ = ["retry_subject"]
