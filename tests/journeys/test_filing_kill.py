"""Ministry and province as processes, killed between an approval and its receipt: each case is filed exactly once."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import httpx
import pytest
from tests.support.nodes import prepare_cases, rows, wait_until

from warrant.core.crypto.signing import PublicKey
from warrant.core.ledger.event import origin_of
from warrant.core.ledger.merkle import leaf_hash
from warrant.core.ledger.receipt import Receipt, verify_grant
from warrant.nodes.config import load_config
from warrant.nodes.group import Logins
from warrant.nodes.journey.browser import HttpPerson, PageUnexpectedError, sign_in
from warrant.nodes.launcher import NodeGroup, NodeProcess

SEED = 20261122
KILLS = 10
ARRIVAL_SECONDS = 40.0


class Rehearsal:
    """The two processes, the approver and the reviewer at their browsers, and the dice."""

    def __init__(self, nodes: dict[str, NodeProcess], logins: dict[str, dict[str, str]]) -> None:
        self.province, self.ministry = nodes["province"], nodes["ministry"]
        self.dice = random.Random(SEED)
        self.logins = logins
        self.approver, self.reviewer = HttpPerson(self.province.url), HttpPerson(self.ministry.url)

    def stop(self) -> None:
        for person in (self.approver, self.reviewer):
            person.http.close()
        for node in (self.province, self.ministry):
            node.stop()

    def start(self) -> None:
        for node in (self.province, self.ministry):
            node.start()
        for node in (self.province, self.ministry):
            node.wait_until_ready()
        sign_in(self.approver, "approver", self.logins["province"]["approver"])
        sign_in(self.reviewer, "filing", self.logins["ministry"]["filing"])

    def approve(self, number: str) -> None:
        page = self.approver.open(f"/applications/{number}/")
        self.approver.submit(page, page.form(action="/approve/"))

    def is_approved(self, number: str) -> bool:
        found = rows(self.province, "SELECT state FROM application WHERE number = ?", number)
        return found[0][0] != "approval"

    def grant(self, number: str) -> None:
        ((filing,),) = rows(self.ministry, "SELECT id FROM filing WHERE application_number = ?", number)
        page = self.reviewer.open(f"/filings/{filing}/grant/")
        form = page.form(with_button="准予备案")
        how = {"reason": "调阅证明，与摘要一致"} if "reason" in form.names else {}
        self.reviewer.submit(page, form, how)

    def has_arrived(self, number: str) -> bool:
        return bool(rows(self.ministry, "SELECT id FROM filing WHERE application_number = ?", number))

    def is_granted(self, number: str) -> bool:
        query = "SELECT id FROM filing WHERE application_number = ? AND state = 'granted'"
        return bool(rows(self.ministry, query, number))

    def is_back(self, number: str) -> bool:
        query = (
            "SELECT r.id FROM filing_request r JOIN application a ON a.id = r.application_id "
            "WHERE a.number = ? AND r.receipt IS NOT NULL"
        )
        return bool(rows(self.province, query, number))

    def interrupted(self, act: Callable[[str], None], number: str) -> None:
        """Act, and kill either side at some moment of it or soon after; then start it again."""

        def try_once() -> None:
            with suppress(httpx.HTTPError, PageUnexpectedError):
                act(number)

        acting = threading.Thread(target=try_once)
        acting.start()
        time.sleep(self.dice.uniform(0.0, 0.5))
        victim = self.dice.choice((self.province, self.ministry))
        victim.kill()
        acting.join()
        time.sleep(self.dice.uniform(0.0, 0.3))
        victim.start()
        victim.wait_until_ready()

    def insist(self, act: Callable[[str], None], is_done: Callable[[str], bool], number: str) -> None:
        """Do what a person does after a crash: look whether it happened, and do it again if it did not."""
        if not is_done(number):
            act(number)
        self.wait(is_done, number)

    def wait(self, is_done: Callable[[str], bool], number: str) -> None:
        both = (self.province, self.ministry)
        wait_until(f"{is_done.__name__} {number}", lambda: is_done(number), both, ARRIVAL_SECONDS)


@pytest.fixture
def rehearsal(group: tuple[NodeGroup, Logins]) -> Iterator[Rehearsal]:
    nodes, logins = group
    both = Rehearsal(nodes.nodes, logins)
    yield both
    both.stop()


@pytest.mark.journey
def test_killing_either_side_files_every_case_exactly_once(rehearsal: Rehearsal) -> None:
    province, ministry = rehearsal.province, rehearsal.ministry
    numbers = prepare_cases(province, KILLS)
    rehearsal.start()
    for number in numbers:
        is_killed_at_approval = rehearsal.dice.random() < 0.5
        if is_killed_at_approval:
            rehearsal.interrupted(rehearsal.approve, number)
        rehearsal.insist(rehearsal.approve, rehearsal.is_approved, number)
        rehearsal.wait(rehearsal.has_arrived, number)
        if not is_killed_at_approval:
            rehearsal.interrupted(rehearsal.grant, number)
        rehearsal.insist(rehearsal.grant, rehearsal.is_granted, number)
        rehearsal.wait(rehearsal.is_back, number)

    assert rows(ministry, "SELECT application_number, state FROM filing ORDER BY id") == [
        (number, "granted") for number in numbers
    ]
    filing_numbers = [f"BA{time.localtime().tm_year}{serial:08d}" for serial in range(1, KILLS + 1)]
    assert rows(ministry, "SELECT filing_number FROM filing ORDER BY id") == [(n,) for n in filing_numbers]
    assert rows(
        province,
        "SELECT a.number, a.state, r.state, r.filing_number FROM filing_request r "
        "JOIN application a ON a.id = r.application_id ORDER BY r.id",
    ) == [
        (number, "filed", "granted", filing_number)
        for number, filing_number in zip(numbers, filing_numbers, strict=True)
    ]

    requests = (
        "SELECT seq + 1, body FROM log_entry WHERE stream_id = 'to-ministry' AND kind = 'filing.requested'"
    )
    decisions = (
        "SELECT seq + 1, body FROM log_entry WHERE stream_id = 'to-320000' AND kind = 'filing.decided'"
    )
    assert len(rows(province, requests)) == len(rows(ministry, decisions)) == KILLS
    taken = "SELECT seq, body FROM inbox_entry WHERE kind = ? ORDER BY seq"
    assert rows(ministry, taken, "filing.requested") == rows(province, f"{requests} ORDER BY seq")
    assert rows(province, taken, "filing.decided") == rows(ministry, f"{decisions} ORDER BY seq")
    for node in (province, ministry):
        assert rows(node, "SELECT * FROM dead_letter") == []
        assert rows(node, "SELECT fork_found_at FROM inbox_stream") == [(None,)]
    certificates = "SELECT filing_request_id FROM certificate ORDER BY filing_request_id"
    assert rows(province, certificates) == rows(province, "SELECT id FROM filing_request ORDER BY id")
    words = (
        "SELECT action, COUNT(*) FROM opinion WHERE action IN ('approve', 'record-filing') GROUP BY action"
    )
    assert rows(province, f"{words} ORDER BY action") == [("approve", KILLS), ("record-filing", KILLS)]

    key = PublicKey.from_text(load_config(province.node_file).peers["ministry"].log_key)
    proofs = rows(
        province, "SELECT r.receipt, e.body FROM filing_request r JOIN log_entry e ON e.id = r.entry_id"
    )
    granted = [
        verify_grant(Receipt.parse(receipt), key, origin_of("ministry-320000"), leaf_hash(body))
        for receipt, body in proofs
    ]
    assert sorted(str(event.data["application"]) for event in granted) == sorted(numbers)
