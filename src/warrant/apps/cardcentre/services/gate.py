"""The gate: no verified filing receipt, no card.

Nothing that stands in a column is believed. The request's hash is computed anew from the bytes that were logged for
the ministry; the receipt must prove, under the ministry's pinned key alone, that the ministry granted exactly that
request; and what goes on the chip is read from those bytes and compared with the register, so that a name that was
changed after filing stops the card.

Source: 2009 notice, 四(三).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from warrant.apps.cardcentre.types import REFUSED_OTHERWISE, REFUSED_PLACES
from warrant.apps.certificates.models import Certificate
from warrant.apps.filing.models import FilingRequest
from warrant.apps.foundation.outbox import event_type, log_name
from warrant.apps.foundation.ports import card_face_printer, photo_desk
from warrant.apps.officers.models import Document
from warrant.apps.officers.selectors.documents import document_content
from warrant.core.chip.content import CardContent
from warrant.core.crypto.digest import sha256
from warrant.core.crypto.signing import PublicKey
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound
from warrant.core.keys.hierarchy import KeySuite
from warrant.core.ledger.event import Event, origin_of, parse_event
from warrant.core.ledger.receipt import Receipt, verify_grant

MINISTRY = "ministry"
NO_RECEIPT = "no-verified-receipt"


@dataclass(frozen=True)
class FiledCase:
    """What was filed and granted, read from the logged bytes. ``photo`` is the normalised photo that was filed."""

    officer: Mapping[str, Any]
    categories: tuple[str, ...]
    issuer_name: str
    photo: bytes
    receipt_digest: bytes


def pass_gate(certificate: Certificate) -> FiledCase:
    """Return what may be put on a card for ``certificate``.

    Raises: Conflict ``no-verified-receipt``; its ``place`` names what does not hold. Unavailable if vault or
    documents cannot be reached.
    """
    request = FilingRequest.objects.select_related("entry", "application").get(
        pk=certificate.filing_request_id
    )
    try:
        filed = _filed_event(request)
        receipt = _verified_receipt(request, filed)
        case = _read_case(filed, receipt)
    except Conflict as error:
        if error.code == NO_RECEIPT:
            raise
        raise closed(error.code) from error
    except (InvalidInput, NotFound) as error:
        raise closed(error.place or error.code) from error
    _compare(certificate, case)
    return case


def content_for(
    certificate: Certificate, case: FiledCase, serial: str, suite: KeySuite, version: int
) -> CardContent:
    """Return the content of the card whose chip is ``serial``: the same for the same case, whenever asked.

    Raises: InvalidInput ``card-content-invalid``.
    """
    officer = case.officer
    return CardContent(
        certificate_number=certificate.number,
        chip_serial_number=bytes.fromhex(serial),
        holder_name=str(officer["name"]),
        holder_sex=str(officer["sex"]),
        agency_name=str(officer["agency_name"]),
        categories=case.categories,
        area_code=str(officer["area_code"]),
        area_name=str(officer["area_name"]),
        issuer=case.issuer_name,
        valid_from=certificate.valid_from,
        valid_until=certificate.valid_until + timedelta(days=1),
        photo=chip_photo(case.photo),
        receipt_digest=case.receipt_digest,
        key_suite=suite,
        key_version=version,
        status_list_index=certificate.status_index,
    )


@lru_cache(maxsize=256)
def chip_photo(photo: bytes) -> bytes:
    """Return the photo as the chip holds it. Finding the best quality takes longer than writing the card: it is kept
    in memory, and made when a batch is taken to a station."""
    return photo_desk().for_chip(photo)


def unprintable_characters(certificate: Certificate) -> str:
    """Return the characters of the certificate that the font of the card has no glyph for; mostly none."""
    printed = (
        certificate.officer.name,
        certificate.agency_name,
        certificate.area_name,
        certificate.issuer_name,
    )
    return card_face_printer().missing_characters("".join(printed))


def check_printable(certificate: Certificate) -> None:
    """Refuse a card whose face could not be printed. Raises: Conflict ``characters-not-printable``."""
    missing = unprintable_characters(certificate)
    if missing:
        raise Conflict(
            "characters-not-printable",
            N_("卡面字体没有“%(characters)s”这些字，制成的卡印不出来"),
            characters=missing,
        )


def _filed_event(request: FilingRequest) -> Event:
    """Parse the bytes that this node logged for the ministry, and see that they are this application's request."""
    event = parse_event(bytes(request.entry.body))
    is_this = (
        event.type == event_type("filing.requested")
        and event.node == log_name(MINISTRY)
        and event.subject == f"application:{request.application.number}"
    )
    if not is_this:
        raise closed("request")
    return event


def _verified_receipt(request: FilingRequest, filed: Event) -> bytes:
    """Check the receipt with the pinned key and against the hash of the bytes themselves; no column is asked."""
    peer = settings.WARRANT_NODE.peers.get(MINISTRY)
    if peer is None or not peer.log_key:
        raise closed("ministry-key")
    if not request.receipt:
        raise closed("receipt")
    encoded = bytes(request.receipt)
    verify_grant(
        Receipt.parse(encoded),
        PublicKey.from_text(peer.log_key),
        origin_of(f"{MINISTRY}-{settings.WARRANT_NODE.code}"),
        filed.digest,
    )
    return encoded


def _read_case(filed: Event, receipt: bytes) -> FiledCase:
    officer, categories = filed.data.get("officer"), filed.data.get("categories")
    if not isinstance(officer, Mapping) or not isinstance(categories, list):
        raise closed("request")
    return FiledCase(
        officer=officer,
        categories=tuple(str(code) for code in categories),
        issuer_name=str(filed.data.get("issuer_name", "")),
        photo=_filed_photo(str(filed.data.get("photo_digest", ""))),
        receipt_digest=sha256(receipt),
    )


def _filed_photo(digest: str) -> bytes:
    """Return the very bytes whose digest was filed, whatever photo the officer has today."""
    document = Document.system.filter(digest=digest).order_by("id").first()
    if document is None:
        raise closed("photo")
    photo = document_content(document)
    if sha256(photo).hex() != digest:
        raise closed("photo")
    return photo


def _compare(certificate: Certificate, case: FiledCase) -> None:
    """Refuse if the register says something else today than what was filed."""
    officer, today = case.officer, certificate.officer
    pairs = {
        "officer": (str(officer.get("uid")), str(today.uid)),
        "name": (officer.get("name"), today.name),
        "sex": (officer.get("sex"), today.sex),
        "agency": (officer.get("agency_name"), certificate.agency_name),
        "agency-today": (officer.get("agency_code"), today.agency.code),
        "area": (officer.get("area_code"), certificate.area_code),
        "area-name": (officer.get("area_name"), certificate.area_name),
        "categories": (case.categories, certificate.category_codes),
        "issuer": (case.issuer_name, certificate.issuer_name),
    }
    for place, (filed, registered) in pairs.items():
        if filed != registered:
            raise closed(place)


def closed(place: str) -> Conflict:
    """Return the refusal; ``place`` names what does not hold."""
    return Conflict(
        NO_RECEIPT,
        N_("没有经核验、与登记内容一致的部级备案回执，不能制卡：%(why)s"),
        place=place,
        why=_(REFUSED_PLACES.get(place, REFUSED_OTHERWISE)),
    )


__all__ = [
    "NO_RECEIPT",
    "FiledCase",
    "check_printable",
    "chip_photo",
    "closed",
    "content_for",
    "pass_gate",
    "unprintable_characters",
]
