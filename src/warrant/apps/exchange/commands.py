"""The relay: the loop that sends what is left for the peers and fetches what they left, for as long as the node runs.

The ministry has none: it answers.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, cast

import structlog
from django.conf import settings
from django.db import close_old_connections, connections

from warrant.apps.exchange.selectors import dialled_peers, peer_log_name
from warrant.apps.exchange.services.reading import note_fork, read_request
from warrant.apps.exchange.services.receiving import receive_batch
from warrant.apps.exchange.services.sending import next_batch, take_answer, with_report
from warrant.apps.exchange.types import MAX_WAIT_SECONDS, Batch, Link, Refusal
from warrant.apps.foundation import clock
from warrant.apps.foundation.outbox import woken
from warrant.apps.foundation.ports import port
from warrant.core.errors import N_, Unavailable, WarrantError

log = structlog.get_logger(__name__)

SEND_LOG: Final = "send-log"
"""The capability of a node that has a log of its own for whom it calls; the public site only fetches."""
HEARTBEAT_SECONDS: Final = 30.0
LOOK_SECONDS: Final = 1.0
"""How often the outbox is looked at when nothing woke the relay: another process may have written."""
LONGEST_PAUSE_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 30.0

_jitter = random.Random()  # noqa: S311 - spreads the load of thirty-odd relays, protects nothing


def push_once(peer: str, link: Link, *, sends_heartbeat: bool) -> bool:
    """Send one batch to ``peer`` and note the answer. Return whether there was anything to send.

    Raises: as ``take_answer``, and Unavailable ``peer-unreachable``.
    """
    batch = next_batch(peer)
    if batch is None or not (batch.bodies or sends_heartbeat):
        return False
    url = f"{_base_url(peer)}/exchange/v1/logs/{settings.WARRANT_NODE.code}/append"
    reported = with_report(peer, batch, now=clock.now())
    status, raw = link.post(url, reported.encode(), timeout_seconds=ANSWER_SECONDS)
    take_answer(peer, status, raw, now=clock.now())
    return True


def pull_once(peer: str, link: Link, *, wait_seconds: int) -> bool:
    """Ask ``peer`` for what comes next, store and apply it. Return whether the link is whole.

    Raises: as ``receive_batch``, and Unavailable ``peer-unreachable`` or ``read-refused``.
    """
    request = read_request(peer, settings.WARRANT_NODE.code, wait_seconds, now=clock.now())
    if request is None:
        return False
    url = f"{_base_url(peer)}/exchange/v1/logs/{peer_log_name(peer)}/read"
    status, raw = link.post(url, request.encode(), timeout_seconds=wait_seconds + ANSWER_SECONDS)
    if status != 200:
        refusal = Refusal.parse(status, raw)
        if refusal.code == "log-forked":
            note_fork(peer, now=clock.now())
        raise Unavailable("read-refused", N_("对方节点拒绝了读取请求（%(refusal)s）。"), refusal=refusal.code)
    receive_batch(peer, Batch.parse(raw), now=clock.now())
    return True


def run_relay(stop: threading.Event) -> None:
    """Keep every link of this node going until ``stop`` is set; no failure ends it.

    One thread fetches for each peer, the caller's thread sends. Everything it knows stands in the database, so it may
    be killed at any moment and started again.
    """
    peers = dialled_peers()
    if not peers:
        return
    link = cast(Link, port("link"))
    readers = [
        threading.Thread(
            target=_keep_going,
            args=(f"pull {peer}", lambda peer=peer: _pull(peer, link, stop), stop),
            name=f"exchange-pull-{peer}",
            daemon=True,
        )
        for peer in peers
    ]
    for reader in readers:
        reader.start()
    sender = _Sender(peers if SEND_LOG in settings.WARRANT_CAPABILITIES else (), link)
    _keep_going("push", lambda: sender.run_once(stop), stop)
    for reader in readers:
        reader.join(timeout=1.0)  # it may be inside a long poll; the process takes it along


class _Sender:
    """Sends to every peer in turn; remembers when each was last spoken to."""

    def __init__(self, peers: Sequence[str], link: Link) -> None:
        self._peers = peers
        self._link = link
        self._spoken_at: dict[str, float] = {}

    def run_once(self, stop: threading.Event) -> None:
        """Wait for work, at most a second, then send until nothing is left."""
        woken.wait(LOOK_SECONDS)
        woken.clear()  # before looking: what is left from here on wakes again
        for peer in self._peers:
            while not stop.is_set():
                due = time.monotonic() - self._spoken_at.get(peer, -HEARTBEAT_SECONDS) >= HEARTBEAT_SECONDS
                if not push_once(peer, self._link, sends_heartbeat=due):
                    break
                self._spoken_at[peer] = time.monotonic()


def _pull(peer: str, link: Link, stop: threading.Event) -> None:
    if not pull_once(peer, link, wait_seconds=MAX_WAIT_SECONDS):
        stop.wait(LONGEST_PAUSE_SECONDS)


def _keep_going(name: str, step: Callable[[], None], stop: threading.Event) -> None:
    failures = 0
    while not stop.is_set():
        with suppress(Exception):
            close_old_connections()
        try:
            step()
            failures = 0
        except WarrantError as error:
            failures += 1
            log.warning("link", link=name, code=error.code, failures=failures)
        except Exception:  # whatever it is, the relay must outlive it
            failures += 1
            log.exception("link", link=name, failures=failures)
        if failures:
            pause = min(LONGEST_PAUSE_SECONDS, 0.1 * 2 ** min(failures, 10))
            stop.wait(pause * _jitter.uniform(0.5, 1.0))
    connections.close_all()


def _base_url(peer: str) -> str:
    return str(settings.WARRANT_NODE.peers[peer].url).rstrip("/")


__all__ = ["pull_once", "push_once", "run_relay"]
