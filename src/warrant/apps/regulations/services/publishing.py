"""Confirmed versions between nodes: the nation's go to every province, a province's to the ministry.

Event ``regulation.published``, subject ``regulation:KIND:JURISDICTION:NUMBER``; see docs/exchange.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from warrant.apps.audit.services import record
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.models import SubjectVersion
from warrant.apps.foundation.outbox import outbox_stream, publish
from warrant.apps.regulations.models import RegulationVersion
from warrant.apps.regulations.selectors.current import forget_regulations, parse_content, shipped_content
from warrant.apps.regulations.selectors.versions import own_jurisdiction
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.lifecycle import RegulationState
from warrant.core.regulation import NATIONAL_ONLY, digest, kind_named, resolve

REGULATION_PUBLISHED = "regulation.published"
SENDS_UP = "send-log"
MINISTRY = "ministry"
NATION = "nation"


def _peers() -> list[str]:
    """Return whom this node tells of its own versions: the ministry, or every province that it knows."""
    if SENDS_UP in settings.WARRANT_CAPABILITIES:
        return [MINISTRY]
    return sorted(code for code in settings.WARRANT_NODE.peers if code.isdigit())


def _subject(version: RegulationVersion) -> str:
    return f"regulation:{version.kind}:{version.jurisdiction or NATION}:{version.number}"


def publish_version(version: RegulationVersion, *, now: datetime) -> None:
    """Leave a confirmed version for the nodes that must know it, in the running transaction."""
    for peer in _peers():
        _leave(peer, version, now)


def _leave(peer: str, version: RegulationVersion, now: datetime) -> None:
    publish(
        peer,
        REGULATION_PUBLISHED,
        _subject(version),
        {
            "kind": version.kind,
            "jurisdiction": version.jurisdiction,
            "number": version.number,
            "title": version.title,
            "basis": version.basis,
            "content": version.content,
            "layer": version.layer,
            "digest": version.digest,
            "valid_from": version.valid_from.isoformat(),
            "drafted_by": version.drafted_by_name,
            "drafted_at": version.drafted_at.isoformat(),
            "confirmed_by": version.confirmed_by_name,
            "confirmed_at": version.confirmed_at.isoformat() if version.confirmed_at else "",
        },
        now=now,
    )


@transaction.atomic
def hand_out_regulations(*, now: datetime) -> int:
    """Leave for each node the confirmed versions that it was never told of: for a node that joins later. Part of upkeep.

    Returns how many were left.
    """
    own = RegulationVersion.objects.filter(
        jurisdiction=own_jurisdiction(), state=RegulationState.CONFIRMED, is_received=False
    )
    keys = {
        f"regulation:{kind}:{own_jurisdiction() or NATION}:{number}": pk
        for kind, number, pk in own.values_list("kind", "number", "pk")
    }
    left = 0
    for peer in _peers() if keys else ():
        told = SubjectVersion.objects.filter(stream=outbox_stream(peer), subject__in=keys)
        missing = keys.keys() - set(told.values_list("subject", flat=True))
        for version in own.filter(pk__in=[keys[subject] for subject in missing]).order_by("pk"):
            _leave(peer, version, now)
            left += 1
    return left


def _text(content: Mapping[str, Any], name: str, most: int) -> str:
    value = content.get(name)
    if not isinstance(value, str) or not value or len(value) > most:
        raise InvalidInput("regulation-unreadable", N_("收到的规则缺少“%(name)s”或不可读"), name=name)
    return value


def _moment(content: Mapping[str, Any], name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(content, name, 40))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidInput("regulation-unreadable", N_("收到的规则缺少“%(name)s”或不可读"), name=name)
    return moment


@dataclass(frozen=True)
class _Told:
    """What an event says, as far as it can be read at all."""

    content: dict[str, Any]
    layer: dict[str, Any] | None
    number: int
    digest: str
    valid_from: date

    @classmethod
    def read(cls, data: Mapping[str, Any], *, has_layer: bool) -> _Told:
        content, layer, number = data.get("content"), data.get("layer"), data.get("number")
        try:
            valid_from = date.fromisoformat(_text(data, "valid_from", 10))
        except ValueError:
            valid_from = None
        if (
            not isinstance(content, dict)
            or not isinstance(number, int)
            or number < 1
            or not isinstance(layer, dict if has_layer else type(None))
            or valid_from is None
        ):
            raise InvalidInput(
                "regulation-unreadable", N_("收到的规则缺少“%(name)s”或不可读"), name="content"
            )
        return cls(content, layer, number, _text(data, "digest", 64), valid_from)


def receive_regulation_published(received: ReceivedEvent, *, now: datetime) -> None:
    """Take in a version that another node put into force; the same one twice changes nothing.

    Raises:
        NotFound: this node does not know the kind.
        InvalidInput: it cannot be read, or is not the sender's to set.
        Conflict: another version with its number is held already.
    """
    data = received.event.data
    kind = kind_named(_text(data, "kind", 16))
    expected = "" if received.node == MINISTRY else received.node
    if data.get("jurisdiction") != expected or (expected and kind in NATIONAL_ONLY):
        raise InvalidInput("regulation-not-the-senders", N_("收到的规则不属于发送方可以规定的范围"))
    told = _Told.read(data, has_layer=bool(expected))
    if digest(told.content) != told.digest:
        raise InvalidInput("regulation-altered-on-the-way", N_("收到的规则与其摘要不符"))
    if told.layer is not None:
        resolve([shipped_content(kind), told.layer])
    else:
        parse_content(kind, told.content)
    held = RegulationVersion.objects.filter(
        kind=kind.value, jurisdiction=expected, number=told.number
    ).first()
    if held is not None:
        if held.digest != told.digest or held.valid_from != told.valid_from:
            raise Conflict("regulation-number-taken", N_("已有同一编号而内容不同的规则"))
        return
    version = RegulationVersion.objects.create(
        kind=kind.value,
        jurisdiction=expected,
        number=told.number,
        title=_text(data, "title", 120),
        basis=_text(data, "basis", 400),
        content=told.content,
        digest=told.digest,
        layer=told.layer,
        valid_from=told.valid_from,
        state=RegulationState.CONFIRMED.value,
        drafted_by_name=_text(data, "drafted_by", 80),
        drafted_at=_moment(data, "drafted_at"),
        changed_at=now,
        confirmed_by_name=_text(data, "confirmed_by", 80),
        confirmed_at=_moment(data, "confirmed_at"),
        is_received=True,
    )
    record(None, "regulation.received", f"regulation:{version.pk}", f"{kind.value} {version.title}", now=now)
    transaction.on_commit(forget_regulations)
