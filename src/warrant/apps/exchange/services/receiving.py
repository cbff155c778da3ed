"""Taking a peer's batch: mirror, position and effects in one transaction, exactly once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from warrant.apps.exchange.models import DeadLetter, InboxEntry, InboxNode, InboxStream, InboxSubject
from warrant.apps.exchange.selectors import held_tree, peak_nodes, peer_log_name, pinned_key
from warrant.apps.exchange.services.admitting import require_enrolled
from warrant.apps.exchange.services.applying import apply_event, dead_letter
from warrant.apps.exchange.services.writing import append_transaction
from warrant.apps.exchange.types import Batch, SenderReport
from warrant.apps.foundation.inbox import event_kind
from warrant.core.errors import N_, Conflict, InvalidInput, NotPermitted, WarrantError
from warrant.core.ledger.checkpoint import Checkpoint, SignedCheckpoint
from warrant.core.ledger.event import Event, origin_of, parse_event
from warrant.core.ledger.merkle import Frontier, Node, StoredTree, leaf_hash
from warrant.core.ledger.note import NoteKey
from warrant.core.ledger.receipt import Receipt
from warrant.core.ledger.sequence import Accept, Fork, Gap, WrongRoot, judge_batch

log = structlog.get_logger(__name__)

UNREADABLE = "unreadable"
"""Stands as subject of an entry whose bytes are no event."""


@dataclass(frozen=True)
class Held:
    """What is held of a peer's log after a batch: ``checkpoint`` is the peer's own newest one, empty at size 0."""

    size: int
    root: bytes
    checkpoint: bytes


def receive_batch(peer: str, batch: Batch, *, now: datetime) -> Held:
    """Store a batch of ``peer``'s log, apply its events and say what is held now.

    Raises:
        NotPermitted: ``node-removed``; ``peer-key-unknown``, ``checkpoint-not-by-peer``: not signed with the key
            pinned for the peer.
        InvalidInput: ``checkpoint-…``: the signature is bad or another log's; ``batch-root-wrong``.
        Conflict: ``batch-gap`` with the field ``expected``; ``log-forked``: the link is stopped until people decide.
        Unavailable: a handler could not reach what it needs; nothing was stored, the batch can be sent again.
    """
    require_enrolled(peer)
    origin = origin_of(peer_log_name(peer))
    signed = SignedCheckpoint.parse(batch.checkpoint)
    key = pinned_key(peer)
    if signed.checkpoint.origin == origin and not signed.note.is_signed_by(NoteKey(origin, key)):
        raise NotPermitted("checkpoint-not-by-peer", N_("检查点不是用该节点登记的日志密钥签署的。"))
    checkpoint = signed.verify(origin, key)
    with append_transaction():
        held, refusal = _judge_and_store(peer, batch, signed, checkpoint, now=now)
    if refusal is not None:
        log.warning("batch refused", peer=peer, code=refusal.code, **refusal.fields)
        raise refusal
    return held


def _judge_and_store(
    peer: str, batch: Batch, signed: SignedCheckpoint, checkpoint: Checkpoint, *, now: datetime
) -> tuple[Held, WarrantError | None]:
    # A refusal is returned, not raised: that it was found must be committed.
    stream = _locked_stream(peer)
    frontier = Frontier.decode(bytes(stream.frontier))
    stream.contacted_at = now
    size_before = stream.size
    refusal: WarrantError | None = None
    if stream.fork_found_at is not None:
        refusal = _forked()
    else:
        leaves = [leaf_hash(body) for body in batch.bodies]
        verdict = judge_batch(held_tree(stream), frontier, batch.first_seq, leaves, checkpoint)
        if isinstance(verdict, Accept):
            fresh = Batch(batch.first_seq + verdict.skip, batch.bodies[verdict.skip :], batch.checkpoint)
            _store(stream, frontier, fresh, leaves[verdict.skip :], signed, now=now)
            frontier = verdict.frontier
            stream.size, stream.frontier, stream.checkpoint = (
                frontier.size,
                frontier.encode(),
                batch.checkpoint,
            )
        elif isinstance(verdict, Gap):
            refusal = Conflict(
                "batch-gap",
                N_("事件批次不连续，应从第 %(expected)s 条开始。"),
                place="from",
                expected=verdict.expected,
            )
        elif isinstance(verdict, Fork):
            stream.fork_found_at = now
            refusal = _forked()
        elif isinstance(verdict, WrongRoot):
            refusal = InvalidInput(
                "batch-root-wrong", N_("事件批次与检查点的根哈希不符，已拒收。"), place="checkpoint"
            )
    stream.refusal = refusal.code if refusal else ""
    _note_report(stream, batch.report, has_grown=stream.size > size_before, now=now)
    stream.save()
    return Held(stream.size, frontier.root(), bytes(stream.checkpoint)), refusal


def _note_report(stream: InboxStream, report: SenderReport | None, *, has_grown: bool, now: datetime) -> None:
    if report is None:
        return
    if report.size <= stream.size:
        stream.behind_since = None
    elif has_grown or stream.behind_since is None:
        stream.behind_since = now
    stream.reported_at, stream.reported_size = report.sent_at, report.size
    stream.reported_oldest_at = report.oldest_at
    stream.clock_difference_ms = (report.sent_at - now) // timedelta(milliseconds=1)


def _locked_stream(peer: str) -> InboxStream:
    empty = {"size": 0, "frontier": Frontier().encode(), "checkpoint": b""}
    InboxStream.objects.get_or_create(peer=peer, defaults=empty)
    return InboxStream.objects.select_for_update().get(peer=peer)


def _store(
    stream: InboxStream,
    frontier: Frontier,
    batch: Batch,
    leaves: list[bytes],
    signed: SignedCheckpoint,
    *,
    now: datetime,
) -> None:
    nodes = [node for grown in _growing(frontier, leaves) for node in grown]
    InboxNode.objects.bulk_create(
        InboxNode(stream=stream, level=node.level, position=node.index, digest=node.digest) for node in nodes
    )
    # The paths of new entries lead over nodes of this batch and over the old peaks only: nothing need be read.
    known = peak_nodes(frontier) | {(node.level, node.index): node.digest for node in nodes}
    tree = StoredTree(signed.checkpoint.size, lambda level, index: known[level, index])

    log_name = peer_log_name(stream.peer)
    events = [_readable(body, log_name, seq) for seq, body in enumerate(batch.bodies, start=batch.first_seq)]
    entries = InboxEntry.objects.bulk_create(
        InboxEntry(
            stream=stream,
            seq=seq,
            kind=(event_kind(event.type) or event.type)[:64] if isinstance(event, Event) else "",
            subject=event.subject if isinstance(event, Event) else UNREADABLE,
            body=body,
            received_at=now,
        )
        for seq, (body, event) in enumerate(zip(batch.bodies, events, strict=True), start=batch.first_seq)
    )
    subjects = _subjects(stream, {event.subject for event in events if isinstance(event, Event)})
    letters: list[DeadLetter] = []
    for entry, event in zip(entries, events, strict=True):
        if isinstance(event, Event):
            error = apply_event(
                entry, event, subjects[event.subject], _receipt_maker(entry, tree, signed), now=now
            )
        else:
            error = event
        if error is not None:
            log.warning("dead letter", peer=stream.peer, seq=entry.seq, kind=entry.kind, code=error.code)
            letters.append(dead_letter(entry, error, now=now))
    InboxEntry.objects.filter(pk__in=[entry.pk for entry in entries if entry.applied_at]).update(
        applied_at=now
    )
    InboxSubject.objects.bulk_create(
        subjects.values(),
        update_conflicts=True,
        unique_fields=["stream", "subject"],
        update_fields=["version", "is_parked"],
    )
    DeadLetter.objects.bulk_create(letters)


def _growing(frontier: Frontier, leaves: list[bytes]) -> list[tuple[Node, ...]]:
    grown = []
    for leaf in leaves:
        grown.append(frontier.completed_by(leaf))
        frontier = frontier.append(leaf)
    return grown


def _readable(body: bytes, log_name: str, seq: int) -> Event | InvalidInput:
    # The peer has signed for these bytes, so they are kept whatever they are; one bad event must not stop its log.
    try:
        event = parse_event(body)
    except InvalidInput as error:
        return error
    if (event.node, event.seq) != (log_name, seq):
        return InvalidInput(
            "event-misplaced", N_("事件编号“%(id)s”与其在日志中的位置不符。"), id=event.id[:64]
        )
    return event


def _subjects(stream: InboxStream, names: set[str]) -> dict[str, InboxSubject]:
    # Rows without their ids: the upsert finds them by subject, and SQLite refuses a second clash on the id.
    held = {row.subject: row for row in InboxSubject.objects.filter(stream=stream, subject__in=names)}
    subjects = {name: InboxSubject(stream=stream, subject=name, version=0) for name in names}
    for name, row in held.items():
        subjects[name].version, subjects[name].is_parked = row.version, row.is_parked
    return subjects


def _receipt_maker(entry: InboxEntry, tree: StoredTree, signed: SignedCheckpoint) -> Callable[[], bytes]:
    def make() -> bytes:
        path = tree.inclusion_proof(entry.seq - 1, signed.checkpoint.size)
        return Receipt(bytes(entry.body), entry.seq - 1, path, signed).encode()

    return make


def _forked() -> Conflict:
    return Conflict("log-forked", N_("双方日志出现分叉，链路已停止，须由双方人工核对。"))
