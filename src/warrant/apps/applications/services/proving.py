"""Keeping what proves why a card is replaced, while the case is with the unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from warrant.apps.applications.models import Application, GroundsProof
from warrant.apps.applications.selectors.grounds import proof_kind_of, proofs_of
from warrant.apps.applications.services.moving import subject_of
from warrant.apps.applications.services.preparing import prepared_application
from warrant.apps.audit.services import record
from warrant.apps.officers.models import Document
from warrant.apps.officers.services.documents import store_document
from warrant.core.access import Actor
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.lifecycle.application_grounds import LONGEST_WHERE

SHORTEST_WHERE = 2


@dataclass(frozen=True)
class ProofEntry:
    """Where and on which day; ``raw`` and ``file_name`` of what was uploaded, nothing to keep the file that is there."""

    where: str
    happened_on: date
    raw: bytes = b""
    file_name: str = ""


@transaction.atomic
def keep_grounds_proof(actor: Actor, number: str, entry: ProofEntry, *, now: datetime) -> Application:
    """Keep the receipt for a card handed in; what was kept before is replaced. A notice of loss is kept with the certificate.

    Raises:
        NotFound, NotPermitted: as for preparing.
        Conflict: the case is neither a draft nor returned, or its grounds have no such proof.
        InvalidInput: ``where``, ``happened_on`` or ``proof`` is missing or wrong.
    """
    application = prepared_application(actor, number, "submit")
    kind = proof_kind_of(application)
    if kind is None:
        raise Conflict("no-such-proof", N_("本申请不需要补发凭证"))
    if kind.is_of_certificate:
        raise Conflict("proof-of-certificate", N_("遗失声明请在证件页登记；本申请提交时自动带入"))
    where = entry.where.strip()
    if not SHORTEST_WHERE <= len(where) <= LONGEST_WHERE:
        raise InvalidInput(
            "where-length",
            N_("请填写 %(shortest)s 至 %(longest)s 个字"),
            place="where",
            shortest=SHORTEST_WHERE,
            longest=LONGEST_WHERE,
        )
    if entry.happened_on > timezone.localtime(now).date():
        raise InvalidInput("in-the-future", N_("日期不能晚于今天"), place="happened_on")
    kept = next((row for row in proofs_of(application) if row.kind == kind.code), None)
    if not entry.raw and kept is None:
        raise InvalidInput("no-proof", N_("请上传证明文件"), place="proof")
    row = kept or GroundsProof(application=application, kind=kind.code)
    if entry.raw:
        row.document = _stored(actor, application, entry, now)
    row.where, row.happened_on = where, entry.happened_on
    row.recorded_by_id, row.recorded_at = actor.account_id, now
    row.save()
    record(
        actor,
        "application.proof-kept",
        subject_of(application),
        f"{application.officer.name} {number} {kind.title}",
        now=now,
        detail={"kind": kind.code, "on": row.happened_on, "sha256": row.document.digest},
    )
    return application


def _stored(actor: Actor, application: Application, entry: ProofEntry, now: datetime) -> Document:
    officer = application.officer
    try:
        return store_document(
            actor, entry.raw, entry.file_name, officer.place, now=now, officer_uid=officer.uid
        )
    except InvalidInput as error:
        error.place = "proof"
        raise
