"""The province's signed status lists: issued anew in the transaction of every change, and before they grow old."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from warrant.apps.certificates.models import Certificate, StatusList
from warrant.apps.certificates.services.publishing import (
    ISSUER_SIGNER,
    announce_issuer_key,
    announce_status_list,
    is_issuer_key_announced,
    issuer_code,
)
from warrant.apps.foundation.ports import key_vault
from warrant.core.credential.status_list import Status, allocate_index, issue_status_list
from warrant.core.credential.status_list import StatusList as Statuses
from warrant.core.lifecycle import STATUS_LIST_VALUE, CertificateState

LIST_SIZE = 1 << 16
"""Places in a list: 16 kB uncompressed, so that a change is signed and sent in milliseconds, whatever the province."""
FULLEST = LIST_SIZE * 3 // 4
"""From this many certificates on the next list is opened: free places stay easy to find."""
LIFETIME = timedelta(hours=24)
TIME_TO_LIVE = timedelta(hours=1)
"""How long a verifier may rely on a copy; an unchanged list is renewed well before."""
RENEW_AFTER = timedelta(minutes=20)

_UNUSED_OCTET = 0b01010101
"""Four places that say *invalid*: a place that nobody was given must never speak for anybody."""

_TOLD_STATES = [state.value for state in CertificateState if STATUS_LIST_VALUE[state] != Status.INVALID]


def list_with_room(*, now: datetime) -> StatusList:
    """Return the newest list, locked, or open the next one; the caller is in a transaction.

    The issuer key goes ahead of the first list: without it nobody above could check the list's signature.
    """
    newest = StatusList.objects.select_for_update().order_by("-id").first()
    if newest is not None and newest.certificates.count() < FULLEST:
        return newest
    if not is_issuer_key_announced():
        announce_issuer_key(now=now)
    ordinal = StatusList.objects.count() + 1
    opened = StatusList.objects.create(name=f"tsl:{issuer_code()}-{ordinal}", size=LIST_SIZE)
    reissue_list(opened.pk, now=now)
    return opened


def free_index(status_list: StatusList) -> int:
    """Return a place at random that was never given. Raises: Conflict ``status-list-full``."""
    taken = set(Certificate.system.filter(status_list=status_list).values_list("status_index", flat=True))
    return allocate_index(taken.__contains__, status_list.size)


def statuses_of(status_list: StatusList) -> Statuses:
    """Return what the list has to say now, from the certificates' states: one query."""
    statuses = Statuses(bytes([_UNUSED_OCTET]) * (status_list.size // 4))
    rows = Certificate.system.filter(status_list=status_list, state__in=_TOLD_STATES)
    for index, state in rows.values_list("status_index", "state"):
        statuses[index] = Status(STATUS_LIST_VALUE[CertificateState(state)])
    return statuses


def reissue_list(status_list_id: int, *, now: datetime) -> StatusList:
    """Sign the list anew and leave it for the ministry; the caller is in the transaction of the change."""
    status_list = StatusList.objects.select_for_update().get(pk=status_list_id)
    status_list.token = issue_status_list(
        statuses_of(status_list),
        uri=status_list.name,
        issuer=issuer_code(),
        issued_at=now,
        expires_at=now + LIFETIME,
        ttl=TIME_TO_LIVE,
        signer=key_vault().signer(ISSUER_SIGNER),
    )
    status_list.version += 1
    status_list.issued_at = now
    status_list.save(update_fields=["token", "version", "issued_at"])
    announce_status_list(status_list, now=now)
    return status_list


def renew_status_lists(*, now: datetime) -> int:
    """Issue every list anew that has not been for ``RENEW_AFTER``; returns how many. Called again and again by a loop."""
    due = StatusList.objects.exclude(issued_at__gt=now - RENEW_AFTER).values_list("pk", flat=True)
    renewed = 0
    for pk in list(due):
        with transaction.atomic():
            if StatusList.objects.select_for_update().filter(pk=pk, issued_at__gt=now - RENEW_AFTER).exists():
                continue
            reissue_list(pk, now=now)
            renewed += 1
    return renewed
