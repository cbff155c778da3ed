"""Reading the node's side of each link: whose log is called what, whose key counts, how large the logs are."""

from __future__ import annotations

from django.conf import settings

from warrant.apps.exchange.models import InboxNode, InboxStream
from warrant.apps.foundation.log import stored_tree
from warrant.apps.foundation.models import LogStream
from warrant.apps.foundation.outbox import log_name, outbox_stream
from warrant.core.crypto.signing import PublicKey
from warrant.core.errors import N_, NotFound, NotPermitted
from warrant.core.ledger.event import origin_of
from warrant.core.ledger.merkle import Frontier, StoredTree

MINISTRY = "ministry"


def own_origin(peer: str) -> str:
    """Return the checkpoint origin of this node's log to ``peer``."""
    return origin_of(log_name(peer))


def peer_log_name(peer: str) -> str:
    """Return the name of ``peer``'s log to this node."""
    return f"{MINISTRY}-{settings.WARRANT_NODE.code}" if peer == MINISTRY else peer


def peer_of_log(name: str) -> str:
    """Return the peer whose own log is called ``name``. Raises: NotFound ``log-unknown``."""
    for peer in settings.WARRANT_NODE.peers:
        if peer_log_name(peer) == name:
            return str(peer)
    raise _unknown_log()


def reader_of_log(name: str) -> str:
    """Return the peer to whom this node's log ``name`` is addressed. Raises: NotFound ``log-unknown``."""
    for peer in settings.WARRANT_NODE.peers:
        if log_name(peer) == name:
            return str(peer)
    raise _unknown_log()


def pinned_key(peer: str) -> PublicKey:
    """Return the log key that this node was told to expect of ``peer``. Raises: NotPermitted ``peer-key-unknown``."""
    known = settings.WARRANT_NODE.peers.get(peer)
    if known is None or not known.log_key:
        raise NotPermitted("peer-key-unknown", N_("尚未登记对方节点的日志公钥，不能交换。"))
    return PublicKey.from_text(known.log_key)


def dialled_peers() -> tuple[str, ...]:
    """Return the peers that this node calls: the ministry calls nobody, everybody else calls the ministry."""
    node = settings.WARRANT_NODE
    return () if node.kind == MINISTRY else tuple(code for code, peer in node.peers.items() if peer.url)


def own_tree(peer: str) -> StoredTree:
    """Return the tree of this node's log to ``peer``; empty if nothing was ever left for it."""
    stream = LogStream.objects.filter(name=outbox_stream(peer)).first()
    return stored_tree(stream) if stream else StoredTree(0, _nothing_stored)


def held_tree(stream: InboxStream) -> StoredTree:
    """Return the tree of what is held of a peer's log. Its peaks come from the frontier, the rest from the database."""
    peaks = peak_nodes(Frontier.decode(bytes(stream.frontier)))

    def read(level: int, position: int) -> bytes:
        known = peaks.get((level, position))
        if known is not None:
            return known
        node = InboxNode.objects.only("digest").get(stream=stream, level=level, position=position)
        return bytes(node.digest)

    return StoredTree(stream.size, read)


def peak_nodes(frontier: Frontier) -> dict[tuple[int, int], bytes]:
    """Return the frontier's peaks by level and position."""
    nodes = {}
    start = 0
    peaks = iter(frontier.peaks)
    for level in reversed(range(frontier.size.bit_length())):
        if frontier.size >> level & 1:
            nodes[level, start >> level] = next(peaks)
            start += 1 << level
    return nodes


def _nothing_stored(level: int, position: int) -> bytes:
    raise LookupError(f"an empty log has no node {level}/{position}")


def _unknown_log() -> NotFound:
    return NotFound("log-unknown", N_("没有这个交换日志。"))
