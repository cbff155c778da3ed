"""This node's own logs: making batches, and what a peer's answer says of how far it has taken them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import structlog
from django.db import transaction

from warrant.apps.exchange.models import OutboxReceipt
from warrant.apps.exchange.selectors import own_origin, own_tree, pinned_key
from warrant.apps.exchange.types import (
    MAX_BATCH_BYTES,
    MAX_BATCH_EVENTS,
    Acceptance,
    Batch,
    Refusal,
    SenderReport,
    witness_name,
)
from warrant.apps.foundation.models import LogEntry
from warrant.apps.foundation.outbox import outbox_stream
from warrant.apps.foundation.ports import key_vault
from warrant.core.crypto.signing import Signer
from warrant.core.errors import N_, Conflict, Unavailable
from warrant.core.ledger.checkpoint import Checkpoint, SignedCheckpoint
from warrant.core.ledger.note import NoteKey
from warrant.core.ledger.sequence import Fork, Send, judge_gap_answer, judge_peer

log = structlog.get_logger(__name__)

LOG_SIGNER = "log"
"""The label of the key that signs this node's checkpoints and counter-signs its peers'."""


def log_signer() -> Signer:
    """Return what signs for this node's logs."""
    return key_vault().signer(LOG_SIGNER)


def make_batch(peer: str, first_seq: int) -> Batch:
    """Return the events for ``peer`` from number ``first_seq`` on, as many as one batch may hold.

    Without new events the batch is a heartbeat. Raises: InvalidInput ``log-position-invalid``.
    """
    tree = own_tree(peer)
    waiting = (
        LogEntry.objects.filter(stream=outbox_stream(peer), seq__gte=first_seq - 1, seq__lt=tree.size)
        .order_by("seq")
        .values_list("body", flat=True)
    )
    bodies: list[bytes] = []
    total = 0
    for stored in waiting[:MAX_BATCH_EVENTS].iterator(chunk_size=20):
        body = bytes(stored)
        total += len(body)
        if bodies and total > MAX_BATCH_BYTES:
            break
        bodies.append(body)
    size = first_seq - 1 + len(bodies)
    checkpoint = Checkpoint(own_origin(peer), size, tree.root(size)).signed(log_signer())
    return Batch(first_seq, tuple(bodies), checkpoint.encode())


def with_report(peer: str, batch: Batch, *, now: datetime) -> Batch:
    """Return ``batch`` with what this node says of its log to ``peer`` beside it."""
    taken = batch.first_seq - 1 + len(batch.bodies)
    left = LogEntry.objects.filter(stream=outbox_stream(peer), seq=taken)
    oldest_at = left.values_list("recorded_at", flat=True).first()
    return replace(batch, report=SenderReport(now, own_tree(peer).size, oldest_at))


def next_batch(peer: str) -> Batch | None:
    """Return what ``peer`` must be sent next, None while people decide about a fork."""
    receipt = OutboxReceipt.objects.filter(peer=peer).first()
    if receipt is None:
        return make_batch(peer, 1)
    if receipt.fork_found_at is not None:
        return None
    return make_batch(peer, min(receipt.size, own_tree(peer).size) + 1)


def take_answer(peer: str, status: int, raw: bytes, *, now: datetime) -> None:
    """Note what ``peer`` answered to a batch: how far it is, from where it needs the log again, or that it refused.

    Raises:
        Conflict: ``log-forked``; the link is stopped.
        InvalidInput: the answer is not one, or its signatures do not hold.
        Unavailable: ``batch-refused`` with the peer's code; sending again later is safe.
    """
    if status == 200:
        signed = SignedCheckpoint.parse(Acceptance.parse(raw).checkpoint)
        note_held(peer, signed, now=now)
        return
    refusal = Refusal.parse(status, raw)
    with transaction.atomic():
        receipt = _locked_receipt(peer)
        receipt.contacted_at = now
        receipt.refusal = refusal.code
        is_forked = refusal.code == "log-forked"
        if status == 409 and refusal.expected:
            verdict = judge_gap_answer(own_tree(peer).size, receipt.size, refusal.expected)
            is_forked = isinstance(verdict, Fork)
            if isinstance(verdict, Send):
                log.warning("rewinding", peer=peer, was=receipt.size, to=verdict.next_seq - 1)
                receipt.size = verdict.next_seq - 1
        if is_forked:
            receipt.fork_found_at = receipt.fork_found_at or now
        receipt.save()
    if is_forked:
        raise _forked()
    if not refusal.expected:
        raise Unavailable(
            "batch-refused", N_("对方节点拒收了事件批次（%(refusal)s）。"), refusal=refusal.code
        )


def note_held(peer: str, signed: SignedCheckpoint, *, now: datetime) -> None:
    """Keep ``peer``'s counter-signature on a checkpoint of this node's log as the receipt for all up to it.

    Raises: InvalidInput if this node or the peer has not signed; Conflict ``log-forked`` if it is another history.
    """
    witness = NoteKey(witness_name(peer), pinned_key(peer))
    checkpoint = signed.verify(own_origin(peer), log_signer().public_key, witness)
    note_position(peer, checkpoint, signed.encode(), now=now)


def note_position(peer: str, held: Checkpoint, receipt_text: bytes | None, *, now: datetime) -> None:
    """Note what ``peer`` says it holds; ``receipt_text`` is its counter-signed checkpoint, None at size 0.

    Raises: Conflict ``log-forked``: it holds more than this node wrote, or something else; the link is stopped.
    """
    with transaction.atomic():
        receipt = _locked_receipt(peer)
        receipt.contacted_at = now
        verdict = judge_peer(own_tree(peer), held, acknowledged=receipt.size, is_starting=False)
        is_forked = isinstance(verdict, Fork)
        if is_forked:
            receipt.fork_found_at = receipt.fork_found_at or now
            receipt.refusal = "log-forked"
        else:
            if isinstance(verdict, Send) and verdict.is_rewind:
                log.warning("peer holds less than before", peer=peer, was=receipt.size, holds=held.size)
            if receipt.size != held.size or receipt.checkpoint is None:
                receipt.received_at = now
            receipt.size, receipt.checkpoint, receipt.refusal = held.size, receipt_text, ""
        receipt.save()
    if is_forked:
        log.error("fork", peer=peer, holds=held.size)
        raise _forked()


def require_whole(peer: str) -> None:
    """Raises: Conflict ``log-forked`` while people decide about a fork of this node's log to ``peer``."""
    if OutboxReceipt.objects.filter(peer=peer, fork_found_at__isnull=False).exists():
        raise _forked()


def _locked_receipt(peer: str) -> OutboxReceipt:
    OutboxReceipt.objects.get_or_create(peer=peer)
    return OutboxReceipt.objects.select_for_update().get(peer=peer)


def _forked() -> Conflict:
    return Conflict("log-forked", N_("双方日志出现分叉，链路已停止，须由双方人工核对。"))


__all__ = [
    "log_signer",
    "make_batch",
    "next_batch",
    "note_held",
    "note_position",
    "require_whole",
    "take_answer",
    "with_report",
]
