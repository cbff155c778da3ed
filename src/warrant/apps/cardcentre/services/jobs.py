"""Making one card: reserved, acted, read back, recorded; whatever dies in between can be taken up again.

The reservation is committed before the first command goes to the card. A job that is ``running`` with nobody at work
is an interrupted one: :func:`resume_card_job` looks at the card and finishes, :func:`spoil_card_job` gives the card
up. A made card is printed and looked at; only :func:`pass_check` moves job, card and certificate together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from warrant.apps.audit.services import record
from warrant.apps.cardcentre.models import Card, CardJob
from warrant.apps.cardcentre.services import stock
from warrant.apps.cardcentre.services.batches import close_if_done
from warrant.apps.cardcentre.services.gate import (
    NO_RECEIPT,
    FiledCase,
    check_printable,
    chip_photo,
    closed,
    content_for,
    pass_gate,
)
from warrant.apps.cardcentre.services.job_content import store_content, stored_content
from warrant.apps.cardcentre.services.job_steps import StepLog, Stopwatch
from warrant.apps.cardcentre.services.key_states import check_not_revoked
from warrant.apps.cardcentre.services.readers import card_in
from warrant.apps.cardcentre.types import ISSUER_LABEL, TRANSPORT_KEY_LABEL
from warrant.apps.certificates.models import Certificate
from warrant.apps.certificates.services import (
    issue_certificate_credential,
    locked_certificate,
    record_production,
)
from warrant.apps.foundation.ports import key_vault
from warrant.core.access import Actor, Permission, require
from warrant.core.chip.connection import CardConnection
from warrant.core.chip.content import CardContent
from warrant.core.chip.personalisation import (
    OnStep,
    PersonalisationPlan,
    personalise,
    plan_personalisation,
)
from warrant.core.chip.retirement import erase_application
from warrant.core.errors import N_, Conflict, InvalidInput, WarrantError
from warrant.core.keys.hierarchy import KEY_LENGTH, KeyUsage, check_suite
from warrant.core.lifecycle import CARD_JOB, CERTIFICATE, CardJobState


def start_card_job(actor: Actor, certificate: Certificate, reader_name: str, *, now: datetime) -> CardJob:
    """Make the card of a certificate with the blank in a reader; return the job, made or with its trouble.

    Raises: Conflict ``no-verified-receipt``, ``characters-not-printable``, ``wrong-state``, ``card-job-running``,
    ``card-job-taken``, ``card-not-in-stock``, ``card-not-blank``, ``card-keys-missing``; Unavailable for reader and card, as long as
    nothing was reserved.
    """
    require(actor, Permission.CARD_PRODUCE, certificate.place)
    elapsed = Stopwatch(now)
    with card_in(reader_name) as (connection, serial):
        with _refusals_on_record(actor, certificate, now):
            job = _reserve(actor, certificate, serial, reader_name, now)
        return _act(actor, job, connection, elapsed)


def resume_card_job(actor: Actor, job: CardJob, reader_name: str, *, now: datetime) -> CardJob:
    """Take up an interrupted job with its own card; return it, made or with its new trouble.

    Raises: Conflict ``no-verified-receipt``, ``wrong-state``, ``card-different`` (naming both serials); Unavailable.
    """
    certificate = Certificate.system.get(pk=job.certificate_id)
    require(actor, Permission.CARD_PRODUCE, certificate.place)
    elapsed = Stopwatch(now)
    with card_in(reader_name) as (connection, serial):
        with _refusals_on_record(actor, certificate, now):
            job = _take_up(actor, job, serial, reader_name, now)
        return _act(actor, job, connection, elapsed)


@transaction.atomic
def pass_check(actor: Actor, job: CardJob, *, now: datetime) -> CardJob:
    """Record that the printed card was looked at and is good: it is made, and waits for its holder.

    Raises: Conflict ``wrong-state``, also if the certificate ended meanwhile: then spoil the card.
    """
    certificate = locked_certificate(job.certificate_id)
    require(actor, Permission.CARD_PRODUCE, certificate.place)
    job = _locked(job)
    card = _locked_card(job)
    job.state = CARD_JOB.next_state("finish", job.state)
    job.finished_by_id, job.finished_at = actor.account_id, now
    job.save(update_fields=["state", "finished_by", "finished_at"])
    stock.mark_made(card=card, actor=actor, now=now)
    record(actor, "card-job.finished", f"card-job:{job.pk}", f"{certificate.number} {card.serial}", now=now)
    record_production(actor, certificate, now=now)
    close_if_done(job.batch_id, now=now)
    return job


def spoil_card_job(
    actor: Actor, job: CardJob, reason: str, *, now: datetime, reader_name: str = ""
) -> CardJob:
    """Give up a job and its card: the card is spoiled under its own serial, the certificate waits for a new one.

    With ``reader_name`` the chip is emptied as well if it lies there; ``chip_erased_at`` tells whether that worked.

    Raises: InvalidInput ``reason-missing``; Conflict ``wrong-state``.
    """
    job = _spoil(actor, job, reason, now)
    if not reader_name:
        return job
    try:
        return erase_spoiled_chip(actor, job, reader_name, now=now)
    except WarrantError:
        return job  # it stays on record that the chip has to be cut


def erase_spoiled_chip(actor: Actor, job: CardJob, reader_name: str, *, now: datetime) -> CardJob:
    """Empty the chip of a spoiled card, so that no reader takes it for a certificate; may be tried again.

    Raises: Conflict ``wrong-state``, ``card-different``, ``chip-not-erased``; Unavailable for reader and card.
    """
    require(actor, Permission.CARD_PRODUCE, job.certificate.place)
    if job.state != CardJobState.SPOILED or job.card is None:
        raise Conflict("wrong-state", N_("只有已作废的卡才能清除芯片"))
    vault = key_vault()
    control = vault.card_key(
        check_suite(job.key_suite), job.key_version or 0, KeyUsage.CARD_CONTROL, job.certificate.number
    )
    with card_in(reader_name) as (connection, _serial):
        transport = vault.secret(_transport_label(job), KEY_LENGTH)
        serial = bytes.fromhex(job.card.serial)
        is_erased = erase_application(connection, job.key_suite, serial, transport, control)
    if not is_erased:
        raise Conflict("chip-not-erased", N_("芯片不受本系统的密钥控制，无法清除，请剪断芯片"))
    with transaction.atomic():
        if CardJob.objects.filter(pk=job.pk, chip_erased_at=None).update(chip_erased_at=now):
            record(actor, "card-job.chip-erased", f"card-job:{job.pk}", job.card.serial, now=now)
    job.refresh_from_db()
    return job


@transaction.atomic
def _spoil(actor: Actor, job: CardJob, reason: str, now: datetime) -> CardJob:
    certificate = locked_certificate(job.certificate_id)
    require(actor, Permission.CARD_PRODUCE, certificate.place)
    if not reason.strip():
        raise InvalidInput("reason-missing", N_("请写明理由"), place="reason")
    job = _locked(job)
    job.state = CARD_JOB.next_state("spoil", job.state)
    card = _locked_card(job)
    job.finished_by_id, job.finished_at = actor.account_id, now
    job.save(update_fields=["state", "finished_by", "finished_at"])
    stock.spoil(card=card, reason=reason, actor=actor, now=now)
    if job.batch_id is not None and certificate.state in CERTIFICATE.transition("record-production").sources:
        # The certificate stays at the station, for the next blank.
        CardJob.objects.create(certificate=certificate, batch_id=job.batch_id, created_at=now)
    record(
        actor,
        "card-job.spoiled",
        f"card-job:{job.pk}",
        f"{certificate.number} {card.serial}: {reason.strip()}",
        now=now,
    )
    close_if_done(job.batch_id, now=now)
    return job


@transaction.atomic(durable=True)
def _reserve(actor: Actor, certificate: Certificate, serial: str, reader_name: str, now: datetime) -> CardJob:
    certificate = locked_certificate(certificate.pk)
    CERTIFICATE.next_state("record-production", certificate.state)
    job = _open_job(actor, certificate, now)
    job.state, job.attempts = CARD_JOB.next_state("start", job.state), 1
    check_printable(certificate)
    try:
        stock.take_blank(serial=serial, job=job, station=reader_name, actor=actor, now=now)
    except Conflict as error:
        if error.code != "wrong-state":
            raise
        raise Conflict(
            "card-not-blank", N_("读卡器中的卡 %(serial)s 已经用过，不是空白卡"), serial=serial
        ) from error
    case = pass_gate(certificate)
    job.content = store_content(_content(certificate, case, job, serial))
    job.credential = issue_certificate_credential(certificate, chip_photo(case.photo), now=now)
    job.started_by_id, job.started_at = actor.account_id, now
    job.save()
    record(actor, "card-job.started", f"card-job:{job.pk}", f"{certificate.number} {serial}", now=now)
    return job


def _open_job(actor: Actor, certificate: Certificate, now: datetime) -> CardJob:
    """Return the job that this person took to a station, or a new one; nobody makes what another one took."""
    open_states = (CardJobState.WAITING, CardJobState.RUNNING, CardJobState.MADE)
    jobs = CardJob.objects.select_for_update(of=("self",)).select_related("batch__taken_by")
    job = jobs.filter(certificate=certificate, state__in=open_states).first()
    if job is None:
        return CardJob(certificate=certificate, created_at=now)
    if job.state != CardJobState.WAITING:
        raise Conflict("card-job-running", N_("该证件已有制卡任务在进行，请在任务中继续"))
    if job.batch is not None and job.batch.taken_by_id != actor.account_id:
        raise Conflict(
            "card-job-taken",
            N_("这张卡已由%(person)s取到“%(station)s”制作"),
            person=job.batch.taken_by.display_name,
            station=job.batch.station,
        )
    job.certificate = certificate
    return job


def _content(certificate: Certificate, case: FiledCase, job: CardJob, serial: str) -> CardContent:
    return content_for(certificate, case, serial, check_suite(job.key_suite), job.key_version or 0)


@transaction.atomic(durable=True)
def _take_up(actor: Actor, job: CardJob, serial: str, reader_name: str, now: datetime) -> CardJob:
    """The gate again: between the two attempts anything may have been changed."""
    certificate = locked_certificate(job.certificate_id)
    job = _locked(job)
    job.state = CARD_JOB.next_state("resume", job.state)
    CERTIFICATE.next_state("record-production", certificate.state)
    card = _locked_card(job)
    if card.serial != serial:
        raise Conflict(
            "card-different",
            N_("读卡器中是卡 %(found)s，本任务领用的是卡 %(expected)s，请换回该卡"),
            found=serial,
            expected=card.serial,
        )
    check_not_revoked(job.key_suite, job.key_version or 0)
    case = pass_gate(certificate)
    if store_content(_content(certificate, case, job, serial)) != bytes(job.content or b""):
        raise closed("content")
    job.attempts += 1
    job.reader_name, job.trouble = reader_name, {}
    job.save(update_fields=["state", "attempts", "reader_name", "trouble"])
    record(actor, "card-job.resumed", f"card-job:{job.pk}", f"{certificate.number} {serial}", now=now)
    return job


def _act(actor: Actor, job: CardJob, connection: CardConnection, elapsed: Stopwatch) -> CardJob:
    """Drive the card and record the end; what stops it on purpose is kept on the job for the operator."""
    steps = StepLog(job, elapsed)
    try:
        plan = _plan(job, stored_content(bytes(job.content or b"")))
        personalise(connection, plan, _step_recorder(steps))
        return _make(actor, job, steps, elapsed.now())
    except WarrantError as error:
        return _keep_trouble(job, steps, error)


def _plan(job: CardJob, content: CardContent) -> PersonalisationPlan:
    vault = key_vault()
    keys = {
        usage: vault.card_key(content.key_suite, content.key_version, usage, content.certificate_number)
        for usage in KeyUsage
    }
    transport = vault.secret(_transport_label(job), KEY_LENGTH)
    return plan_personalisation(content, keys, transport, vault.signer(ISSUER_LABEL))


def _transport_label(job: CardJob) -> str:
    """Return the vault's name of the key under which the card's delivery came."""
    return (job.card.batch.transport_key if job.card else "") or TRANSPORT_KEY_LABEL


def _step_recorder(steps: StepLog) -> OnStep:
    """Return what the personalisation calls at each step; tests let a process die here."""
    return steps


@transaction.atomic(durable=True)
def _make(actor: Actor, job: CardJob, steps: StepLog, now: datetime) -> CardJob:
    """Record that the chip was read back; certificate and card wait for the eye."""
    steps.write()
    job = _locked(job)
    if job.state != CardJobState.RUNNING:
        return job  # two attempts saw the same made card
    job.state = CARD_JOB.next_state("make", job.state)
    job.trouble, job.made_at = {}, now
    job.save(update_fields=["state", "trouble", "made_at"])
    record(actor, "card-job.made", f"card-job:{job.pk}", f"{job.attempts}", now=now)
    return job


@transaction.atomic
def _keep_trouble(job: CardJob, steps: StepLog, error: WarrantError) -> CardJob:
    steps.write()
    trouble: Mapping[str, Any] = {
        "code": error.code,
        "message": error.message,
        "fields": {name: str(value) for name, value in error.fields.items()},
    }
    CardJob.objects.filter(pk=job.pk, state=CardJobState.RUNNING).update(trouble=trouble)
    job.refresh_from_db()
    return job


class _refusals_on_record:
    """Puts a closed gate into the audit ledger: somebody tried to make a card that nobody granted."""

    def __init__(self, actor: Actor, certificate: Certificate, now: datetime) -> None:
        self._actor, self._certificate, self._now = actor, certificate, now

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, _type: type[BaseException] | None, error: BaseException | None, _trace: object
    ) -> None:
        if isinstance(error, Conflict) and error.code == NO_RECEIPT:
            with transaction.atomic():
                record(
                    self._actor,
                    "card-job.refused",
                    f"certificate:{self._certificate.number}",
                    f"{NO_RECEIPT}: {error.place}",
                    now=self._now,
                )


def _locked(job: CardJob) -> CardJob:
    return CardJob.objects.select_for_update(of=("self",)).get(pk=job.pk)


def _locked_card(job: CardJob) -> Card:
    return Card.objects.select_for_update(of=("self",)).get(jobs=job)


__all__ = [
    "erase_spoiled_chip",
    "pass_check",
    "resume_card_job",
    "spoil_card_job",
    "start_card_job",
    "store_content",
    "stored_content",
]
