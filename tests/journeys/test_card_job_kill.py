"""The province killed at random moments of card jobs: every certificate ends with one card, every card in one state."""

from __future__ import annotations

import base64
import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from tests.support.nodes import prepare_cases, rows, wait_until

from warrant.adapters.software_vault import SoftwareVault
from warrant.adapters.virtual_card.reader import CardBox, VirtualReader
from warrant.core.chip.inspection import CardReport, read_card
from warrant.core.crypto.secret import Secret
from warrant.nodes.config import load_config
from warrant.nodes.group import Logins
from warrant.nodes.journey.browser import HttpPerson, PageUnexpectedError
from warrant.nodes.journey.cards import keys, stock_station
from warrant.nodes.journey.walk import Walk
from warrant.nodes.launcher import NodeGroup, NodeProcess

SEED = 20261122
KILLS = 10
KILLS_FOR_ONE_CARD = 2
CERTIFICATES = KILLS
BLANKS = 40
ARRIVAL_SECONDS = 40.0
ACTS_FOR_ONE_CARD = 30
LONGEST_JOB_SECONDS = 0.8
FURTHEST_STEP = 14
SLICE_SECONDS = 0.0005
READER = "virtual-1"


class CardCentre:
    """The operator at the station, the certificates that wait, and the dice."""

    def __init__(self, nodes: NodeGroup, logins: Logins, folder: Path) -> None:
        self.nodes = nodes
        self.province, self.ministry = nodes.nodes["province"], nodes.nodes["ministry"]
        self.walk = Walk(nodes, logins, folder)
        self.dice = random.Random(SEED)
        self.kills = self.kills_here = self.kills_inside = 0

    @property
    def operator(self) -> HttpPerson:
        person = self.walk.person("province", "card")
        assert isinstance(person, HttpPerson)
        return person

    def leave(self) -> None:
        for person in self.walk.people.values():
            if isinstance(person, HttpPerson):
                person.http.close()

    def prepare(self) -> list[str]:
        """Bring keys, blanks and granted cases to the province; return the certificate numbers."""
        keys(self.walk)
        first = 0x3200000001
        stock_station(self.walk, f"{first:X}", f"{first + BLANKS - 1:X}")
        numbers = prepare_cases(self.province, CERTIFICATES)
        approver, reviewer = (
            self.walk.person("province", "approver"),
            self.walk.person("ministry", "filing"),
        )
        for number in numbers:
            page = approver.open(f"/applications/{number}/")
            approver.submit(page, page.form(action="/approve/"))
        both = (self.province, self.ministry)
        arrived = "SELECT id FROM filing ORDER BY id"
        wait_until(
            "filings", lambda: len(rows(self.ministry, arrived)) == CERTIFICATES, both, ARRIVAL_SECONDS
        )
        for (filing,) in rows(self.ministry, arrived):
            page = reviewer.open(f"/filings/{filing}/grant/")
            form = page.form(with_button="准予备案")
            how = {"reason": "调阅证明，与摘要一致"} if "reason" in form.names else {}
            reviewer.submit(page, form, how)
        waiting = "SELECT number FROM certificate WHERE state = 'awaiting-production' ORDER BY id"
        wait_until(
            "certificates", lambda: len(rows(self.province, waiting)) == CERTIFICATES, both, ARRIVAL_SECONDS
        )
        return [number for (number,) in rows(self.province, waiting)]

    def start(self, number: str) -> None:
        """Put the next blank into the reader and start the certificate's card."""
        page = self.operator.open(f"/card-centre/?certificate={number}")
        page = self.operator.submit(page, page.form(with_button=f"放入空白卡：{READER}"))
        page = self.operator.open(f"/card-centre/?certificate={number}")
        form = page.form(action="/card-centre/start/")
        assert form.fields["certificate"] == [number]
        self._send(lambda: self.operator.submit(page, form))

    def resume(self, job: int) -> None:
        """Go on with a job; its card still lies in the reader."""
        page = self.operator.open(f"/card-jobs/{job}/")
        form = page.form(action="/resume/")
        self._send(lambda: self.operator.submit(page, form))

    def check(self, job: int) -> None:
        """Pass the check of a made card."""
        page = self.operator.open(f"/card-jobs/{job}/")
        self._send(lambda: self.operator.submit(page, page.form(action="/pass/")))

    def spoil(self, job: int) -> None:
        page = self.operator.open(f"/card-jobs/{job}/spoil/")
        self._send(
            lambda: self.operator.submit(page, page.form(with_field="reason"), {"reason": "断电后不再信任"})
        )

    def _send(self, press: Callable[[], object]) -> None:
        """Press the button, and as long as kills are left for it, kill the province at some moment of what follows."""
        if self.kills == KILLS or self.kills_here == KILLS_FOR_ONE_CARD:
            press()
            return

        def try_once() -> None:
            with suppress(httpx.HTTPError, PageUnexpectedError):
                press()

        before = self._progress()
        acting = threading.Thread(target=try_once)
        acting.start()
        self._await_the_moment(acting, before)
        self.province.kill()
        acting.join()
        self.kills += 1
        self.kills_here += 1
        self.kills_inside += bool(rows(self.province, "SELECT id FROM card_job WHERE state = 'running'"))
        self.province.start()
        self.province.wait_until_ready()

    def _progress(self) -> int:
        """Count the reservations and the steps on record so far: it grows as a job comes along, and by nothing else."""
        ((count,),) = rows(
            self.province,
            "SELECT (SELECT COALESCE(SUM(attempts), 0) FROM card_job) + (SELECT COUNT(*) FROM card_job_step)",
        )
        return int(count)

    def _await_the_moment(self, acting: threading.Thread, before: int) -> None:
        """Let some time pass since the press, or three times of four let the job come to some step.

        The province is then held and let go a slice at a time, so that it cannot run past the step while we look.
        """
        if self.dice.random() < 0.75:
            wanted = before + self.dice.randint(1, FURTHEST_STEP)
            self._signal(signal.SIGSTOP)
            while acting.is_alive() and self._progress() < wanted:
                self._signal(signal.SIGCONT)
                time.sleep(SLICE_SECONDS)
                self._signal(signal.SIGSTOP)
        else:
            time.sleep(self.dice.uniform(0.0, LONGEST_JOB_SECONDS))

    def _signal(self, number: signal.Signals) -> None:
        assert self.province.process is not None
        os.killpg(self.province.process.pid, number)

    def job_of(self, number: str) -> tuple[int, str] | None:
        """Return the certificate's job that is not given up: its id and state."""
        found = rows(
            self.province,
            "SELECT j.id, j.state FROM card_job j JOIN certificate c ON c.id = j.certificate_id "
            "WHERE c.number = ? AND j.state <> 'spoiled'",
            number,
        )
        assert len(found) <= 1, "two jobs are open for one certificate"
        return found[0] if found else None

    def make(self, number: str) -> None:
        """Do what an operator does until the card is made: start, go on after a crash, or give the card up."""
        self.kills_here = 0
        for _ in range(ACTS_FOR_ONE_CARD):
            job = self.job_of(number)
            if job is None:
                self.start(number)
            elif job[1] == "finished":
                return
            elif self.dice.random() < 0.25:
                self.spoil(job[0])
            elif job[1] == "made":
                self.check(job[0])
            else:
                self.resume(job[0])
        pytest.fail(f"the card of {number} is not made after {ACTS_FOR_ONE_CARD} acts")

    def hand_over(self, number: str) -> None:
        registrar = self.walk.person("province", "registrar")
        page = registrar.open(f"/hand-over/{number}/")
        ((holder,),) = rows(
            self.province,
            "SELECT o.name FROM certificate c JOIN officer o ON o.id = c.officer_id WHERE c.number = ?",
            number,
        )
        registrar.submit(page, page.form(with_field="received_by_name"), {"received_by_name": holder})


