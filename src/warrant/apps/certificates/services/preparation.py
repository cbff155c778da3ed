"""A granted filing becomes a certificate: numbered, with a place in the status list, awaiting its card."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.utils import timezone

from warrant.apps.applications.models import Application
from warrant.apps.audit.services import record
from warrant.apps.certificates.models import (
    Certificate,
    CertificateEntry,
    CertificatePhoto,
    CertificateSerial,
)
from warrant.apps.certificates.services.publishing import issuer_code
from warrant.apps.certificates.services.standing import follow_standing, locked_certificate
from warrant.apps.certificates.services.status_lists import free_index, list_with_room
from warrant.apps.filing.models import FilingRequest
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.ports import photo_desk
from warrant.apps.officers.models import Document, Officer
from warrant.apps.officers.selectors.documents import document_content
from warrant.apps.officers.services.locking import lock_officers
from warrant.core.access import Actor
from warrant.core.crypto.digest import sha256
from warrant.core.errors import N_, Conflict
from warrant.core.ledger.event import parse_event
from warrant.core.ledger.receipt import GRANTED
from warrant.core.lifecycle import FilingRequestState, OfficerState
from warrant.core.lifecycle.certificate import IN_USE, UPCOMING
from warrant.core.standards import certificate_number

VALIDITY_YEARS: Mapping[date, int] = {date(2009, 11, 25): 5}
"""Years of validity, by the day from which they apply. Source: assumption (no public text gives the period)."""


def validity_from(first_day: date) -> tuple[date, date]:
    """Return the first and the last valid day of a certificate that begins on ``first_day``."""
    years = VALIDITY_YEARS[max(day for day in VALIDITY_YEARS if day <= first_day)]
    is_leap_day = (first_day.month, first_day.day) == (2, 29)
    anniversary = (
        date(first_day.year + years, 3, 1) if is_leap_day else first_day.replace(year=first_day.year + years)
    )
    return first_day, anniversary - timedelta(days=1)


def prepare_certificate(received: ReceivedEvent, *, now: datetime) -> None:
    """Make the certificate of a granted filing: the inbox handler of ``filing.decided``, after filing's own.

    What will be printed is read from the bytes that were filed, not from the register as it is today.

    Raises: Conflict ``has-a-certificate``, ``filed-photo-missing``, ``status-list-full``.
    """
    if received.event.data.get("decision") != GRANTED:
        return
    request_hash = bytes.fromhex(str(received.event.data.get("request_hash")))
    request = (
        FilingRequest.objects.select_related("application__officer", "entry")
        .filter(request_hash=request_hash, state=FilingRequestState.GRANTED)
        .first()
    )
    if request is None or Certificate.system.filter(filing_request=request).exists():
        return
    officer = lock_officers([request.application.officer_id])[request.application.officer_id]
    if officer.state != OfficerState.ACTIVE:
        record(
            None,
            "certificate.not-prepared",
            f"officer:{officer.pk}",
            f"备案同意，但{officer.name}已不在职，不生成证件",
            now=now,
            detail={"filing_number": request.filing_number},
        )
        return
    certificate = _new_certificate(request, officer, now)
    _note_preparation(certificate, None, "备案同意，生成证件", now)


def prepare_replacement(application: Application, actor: Actor, *, now: datetime) -> None:
    """Make the certificate for a lost or damaged card: what ``WARRANT_COMPLETION_HOOK`` names.

    It rests on the filing of the one that it replaces and says the same; the validity is not prolonged, the number is new.

    Raises:
        Conflict: the certificate was ended meanwhile, or another one is on its way.
    """
    found = Certificate.system.filter(number=application.certificate_number).first()
    if found is None or found.officer_id != application.officer_id:
        raise Conflict(
            "certificate-gone", N_("找不到要补发的证件 %(number)s"), number=application.certificate_number
        )
    old = locked_certificate(found.pk)
    if old.state not in IN_USE:
        raise Conflict("certificate-ended", N_("证件 %(number)s 已经终结，不能补发"), number=old.number)
    _require_none_upcoming(old.officer)
    status_list = list_with_room(now=now)
    certificate = Certificate(
        number=_next_number(),
        officer=old.officer,
        filing_request=old.filing_request,
        replaces=old,
        categories=old.categories,
        agency_name=old.agency_name,
        area_code=old.area_code,
        area_name=old.area_name,
        issuer_name=old.issuer_name,
        valid_from=timezone.localdate(now),
        valid_until=old.valid_until,
        status_list=status_list,
        status_index=free_index(status_list),
        created_at=now,
        changed_at=now,
    )
    certificate.put_at(old.officer.place)
    certificate.save()
    CertificatePhoto.objects.create(certificate=certificate, jpeg=old.public_photo.jpeg)
    follow_standing([certificate], actor, now=now)
    _note_preparation(certificate, actor, f"补发 {old.number}，生成证件", now)


def _note_preparation(certificate: Certificate, actor: Actor | None, words: str, now: datetime) -> None:
    CertificateEntry.objects.create(
        certificate=certificate,
        action="prepare",
        from_state="",
        to_state=certificate.state,
        account_id=actor.account_id if actor else None,
        account_name=actor.name if actor else "",
        happened_at=now,
    )
    record(
        actor,
        "certificate.prepare",
        f"certificate:{certificate.number}",
        f"{words} {certificate.officer.name} {certificate.number}",
        now=now,
        detail={"filing_number": certificate.filing_request.filing_number},
    )


def _require_none_upcoming(officer: Officer) -> None:
    if Certificate.system.filter(officer=officer, state__in=UPCOMING).exists():
        raise Conflict("has-an-upcoming-certificate", N_("该人员已有正在制发的证件，不能再生成新证件"))


def _replaced_certificate(request: FilingRequest, officer: Officer) -> Certificate | None:
    """Return the certificate in use that this one is to replace.

    Raises:
        Conflict: there is one in use of which the filed case does not speak.
    """
    in_use = Certificate.system.filter(officer=officer, state__in=IN_USE).first()
    if in_use is None:
        return None
    if in_use.number != request.application.certificate_number:
        raise Conflict("has-a-certificate", N_("该人员已有未终结的执法证件，不能再生成新证件"))
    return in_use


def _new_certificate(request: FilingRequest, officer: Officer, now: datetime) -> Certificate:
    replaced = _replaced_certificate(request, officer)
    _require_none_upcoming(officer)
    filed = parse_event(bytes(request.entry.body)).data
    filed_officer = filed["officer"]
    categories = filed["categories"]
    if not isinstance(filed_officer, Mapping) or not isinstance(categories, list):
        raise Conflict("filed-request-unreadable", N_("备案申请的内容无法读取"))
    valid_from, valid_until = validity_from(timezone.localdate(now))
    status_list = list_with_room(now=now)
    certificate = Certificate(
        number=_next_number(),
        officer=officer,
        filing_request=request,
        replaces=replaced,
        categories=",".join(categories),
        agency_name=filed_officer["agency_name"],
        area_code=filed_officer["area_code"],
        area_name=filed_officer["area_name"],
        issuer_name=str(filed["issuer_name"]),
        valid_from=valid_from,
        valid_until=valid_until,
        status_list=status_list,
        status_index=free_index(status_list),
        created_at=now,
        changed_at=now,
    )
    certificate.put_at(officer.place)
    certificate.save()
    CertificatePhoto.objects.create(certificate=certificate, jpeg=_public_photo(str(filed["photo_digest"])))
    follow_standing([certificate], None, now=now)
    return certificate


def _next_number() -> str:
    province_code = issuer_code()
    counter, _ = CertificateSerial.objects.select_for_update().get_or_create(
        province_code=province_code, defaults={"last_serial": 0}
    )
    counter.last_serial += 1
    counter.save(update_fields=["last_serial"])
    return certificate_number.make(province_code, counter.last_serial)


def _public_photo(digest: str) -> bytes:
    """Return the filed photo in the form for the public; it is found by the filed digest, so no other can slip in."""
    document = Document.system.filter(digest=digest).order_by("id").first()
    content = document_content(document) if document else b""
    if sha256(content).hex() != digest:
        raise Conflict("filed-photo-missing", N_("找不到备案时的照片，不能生成证件"), place="photo_digest")
    return photo_desk().for_public(content)
