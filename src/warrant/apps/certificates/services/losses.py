"""The published notice that a certificate was lost: without it no replacement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.certificates.models import Certificate, LossNotice
from warrant.apps.certificates.selectors import is_own, notice_of, report_of
from warrant.apps.certificates.selectors.losses import in_use_from
from warrant.apps.certificates.services.standing import locked_certificate
from warrant.apps.officers.models import Document
from warrant.apps.officers.services.documents import store_document
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.lifecycle.certificate_grounds import check_notice


@dataclass(frozen=True)
class NoticeEntry:
    """What is recorded of a notice; without ``raw`` the document of the notice recorded before stays."""

    where: str
    happened_on: date
    raw: bytes = b""
    file_name: str = ""


def require_recordable(actor: Actor, certificate: Certificate) -> None:
    """Return if ``actor`` could record a notice now. Raises: NotFound, NotPermitted, Conflict ``wrong-state``."""
    if not is_own(actor, certificate):
        require(actor, Permission.CERTIFICATE_REPORT_LOST, certificate.place)
    if report_of(certificate) is None:
        raise Conflict("wrong-state", N_("证件不在挂失状态，不能登记遗失声明；请先挂失"))


@transaction.atomic
def record_loss_notice(
    actor: Actor, certificate: Certificate, entry: NoticeEntry, *, now: datetime
) -> LossNotice:
    """Record where and when the loss was published; its term is kept from then on. The same once more changes nothing.

    By the holder, or by whoever may report losses for the unit.

    Raises: NotFound, NotPermitted; Conflict ``wrong-state``; InvalidInput beside ``where``, ``happened_on``, ``proof``.
    """
    locked = locked_certificate(certificate.pk)
    require_recordable(actor, locked)
    report = report_of(locked)
    assert report is not None  # noqa: S101 - require_recordable has just found it
    today, where = timezone.localdate(now), " ".join(entry.where.split())
    check_notice(where, entry.happened_on, in_use_from=in_use_from(report), on=today)
    kept = notice_of(locked)
    document = _document(actor, locked, entry, kept, now)
    if kept is not None and (kept.where, kept.happened_on, kept.document.digest) == (
        where,
        entry.happened_on,
        document.digest,
    ):
        return kept
    notice = LossNotice.objects.create(
        report=report,
        where=where,
        happened_on=entry.happened_on,
        document=document,
        recorded_by_id=actor.account_id,
        recorded_at=now,
    )
    locked.due_on = None
    locked.save(update_fields=["due_on"])
    record(
        actor,
        "certificate.loss-notice",
        f"certificate:{locked.number}",
        f"{locked.officer.name} {locked.number} 登记遗失声明",
        now=now,
        detail={"where": where, "on": entry.happened_on, "sha256": document.digest},
    )
    return notice


def _document(
    actor: Actor, certificate: Certificate, entry: NoticeEntry, kept: LossNotice | None, now: datetime
) -> Document:
    if not entry.raw:
        if kept is None:
            raise InvalidInput("no-proof", N_("请上传证明文件"), place="proof")
        return kept.document
    officer = certificate.officer
    try:
        return store_document(
            actor, entry.raw, entry.file_name, officer.place, now=now, officer_uid=officer.uid
        )
    except InvalidInput as error:
        error.place = "proof"
        raise
