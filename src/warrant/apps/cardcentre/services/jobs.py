"""Making one card: reserved, acted, read back, recorded; whatever dies in between can be taken up again.

The reservation is committed before the first command goes to the card, every step is on record before and after it,
and the last transaction moves job, card and certificate together. A job that is ``running`` with nobody at work is an
interrupted one: :func:`resume_card_job` looks at the card and finishes, :func:`spoil_card_job` gives the card up.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from warrant.apps.audit.services import record
from warrant.apps.cardcentre.models import Card, CardJob, CardJobStep
from warrant.apps.cardcentre.services import stock
from warrant.apps.cardcentre.services.gate import NO_RECEIPT, closed, content_for, pass_gate
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
from warrant.core.chip.content import CardContent, decode_content, encode_content
from warrant.core.chip.personalisation import (
    PersonalisationPlan,
    StepMoment,
    StepName,
    personalise,
    plan_personalisation,
)
from warrant.core.errors import N_, Conflict, InvalidInput, WarrantError
from warrant.core.keys.hierarchy import KEY_LENGTH, KeyUsage, check_suite
from warrant.core.lifecycle import CARD_JOB, CERTIFICATE, CardJobState

OnStep = Callable[[StepName, StepMoment], None]


def start_card_job(actor: Actor, certificate: Certificate, reader_name: str, *, now: datetime) -> CardJob:
    """Make the card of a certificate with the blank in a reader; return the job, finished or with its trouble.

    Raises: Conflict ``no-verified-receipt``, ``wrong-state``, ``card-job-running``, ``card-not-in-stock``,
    ``card-keys-missing``; Unavailable for reader and card, as long as nothing was reserved.
    """
    require(actor, Permission.CARD_PRODUCE, certificate.place)
    elapsed = _Stopwatch(now)
    with card_in(reader_name) as (connection, serial):
        with _refusals_on_record(actor, certificate, now):
            job = _reserve(actor, certificate, serial, reader_name, now)
        return _act(actor, job, connection, elapsed)


def resume_card_job(actor: Actor, job: CardJob, reader_name: str, *, now: datetime) -> CardJob:
    """Take up an interrupted job with its own card; return it, finished or with its new trouble.

    Raises: Conflict ``no-verified-receipt``, ``wrong-state``, ``card-different`` (naming both serials); Unavailable.
    """
    certificate = Certificate.system.get(pk=job.certificate_id)
    require(actor, Permission.CARD_PRODUCE, certificate.place)
    elapsed = _Stopwatch(now)
    with card_in(reader_name) as (connection, serial):
        with _refusals_on_record(actor, certificate, now):
            job = _take_up(actor, job, serial, reader_name, now)
        return _act(actor, job, connection, elapsed)


@transaction.atomic
def spoil_card_job(actor: Actor, job: CardJob, reason: str, *, now: datetime) -> CardJob:
    """Give up a job and its card: the card is spoiled under its own serial, the certificate waits for a new one.

    Raises: InvalidInput ``reason-missing``; Conflict ``wrong-state``.
    """
    certificate = locked_certificate(job.certificate_id)
    require(actor, Permission.CARD_PRODUCE, certificate.place)
    if not reason.strip():
        raise InvalidInput("reason-missing", N_("请写明理由"), place="reason")
    job = _locked(job)
    card = _locked_card(job)
    job.state = CARD_JOB.next_state("spoil", job.state)
    job.finished_by_id, job.finished_at = actor.account_id, now
    job.save(update_fields=["state", "finished_by", "finished_at"])
    stock.spoil(card=card, reason=reason, actor=actor, now=now)
    record(
        actor,
        "card-job.spoiled",
        f"card-job:{job.pk}",
        f"{certificate.number} {card.serial}: {reason.strip()}",
        now=now,
    )
    return job


@transaction.atomic(durable=True)
def _reserve(actor: Actor, certificate: Certificate, serial: str, reader_name: str, now: datetime) -> CardJob:
    certificate = locked_certificate(certificate.pk)
    if CardJob.objects.filter(certificate=certificate, state=CardJobState.RUNNING).exists():
        raise Conflict("card-job-running", N_("该证件已有制卡任务在进行，请在任务中继续"))
    CERTIFICATE.next_state("record-production", certificate.state)
    job = CardJob(certificate=certificate, created_at=now)
    job.state, job.attempts = CARD_JOB.next_state("start", job.state), 1
    stock.take_blank(serial=serial, job=job, station=reader_name, actor=actor, now=now)
    case = pass_gate(certificate)
    content = content_for(certificate, case, serial, check_suite(job.key_suite), job.key_version or 0)
    job.content = store_content(content)
    job.credential = issue_certificate_credential(certificate, content.photo, now=now)
    job.started_by_id, job.started_at = actor.account_id, now
    job.save()
    record(actor, "card-job.started", f"card-job:{job.pk}", f"{certificate.number} {serial}", now=now)
    return job


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
    content = content_for(certificate, case, serial, check_suite(job.key_suite), job.key_version or 0)
    if store_content(content) != bytes(job.content or b""):
        raise closed("content")
    job.attempts += 1
    job.reader_name, job.trouble = reader_name, {}
    job.save(update_fields=["state", "attempts", "reader_name", "trouble"])
    record(actor, "card-job.resumed", f"card-job:{job.pk}", f"{certificate.number} {serial}", now=now)
    return job


def _act(actor: Actor, job: CardJob, connection: CardConnection, elapsed: _Stopwatch) -> CardJob:
    """Drive the card and record the end; what stops it on purpose is kept on the job for the operator."""
    try:
        plan = _plan(job, stored_content(bytes(job.content or b"")))
        personalise(connection, plan, _step_recorder(job, elapsed))
        return _finish(actor, job, elapsed.now())
    except WarrantError as error:
        return _keep_trouble(job, error)


def _plan(job: CardJob, content: CardContent) -> PersonalisationPlan:
    vault = key_vault()
    keys = {
        usage: vault.card_key(content.key_suite, content.key_version, usage, content.certificate_number)
        for usage in KeyUsage
    }
    return plan_personalisation(
        content, keys, vault.secret(TRANSPORT_KEY_LABEL, KEY_LENGTH), vault.signer(ISSUER_LABEL)
    )


def _step_recorder(job: CardJob, elapsed: _Stopwatch) -> OnStep:
    def on_step(name: StepName, moment: StepMoment) -> None:
        if moment is StepMoment.BEGUN:
            CardJobStep.objects.create(job=job, attempt=job.attempts, name=name.value, begun_at=elapsed.now())
        else:
            CardJobStep.objects.filter(job=job, attempt=job.attempts, name=name.value).update(
                done_at=elapsed.now()
            )

    return on_step


@transaction.atomic(durable=True)
def _finish(actor: Actor, job: CardJob, now: datetime) -> CardJob:
    certificate = locked_certificate(job.certificate_id)
    job = _locked(job)
    if job.state == CardJobState.FINISHED:
        return job  # two attempts saw the same finished card
    card = _locked_card(job)
    job.state = CARD_JOB.next_state("finish", job.state)
    job.trouble, job.finished_by_id, job.finished_at = {}, actor.account_id, now
    job.save(update_fields=["state", "trouble", "finished_by", "finished_at"])
    stock.mark_made(card=card, actor=actor, now=now)
    record(actor, "card-job.finished", f"card-job:{job.pk}", f"{certificate.number} {card.serial}", now=now)
    record_production(actor, certificate, now=now)
    return job


def _keep_trouble(job: CardJob, error: WarrantError) -> CardJob:
    trouble: Mapping[str, Any] = {
        "code": error.code,
        "message": error.message,
        "fields": {name: str(value) for name, value in error.fields.items()},
    }
    CardJob.objects.filter(pk=job.pk, state=CardJobState.RUNNING).update(trouble=trouble)
    job.refresh_from_db()
    return job


def store_content(content: CardContent) -> bytes:
    """Return the chip's signed files as one piece of JSON: the same bytes for the same content."""
    images = {
        f"{file_id:04X}": base64.b64encode(image).decode()
        for file_id, image in encode_content(content).items()
    }
    return json.dumps(images, sort_keys=True).encode("ascii")


def stored_content(stored: bytes) -> CardContent:
    """Return what :func:`store_content` stored. Raises: InvalidInput ``card-content-malformed``."""
    return decode_content(
        {int(file_id, 16): base64.b64decode(image) for file_id, image in json.loads(stored).items()}
    )


class _Stopwatch:
    """Tells instants of one piece of work from the one at which it began, without reading the clock."""

    def __init__(self, began_at: datetime) -> None:
        self._began_at = began_at
        self._started = time.monotonic()

    def now(self) -> datetime:
        """Return the instant at which the work has arrived."""
        return self._began_at + timedelta(seconds=time.monotonic() - self._started)


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
