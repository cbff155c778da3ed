"""Every step of a job fails in every way: the case ends finished or spoiled, and never are two cards alive for it.

Alive is asked of the cards themselves: of their memory, as a reader on the road would.
"""

from __future__ import annotations

from datetime import datetime
from itertools import product

import pytest

from warrant.adapters.software_vault import SoftwareVault
from warrant.adapters.virtual_card.reader import VirtualConnection, VirtualReader
from warrant.apps.cardcentre.models import Card, CardJob
from warrant.apps.cardcentre.services import jobs
from warrant.apps.certificates.models import Certificate
from warrant.core.access import Actor
from warrant.core.chip.inspection import read_card
from warrant.core.chip.personalisation import StepMoment, StepName
from warrant.core.errors import N_, NotFound, Unavailable
from warrant.core.lifecycle import CardJobState
from warrant.nodes.card_readers import BoxReaders

FIRST, SECOND = "1D000000000001", "1D000000000002"
READER = "virtual-1"
FAULTS = ("answer lost", "wrong status", "bits flipped", "empty answer", "card pulled", "process killed")
ON_RECORD_WITH = {
    "running": "reserved",
    "made": "reserved",
    "finished": "personalised",
    "spoiled": "spoiled",
}


class ProcessDiedError(Exception):
    """Stands for kill -9: nobody catches it."""


class Fault:
    """Strikes once, at a command of a step: the first, or the second."""

    def __init__(self, kind: str, step: StepName, after: int, readers: BoxReaders) -> None:
        self.kind, self._step, self._after, self._readers = kind, step, after, readers
        self._left: int | None = None
        self.has_struck = False

    def see(self, step: StepName, moment: StepMoment) -> None:
        """Be ready once the step has begun."""
        if (step, moment) == (self._step, StepMoment.BEGUN) and not self.has_struck:
            self._left = self._after
        if (step, moment) == (self._step, StepMoment.DONE):
            self._left = None

    def strikes(self) -> bool:
        """Tell whether this command is the one."""
        if self._left is None or self.has_struck:
            return False
        self._left -= 1
        self.has_struck = self._left < 0
        return self.has_struck

    def answer(self, connection: VirtualConnection, apdu: bytes, transmit: object) -> bytes:
        """Answer the fatal command, or do not."""
        if self.kind == "card pulled":
            self._readers.take_out(READER)
            return transmit(connection, apdu)
        answer = transmit(connection, apdu)  # what follows goes wrong after the card has acted
        if self.kind == "answer lost":
            connection.close()
            raise Unavailable("card-removed", N_("卡片已被取出"), place="reader")
        if self.kind == "process killed":
            connection.close()
            raise ProcessDiedError
        if self.kind == "wrong status":
            return b"\x6f\x00"
        if self.kind == "bits flipped":
            return bytes(byte ^ 0x55 for byte in answer[:-2]) + answer[-2:]
        return b""


@pytest.fixture
def fail_at(monkeypatch: pytest.MonkeyPatch, readers: BoxReaders):
    """Let a job fail: ``fail_at("answer lost", StepName.LOCK, 1)``; nothing else of it is changed."""
    transmit, recorder = VirtualConnection.transmit, jobs._step_recorder

    def arm(kind: str, step: StepName, after: int) -> Fault:
        fault = Fault(kind, step, after, readers)

        def watched(steps):
            on_step = recorder(steps)

            def see(name: StepName, moment: StepMoment) -> None:
                on_step(name, moment)
                fault.see(name, moment)

            return see

        def struck(connection: VirtualConnection, apdu: bytes) -> bytes:
            if fault.strikes():
                return fault.answer(connection, apdu, transmit)
            return transmit(connection, apdu)

        monkeypatch.setattr(jobs, "_step_recorder", watched)
        monkeypatch.setattr(VirtualConnection, "transmit", struck)
        return fault

    return arm


def living(readers: BoxReaders, vault: SoftwareVault) -> list[str]:
    """Return the chips that a reader with all keys takes for a genuine certificate, asked of their memory."""
    found = []
    lying = {card.serial: card.reader_name for card in readers.cards()}
    aside = VirtualReader(readers._box, "aside")
    for serial in lying:
        aside.insert(serial)
        connection = aside.connect()
        try:
            report = read_card(connection, [vault.signer("issuer").public_key], vault.card_key)
        except NotFound:
            continue
        finally:
            connection.close()
            aside.remove()
        if report.is_genuine:
            found.append(serial)
    return found


