"""This node's own log: batches that verify, receipts, rewinding and forks."""

from __future__ import annotations

import json

import pytest
from django.db import transaction
from tests.apps.exchange.conftest import KIND, OtherNode

from warrant.apps.exchange.models import OutboxReceipt
from warrant.apps.exchange.services.sending import make_batch, next_batch, take_answer
from warrant.apps.exchange.types import Acceptance, Batch, witness_name
from warrant.apps.foundation.outbox import publish
from warrant.core.errors import Conflict, InvalidInput, Unavailable
from warrant.core.ledger.checkpoint import Checkpoint, SignedCheckpoint
from warrant.core.ledger.event import parse_event
from warrant.core.ledger.merkle import GrowingTree, leaf_hash


@pytest.fixture
def leave(province_here, now):
    def publish_some(count: int, note: str = "n") -> None:
        with transaction.atomic():
            for number in range(count):
                publish("ministry", KIND, f"officer:{number}", {"note": note}, now=now)

    return publish_some


def accepted(ministry: OtherNode, batch: Batch, *, held: Batch | None = None) -> bytes:
    """What the ministry answers once it holds ``held`` (``batch`` if left out)."""
    signed = SignedCheckpoint.parse((held or batch).checkpoint)
    mark = signed.checkpoint
    cosigned = signed.cosigned(witness_name("ministry"), ministry.signer)
    return Acceptance(mark.size, mark.root, cosigned.encode()).encode()


def test_a_batch_holds_the_stored_bytes_under_a_checkpoint_of_the_nodes_key(leave, province_here):
    leave(3)
    batch = make_batch("ministry", 2)
    mark = SignedCheckpoint.parse(batch.checkpoint).verify("urn:warrant:log:320000", province_here.key)
    whole = make_batch("ministry", 1)
    assert [parse_event(body).id for body in batch.bodies] == ["320000/2", "320000/3"]
    assert mark.size == 3
    assert mark.root == GrowingTree(leaf_hash(body) for body in whole.bodies).stored.root()


def test_a_batch_ends_at_200_events(leave):
    leave(201)
    assert len(make_batch("ministry", 1).bodies) == 200
    assert len(make_batch("ministry", 201).bodies) == 1


def test_a_batch_ends_before_2_mib_and_never_before_its_first_event(leave):
    leave(3, "x" * 1_000_000)
    assert [len(make_batch("ministry", first).bodies) for first in (1, 3)] == [2, 1]


def test_an_empty_log_is_sent_as_a_heartbeat_of_size_0(province_here):
    batch = make_batch("ministry", 1)
    assert (batch.bodies, SignedCheckpoint.parse(batch.checkpoint).checkpoint.size) == ((), 0)


def test_the_counter_signature_is_kept_and_the_next_batch_begins_after_it(leave, province_here, now):
    leave(3)
    take_answer("ministry", 200, accepted(province_here.ministry, make_batch("ministry", 1)), now=now)
    receipt = OutboxReceipt.objects.get()
    assert (receipt.size, receipt.received_at) == (3, now)
    assert next_batch("ministry").first_seq == 4


def test_an_answer_that_the_peer_did_not_sign_is_no_receipt(leave, province_here, now):
    leave(1)
    stranger = OtherNode("ministry-320000")
    with pytest.raises(InvalidInput, match="checkpoint-signature-invalid"):
        take_answer("ministry", 200, accepted(stranger, make_batch("ministry", 1)), now=now)
    assert not OutboxReceipt.objects.exists()


def test_a_lost_answer_is_made_good_by_the_next_one(leave, province_here, now):
    leave(2)
    make_batch("ministry", 1)  # taken, but the answer never came
    leave(1)
    take_answer("ministry", 200, accepted(province_here.ministry, make_batch("ministry", 1)), now=now)
    assert OutboxReceipt.objects.get().size == 3


def test_a_ministry_restored_from_a_backup_gets_the_log_again_from_where_it_needs_it(
    leave, province_here, now
):
    leave(3)
    take_answer("ministry", 200, accepted(province_here.ministry, make_batch("ministry", 1)), now=now)
    take_answer("ministry", 409, json.dumps({"code": "batch-gap", "expected": 2}).encode(), now=now)
    assert next_batch("ministry").first_seq == 2
    assert next_batch("ministry").bodies == make_batch("ministry", 1).bodies[1:]


def test_a_ministry_that_expects_what_was_never_written_is_a_fork(leave, now):
    leave(3)
    with pytest.raises(Conflict, match="log-forked"):
        take_answer("ministry", 409, json.dumps({"code": "batch-gap", "expected": 9}).encode(), now=now)
    assert OutboxReceipt.objects.get().fork_found_at == now
    assert next_batch("ministry") is None


def test_a_ministry_that_holds_more_of_this_log_than_was_written_is_a_fork(leave, province_here, vault, now):
    leave(1)
    lost_tail = Checkpoint("urn:warrant:log:320000", 5, b"\x07" * 32).signed(vault.signer("log"))
    longer = Batch(1, (), lost_tail.encode())
    with pytest.raises(Conflict, match="log-forked"):
        take_answer(
            "ministry",
            200,
            accepted(province_here.ministry, make_batch("ministry", 1), held=longer),
            now=now,
        )
    assert next_batch("ministry") is None


def test_a_refused_batch_is_named_and_sent_again(leave, now):
    leave(1)
    with pytest.raises(Unavailable):
        take_answer("ministry", 422, b'{"code": "batch-root-wrong"}', now=now)
    assert OutboxReceipt.objects.get().refusal == "batch-root-wrong"
    assert next_batch("ministry").first_seq == 1


def test_a_proxys_error_page_is_no_answer_and_changes_no_position(leave, now):
    leave(1)
    with pytest.raises(Unavailable):
        take_answer("ministry", 502, b"<html>Bad Gateway</html>", now=now)
    assert OutboxReceipt.objects.get().refusal == "http-502"