@pytest.fixture
def centre(group: tuple[NodeGroup, Logins], tmp_path: Path) -> Iterator[CardCentre]:
    nodes, logins = group
    with nodes:
        station = CardCentre(nodes, logins, tmp_path)
        yield station
        station.leave()


def read_chip(province: NodeProcess, serial: str) -> CardReport:
    """Read a card of the province's box with every key that there is to check it."""
    config = load_config(province.node_file)
    vault = SoftwareVault.open(config.home / "vault", Secret(config.passphrase.encode()))
    reader = VirtualReader(CardBox(config.home / "card-box"), "afterwards")
    reader.remove()
    reader.insert(serial)
    connection = reader.connect()
    try:
        return read_card(connection, [vault.signer("issuer").public_key], vault.card_key)
    finally:
        connection.close()


@pytest.mark.journey
def test_killing_the_card_centre_at_any_moment_leaves_every_certificate_exactly_one_card(
    centre: CardCentre,
) -> None:
    province = centre.province
    numbers = centre.prepare()
    for number in numbers:
        centre.make(number)
    for number in numbers[:2]:
        centre.hand_over(number)
    assert centre.kills == KILLS
    assert centre.kills_inside >= 3, "too few kills fell into a job to show anything"

    live = rows(
        province,
        "SELECT c.number, o.name, k.serial, j.content FROM certificate c JOIN officer o ON o.id = c.officer_id "
        "JOIN card k ON k.certificate_id = c.id AND k.state IN ('personalised', 'handed-over') "
        "JOIN card_job j ON j.card_id = k.id AND j.certificate_id = c.id AND j.state = 'finished' ORDER BY c.id",
    )
    assert [number for number, *_ in live] == numbers
    for number, name, serial, stored in live:
        report = read_chip(province, serial)
        assert [(check.name, check.outcome) for check in report.checks if check.outcome != "passed"] == []
        assert report.is_genuine
        assert report.content is not None
        assert (report.content.certificate_number, report.content.holder_name) == (number, name)
        assert report.chip_serial_number == bytes.fromhex(serial)
        planned = {int(file, 16): base64.b64decode(image) for file, image in json.loads(stored).items()}
        assert planned.items() <= report.images.items()

    states = Counter(state for (state,) in rows(province, "SELECT state FROM card"))
    spoiled_jobs = len(rows(province, "SELECT id FROM card_job WHERE state = 'spoiled'"))
    assert states == Counter(
        {
            "blank": BLANKS - CERTIFICATES - spoiled_jobs,
            "personalised": CERTIFICATES - 2,
            "handed-over": 2,
            "spoiled": spoiled_jobs,
        }
    )
    assert rows(province, "SELECT SUM(count) FROM card_batch") == [(BLANKS,)]
    assert rows(province, "SELECT DISTINCT spoiled_reason FROM card WHERE state = 'spoiled'") in (
        [],
        [("断电后不再信任",)],
    )
    together = "SELECT DISTINCT k.state, j.state FROM card_job j JOIN card k ON k.id = j.card_id"
    assert set(rows(province, together)) <= {
        ("personalised", "finished"),
        ("handed-over", "finished"),
        ("spoiled", "spoiled"),
    }
    assert (
        rows(province, "SELECT serial FROM card WHERE state = 'blank' AND certificate_id IS NOT NULL") == []
    )
    assert rows(province, "SELECT card_id FROM card_job GROUP BY card_id HAVING COUNT(*) > 1") == []

    def audited(action: str) -> Counter[str]:
        return Counter(
            subject for (subject,) in rows(province, "SELECT subject FROM audit_row WHERE action = ?", action)
        )

    jobs = rows(province, "SELECT id, state, attempts FROM card_job")
    assert audited("card-job.started") == Counter(f"card-job:{job}" for job, *_ in jobs)
    assert audited("card-job.finished") == Counter(f"card-job:{j}" for j, s, _ in jobs if s == "finished")
    assert audited("card-job.spoiled") == Counter(f"card-job:{j}" for j, s, _ in jobs if s == "spoiled")
    assert +audited("card-job.resumed") == +Counter({f"card-job:{job}": n - 1 for job, _, n in jobs})
    entries = rows(
        province,
        "SELECT c.number, COUNT(*) FROM certificate_entry e JOIN certificate c ON c.id = e.certificate_id "
        "WHERE e.action = 'record-production' GROUP BY c.number ORDER BY c.id",
    )
    assert entries == [(number, 1) for number in numbers]
