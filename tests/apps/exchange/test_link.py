"""What a peer meets over HTTP, spoken here as another vendor would: JSON, base64 and signed notes."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from tests.apps.exchange.conftest import KIND, OtherNode, sent

from warrant.apps.exchange.models import InboxEntry, OutboxReceipt
from warrant.apps.foundation import clock
from warrant.apps.foundation.outbox import publish
from warrant.core.ledger.checkpoint import SignedCheckpoint
from warrant.core.ledger.event import parse_event
from warrant.core.ledger.note import Note, NoteKey

APPEND = "/exchange/v1/logs/320000/append"
READ = "/exchange/v1/logs/ministry-320000/read"
EMPTY_ROOT = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


def post(path: str, body: bytes, **extra):
    # With CSRF checks on: a peer has no cookie and no token.
    return Client(enforce_csrf_checks=True).post(path, body, content_type="application/json", **extra)


def read_body(node: OtherNode, *, held: tuple[int, str] = (0, EMPTY_ROOT), at=None, checkpoint="", log=None):
    moment = (at or clock.now()).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    origin = f"urn:warrant:log:{log or 'ministry-320000'}"
    text = f"warrant/exchange-read/v1\n{origin}\n{held[0]}\n{held[1]}\n{moment}\n"
    note = Note(text).signed("urn:warrant:node:320000", node.signer).encode().decode()
    return json.dumps({"statement": note, "checkpoint": checkpoint, "wait": 0}).encode()


@pytest.fixture
def leave(ministry_here, now):
    def publish_some(*notes: str) -> None:
        with transaction.atomic():
            for note in notes:
                publish("320000", KIND, "officer:1", {"note": note}, now=now)

    return publish_some


def test_a_taken_batch_is_answered_with_the_ministrys_signature_on_the_same_checkpoint(
    ministry_here, jiangsu
):
    jiangsu.says("officer:1", "n")
    answer = post(APPEND, sent(jiangsu.batch()))
    assert answer.status_code == 200
    content = answer.json()
    assert content["size"] == 1
    assert base64.b64decode(content["root"]) == jiangsu.tree.stored.root()
    signed = SignedCheckpoint.parse(content["checkpoint"].encode())
    ministry = NoteKey("urn:warrant:node:ministry", ministry_here)
    assert signed.verify(jiangsu.origin, jiangsu.signer.public_key, ministry).size == 1


def test_a_gap_is_answered_409_with_the_number_expected(ministry_here, jiangsu):
    jiangsu.says("officer:1")
    jiangsu.says("officer:1")
    answer = post(APPEND, sent(jiangsu.batch(2, 2)))
    assert (answer.status_code, answer.json()["expected"]) == (409, 1)


def test_a_wrong_root_or_signature_is_answered_422(ministry_here, jiangsu):
    jiangsu.says("officer:1")
    body = json.loads(sent(jiangsu.batch()))
    other_event = {**body, "events": [base64.b64encode(b"other").decode()]}
    other_size = {**body, "checkpoint": body["checkpoint"].replace("\n1\n", "\n2\n", 1)}
    assert [
        post(APPEND, json.dumps(forged).encode()).status_code for forged in (other_event, other_size)
    ] == [
        422,
        422,
    ]
    assert not InboxEntry.objects.exists()


def test_a_key_that_is_not_pinned_is_answered_403(ministry_here):
    stranger = OtherNode("320000")
    stranger.says("officer:1")
    assert post(APPEND, sent(stranger.batch())).status_code == 403


def test_unknown_logs_are_answered_404(ministry_here, jiangsu):
    assert post("/exchange/v1/logs/999999/append", sent(jiangsu.batch())).status_code == 404
    assert post("/exchange/v1/logs/ministry-999999/read", read_body(jiangsu)).status_code == 404


def test_nothing_is_taken_from_the_public_site(ministry_here):
    site = OtherNode("public")
    site.says("certificate:32000000015")
    assert post("/exchange/v1/logs/public/append", sent(site.batch())).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"from":1}',
        b'{"from":true,"events":[],"checkpoint":""}',
        b'{"from":1,"events":["*"],"checkpoint":""}',
        b'{"from":1,"events":[1],"checkpoint":""}',
        b'{"from":1,"events":[],"checkpoint":"\\ud800"}',
        b'{"from":1,"events":[],"checkpoint":"not a note"}',
        b"[" * 100_000,
    ],
)
def test_a_malformed_message_is_answered_400(ministry_here, body):
    assert post(APPEND, body).status_code == 400


def test_a_message_that_is_too_long_is_answered_413(ministry_here):
    assert post(APPEND, b" " * ((4 << 20) + 1)).status_code == 413


def test_only_post_is_answered(ministry_here):
    assert Client().get(APPEND).status_code == 405


def test_the_addressee_gets_its_events_and_a_checkpoint_over_them(leave, jiangsu, ministry_here):
    leave("a", "b")
    content = post(READ, read_body(jiangsu)).json()
    events = [parse_event(base64.b64decode(event)) for event in content["events"]]
    assert [(event.id, event.data["note"]) for event in events] == [
        ("ministry-320000/1", "a"),
        ("ministry-320000/2", "b"),
    ]
    signed = SignedCheckpoint.parse(content["checkpoint"].encode())
    assert signed.verify("urn:warrant:log:ministry-320000", ministry_here).size == 2


def test_reading_on_needs_the_readers_signature_on_what_it_holds_and_leaves_a_receipt(leave, jiangsu):
    leave("a")
    taken = post(READ, read_body(jiangsu)).json()["checkpoint"]
    leave("b")
    root = taken.split("\n")[2]
    unsigned = post(READ, read_body(jiangsu, held=(1, root), checkpoint=taken))
    assert unsigned.status_code == 422
    counter_signed = SignedCheckpoint.parse(taken.encode()).cosigned(
        "urn:warrant:node:320000", jiangsu.signer
    )
    answer = post(READ, read_body(jiangsu, held=(1, root), checkpoint=counter_signed.encode().decode()))
    assert [parse_event(base64.b64decode(event)).data["note"] for event in answer.json()["events"]] == ["b"]
    assert OutboxReceipt.objects.get(peer="320000").size == 1


def test_nobody_else_gets_an_event(leave):
    leave("personal")
    stranger = OtherNode("320000")
    assert post(READ, read_body(stranger)).status_code == 403


def test_a_captured_request_is_refused_after_300_seconds(leave, jiangsu):
    leave("personal")
    for age, status in ((290, 200), (310, 403), (-310, 403)):
        body = read_body(jiangsu, at=clock.now() - timedelta(seconds=age))
        assert post(READ, body).status_code == status


def test_a_statement_about_another_log_does_not_open_this_one(leave, jiangsu):
    leave("personal")
    assert post(READ, read_body(jiangsu, log="ministry-310000")).status_code == 422


def test_a_reader_that_holds_another_history_is_stopped(leave, jiangsu, vault):
    leave("a")
    taken = post(READ, read_body(jiangsu)).json()["checkpoint"]
    other = OtherNode("ministry-320000")
    other.signer = vault.signer("log")  # the ministry itself once signed for this, before it was restored
    other.says("officer:1", "another")
    forked = SignedCheckpoint.parse(other.checkpoint()).cosigned("urn:warrant:node:320000", jiangsu.signer)
    root = forked.checkpoint.text.split("\n")[2]
    answer = post(READ, read_body(jiangsu, held=(1, root), checkpoint=forked.encode().decode()))
    assert (answer.status_code, answer.json()["code"]) == (409, "log-forked")
    root = taken.split("\n")[2]
    assert post(READ, read_body(jiangsu)).status_code == 409
