"""Send and receive die at each of their statements in turn; after a restart nothing is lost, doubled or out of order."""

from __future__ import annotations

import base64
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.db import transaction
from tests.apps.exchange.conftest import KIND, OtherNode
from tests.apps.exchange.test_relay import PlayedMinistry
from tests.support.crashes import each_crash

from warrant.apps.audit.models import AuditRow
from warrant.apps.audit.services import record
from warrant.apps.exchange.commands import pull_once, push_once
from warrant.apps.exchange.models import (
    DeadLetter,
    InboxEntry,
    InboxNode,
    InboxStream,
    InboxSubject,
    OutboxReceipt,
)
from warrant.apps.exchange.selectors import held_tree
from warrant.apps.exchange.services.receiving import receive_batch
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.log import append_entry, stored_tree
from warrant.apps.foundation.models import LogEntry, LogStream
from warrant.apps.foundation.outbox import outbox_stream, publish
from warrant.core.errors import Conflict
from warrant.core.ledger.event import parse_event
from warrant.core.ledger.merkle import EMPTY_ROOT, GrowingTree, leaf_hash

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # A process that died closes no cursor of its own.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

EFFECTS = "made-up-effects"


def effect(received: ReceivedEvent, *, now: datetime) -> None:
    """Write what was applied into a log: the database's own, so that a crash takes it back."""
    note = str(received.event.data["note"])
    append_entry(EFFECTS, KIND, received.event.subject, lambda _seq, _version: note.encode(), now=now)
    if note.endswith("refused"):
        raise Conflict("made-up-refusal", "编造的理由")


def effects() -> list[str]:
    entries = LogEntry.objects.filter(stream__name=EFFECTS).order_by("seq")
    return [bytes(body).decode() for body in entries.values_list("body", flat=True)]


class Saying:
    """The other end goes on: with each call two events of one officer, one that is refused and what waits behind it."""

    def __init__(self, node: OtherNode) -> None:
        self._node = node
        self.round = 0
        self.applied: list[str] = []
        self.letters = 0

    def say(self) -> None:
        self.round += 1
        for note in ("first", "second"):
            self._node.says("officer:1", f"{self.round} {note}")
            self.applied.append(f"{self.round} {note}")
        self._node.says(f"officer:r{self.round}", f"{self.round} refused")
        self._node.says(f"officer:r{self.round}", f"{self.round} waits")
        self._node.says_bytes(f"no event {self.round}".encode())
        self.letters += 2


def check_mirror(peer: str, node: OtherNode, saying: Saying) -> None:
    """Compare all that is held of the other end with what it said."""
    stream = InboxStream.objects.get(peer=peer)
    entries = InboxEntry.objects.filter(stream=stream).order_by("seq")
    assert [bytes(entry.body) for entry in entries] == node.bodies
    assert (stream.size, held_tree(stream).root()) == (len(node.bodies), node.tree.stored.root())
    assert effects() == saying.applied
    assert [entry.seq for entry in entries if entry.applied_at] == [
        5 * each + place for each in range(saying.round) for place in (1, 2)
    ]
    assert DeadLetter.objects.count() == saying.letters
    parked = InboxSubject.objects.filter(stream=stream, is_parked=True).count()
    assert (parked, InboxSubject.objects.get(subject="officer:1").version) == (saying.round, 2 * saying.round)
    assert InboxNode.objects.filter(stream=stream, level=0).count() <= stream.size


@pytest.fixture
def effects_kept(settings: SimpleNamespace) -> None:
    settings.WARRANT_INBOX = {KIND: [f"{__name__}.effect"]}


def test_receiving_dies_at_every_statement(
    ministry_here: object, effects_kept: None, jiangsu: OtherNode, now: datetime
) -> None:
    saying = Saying(jiangsu)

    def take() -> None:
        held = InboxStream.objects.filter(peer="320000").values_list("size", flat=True).first() or 0
        receive_batch("320000", jiangsu.batch(held + 1), now=now)

    def again() -> None:
        take()
        check_mirror("320000", jiangsu, saying)

    assert each_crash(saying.say, take, again) >= 20


def test_fetching_dies_at_every_statement(
    province_here: SimpleNamespace, effects_kept: None, now: datetime
) -> None:
    node: OtherNode = province_here.ministry
    link, saying = PlayedMinistry(node), Saying(node)

    def fetch() -> None:
        pull_once("ministry", link, wait_seconds=0)

    def again() -> None:
        fetch()
        check_mirror("ministry", node, saying)

    assert each_crash(saying.say, fetch, again) >= 20


def _leave(number: int, now: datetime) -> None:
    """A business transaction: what it changes here (a line in the ledger) and what it leaves for the ministry."""
    with transaction.atomic():
        record(None, "made-up", f"officer:{number}", "", now=now)
        publish("ministry", KIND, f"officer:{number % 2}", {"note": str(number)}, now=now)


def _left() -> list[bytes]:
    entries = LogEntry.objects.filter(stream__name=outbox_stream("ministry")).order_by("seq")
    return [bytes(body) for body in entries.values_list("body", flat=True)]


def test_leaving_an_event_dies_at_every_statement(province_here: SimpleNamespace, now: datetime) -> None:
    numbers = iter(range(1000))

    def look() -> None:
        rows = AuditRow.objects.filter(action="made-up").order_by("pk").values_list("subject", flat=True)
        events = [parse_event(body) for body in _left()]
        assert [f"officer:{event.data['note']}" for event in events] == list(rows)
        for subject in ("officer:0", "officer:1"):
            versions = [event.ver for event in events if event.subject == subject]
            assert versions == list(range(1, len(versions) + 1))
        tree = GrowingTree()
        for event in events:
            tree.append(leaf_hash(event.raw))
        stream = LogStream.objects.filter(name=outbox_stream("ministry")).first()
        assert (stored_tree(stream).root() if stream else EMPTY_ROOT) == tree.stored.root()

    assert each_crash(lambda: None, lambda: _leave(next(numbers), now), look) >= 10


def test_sending_dies_at_every_statement(province_here: SimpleNamespace, now: datetime) -> None:
    link, numbers = PlayedMinistry(province_here.ministry), iter(range(1000))

    def send() -> None:
        push_once("ministry", link, sends_heartbeat=False)

    def again() -> None:
        while push_once("ministry", link, sends_heartbeat=False):
            pass
        left = _left()
        assert [base64.b64decode(body) for body in link.taken] == left
        receipt = OutboxReceipt.objects.get(peer="ministry")
        assert (receipt.size, receipt.fork_found_at, receipt.refusal) == (len(left), None, "")

    assert each_crash(lambda: _leave(next(numbers), now), send, again) >= 8
