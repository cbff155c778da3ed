"""Reading the node's side of each link: whose log is called what, whose key counts, how large the logs are."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from warrant.apps.exchange.models import (
    DeadLetter,
    InboxNode,
    InboxStream,
    InboxSubject,
    LinkCertificate,
    OutboxReceipt,
    RemovedNode,
)
from warrant.apps.exchange.types import (
    STUCK_AFTER,
    LinkState,
    LinkStatus,
    judge_link,
    lag_found,
    lag_reported,
)
from warrant.apps.foundation import clock
from warrant.apps.foundation.log import stored_tree
from warrant.apps.foundation.models import LogEntry, LogStream
from warrant.apps.foundation.outbox import log_name, outbox_stream
from warrant.apps.foundation.work import Glance, Queue, WorkItem
from warrant.core.access import Actor, Permission
from warrant.core.crypto.node_certificate import RENEWAL_DAYS
from warrant.core.crypto.signing import PublicKey
from warrant.core.errors import N_, NotFound, NotPermitted
from warrant.core.ledger.checkpoint import SignedCheckpoint
from warrant.core.ledger.event import origin_of
from warrant.core.ledger.merkle import Frontier, StoredTree
from warrant.core.standards.divisions import find

MINISTRY = "ministry"
PUBLIC = "public"
_ROOT_DIGITS = 12


def own_origin(peer: str) -> str:
    """Return the checkpoint origin of this node's log to ``peer``."""
    return origin_of(log_name(peer))


def peer_log_name(peer: str) -> str:
    """Return the name of ``peer``'s log to this node."""
    return f"{MINISTRY}-{settings.WARRANT_NODE.code}" if peer == MINISTRY else peer


def peer_of_log(name: str) -> str:
    """Return the peer whose own log is called ``name``. The public site only reads: nothing is taken from it.

    Raises: NotFound ``log-unknown``.
    """
    for peer in settings.WARRANT_NODE.peers:
        if peer != PUBLIC and peer_log_name(peer) == name:
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
    """Return the peers that have an address. Which nodes call at all is wired: only theirs have a relay."""
    return tuple(code for code, peer in settings.WARRANT_NODE.peers.items() if peer.url)


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


def link_statuses(*, now: datetime) -> list[LinkStatus]:
    """Return both directions of every link of this node, in the order of the peers' codes. Five queries."""
    peers = sorted(settings.WARRANT_NODE.peers)
    streams = LogStream.objects.in_bulk([outbox_stream(peer) for peer in peers])
    receipts = OutboxReceipt.objects.in_bulk(peers)
    inboxes = InboxStream.objects.in_bulk(peers)
    oldest = _oldest_unsent(streams, receipts)
    parked = dict(
        InboxSubject.objects.filter(is_parked=True)
        .order_by()
        .values_list("stream")
        .annotate(Count("pk"))
        .values_list("stream", "pk__count")
    )
    found = []
    for peer in peers:
        stream = streams.get(outbox_stream(peer))
        found.append(_outgoing(peer, stream, receipts.get(peer), oldest.get(peer), now=now))
        if peer != PUBLIC:
            found.append(_incoming(peer, inboxes.get(peer), parked.get(peer, 0), now=now))
    return found


def open_dead_letters() -> QuerySet[DeadLetter]:
    """Return the dead letters that nobody has settled; for people with ``EXCHANGE_VIEW``."""
    return DeadLetter.objects.filter(settled_at=None).select_related("entry")


def counting_certificates() -> QuerySet[LinkCertificate]:
    """Return the newest certificate of each node that is neither replaced nor revoked."""
    return LinkCertificate.objects.filter(replaced_at=None, revoked_at=None).order_by("node", "-recorded_at")


def removed_nodes() -> QuerySet[RemovedNode]:
    """Return the nodes that nothing is exchanged with any more."""
    return RemovedNode.objects.order_by("node")


def _forks() -> list[tuple[str, datetime]]:
    """Return the peer and the moment of every fork that was found, on the way in or out; one query."""
    came, went = (
        model.objects.filter(fork_found_at__isnull=False).values_list("peer", "fork_found_at")
        for model in (InboxStream, OutboxReceipt)
    )
    return [(peer, found_at) for peer, found_at in came.union(went, all=True) if found_at is not None]


def work_queues(actor: Actor) -> list[Queue]:
    """Return what stands still on the links and needs a person: forks, on the way in and out, and dead letters."""
    if not actor.has_anywhere(Permission.EXCHANGE_VIEW):
        return []
    forks = [
        Queue(
            model.objects.filter(fork_found_at__isnull=False).order_by("fork_found_at"),
            ("peer", "fork_found_at"),
            _fork_item,
        )
        for model in (InboxStream, OutboxReceipt)
    ]
    letters = open_dead_letters().order_by("found_at", "id")
    now = clock.now()
    silent = InboxStream.objects.filter(contacted_at__lt=now - STUCK_AFTER).exclude(
        peer__in=RemovedNode.objects.values("node")
    )
    ending = counting_certificates().filter(valid_until__lt=now + timedelta(days=RENEWAL_DAYS))
    return [
        *forks,
        Queue(silent.order_by("contacted_at"), ("peer", "contacted_at"), _silent_item),
        Queue(ending.order_by("valid_until"), ("node", "valid_until"), _certificate_item),
        Queue(letters, ("found_at", "entry__stream_id", "entry__subject"), _dead_letter_item),
    ]


