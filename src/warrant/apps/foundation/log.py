"""Appending to the node's logs: gap-free numbers from a locked row, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, connection, transaction

from warrant.apps.foundation.models import LogEntry, LogNode, LogStream
from warrant.core.ledger.merkle import Frontier, StoredTree, leaf_hash

_COUNT_UP = """
INSERT INTO log_subject_version (stream_id, subject, version) VALUES (%s, %s, 1)
ON CONFLICT (stream_id, subject) DO UPDATE SET version = log_subject_version.version + 1 RETURNING version
"""


def _locked_stream(name: str) -> LogStream:
    streams = (
        LogStream.objects.select_for_update()
        if connection.features.has_select_for_update
        else LogStream.objects
    )
    stream = streams.filter(name=name).first()
    if stream is not None:
        return stream
    try:
        with transaction.atomic():
            LogStream.objects.create(name=name, size=0, frontier=Frontier().encode())
    except IntegrityError:
        pass  # another process made it in the meantime; take its row
    return streams.get(name=name)


def _next_version(stream_name: str, subject: str) -> int:
    """Count the subject's version up, or begin it at 1, in one statement that both databases know."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_UP, [stream_name, subject])
        return int(cursor.fetchone()[0])


def append_entry(
    stream_name: str,
    kind: str,
    subject: str,
    make_body: Callable[[int, int], bytes],
    *,
    now: datetime,
) -> LogEntry:
    """Append one entry; ``make_body(seq, version)`` gives its exact bytes.

    ``seq`` counts from 0 in the stream, ``version`` from 1 for the subject. Call it last in the business
    transaction: it holds the stream's lock until commit.

    Raises:
        TransactionManagementError: there is no transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("append_entry needs the business transaction")
    stream = _locked_stream(stream_name)
    body = make_body(stream.size, _next_version(stream_name, subject))
    leaf = leaf_hash(body)
    entry = LogEntry.objects.create(
        stream=stream, seq=stream.size, kind=kind, subject=subject, body=body, leaf_hash=leaf, recorded_at=now
    )
    frontier = Frontier.decode(bytes(stream.frontier))
    LogNode.objects.bulk_create(
        LogNode(stream=stream, level=node.level, position=node.index, digest=node.digest)
        for node in frontier.completed_by(leaf)
    )
    stream.frontier = frontier.append(leaf).encode()
    stream.size += 1
    stream.save(update_fields=["size", "frontier"])
    return entry


def stored_tree(stream: LogStream) -> StoredTree:
    """Return the Merkle tree of ``stream`` as it stands, read node by node: roots and proofs in O(log n)."""

    def read(level: int, position: int) -> bytes:
        node = LogNode.objects.only("digest").get(stream=stream, level=level, position=position)
        return bytes(node.digest)

    return StoredTree(stream.size, read)
