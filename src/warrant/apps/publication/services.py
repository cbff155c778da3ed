"""Taking in what is published: the inbox handlers of the ministry and of the public site.

The ministry passes everything on that it has accepted; whether a node does is its capability
``forward-to-public``. A handler refuses by raising, and the exchange puts the event aside.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.outbox import publish
from warrant.apps.foundation.ports import key_vault
from warrant.apps.publication.models import IssuerKey, KeyDirectory, PublicRecord, PublishedStatusList
from warrant.apps.publication.selectors import ROOT_SIGNER, directory_at, newest_directory_row, root_key
from warrant.apps.publication.types import PUBLIC_PHOTO_MAX_BYTES
from warrant.core.credential.directory import IssuerKey as DirectoryEntry
from warrant.core.credential.directory import issue_key_directory, read_key_directory
from warrant.core.crypto.signing import PublicKey
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.lifecycle import CertificateState
from warrant.core.standards import certificate_number
from warrant.core.standards.codes import ENFORCEMENT_CATEGORY

PUBLIC = "public"
FORWARD = "forward-to-public"
DIRECTORY_LIFETIME = timedelta(days=90)
DIRECTORY_RENEW_AFTER = timedelta(days=30)
ISSUER_KEY_LIFETIME = timedelta(days=3653)

_JPEG_START = b"\xff\xd8\xff"
_STATES = frozenset(state.value for state in CertificateState)
_ORDER_MEMBERS = ("ver", "prev_ver")


def receive_certificate_changed(received: ReceivedEvent, *, now: datetime) -> None:
    """Keep the public face of a certificate as its province tells it; an older telling changes nothing.

    Raises: InvalidInput ``publication-invalid``, ``publication-of-another-node``.
    """
    content = received.event.data
    node_code = _origin(received)
    number = certificate_number.check(_text(content, "number", 24))
    if not number.startswith(node_code[:2]):
        raise _of_another_node("number")
    known = PublicRecord.objects.select_for_update().filter(certificate_number=number).first()
    if known is not None and known.version >= received.event.ver:
        return
    record = PublicRecord(
        certificate_number=number,
        node_code=node_code,
        holder_name=_text(content, "name", 60),
        agency_name=_text(content, "agency", 120),
        category_names=_category_names(content),
        area_name=_text(content, "area", 60),
        issuer_name=_text(content, "issuer", 120),
        valid_from=_day(content, "valid_from"),
        valid_until=_day(content, "valid_until"),
        state=_state(content),
        photo=_photo(content),
        status_list_name=_text(content, "status_list", 32),
        status_index=_index(content, "status_index"),
        changed_at=received.event.occurred_at,
        version=received.event.ver,
    )
    record.save(force_insert=known is None, force_update=known is not None)
    _forward(received, now)


def receive_status_list(received: ReceivedEvent, *, now: datetime) -> None:
    """Keep a province's signed list byte for byte, if the directory says that the key was its.

    Raises: InvalidInput ``publication-invalid``, ``publication-of-another-node``, ``credential-refused``;
    Conflict ``no-key-directory``.
    """
    content = received.event.data
    node_code = _origin(received)
    name = _text(content, "name", 32)
    token = _octets(content, "token")
    directory = directory_at(now)
    if directory is None:
        raise Conflict("no-key-directory", N_("没有有效的密钥目录，状态列表暂不能核验"))
    opened = directory.open_status_list(token)
    if opened.uri != name or opened.issuer != node_code[:2]:
        raise _of_another_node("token")
    known = PublishedStatusList.objects.select_for_update().filter(name=name).first()
    if known is not None and known.version >= received.event.ver:
        return
    PublishedStatusList.objects.update_or_create(
        name=name,
        defaults={
            "node_code": node_code,
            "token": token,
            "version": received.event.ver,
            "issued_at": opened.issued_at,
        },
    )
    _forward(received, now)


def receive_issuer_key(received: ReceivedEvent, *, now: datetime) -> None:
    """Enter a province's key into the directory, sign the directory anew and publish it.

    Raises: InvalidInput ``publication-invalid``, ``publication-of-another-node``; Conflict ``issuer-key-of-another``.
    """
    content = received.event.data
    node_code = _origin(received)
    if received.node != node_code:
        raise _of_another_node("node")
    key_text = _text(content, "key", 120)
    PublicKey.from_text(key_text)
    known, is_new = IssuerKey.objects.get_or_create(
        key_text=key_text,
        defaults={"node_code": node_code, "valid_from": _day(content, "valid_from"), "received_at": now},
    )
    if known.node_code != node_code:
        raise Conflict("issuer-key-of-another", N_("该密钥已登记在另一发证机关名下"))
    if is_new:
        _issue_directory(now)


def receive_key_directory(received: ReceivedEvent, *, now: datetime) -> None:
    """Keep the directory if the pinned ministry key signed it.

    Raises: InvalidInput ``publication-invalid``, ``credential-refused``.
    """
    token = _octets(received.event.data, "token")
    directory = read_key_directory(token, root_key(), now)
    newest = newest_directory_row()
    if newest is None or newest.issued_at <= directory.issued_at:
        KeyDirectory.objects.create(token=token, issued_at=directory.issued_at)


@transaction.atomic
def renew_key_directory(*, now: datetime) -> bool:
    """Sign the directory anew if it grows old; says whether it did. The ministry's loop calls this."""
    newest = newest_directory_row()
    if newest is None or newest.issued_at > now - DIRECTORY_RENEW_AFTER:
        return False
    _issue_directory(now)
    return True


