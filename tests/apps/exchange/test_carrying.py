"""Bundles in files: whole or refused, taken twice or late without harm, and only by whom they are for."""

from __future__ import annotations

import dataclasses
import io
import json

import pytest
from django.db import transaction
from tests.apps.exchange.conftest import KIND, OtherNode

from warrant.apps.audit.models import AuditRow
from warrant.apps.exchange.models import InboxEntry, OutboxReceipt
from warrant.apps.exchange.services import sending
from warrant.apps.exchange.services.carrying import Packed, Unpacked, pack_bundle, unpack_bundle
from warrant.apps.exchange.services.enrolment import remove_node
from warrant.apps.foundation.models import LogEntry
from warrant.apps.foundation.outbox import publish
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted, WarrantError
from warrant.core.ledger.checkpoint import SignedCheckpoint
from warrant.core.ledger.note import Note


@pytest.fixture
def unpack(now):
    return lambda content: unpack_bundle(io.BytesIO(content), operator="operator", now=now)


@pytest.fixture
def at_the_ministry(ministry_here, settings, vault):
    """Become the ministry, which knows Jiangsu by this very vault's key."""
    node = settings.WARRANT_NODE
    jiangsu = dataclasses.replace(node.peers["320000"], log_key=ministry_here.as_text())
    shanghai = dataclasses.replace(
        jiangsu, code="310000", log_key=OtherNode("310000").signer.public_key.as_text()
    )
    ministry = dataclasses.replace(node, peers={"320000": jiangsu, "310000": shanghai})
    province = dataclasses.replace(
        node,
        kind="province",
        code="320000",
        peers={"ministry": dataclasses.replace(jiangsu, code="ministry")},
    )

    def become(kind: str) -> None:
        settings.WARRANT_NODE = {"ministry": ministry, "province": province}[kind]

    return become


@pytest.fixture
def bundle(at_the_ministry, now):
    """Pack ``count`` more events of Jiangsu, then be the ministry again."""

    def make(count: int = 0, **how) -> bytes:
        at_the_ministry("province")
        with transaction.atomic():
            for number in range(count):
                publish("ministry", KIND, f"officer:{number}", {"note": "n"}, now=now)
        file = io.BytesIO()
        pack_bundle("ministry", file, operator="operator", now=now, **how)
        at_the_ministry("ministry")
        return file.getvalue()

    return make


def test_a_bundle_is_taken_as_if_it_had_been_pushed(bundle, unpack, applied):
    assert unpack(bundle(3)) == Unpacked("320000", 3, 3)
    written = LogEntry.objects.filter(stream="to-ministry").order_by("seq").values_list("body", flat=True)
    held = InboxEntry.objects.order_by("seq").values_list("body", flat=True)
    assert [bytes(body) for body in held] == [bytes(body) for body in written]
    assert len(applied.events) == 3
    acts = AuditRow.objects.filter(action__startswith="exchange.bundle").values_list("action", flat=True)
    assert sorted(acts) == ["exchange.bundle-packed", "exchange.bundle-unpacked"]


def test_a_bundle_taken_twice_changes_nothing(bundle, unpack, applied):
    content = bundle(3)
    assert [unpack(content).new, unpack(content).new] == [3, 0]
    assert len(applied.events) == 3


def test_bundles_out_of_order_are_refused_until_the_earlier_one_is_there(bundle, unpack, applied):
    first = bundle(2)
    second = bundle(2, first_seq=3)
    with pytest.raises(Conflict, match="batch-gap"):
        unpack(second)
    assert not InboxEntry.objects.exists()
    assert [unpack(first).size, unpack(second).size, unpack(first).size] == [2, 4, 4]
    assert [received.event.seq for received in applied.events] == [1, 2, 3, 4]


def test_a_bundle_cut_off_anywhere_is_refused_whole(bundle, unpack, monkeypatch):
    monkeypatch.setattr(sending, "MAX_BATCH_EVENTS", 1)
    content = bundle(3)
    for length in (0, 1, len(content.split(b"\n")[0]), *range(40, len(content), 97), len(content) - 1):
        with pytest.raises(WarrantError) as refusal:
            unpack(content[:length])
        assert isinstance(refusal.value, InvalidInput), length
    with pytest.raises(InvalidInput, match="bundle-invalid"):
        unpack(content[: content.rindex(b'{"from"')])  # cut between two batches
    assert not InboxEntry.objects.exists()
    assert unpack(content).new == 3


def test_a_bundle_changed_anywhere_is_refused_whole(bundle, unpack):
    content = bundle(2)
    for place in range(0, len(content), 53):
        changed = bytearray(content)
        changed[place] ^= 1
        with pytest.raises(WarrantError):
            unpack(bytes(changed))
    with pytest.raises(InvalidInput, match="bundle-invalid"):
        unpack(content + content.splitlines(keepends=True)[-1])
    assert not InboxEntry.objects.exists()


def test_a_bundle_of_another_node_or_for_another_one_is_refused(bundle, unpack, at_the_ministry):
    content = bundle(1)
    at_the_ministry("province")
    with pytest.raises(NotFound, match="log-unknown"):
        unpack(content)
    at_the_ministry("ministry")
    header, *lines = content.splitlines(keepends=True)
    text = Note.parse(json.loads(header)["bundle"].encode()).text
    stranger = OtherNode("320000").signer
    forged = Note(text).signed("urn:warrant:node:320000", stranger).encode().decode()
    with pytest.raises(InvalidInput, match="note-signature-invalid"):
        unpack(json.dumps({"bundle": forged}).encode() + b"\n" + b"".join(lines))
    assert not InboxEntry.objects.exists()


def test_a_removed_nodes_bundle_is_refused(bundle, unpack, now):
    content = bundle(1)
    remove_node("320000", "停用", operator="operator", now=now)
    with pytest.raises(NotPermitted, match="node-removed"):
        unpack(content)


def test_the_receipt_comes_back_with_a_bundle_and_an_older_one_takes_nothing_back(
    bundle, unpack, at_the_ministry, now
):
    answers = []
    for count in (2, 1):
        unpack(bundle(count, first_seq=1))
        file = io.BytesIO()
        pack_bundle("320000", file, operator="operator", now=now)
        answers.append(file.getvalue())
    at_the_ministry("province")
    older, newer = (json.loads(answer.splitlines()[1])["held"].encode() for answer in answers)
    assert [SignedCheckpoint.parse(held).checkpoint.size for held in (older, newer)] == [2, 3]
    unpack(answers[1])
    assert OutboxReceipt.objects.get(peer="ministry").size == 3
    unpack(answers[0])
    assert OutboxReceipt.objects.get(peer="ministry").size == 3
    file = io.BytesIO()
    assert pack_bundle("ministry", file, operator="operator", now=now) == Packed(4, 3, 3)


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"[]\n", b"{}\n", b'{"bundle":1}\n', b'{"bundle":"x"}\n', b"\xff\n", b"x" * 5_000_000],
)
def test_what_is_no_bundle_is_refused(ministry_here, unpack, content):
    with pytest.raises(InvalidInput):
        unpack(content)
