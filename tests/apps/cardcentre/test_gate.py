"""No filing receipt, no card: every way around the gate is tried."""

from __future__ import annotations

import dataclasses

import pytest

from tests.apps.cardcentre.conftest import FIRST_SERIAL, MinistryLog
from warrant.apps.audit.models import AuditRow
from warrant.apps.cardcentre.models import Card, CardJob
from warrant.apps.cardcentre.services import gate, jobs
from warrant.apps.certificates.models import Certificate
from warrant.apps.filing.models import FilingRequest
from warrant.apps.foundation.models import LogEntry
from warrant.apps.officers.models import Document, Officer
from warrant.core.access import Role
from warrant.core.crypto.signing import SoftwareSigner
from warrant.core.errors import Conflict, NotFound, NotPermitted, Unavailable


@pytest.fixture
def refused(operator, certificate, put_blank, now):
    """Tell why making the card is refused, and see that nothing was reserved."""
    put_blank()

    def why() -> str:
        with pytest.raises(Conflict, match="no-verified-receipt") as caught:
            jobs.start_card_job(operator, certificate, "virtual-1", now=now)
        assert not CardJob.objects.exists()
        assert Card.objects.get(serial=FIRST_SERIAL).state == "blank"
        assert AuditRow.objects.filter(action="card-job.refused").count() == 1
        return caught.value.place

    return why


def test_granted_case_passes_and_gives_what_was_filed(certificate):
    case = gate.pass_gate(certificate)
    assert (case.officer["name"], case.categories) == ("林书白", ("08",))


def test_state_hacked_to_granted_without_receipt(certificate, refused):
    FilingRequest.objects.update(state="granted", receipt=None)
    assert refused() == "receipt"


def test_refused_case_whose_state_was_hacked_to_granted(case_for, operator, put_blank, now):
    certificate = case_for(decision="refused")
    FilingRequest.objects.update(state="granted")
    put_blank()
    with pytest.raises(Conflict, match="no-verified-receipt") as caught:
        jobs.start_card_job(operator, certificate, "virtual-1", now=now)
    assert caught.value.place == "filing-not-granted"


def test_receipt_of_another_case(case_for, certificate, refused):
    other = case_for("陈予安")
    receipt = FilingRequest.objects.get(pk=other.filing_request_id).receipt
    FilingRequest.objects.filter(pk=certificate.filing_request_id).update(receipt=receipt)
    assert refused() == "request_hash"


def test_receipt_and_entry_of_another_case_together(case_for, certificate, refused):
    other = FilingRequest.objects.get(pk=case_for("陈予安").filing_request_id)
    receipt, entry, digest = other.receipt, other.entry_id, other.request_hash
    mine = LogEntry.objects.get(pk=FilingRequest.objects.get(pk=certificate.filing_request_id).entry_id)
    spare = LogEntry.objects.create(
        stream=mine.stream,
        seq=99,
        kind="x",
        subject="x",
        body=b"x",
        leaf_hash=bytes(32),
        recorded_at=mine.recorded_at,
    )
    FilingRequest.objects.filter(pk=other.pk).update(entry=spare, request_hash=b"\x01" * 32)
    FilingRequest.objects.filter(pk=certificate.filing_request_id).update(
        receipt=receipt, entry=entry, request_hash=digest
    )
    assert refused() == "request"


def test_receipt_forged_with_another_key(certificate, refused):
    request = FilingRequest.objects.get(pk=certificate.filing_request_id)
    forger = MinistryLog(SoftwareSigner.generate("ed25519"))
    request.receipt = forger.decide(bytes(request.request_hash), request.application.number)
    request.save()
    assert refused() == "signature"


def test_receipt_of_the_ministrys_log_to_another_province(certificate, refused, ministry_log):
    request = FilingRequest.objects.get(pk=certificate.filing_request_id)
    elsewhere = MinistryLog(ministry_log.signer, "ministry-310000")
    request.receipt = elsewhere.decide(bytes(request.request_hash), request.application.number)
    request.save()
    assert refused() == "origin"


def test_receipt_with_one_bit_changed(certificate, refused):
    request = FilingRequest.objects.get(pk=certificate.filing_request_id)
    receipt = bytearray(request.receipt)
    receipt[60] ^= 1
    request.receipt = bytes(receipt)
    request.save()
    assert refused()


