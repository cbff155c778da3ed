"""The way down: asking for more of a peer's log, and answering who asks for ours."""

from __future__ import annotations

from datetime import datetime

from warrant.apps.exchange.models import InboxStream
from warrant.apps.exchange.selectors import own_origin, peer_log_name, pinned_key, reader_of_log
from warrant.apps.exchange.services.admitting import require_enrolled
from warrant.apps.exchange.services.receiving import Held
from warrant.apps.exchange.services.sending import log_signer, note_held, note_position, require_whole
from warrant.apps.exchange.types import (
    MAX_STATEMENT_AGE_SECONDS,
    Acceptance,
    ReadRequest,
    ReadStatement,
    witness_name,
)
from warrant.core.errors import N_, InvalidInput, NotPermitted
from warrant.core.ledger.checkpoint import Checkpoint, SignedCheckpoint
from warrant.core.ledger.event import origin_of
from warrant.core.ledger.merkle import EMPTY_ROOT, Frontier


def acceptance(own_code: str, held: Held) -> Acceptance:
    """Return the answer to a batch: what is held, and the peer's newest checkpoint with this node's signature."""
    return Acceptance(held.size, held.root, counter_signed(own_code, held.checkpoint))


def read_request(peer: str, own_code: str, wait_seconds: int, *, now: datetime) -> ReadRequest | None:
    """Return a request for what comes next in ``peer``'s log, None while people decide about a fork."""
    stream = InboxStream.objects.filter(peer=peer).first()
    if stream is not None and stream.fork_found_at is not None:
        return None
    origin = origin_of(peer_log_name(peer))
    if stream is None or stream.size == 0:
        held, receipt = Checkpoint(origin, 0, EMPTY_ROOT), b""
    else:
        root = Frontier.decode(bytes(stream.frontier)).root()
        held = Checkpoint(origin, stream.size, root)
        receipt = counter_signed(own_code, bytes(stream.checkpoint))
    statement = ReadStatement(held, now).signed(own_code, log_signer())
    return ReadRequest(statement, receipt, wait_seconds)


def admit_reader(log: str, request: ReadRequest, *, now: datetime) -> tuple[str, int]:
    """Check who asks for this node's log called ``log``, note how far they are, and return peer and size held.

    Raises:
        NotFound: ``log-unknown``.
        NotPermitted: ``node-removed``, ``peer-key-unknown``, ``reader-not-addressee``, ``statement-stale``.
        InvalidInput: the statement or the counter-signed checkpoint is malformed or they contradict each other.
        Conflict: ``log-forked``.
    """
    peer = reader_of_log(log)
    require_enrolled(peer)
    key = pinned_key(peer)
    try:
        statement = ReadStatement.verified(request.statement, peer, key)
    except InvalidInput as error:
        if error.code != "note-signature-invalid":
            raise
        raise NotPermitted("reader-not-addressee", N_("该日志只向收件节点提供。")) from error
    if abs((now - statement.asked_at).total_seconds()) > MAX_STATEMENT_AGE_SECONDS:
        raise NotPermitted("statement-stale", N_("读取请求已过时或双方时钟相差过大，请检查时钟后重试。"))
    if statement.held.origin != own_origin(peer):
        raise InvalidInput("checkpoint-origin", N_("读取请求针对的是另一个日志。"), place="statement")
    require_whole(peer)
    if statement.held.size == 0:
        note_position(peer, statement.held, None, now=now)
        return peer, 0
    signed = SignedCheckpoint.parse(request.checkpoint)
    if signed.checkpoint != statement.held:
        raise InvalidInput("message-invalid", N_("读取请求与所附检查点不一致。"), place="checkpoint")
    note_held(peer, signed, now=now)
    return peer, statement.held.size


def note_fork(peer: str, *, now: datetime) -> None:
    """Stop reading ``peer``'s log: it answered that its log is another one than what is held here."""
    InboxStream.objects.filter(peer=peer, fork_found_at__isnull=True).update(
        fork_found_at=now, contacted_at=now, refusal="log-forked"
    )


def counter_signed(own_code: str, checkpoint: bytes) -> bytes:
    """Return a peer's checkpoint with this node's signature added; empty for an empty one."""
    if not checkpoint:
        return b""
    return SignedCheckpoint.parse(checkpoint).cosigned(witness_name(own_code), log_signer()).encode()


__all__ = ["acceptance", "admit_reader", "counter_signed", "note_fork", "read_request"]