def _issue_directory(now: datetime) -> None:
    entries = [
        DirectoryEntry(
            issuer=row.node_code[:2],
            public_key=PublicKey.from_text(row.key_text),
            valid_from=_start_of(row.valid_from),
            valid_until=_start_of(row.valid_from) + ISSUER_KEY_LIFETIME,
        )
        for row in IssuerKey.objects.order_by("id")
    ]
    token = issue_key_directory(
        entries,
        authority=settings.WARRANT_NODE.code,
        issued_at=now,
        expires_at=now + DIRECTORY_LIFETIME,
        signer=key_vault().signer(ROOT_SIGNER),
    )
    KeyDirectory.objects.create(token=token, issued_at=now)
    if FORWARD in settings.WARRANT_CAPABILITIES:
        node = settings.WARRANT_NODE.code
        content = {"node": node, "token": base64.b64encode(token).decode()}
        publish(PUBLIC, "key-directory.published", f"node:{node}", content, now=now)


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min)).astimezone(UTC)


def _forward(received: ReceivedEvent, now: datetime) -> None:
    """Pass the content on as it is; only the version is this node's own."""
    if FORWARD in settings.WARRANT_CAPABILITIES:
        content = {key: value for key, value in received.event.data.items() if key not in _ORDER_MEMBERS}
        publish(PUBLIC, received.kind, received.event.subject, content, now=now)


def _origin(received: ReceivedEvent) -> str:
    """Return the province that an event is about: the sender, or whoever a forwarding ministry names."""
    node_code = _text(received.event.data, "node", 16)
    if received.node != node_code and FORWARD in settings.WARRANT_CAPABILITIES:
        raise _of_another_node("node")
    return node_code


def _text(content: Mapping[str, object], name: str, longest: int) -> str:
    value = content.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable():
        raise _invalid(name)
    return value


def _day(content: Mapping[str, object], name: str) -> date:
    try:
        return date.fromisoformat(_text(content, name, 10))
    except ValueError:
        raise _invalid(name) from None


def _index(content: Mapping[str, object], name: str) -> int:
    value = content.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 31:
        raise _invalid(name)
    return value


def _state(content: Mapping[str, object]) -> str:
    state = _text(content, "state", 20)
    if state not in _STATES:
        raise _invalid("state")
    return state


def _category_names(content: Mapping[str, object]) -> list[str]:
    codes = content.get("categories")
    if not isinstance(codes, list) or not codes or not all(isinstance(code, str) for code in codes):
        raise _invalid("categories")
    return [ENFORCEMENT_CATEGORY.by_code(code).name for code in codes]


def _octets(content: Mapping[str, object], name: str) -> bytes:
    value = content.get(name)
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except binascii.Error:
        raise _invalid(name) from None


def _photo(content: Mapping[str, object]) -> bytes:
    photo = _octets(content, "photo")
    if photo and (len(photo) > PUBLIC_PHOTO_MAX_BYTES or not photo.startswith(_JPEG_START)):
        raise _invalid("photo")
    return photo


def _invalid(place: str) -> InvalidInput:
    return InvalidInput(
        "publication-invalid", N_("公布的内容“%(field)s”不符合规定格式"), place=place, field=place
    )


def _of_another_node(place: str) -> InvalidInput:
    return InvalidInput("publication-of-another-node", N_("公布的内容属于另一发证机关，已拒收"), place=place)
