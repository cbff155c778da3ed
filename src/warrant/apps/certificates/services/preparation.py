"""A granted filing becomes a certificate: numbered, with a place in the status list, awaiting its card."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.certificates.models import (
    Certificate,
    CertificateEntry,
    CertificatePhoto,
    CertificateSerial,
)
from warrant.apps.certificates.services.publishing import issuer_code
from warrant.apps.certificates.services.standing import follow_standing
from warrant.apps.certificates.services.status_lists import free_index, list_with_room
from warrant.apps.filing.models import FilingRequest
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.ports import photo_desk
from warrant.apps.officers.models import Document, Officer
from warrant.apps.officers.selectors.documents import document_content
from warrant.apps.officers.services.locking import lock_officers
from warrant.core.crypto.digest import sha256
from warrant.core.errors import N_, Conflict
from warrant.core.ledger.event import parse_event
from warrant.core.ledger.receipt import GRANTED
from warrant.core.lifecycle import CERTIFICATE, FilingRequestState, OfficerState
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
    CertificateEntry.objects.create(
        certificate=certificate,
        action="prepare",
        from_state="",
        to_state=certificate.state,
        account_name="",
        happened_at=now,
    )
    record(
        None,
        "certificate.prepare",
        f"certificate:{certificate.number}",
        f"备案同意，生成证件 {certificate.officer.name} {certificate.number}",
        now=now,
        detail={"filing_number": request.filing_number},
    )


def _new_certificate(request: FilingRequest, officer: Officer, now: datetime) -> Certificate:
    if Certificate.system.filter(officer=officer).exclude(state__in=CERTIFICATE.final).exists():
        raise Conflict("has-a-certificate", N_("该人员已有未终结的执法证件，不能再生成新证件"))
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
