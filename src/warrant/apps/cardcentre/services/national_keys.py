"""The nation's shared keys: drawn by the ministry, handed to each province for its transport key, taken in there.

The keys under which ID numbers are found and travel; they open no card. A province without them keeps what is due and
sends it when they have come.

Source: ADR-0014.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime

from django.conf import settings
from django.db import transaction

from warrant.apps.audit.services import record
from warrant.apps.cardcentre.models import PeerTransportKey
from warrant.apps.cardcentre.services.keys import fingerprint
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.models import SubjectVersion
from warrant.apps.foundation.outbox import outbox_stream, publish
from warrant.apps.foundation.ports import key_vault
from warrant.apps.officers.selectors.national import NATIONAL_KEYS
from warrant.apps.officers.selectors.sealing import KEY_LENGTH
from warrant.apps.officers.services.replica import queue_everything
from warrant.apps.organisations.services.publishing import publish_tree
from warrant.core.errors import N_, Conflict, InvalidInput

MINISTRY = "ministry"
NATIONAL_KEYS_PUBLISHED = "national-keys.published"


@transaction.atomic
def hand_out_national_keys(*, now: datetime) -> int:
    """Send the shared keys to every province whose transport key is known and which has not got them; part of upkeep.

    Returns to how many they went.
    """
    if settings.WARRANT_NODE.kind != MINISTRY:
        return 0
    given = 0
    for peer in PeerTransportKey.objects.order_by("node_code"):
        told = SubjectVersion.objects.filter(
            stream=outbox_stream(peer.node_code), subject=_subject(bytes(peer.public_key))
        )
        if told.exists():
            continue
        _hand_over(peer.node_code, bytes(peer.public_key), now=now)
        given += 1
    return given


def hand_out_on_arrival(received: ReceivedEvent, *, now: datetime) -> None:
    """Send the shared keys as soon as a transport key has come: second handler of ``transport-key.published``."""
    hand_out_national_keys(now=now)


def _hand_over(node_code: str, recipient: bytes, *, now: datetime) -> None:
    vault = key_vault()
    for label in NATIONAL_KEYS:
        vault.secret(label, KEY_LENGTH)
    package = vault.wrap_secrets(NATIONAL_KEYS, recipient)
    record(None, "national-keys.published", f"node:{node_code}", fingerprint(recipient), now=now)
    publish(
        node_code,
        NATIONAL_KEYS_PUBLISHED,
        _subject(recipient),
        {"package": base64.b64encode(package).decode("ascii")},
        now=now,
    )


def _subject(recipient: bytes) -> str:
    """One subject for each transport key: another key gets the secrets again, the same key never twice."""
    return f"national-keys:{fingerprint(recipient)}"


def receive_national_keys(received: ReceivedEvent, *, now: datetime) -> None:
    """Take in the shared keys and queue the whole register for the ministry: handler of ``national-keys.published``.

    Raises: Conflict ``act-not-here``, ``secret-exists`` and what the package raises; InvalidInput
    ``key-package-damaged``.
    """
    if received.node != MINISTRY or settings.WARRANT_NODE.kind == MINISTRY:
        raise Conflict("act-not-here", N_("全国共用密钥只能由部级节点下发给省级节点"))
    try:
        package = base64.b64decode(str(received.event.data.get("package", "")), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput("key-package-damaged", N_("密钥包已损坏或不完整。")) from error
    key_vault().import_secrets(package, NATIONAL_KEYS)
    publish_tree(now=now)
    count = queue_everything()
    record(
        None, "national-keys.received", f"node:{settings.WARRANT_NODE.code}", f"待上报 {count} 条", now=now
    )


__all__ = ["hand_out_national_keys", "hand_out_on_arrival", "receive_national_keys"]
