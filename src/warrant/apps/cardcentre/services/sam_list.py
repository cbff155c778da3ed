"""The signed block list of SAMs: issued in the transaction of each change, and before the last one grows old."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from warrant.apps.cardcentre.models import Sam, SamBlockList
from warrant.apps.cardcentre.types import ISSUER_LABEL
from warrant.apps.foundation.ports import key_vault
from warrant.core.credential.block_list import issue_block_list
from warrant.core.lifecycle.sam import DISTRUSTED

LIFETIME = timedelta(days=7)
RENEW_AFTER = timedelta(days=1)


def reissue_block_list(*, now: datetime) -> SamBlockList:
    """Sign the list anew; the caller is in the transaction of the change."""
    serials = Sam.objects.filter(state__in=DISTRUSTED).values_list("serial", flat=True)
    blocked = [bytes.fromhex(serial) for serial in serials]
    token = issue_block_list(
        blocked,
        issuer=settings.WARRANT_NODE.code,
        issued_at=now,
        expires_at=now + LIFETIME,
        signer=key_vault().signer(ISSUER_LABEL),
    )
    values = {"token": token, "count": len(blocked), "issued_at": now, "expires_at": now + LIFETIME}
    return SamBlockList.objects.update_or_create(pk=1, defaults=values)[0]


def renew_block_list(*, now: datetime) -> None:
    """Sign the list anew when it is a day old; nothing to do as long as the node has no SAM."""
    newest = SamBlockList.objects.first()
    if newest is None and not Sam.objects.exists():
        return
    if newest is None or now - newest.issued_at >= RENEW_AFTER:
        with transaction.atomic():
            reissue_block_list(now=now)
