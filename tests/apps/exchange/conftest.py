"""A ministry that takes the log of one province, which is played by a log in memory."""

from __future__ import annotations

import base64
import dataclasses
import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.exchange.types import Batch
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.core.crypto.signing import PublicKey, SoftwareSigner
from warrant.core.errors import Conflict, Unavailable
from warrant.core.ledger.checkpoint import Checkpoint
from warrant.core.ledger.event import build_event, origin_of
from warrant.core.ledger.merkle import GrowingTree, leaf_hash
from warrant.nodes.config import Peer

KIND = "made-up.happened"


class OtherNode:
    """A node with one log, its key, and nothing else: what the other end of a link looks like from here."""

    def __init__(self, log_name: str) -> None:
        self.log_name = log_name
        self.origin = origin_of(log_name)
        self.signer = SoftwareSigner.generate("ed25519")
        self.bodies: list[bytes] = []
        self.tree = GrowingTree()
        self._versions: dict[str, int] = {}

    def says(self, subject: str, note: str = "", *, kind: str = KIND, skips: int = 0) -> None:
        held = self._versions.get(subject, 0) + skips
        self._versions[subject] = held + 1
        event = build_event(
            node=self.log_name,
            seq=len(self.bodies) + 1,
            type=f"cn.warrant.{kind}.v1",
            subject=subject,
            occurred_at=datetime(2026, 11, 22, 8, 0, tzinfo=UTC) + timedelta(seconds=len(self.bodies)),
            dataschema=f"urn:warrant:schema:{kind}:1",
            data={"note": note},
            ver=held + 1,
            prev_ver=held,
        )
        self.says_bytes(event.raw)

    def says_bytes(self, body: bytes) -> None:
        self.bodies.append(body)
        self.tree.append(leaf_hash(body))

    def checkpoint(self, size: int | None = None) -> bytes:
        size = len(self.bodies) if size is None else size
        return Checkpoint(self.origin, size, self.tree.stored.root(size)).signed(self.signer).encode()

    def batch(self, first_seq: int = 1, last_seq: int | None = None) -> Batch:
        last_seq = len(self.bodies) if last_seq is None else last_seq
        return Batch(first_seq, tuple(self.bodies[first_seq - 1 : last_seq]), self.checkpoint(last_seq))


class Applied:
    """What the handler of the tests applied, and what it shall refuse."""

    events: list[ReceivedEvent] = []
    breaks_on: dict[str, Exception] = {}


def handle(received: ReceivedEvent, *, now: datetime) -> None:
    note = received.event.data["note"]
    if note in Applied.breaks_on:
        raise Applied.breaks_on[note]
    Applied.events.append(received)


@pytest.fixture
def applied() -> type[Applied]:
    Applied.events = []
    Applied.breaks_on = {
        "refuse": Conflict("made-up-refusal", "编造的理由"),
        "stumble": KeyError("missing"),
        "vault-away": Unavailable("vault-unreachable", "密钥库暂不可用"),
    }
    return Applied


@pytest.fixture
def jiangsu() -> OtherNode:
    return OtherNode("320000")


@pytest.fixture
def ministry_here(
    db: None, vault: SoftwareVault, settings: SimpleNamespace, jiangsu: OtherNode, applied: type[Applied]
) -> PublicKey:
    """This node is the ministry and knows Jiangsu's key; returns this node's own log key."""
    key = vault.create_signer("log", "ed25519")
    peer = Peer("320000", "http://127.0.0.1:1", jiangsu.signer.public_key.as_text())
    public = Peer("public", "", "")
    settings.WARRANT_NODE = dataclasses.replace(
        settings.WARRANT_NODE, kind="ministry", code="ministry", peers={"320000": peer, "public": public}
    )
    settings.WARRANT_INBOX = {KIND: [f"{__name__}.handle"]}
    settings.ROOT_URLCONF = "warrant.nodes.ministry_urls"
    settings.WARRANT_NAVIGATION = "warrant.nodes.navigation.MINISTRY"
    settings.WARRANT_SEARCH = None
    return key


@pytest.fixture
def province_here(
    db: None, vault: SoftwareVault, settings: SimpleNamespace, applied: type[Applied]
) -> SimpleNamespace:
    """This node is Jiangsu and knows the ministry's key; ``.ministry`` is the other end, ``.key`` the own log key."""
    key = vault.create_signer("log", "ed25519")
    ministry = OtherNode("ministry-320000")
    peer = Peer("ministry", "http://127.0.0.1:1", ministry.signer.public_key.as_text())
    settings.WARRANT_NODE = dataclasses.replace(settings.WARRANT_NODE, peers={"ministry": peer})
    settings.WARRANT_INBOX = {KIND: [f"{__name__}.handle"]}
    return SimpleNamespace(ministry=ministry, key=key)


def as_json(batch: Batch) -> dict[str, object]:
    """The batch as another vendor would write it, without our encoder."""
    return {
        "from": batch.first_seq,
        "events": [base64.b64encode(body).decode() for body in batch.bodies],
        "checkpoint": batch.checkpoint.decode(),
    }


def sent(batch: Batch) -> bytes:
    return json.dumps(as_json(batch)).encode()
