"""The same batches carried in a file, for a node without a link: packed here, unpacked there, through the same checks.

A bundle is lines. The first is JSON with a note, signed as the node, over the log's origin, the number of batches and
the SHA-256 of all lines after it; the second holds the sender's counter-signature on the peer's log; then one batch a
line, as it would be pushed. Nothing of a file is taken before all of it was found whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from warrant.apps.audit.services import record
from warrant.apps.exchange.models import InboxStream, OutboxReceipt
from warrant.apps.exchange.selectors import own_origin, own_tree, peer_of_log, pinned_key
from warrant.apps.exchange.services.admitting import require_enrolled
from warrant.apps.exchange.services.reading import counter_signed
from warrant.apps.exchange.services.receiving import receive_batch
from warrant.apps.exchange.services.sending import (
    log_signer,
    make_batch,
    note_held,
    require_whole,
    with_report,
)
from warrant.apps.exchange.types import MAX_BODY_BYTES, Batch, witness_name
from warrant.core.errors import N_, InvalidInput, NotFound
from warrant.core.ledger.checkpoint import SignedCheckpoint
from warrant.core.ledger.note import Note, NoteKey

MAX_BATCHES = 100
_ORIGIN = "urn:warrant:log:"
_HEADER = "warrant/exchange-bundle/v1"


@dataclass(frozen=True)
class Packed:
    """What was packed: the events from ``first_seq`` to ``last_seq`` of a log with ``size`` entries."""

    first_seq: int
    last_seq: int
    size: int


@dataclass(frozen=True)
class Unpacked:
    """What a bundle brought: whose it was, how many events are held now, and how many of them are new."""

    peer: str
    size: int
    new: int


def pack_bundle(
    peer: str, file: BinaryIO, *, operator: str, now: datetime, first_seq: int | None = None
) -> Packed:
    """Write what waits for ``peer`` into ``file``, 100 batches at most, from its last receipt or ``first_seq`` on.

    Raises: NotFound ``node-unknown``; NotPermitted ``node-removed``; Conflict ``log-forked``; InvalidInput.
    """
    if peer not in settings.WARRANT_NODE.peers:
        raise NotFound("node-unknown", N_("本节点的配置中没有这个节点。"))
    require_enrolled(peer)
    require_whole(peer)
    size = own_tree(peer).size
    receipt = OutboxReceipt.objects.filter(peer=peer).first()
    first = first_seq or min(receipt.size if receipt else 0, size) + 1
    stream = InboxStream.objects.filter(peer=peer).first()
    held = counter_signed(settings.WARRANT_NODE.code, bytes(stream.checkpoint)) if stream else b""
    lines = [json.dumps({"held": held.decode()}).encode() + b"\n"]
    last = first - 1
    for _ in range(MAX_BATCHES):
        batch = make_batch(peer, last + 1)
        lines.append(with_report(peer, batch, now=now).encode() + b"\n")
        last += len(batch.bodies)
        if last >= size:
            break
    digest = hashlib.sha256(b"".join(lines)).hexdigest()
    moment = now.astimezone(UTC).isoformat(timespec="seconds")
    text = f"{_HEADER}\n{own_origin(peer)}\n{len(lines) - 1}\n{digest}\n{moment}\n"
    note = Note(text).signed(witness_name(settings.WARRANT_NODE.code), log_signer()).encode().decode()
    file.write(json.dumps({"bundle": note}).encode() + b"\n")
    file.writelines(lines)
    _record("packed", peer, {"first": first, "last": last, "sha256": digest, "operator": operator}, now=now)
    return Packed(first, last, size)


def unpack_bundle(file: BinaryIO, *, operator: str, now: datetime) -> Unpacked:
    """Take a bundle: check the whole file, then receive its batches one by one as if they had been pushed.

    Unpacking one twice, or after a newer one, changes nothing.

    Raises: InvalidInput ``bundle-invalid`` (cut off, tampered with, no bundle), NotFound ``log-unknown`` (not
    addressed to this node), and as ``receive_batch``; ``batch-gap``: an earlier bundle is missing.
    """
    peer, digest = _checked(file)
    before = InboxStream.objects.filter(peer=peer).values_list("size", flat=True).first() or 0
    file.seek(0)
    lines = _lines(file)
    next(lines)
    held_text = json.loads(next(lines))["held"]
    size = before
    for line in lines:
        size = receive_batch(peer, Batch.parse(line), now=now).size
    if held_text:
        signed = SignedCheckpoint.parse(held_text.encode())
        known = OutboxReceipt.objects.filter(peer=peer).values_list("size", flat=True).first() or 0
        if signed.checkpoint.size > known:  # an older file takes no receipt back
            note_held(peer, signed, now=now)
    new = size - before
    _record("unpacked", peer, {"size": size, "new": new, "sha256": digest, "operator": operator}, now=now)
    return Unpacked(peer, size, new)


def _checked(file: BinaryIO) -> tuple[str, str]:
    """Return whose bundle it is, and the digest of its lines, once all of it was found to be as it was signed."""
    lines = _lines(file)
    try:
        note = Note.parse(json.loads(next(lines))["bundle"].encode())
        header, origin, count, digest, _moment, end = note.text.split("\n")
    except (StopIteration, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _invalid() from error
    if header != _HEADER or end or not origin.startswith(_ORIGIN):
        raise _invalid()
    peer = peer_of_log(origin.removeprefix(_ORIGIN))
    note.verify(NoteKey(witness_name(peer), pinned_key(peer)))
    found, seen = hashlib.sha256(), 0
    for line in lines:
        found.update(line)
        seen += 1
    if found.hexdigest() != digest or str(seen - 1) != count:
        raise _invalid()
    return peer, digest


def _lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(MAX_BODY_BYTES + 2):
        if len(line) > MAX_BODY_BYTES + 1:
            raise _invalid()
        yield line


def _record(act: str, peer: str, detail: dict[str, object], *, now: datetime) -> None:
    summary = {"packed": f"为节点{peer}打包交换文件", "unpacked": f"收入节点{peer}的交换文件"}[act]
    with transaction.atomic():
        record(None, f"exchange.bundle-{act}", f"node:{peer}", summary, now=now, detail=detail)


def _invalid() -> InvalidInput:
    return InvalidInput("bundle-invalid", N_("交换文件不完整、被改动过，或不是交换文件，没有收入任何内容。"))


__all__ = ["Packed", "Unpacked", "pack_bundle", "unpack_bundle"]
