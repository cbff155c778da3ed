"""Card jobs: whatever dies at whatever step, nothing ends half-made and unseen."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.apps.cardcentre.conftest import FIRST_SERIAL
from warrant.apps.audit.models import AuditRow
from warrant.apps.cardcentre.models import Card, CardJob, CardJobStep, KeySet
from warrant.apps.cardcentre.services import hand_over, jobs
from warrant.apps.cardcentre.services.stores import central_store
from warrant.apps.certificates.models import Certificate
from warrant.apps.foundation.models import LogEntry
from warrant.core.access import Role
from warrant.core.chip.inspection import read_card
from warrant.core.chip.personalisation import StepMoment, StepName
from warrant.core.credential.token import open_credential, photo_digest
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted, Unavailable
from warrant.core.lifecycle import CertificateState

SECOND_SERIAL = "1D000000000002"


class ProcessDiedError(Exception):
    """Stands for kill -9: nobody catches it."""


def die_at(monkeypatch, name, moment):
    """Let the process die when a step begins or is done, as its record was just written."""
    original = jobs._step_recorder

    def recorder(steps):
        on_step = original(steps)

        def watched(step, when):
            on_step(step, when)
            if (step, when) == (name, moment):
                raise ProcessDiedError

        return watched

    monkeypatch.setattr(jobs, "_step_recorder", recorder)


def state_of(certificate):
    return Certificate.system.get(pk=certificate.pk).state


def made(operator, certificate, now):
    return jobs.start_card_job(operator, certificate, "virtual-1", now=now)


def finished(operator, certificate, now):
    return jobs.pass_check(operator, made(operator, certificate, now), now=now)


@pytest.mark.parametrize("suite", ["sm4", "3des"])
def test_blank_becomes_the_officers_card(
    suite, operator, certificate, put_blank, readers, province_vault, now
):
    put_blank(suite=suite)
    job = made(operator, certificate, now)

    assert (job.state, job.trouble, job.key_suite, job.key_version) == ("made", {}, suite, 1)
    assert (Card.objects.get().state, state_of(certificate)) == ("reserved", "awaiting-production")
    assert jobs.pass_check(operator, job, now=now).state == "finished"
    assert Card.objects.get(serial=FIRST_SERIAL).state == "personalised"
    assert state_of(certificate) == CertificateState.PRODUCED
    card = readers.reader("virtual-1").connect()
    report = read_card(card, [province_vault.signer("issuer").public_key], province_vault.card_key)
    card.close()
    assert report.is_genuine
    assert report.content.holder_name == "林书白"
    assert report.content.agency_name == "昆山市交通运输综合行政执法大队"
    assert report.content.chip_serial_number == bytes.fromhex(FIRST_SERIAL)
    assert report.content.valid_until.isoformat() == "2031-11-20"


def test_credential_of_the_job_is_signed_and_tied_to_the_photo_on_the_chip(
    operator, certificate, put_blank, province_vault, now
):
    put_blank()
    job = made(operator, certificate, now)
    key = province_vault.signer("issuer").public_key
    claims = open_credential(bytes(job.credential), {key.key_id: key})
    assert (claims.certificate_number, claims.name, claims.issuer) == (certificate.number, "林书白", "32")
    assert claims.photo_digest == photo_digest(jobs.stored_content(bytes(job.content)).photo)


def test_every_step_is_on_record(operator, certificate, put_blank, now):
    put_blank()
    job = finished(operator, certificate, now)
    steps = CardJobStep.objects.filter(job=job).order_by("id")
    assert [step.name for step in steps] == [name.value for name in StepName]
    assert all(step.begun_at <= step.done_at for step in steps)
    actions = AuditRow.objects.filter(subject=f"card-job:{job.pk}").order_by("entry_id")
    assert [row.action for row in actions] == ["card-job.started", "card-job.made", "card-job.finished"]
    assert LogEntry.objects.filter(kind="certificate.changed").exists()


@pytest.mark.parametrize("moment", list(StepMoment))
@pytest.mark.parametrize("name", list(StepName))
def test_job_that_died_at_any_step_is_visible_and_finishes(
    name, moment, operator, certificate, put_blank, monkeypatch, now
):
    put_blank()
    with monkeypatch.context() as patch:
        die_at(patch, name, moment)
        with pytest.raises(ProcessDiedError):
            made(operator, certificate, now)
    job = CardJob.objects.get()
    assert (job.state, state_of(certificate)) == ("running", CertificateState.AWAITING_PRODUCTION)
    assert Card.objects.get().state == "reserved"

    job = jobs.resume_card_job(operator, job, "virtual-1", now=now)
    assert (job.state, job.attempts, state_of(certificate)) == (
        "made",
        2,
        CertificateState.AWAITING_PRODUCTION,
    )


def test_job_that_died_between_card_and_register_finishes(operator, certificate, put_blank, monkeypatch, now):
    def die(*_):
        raise ProcessDiedError

    put_blank()
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "_make", die)
        with pytest.raises(ProcessDiedError):
            made(operator, certificate, now)
    job = jobs.resume_card_job(operator, CardJob.objects.get(), "virtual-1", now=now)
    assert job.state == "made"
    names = CardJobStep.objects.filter(job=job, attempt=2).values_list("name", flat=True)
    assert set(names) == {"identify", "read-back"}


@pytest.mark.django_db(transaction=True)
def test_reservation_is_committed_before_the_first_command(
    operator, certificate, put_blank, monkeypatch, now
):
    put_blank()
    seen = []

    def look(*_):
        seen.append((connection.in_atomic_block, CardJob.objects.get().state, Card.objects.get().state))
        raise ProcessDiedError

    monkeypatch.setattr(jobs, "personalise", look)
    with pytest.raises(ProcessDiedError):
        made(operator, certificate, now)
    assert seen == [(False, "running", "reserved")]


def test_card_taken_out_in_the_middle_is_told_and_resumed(
    operator, certificate, put_blank, readers, monkeypatch, now
):
    put_blank()
    original = jobs._step_recorder

    def recorder(steps):
        on_step = original(steps)

        def watched(step, when):
            on_step(step, when)
            if (step, when) == (StepName.WRITE_PHOTO, StepMoment.BEGUN):
                readers.take_out("virtual-1")

        return watched

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "_step_recorder", recorder)
        job = made(operator, certificate, now)
    assert (job.state, job.trouble["code"]) == ("running", "card-removed")
    with pytest.raises(Unavailable, match="card-absent"):
        jobs.resume_card_job(operator, job, "virtual-1", now=now)

    put_blank(SECOND_SERIAL)
    with pytest.raises(Conflict, match="card-different") as caught:
        jobs.resume_card_job(operator, job, "virtual-1", now=now)
    assert caught.value.fields == {"found": SECOND_SERIAL, "expected": FIRST_SERIAL}

    readers.take_out("virtual-1")
    readers.put_in("virtual-2", FIRST_SERIAL)
    assert jobs.resume_card_job(operator, job, "virtual-2", now=now).state == "made"
    assert Card.objects.get(serial=SECOND_SERIAL).state == "blank"


def test_spoiled_card_keeps_its_serial_and_another_blank_takes_over(
    operator, certificate, put_blank, monkeypatch, now
):
    put_blank()
    with monkeypatch.context() as patch:
        die_at(patch, StepName.WRITE_KEYS, StepMoment.BEGUN)
        with pytest.raises(ProcessDiedError):
            made(operator, certificate, now)
    job = CardJob.objects.get()
    with pytest.raises(InvalidInput, match="reason-missing"):
        jobs.spoil_card_job(operator, job, " ", now=now)
    jobs.spoil_card_job(operator, job, "卡片无应答", now=now)

    spoiled = Card.objects.get(serial=FIRST_SERIAL)
    assert (spoiled.state, spoiled.spoiled_reason) == ("spoiled", "卡片无应答")
    with pytest.raises(Conflict, match="wrong-state"):
        jobs.resume_card_job(operator, job, "virtual-1", now=now)
    with pytest.raises(Conflict, match="card-not-blank"):
        made(operator, certificate, now)
    put_blank(SECOND_SERIAL)
    assert made(operator, certificate, now).card.serial == SECOND_SERIAL


def test_chip_under_foreign_keys_is_told_and_can_be_spoiled(
    operator, certificate, put_blank, province_vault, readers, receive, move, station, now
):
    put_blank()
    finished(operator, certificate, now)
    other_box_key = province_vault.secret("somebody-elses-transport-key", 16)
    readers.take_out("virtual-1")
    readers.add_blank(SECOND_SERIAL, "sm4", other_box_key)
    readers.put_in("virtual-1", SECOND_SERIAL)
    receive(SECOND_SERIAL, 1)
    move(central_store(), station, SECOND_SERIAL, 1)
    Certificate.system.update(state="awaiting-production")
    CardJob.objects.update(state="spoiled")
    Card.objects.filter(serial=FIRST_SERIAL).update(state="spoiled")
    job = made(operator, certificate, now)
    assert (job.state, job.trouble["code"]) == ("running", "card-spoiled")
    assert jobs.spoil_card_job(operator, job, "不是本系统的卡", now=now).state == "spoiled"


def test_second_job_for_a_certificate_is_refused(operator, certificate, put_blank, monkeypatch, now):
    put_blank()
    with monkeypatch.context() as patch:
        die_at(patch, StepName.IDENTIFY, StepMoment.DONE)
        with pytest.raises(ProcessDiedError):
            made(operator, certificate, now)
    put_blank(SECOND_SERIAL)
    with pytest.raises(Conflict, match="card-job-running"):
        made(operator, certificate, now)


def test_card_that_is_not_in_stock_is_refused(operator, certificate, put_blank, now):
    put_blank(stocked=False)
    with pytest.raises(Conflict, match="card-not-in-stock"):
        made(operator, certificate, now)


def test_made_card_is_never_made_again(operator, case_for, certificate, put_blank, now):
    put_blank()
    job = made(operator, certificate, now)
    with pytest.raises(Conflict, match="card-job-running"):
        made(operator, certificate, now)
    jobs.pass_check(operator, job, now=now)
    with pytest.raises(Conflict, match="wrong-state"):
        made(operator, certificate, now)
    with pytest.raises(Conflict, match="card-not-blank"):
        made(operator, case_for("陈予安"), now)


def test_without_sub_keys_nothing_is_reserved(operator, certificate, put_blank, now):
    put_blank()
    KeySet.objects.all().delete()
    with pytest.raises(Conflict, match="card-keys-missing"):
        made(operator, certificate, now)
    assert not CardJob.objects.exists()


def test_unknown_or_empty_reader_reserves_nothing(operator, certificate, put_blank, readers, now):
    put_blank()
    readers.take_out("virtual-1")
    with pytest.raises(Unavailable, match="card-absent"):
        made(operator, certificate, now)
    with pytest.raises(NotFound, match="reader-unknown"):
        jobs.start_card_job(operator, certificate, "virtual-9", now=now)
    assert not CardJob.objects.exists()


def test_cancelled_certificate_stops_an_interrupted_job(operator, certificate, put_blank, monkeypatch, now):
    put_blank()
    with monkeypatch.context() as patch:
        die_at(patch, StepName.ERASE, StepMoment.DONE)
        with pytest.raises(ProcessDiedError):
            made(operator, certificate, now)
    Certificate.system.update(state="cancelled")
    with pytest.raises(Conflict, match="wrong-state"):
        jobs.resume_card_job(operator, CardJob.objects.get(), "virtual-1", now=now)


class TestHandOver:
    @pytest.fixture
    def registrar(self, actor, tree):
        return actor("wu", tree.kunshan, Role.REGISTRAR)

    @pytest.fixture
    def produced(self, operator, certificate, put_blank, now):
        put_blank()
        finished(operator, certificate, now)
        return certificate

    def test_holder_signs_and_the_certificate_is_valid(self, produced, registrar, now):
        card = hand_over.record_hand_over(registrar, produced, " 林书白 ", now=now)
        assert (card.state, card.received_by_name) == ("handed-over", "林书白")
        assert state_of(produced) == CertificateState.ACTIVE
        assert AuditRow.objects.filter(action="card.handed-over").exists()

    def test_whoever_made_the_card_does_not_hand_it_over(self, produced, operator, now):
        with pytest.raises(Conflict, match="made-by-yourself"):
            hand_over.record_hand_over(operator, produced, "林书白", now=now)

    def test_nobody_signs_for_the_holder(self, produced, registrar, now):
        with pytest.raises(InvalidInput, match="not-the-holder"):
            hand_over.record_hand_over(registrar, produced, "陈予安", now=now)
        assert state_of(produced) == CertificateState.PRODUCED

    def test_card_is_handed_over_once(self, produced, registrar, now):
        hand_over.record_hand_over(registrar, produced, "林书白", now=now)
        with pytest.raises(Conflict, match="wrong-state"):
            hand_over.record_hand_over(registrar, produced, "林书白", now=now)

    def test_card_that_is_not_made_cannot_be_handed_over(self, certificate, registrar, now):
        with pytest.raises(Conflict, match="card-missing"):
            hand_over.record_hand_over(registrar, certificate, "林书白", now=now)

    def test_registrar_of_another_place_finds_nothing(self, produced, actor, tree, now):
        with pytest.raises(NotFound):
            hand_over.record_hand_over(actor("xu", tree.nanjing, Role.REGISTRAR), produced, "林书白", now=now)
        with pytest.raises(NotPermitted):
            hand_over.record_hand_over(actor("he", tree.suzhou, Role.VERIFIER), produced, "林书白", now=now)