def test_logged_request_rewritten_in_the_database(certificate, refused):
    entry = LogEntry.objects.get(kind="filing.requested")
    LogEntry.objects.filter(pk=entry.pk).update(
        body=bytes(entry.body).replace("林书白".encode(), "林书黑".encode())
    )
    Officer.system.update(name="林书黑")
    assert refused() == "request_hash"


def test_ministry_key_not_pinned(certificate, refused, settings):
    settings.WARRANT_NODE = dataclasses.replace(settings.WARRANT_NODE, peers={})
    assert refused() == "ministry-key"


def test_name_changed_after_filing(certificate, refused):
    Officer.system.update(name="林书黑")
    assert refused() == "name"


def test_officer_moved_to_another_agency_after_filing(certificate, refused, tree):
    Officer.system.update(agency=tree.suzhou_brigade)
    assert refused() == "agency-today"


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("agency_name", "苏州市交通运输综合行政执法支队", "agency"),
        ("categories", "08,02", "categories"),
        ("area_code", "320500", "area"),
        ("area_name", "江苏省", "area-name"),
        ("issuer_name", "上海市交通委员会", "issuer"),
    ],
)
def test_certificate_changed_after_filing(certificate, refused, field, value, place):
    Certificate.system.update(**{field: value})
    assert refused() == place


def test_certificate_pointed_at_another_officer(case_for, certificate, refused):
    other = case_for()
    Certificate.system.filter(pk=other.pk).update(state="cancelled")
    Certificate.system.filter(pk=certificate.pk).update(officer=other.officer_id)
    assert refused() == "officer"


def test_filed_photo_is_gone(certificate, refused):
    Document.system.update(digest="0" * 64)
    assert refused() == "photo"


def test_new_photo_after_filing_does_not_reach_the_card(case_for, certificate):
    before = gate.pass_gate(certificate).photo
    Officer.system.filter(pk=certificate.officer_id).update(photo=case_for("陈予安").officer.photo)
    assert gate.pass_gate(Certificate.system.get(pk=certificate.pk)).photo == before


def test_vault_or_document_out_of_reach_is_no_refusal(certificate, operator, put_blank, settings, now):
    put_blank()
    settings.WARRANT_DOCUMENT_ROOT = "/nonexistent"
    with pytest.raises(Unavailable, match="document-missing"):
        jobs.start_card_job(operator, certificate, "virtual-1", now=now)


def test_gate_stands_at_resume_too(certificate, operator, put_blank, readers, now):
    put_blank()
    job = interrupted(operator, certificate, readers, now)
    FilingRequest.objects.update(receipt=None)
    with pytest.raises(Conflict, match="no-verified-receipt"):
        jobs.resume_card_job(operator, job, "virtual-1", now=now)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("running", 1)


def test_stored_content_that_was_rewritten_is_not_written_to_a_card(
    certificate, operator, put_blank, readers, now
):
    put_blank()
    job = interrupted(operator, certificate, readers, now)
    content = dataclasses.replace(jobs.stored_content(bytes(job.content)), holder_name="林书黑")
    CardJob.objects.update(content=jobs.store_content(content))
    with pytest.raises(Conflict, match="no-verified-receipt") as caught:
        jobs.resume_card_job(operator, job, "virtual-1", now=now)
    assert caught.value.place == "content"


def test_registrar_and_stranger_make_no_card(certificate, actor, tree, put_blank, now):
    put_blank()
    with pytest.raises(NotPermitted):
        jobs.start_card_job(actor("wu", tree.kunshan, Role.REGISTRAR), certificate, "virtual-1", now=now)
    with pytest.raises(NotFound):
        jobs.start_card_job(actor("pu", tree.shanghai, Role.CARD_OPERATOR), certificate, "virtual-1", now=now)


def interrupted(operator, certificate, readers, now):
    """A job that stopped in the middle because the card was taken out."""
    monkey = pytest.MonkeyPatch()
    original = jobs._step_recorder

    def recorder(steps):
        on_step = original(steps)

        def watched(name, moment):
            on_step(name, moment)
            if (name.value, moment.value) == ("write-holder", "begun"):
                readers.take_out("virtual-1")

        return watched

    with monkey.context() as patch:
        patch.setattr(jobs, "_step_recorder", recorder)
        job = jobs.start_card_job(operator, certificate, "virtual-1", now=now)
    assert (job.state, job.trouble["code"]) == ("running", "card-removed")
    readers.put_in("virtual-1", FIRST_SERIAL)
    return job
