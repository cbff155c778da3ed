"""What this node tells the ministry about its certificates; the ministry tells the public."""

from __future__ import annotations

import base64
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from warrant.apps.certificates.models import Certificate, CertificatePhoto, StatusList
from warrant.apps.foundation.models import LogEntry
from warrant.apps.foundation.outbox import outbox_stream, publish
from warrant.apps.foundation.ports import key_vault
from warrant.core.crypto.signing import ES256
from warrant.core.lifecycle import CertificateState

MINISTRY = "ministry"
ISSUER_KEY_PUBLISHED = "issuer-key.published"
ISSUER_SIGNER = "issuer"
"""Label of the key that signs credentials and status lists."""

UNTOLD_STATES = frozenset({CertificateState.AWAITING_PRODUCTION.value})
"""Before a card exists there is nothing that the public could be shown."""


def issuer_code() -> str:
    """Return the two digits under which this node issues: in numbers, tokens and names of lists."""
    return str(settings.WARRANT_NODE.code)[:2]


def announce_certificate(certificate: Certificate, *, now: datetime) -> None:
    """Leave ``certificate.changed`` for the ministry: the state and the public fields, nothing else.

    No ID number, phone or uid is in it, so none can reach the public site by mistake.
    """
    photo = CertificatePhoto.objects.filter(certificate=certificate).first()
    content = {
        "node": settings.WARRANT_NODE.code,
        "number": certificate.number,
        "state": certificate.state,
        "name": certificate.officer.name,
        "agency": certificate.agency_name,
        "categories": list(certificate.category_codes),
        "area": certificate.area_name,
        "issuer": certificate.issuer_name,
        "valid_from": certificate.valid_from.isoformat(),
        "valid_until": certificate.valid_until.isoformat(),
        "photo": base64.b64encode(bytes(photo.jpeg)).decode() if photo else "",
        "status_list": certificate.status_list.name,
        "status_index": certificate.status_index,
        "changed_at": certificate.changed_at.isoformat(),
    }
    publish(MINISTRY, "certificate.changed", f"certificate:{certificate.number}", content, now=now)


def announce_status_list(status_list: StatusList, *, now: datetime) -> None:
    """Leave ``status-list.published`` for the ministry: the signed token, byte for byte."""
    token = bytes(status_list.token or b"")
    content = {
        "node": settings.WARRANT_NODE.code,
        "name": status_list.name,
        "version": status_list.version,
        "token": base64.b64encode(token).decode(),
    }
    publish(MINISTRY, "status-list.published", f"status-list:{status_list.name}", content, now=now)


def is_issuer_key_announced() -> bool:
    """Tell whether the log to the ministry already holds the issuer key."""
    told = LogEntry.objects.filter(stream__name=outbox_stream(MINISTRY), kind=ISSUER_KEY_PUBLISHED)
    return told.exists()


@transaction.atomic
def announce_issuer_key(*, now: datetime) -> None:
    """Tell the ministry this node's issuer key, making the key if there is none: part of a node's preparation.

    Called again it tells the same key again, which changes nothing.
    """
    vault = key_vault()
    if vault.has_signer(ISSUER_SIGNER):
        public_key = vault.signer(ISSUER_SIGNER).public_key
    else:
        public_key = vault.create_signer(ISSUER_SIGNER, ES256)
    node = settings.WARRANT_NODE.code
    content = {
        "node": node,
        "key": public_key.as_text(),
        "valid_from": timezone.localdate(now).isoformat(),
    }
    publish(MINISTRY, ISSUER_KEY_PUBLISHED, f"node:{node}", content, now=now)
