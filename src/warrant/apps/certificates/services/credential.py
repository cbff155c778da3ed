"""The signed credential that a card carries in its QR code."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone

from warrant.apps.certificates.models import Certificate
from warrant.apps.certificates.services.publishing import ISSUER_SIGNER, issuer_code
from warrant.apps.foundation.ports import key_vault
from warrant.core.credential.token import CredentialClaims, issue_credential, photo_digest


def issue_certificate_credential(certificate: Certificate, chip_photo: bytes, *, now: datetime) -> bytes:
    """Sign what the certificate says; ``chip_photo`` is the photo file as it stands on the chip.

    Categories and area travel as codes, so that the QR code stays at version 12. Its period ends with the last
    valid day in the node's time zone.
    """
    day_after = datetime.combine(certificate.valid_until + timedelta(days=1), time.min)
    claims = CredentialClaims(
        issuer=issuer_code(),
        certificate_number=certificate.number,
        issued_at=now,
        expires_at=timezone.make_aware(day_after),
        name=certificate.officer.name,
        agency=certificate.agency_name,
        categories=certificate.category_codes,
        area=certificate.area_code,
        photo_digest=photo_digest(chip_photo),
        status_index=certificate.status_index,
        status_uri=certificate.status_list.name,
    )
    return issue_credential(claims, key_vault().signer(ISSUER_SIGNER))