def check_everything(readers: BoxReaders, vault: SoftwareVault, certificate: Certificate) -> None:
    """No two live cards, none off the record, and no state without the one that belongs to it."""
    alive = living(readers, vault)
    assert len(alive) <= 1
    for serial in alive:
        card = Card.objects.get(serial=serial)
        assert (card.certificate_id, card.state in ("reserved", "personalised")) == (certificate.pk, True)
        assert card.jobs.get().state in ("running", "made", "finished")
    for job in CardJob.objects.exclude(card=None):
        assert job.card.state == ON_RECORD_WITH[job.state]
    finished = CardJob.objects.filter(state="finished").exists()
    state = Certificate.system.get(pk=certificate.pk).state
    assert state == ("produced" if finished else "awaiting-production")


def go_on(
    operator: Actor, certificate: Certificate, readers: BoxReaders, put_blank, now: datetime
) -> CardJob:
    """Do what the page says: resume with the card; what cannot be finished is spoiled and made anew."""
    for _ in range(3):
        job = CardJob.objects.filter(certificate=certificate).exclude(state="spoiled").first()
        if job is None:
            put_blank(SECOND, suite=Card.objects.get(serial=FIRST).key_suite)
            job = jobs.start_card_job(operator, certificate, READER, now=now)
        elif job.state == CardJobState.RUNNING:
            if readers.reader(READER).inserted is None:
                readers.put_in(READER, job.card.serial)
            job = jobs.resume_card_job(operator, job, READER, now=now)
        if job.state == CardJobState.MADE:
            return job
        if job.trouble["code"] == "card-spoiled":
            jobs.spoil_card_job(operator, job, "不能再用", now=now, reader_name=READER)
    raise AssertionError(f"not made: {job.trouble}")


@pytest.mark.parametrize(
    ("suite", "fault"), list(product(("sm4", "3des"), FAULTS)), ids=lambda value: value.replace(" ", "-")
)
@pytest.mark.parametrize("step", list(StepName))
def test_whatever_fails_at_whatever_step_the_case_ends_with_one_living_card(
    suite, fault, step, operator, certificate, put_blank, readers, province_vault, fail_at, now
):
    put_blank(FIRST, suite=suite)
    after = (FAULTS.index(fault) + list(StepName).index(step) + (suite == "sm4")) % 2
    armed = fail_at(fault, step, after)
    try:
        job = jobs.start_card_job(operator, certificate, READER, now=now)
    except ProcessDiedError:
        job = CardJob.objects.get()
    check_everything(readers, province_vault, certificate)
    if job.state != CardJobState.MADE:
        job = go_on(operator, certificate, readers, put_blank, now)
    check_everything(readers, province_vault, certificate)
    jobs.pass_check(operator, job, now=now)
    check_everything(readers, province_vault, certificate)
    assert living(readers, province_vault) == [job.card.serial]
    assert armed.has_struck or step in (StepName.BUILD_MASTER_FILE, StepName.ERASE, StepName.WRITE_REVIEWS)


class TestSpoiling:
    @pytest.mark.parametrize("suite", ["sm4", "3des"])
    def test_card_that_fails_its_check_is_emptied(
        self, suite, operator, certificate, put_blank, readers, province_vault, now
    ):
        put_blank(FIRST, suite=suite)
        job = jobs.start_card_job(operator, certificate, READER, now=now)
        assert living(readers, province_vault) == [FIRST]
        job = jobs.spoil_card_job(operator, job, "卡面划伤", now=now, reader_name=READER)
        assert (job.state, job.chip_erased_at) == ("spoiled", now)
        assert living(readers, province_vault) == []
        put_blank(SECOND, suite=suite)
        jobs.pass_check(operator, jobs.start_card_job(operator, certificate, READER, now=now), now=now)
        check_everything(readers, province_vault, certificate)

    def test_card_that_is_not_there_is_known_to_be_alive_and_can_be_emptied_later(
        self, operator, certificate, put_blank, readers, province_vault, now
    ):
        put_blank(FIRST)
        job = jobs.start_card_job(operator, certificate, READER, now=now)
        readers.take_out(READER)
        job = jobs.spoil_card_job(operator, job, "卡面偏移", now=now, reader_name=READER)
        assert (job.state, job.chip_erased_at) == ("spoiled", None)
        put_blank(SECOND)
        with pytest.raises(Exception, match="card-different"):
            jobs.erase_spoiled_chip(operator, job, READER, now=now)
        readers.take_out(READER)
        readers.put_in(READER, FIRST)
        assert jobs.erase_spoiled_chip(operator, job, READER, now=now).chip_erased_at == now
        assert living(readers, province_vault) == []

    def test_card_of_a_job_that_is_not_spoiled_is_not_emptied(
        self, operator, certificate, put_blank, readers, province_vault, now
    ):
        put_blank(FIRST)
        job = jobs.start_card_job(operator, certificate, READER, now=now)
        with pytest.raises(Exception, match="wrong-state"):
            jobs.erase_spoiled_chip(operator, job, READER, now=now)
        assert living(readers, province_vault) == [FIRST]