def _fork_item(found: Any) -> WorkItem:
    return WorkItem(
        "exchange-fork",
        _("与%(peer)s的交换链路出现分叉") % {"peer": peer_name(found.peer)},
        _("链路已停止，须双方人工核对日志"),
        reverse("exchange-status"),
        found.fork_found_at,
        "broken",
    )


def _silent_item(found: Any) -> WorkItem:
    return WorkItem(
        "exchange-silent",
        _("与%(peer)s失去联系") % {"peer": peer_name(found.peer)},
        _("超过 15 分钟没有收到对方的任何消息"),
        reverse("exchange-status"),
        found.contacted_at,
        "broken",
    )


def _certificate_item(found: Any) -> WorkItem:
    return WorkItem(
        "exchange-certificate",
        _("%(peer)s的链路证书即将到期") % {"peer": peer_name(found.node)},
        _("到期后链路中断，请及时换发"),
        reverse("exchange-status"),
        found.valid_until - timedelta(days=RENEWAL_DAYS),
        "attention",
    )


def _dead_letter_item(letter: DeadLetter) -> WorkItem:
    return WorkItem(
        "exchange-dead-letter",
        _("来自%(peer)s的报文无法入库") % {"peer": peer_name(letter.entry.stream_id)},
        letter.entry.subject,
        reverse("exchange-status"),
        letter.found_at,
        "attention",
    )


def glances(actor: Actor) -> list[Glance]:
    """Return how much arrived that could not be taken in, for whoever watches the links."""
    if not actor.has_anywhere(Permission.EXCHANGE_VIEW):
        return []
    return [Glance(_("无法入库的报文"), open_dead_letters(), reverse("exchange-status"))]


def peer_name(code: str) -> str:
    """Return how people call a node: a province by its name."""
    if code == MINISTRY:
        return _("交通运输部")
    if code == PUBLIC:
        return _("公众查验站")
    division = find(code)
    return division.name if division else code


def _oldest_unsent(streams: dict[str, LogStream], receipts: dict[str, OutboxReceipt]) -> dict[str, datetime]:
    first_unsent = Q(pk__in=[])
    for peer in settings.WARRANT_NODE.peers:
        stream = streams.get(outbox_stream(peer))
        confirmed = receipts[peer].size if peer in receipts else 0
        if stream is not None and stream.size > confirmed:
            first_unsent |= Q(stream=stream, seq=confirmed)
    recorded = dict(LogEntry.objects.filter(first_unsent).values_list("stream_id", "recorded_at"))
    return {
        peer: recorded[outbox_stream(peer)]
        for peer in settings.WARRANT_NODE.peers
        if outbox_stream(peer) in recorded
    }


def _outgoing(
    peer: str,
    stream: LogStream | None,
    receipt: OutboxReceipt | None,
    oldest_unsent_at: datetime | None,
    *,
    now: datetime,
) -> LinkStatus:
    size = stream.size if stream else 0
    confirmed = receipt.size if receipt else 0
    root = b""
    if receipt is not None and receipt.checkpoint:
        root = SignedCheckpoint.parse(bytes(receipt.checkpoint)).checkpoint.root
    own_root = Frontier.decode(bytes(stream.frontier)).root() if stream else b""
    lag = max(now - oldest_unsent_at, timedelta()) if oldest_unsent_at else timedelta()
    return LinkStatus(
        peer=peer,
        is_outgoing=True,
        state=judge_link(
            fork_found_at=receipt.fork_found_at if receipt else None,
            refusal=receipt.refusal if receipt else "",
            contacted_at=receipt.contacted_at if receipt else None,
            lag=lag,
            now=now,
        ),
        size=size,
        confirmed=confirmed,
        root=root.hex()[:_ROOT_DIGITS],
        is_level=size == confirmed and (size == 0 or root == own_root),
        lag=lag,
        oldest_unsent_at=oldest_unsent_at,
        contacted_at=receipt.contacted_at if receipt else None,
        refusal=receipt.refusal if receipt else "",
        fork_found_at=receipt.fork_found_at if receipt else None,
    )


def _incoming(peer: str, stream: InboxStream | None, parked: int, *, now: datetime) -> LinkStatus:
    # Every batch was stored only after its root had been compared with the one that the peer signed.
    if stream is None:
        stream = InboxStream(peer=peer, frontier=Frontier().encode(), checkpoint=b"")
    root = Frontier.decode(bytes(stream.frontier)).root() if stream.size else b""
    reported_lag = clock_difference = None
    if stream.reported_at is not None:
        reported_lag = lag_reported(oldest_at=stream.reported_oldest_at, sent_at=stream.reported_at)
        clock_difference = timedelta(milliseconds=stream.clock_difference_ms or 0)
    found = LinkStatus(
        peer=peer,
        is_outgoing=False,
        state=LinkState.NEVER,
        size=max(stream.size, stream.reported_size),
        confirmed=stream.size,
        root=root.hex()[:_ROOT_DIGITS],
        is_level=stream.fork_found_at is None and not stream.refusal and stream.reported_size <= stream.size,
        lag=lag_found(
            oldest_at=stream.reported_oldest_at,
            behind_since=stream.behind_since,
            contacted_at=stream.contacted_at,
            now=now,
        ),
        contacted_at=stream.contacted_at,
        refusal=stream.refusal,
        fork_found_at=stream.fork_found_at,
        reported_lag=reported_lag,
        clock_difference=clock_difference,
        parked=parked,
    )
    state = judge_link(
        fork_found_at=found.fork_found_at,
        refusal=found.refusal,
        contacted_at=found.contacted_at,
        lag=found.lag,
        lags_agree=found.lags_agree,
        clock_difference=clock_difference,
        now=now,
    )
    return replace(found, state=state)
