"""The relay's steps against a peer that is played by its own log, and a loop that survives everything."""

from __future__ import annotations

import dataclasses
import json
import threading

import pytest
from django.db import transaction
from tests.apps.exchange.conftest import KIND, OtherNode, sent

from warrant.apps.exchange import commands
from warrant.apps.exchange.commands import pull_once, push_once, run_relay
from warrant.apps.exchange.models import InboxStream, OutboxReceipt
from warrant.apps.exchange.types import witness_name
from warrant.apps.foundation.outbox import publish
from warrant.core.errors import Unavailable
from warrant.core.ledger.checkpoint import SignedCheckpoint
from warrant.core.ledger.note import Note


class PlayedMinistry:
    """Answers as the ministry would, from two logs in memory."""

    def __init__(self, ministry: OtherNode) -> None:
        self.ministry = ministry
        self.taken: list[str] = []
        self.is_away = False
        self.loses_next_answer = False

    def post(self, url: str, body: bytes, *, timeout_seconds: float) -> tuple[int, bytes]:
        if self.is_away:
            raise Unavailable("peer-unreachable", "暂时无法连接")
        message = json.loads(body)
        if url == "http://127.0.0.1:1/exchange/v1/logs/320000/append":
            answer = self._append(message)
        else:
            assert url == "http://127.0.0.1:1/exchange/v1/logs/ministry-320000/read"
            answer = self._read(message)
        if self.loses_next_answer:
            self.loses_next_answer = False
            raise Unavailable("peer-unreachable", "暂时无法连接")
        return answer

    def _append(self, message) -> tuple[int, bytes]:
        if message["from"] > len(self.taken) + 1:
            return 409, json.dumps({"code": "batch-gap", "expected": len(self.taken) + 1}).encode()
        self.taken[message["from"] - 1 :] = message["events"]
        signed = SignedCheckpoint.parse(message["checkpoint"].encode())
        signed = signed.cosigned(witness_name("ministry"), self.ministry.signer)
        answer = {
            "size": len(self.taken),
            "root": signed.checkpoint.text.split("\n")[2],
            "checkpoint": signed.encode().decode(),
        }
        return 200, json.dumps(answer).encode()

    def _read(self, message) -> tuple[int, bytes]:
        held = int(Note.parse(message["statement"].encode()).text.split("\n")[2])
        return 200, sent(self.ministry.batch(held + 1))


@pytest.fixture
def link(province_here):
    return PlayedMinistry(province_here.ministry)


@pytest.fixture
def leave(province_here, now):
    def publish_some(count: int) -> None:
        with transaction.atomic():
            for number in range(count):
                publish("ministry", KIND, f"officer:{number}", {"note": "n"}, now=now)

    return publish_some


def test_pushing_goes_on_until_nothing_is_left(leave, link):
    leave(201)
    pushed = [push_once("ministry", link, sends_heartbeat=False) for _ in range(3)]
    assert pushed == [True, True, False]
    assert (len(link.taken), OutboxReceipt.objects.get().size) == (201, 201)


def test_after_a_lost_answer_the_same_events_are_sent_again(leave, link):
    leave(3)
    link.loses_next_answer = True
    with pytest.raises(Unavailable):
        push_once("ministry", link, sends_heartbeat=False)
    push_once("ministry", link, sends_heartbeat=False)
    assert (len(link.taken), OutboxReceipt.objects.get().size) == (3, 3)


def test_a_heartbeat_finds_out_that_the_peer_was_restored(leave, link):
    leave(5)
    push_once("ministry", link, sends_heartbeat=False)
    del link.taken[2:]
    assert not push_once("ministry", link, sends_heartbeat=False)
    push_once("ministry", link, sends_heartbeat=True)
    push_once("ministry", link, sends_heartbeat=False)
    assert len(link.taken) == 5


def test_pulling_takes_over_what_the_ministry_left(link, province_here, applied):
    province_here.ministry.says("officer:1", "a")
    assert pull_once("ministry", link, wait_seconds=0)
    province_here.ministry.says("officer:1", "b")
    assert pull_once("ministry", link, wait_seconds=0)
    assert pull_once("ministry", link, wait_seconds=0)
    assert [received.event.data["note"] for received in applied.events] == ["a", "b"]
    assert InboxStream.objects.get().size == 2


def test_a_fork_told_by_the_ministry_stops_the_pulling(link, province_here, monkeypatch):
    province_here.ministry.says("officer:1", "a")
    pull_once("ministry", link, wait_seconds=0)
    monkeypatch.setattr(link, "_read", lambda message: (409, b'{"code": "log-forked"}'))
    with pytest.raises(Unavailable):
        pull_once("ministry", link, wait_seconds=0)
    assert not pull_once("ministry", link, wait_seconds=0)
    assert InboxStream.objects.get().fork_found_at is not None


def test_the_loop_outlives_any_exception(monkeypatch):
    monkeypatch.setattr(commands, "LONGEST_PAUSE_SECONDS", 0.01)
    stop = threading.Event()
    failures = [RuntimeError("a bug"), Unavailable("peer-unreachable", "暂时无法连接"), OSError("disk")]
    done = []

    def step() -> None:
        if failures:
            raise failures.pop()
        done.append(True)
        stop.set()

    commands._keep_going("made up", step, stop)
    assert done == [True]


def test_a_node_with_nobody_to_call_has_no_loop(ministry_here, settings):
    settings.WARRANT_NODE = dataclasses.replace(settings.WARRANT_NODE, peers={})
    run_relay(threading.Event())  # returns at once
