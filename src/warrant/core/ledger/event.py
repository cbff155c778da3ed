"""Events: CloudEvents 1.0 as JSON bytes that are built once, stored, signed for and never written again.

The bytes are the message: what is hashed into the log is what was sent and what is kept. ``id`` is ``NODE/SEQ`` with
``SEQ`` counted from 1, so that event ``SEQ`` is entry ``SEQ - 1`` of its log. NODE names a log: a node that keeps one
log for each peer gives each its own name (``ministry-32``), otherwise two events would share one ``id``.

``data`` always has ``ver`` and ``prev_ver``: the version of the subject that the event makes, and the one it follows.
Numbers are whole: a fraction is written as text, because no two systems print a float alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from warrant.core.errors import N_, InvalidInput
from warrant.core.ledger.merkle import leaf_hash

MAX_EVENT_BYTES = 1 << 20
MAX_WHOLE_NUMBER = (1 << 53) - 1  # what every JSON reader keeps exactly (RFC 8259, 6)

_SOURCE_PREFIX = "urn:warrant:node:"
_LOG_PREFIX = "urn:warrant:log:"
_NODE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?", re.ASCII)
_TYPE = re.compile(r"[a-z][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)+", re.ASCII)
_SCHEMA = re.compile(r"urn:warrant:schema:[a-z0-9.-]+:[1-9][0-9]{0,3}", re.ASCII)
_ID = re.compile(r"([^/]+)/([1-9][0-9]{0,18})", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_MAX_SUBJECT = 128
_ATTRIBUTES = frozenset(
    {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data"}
)


@dataclass(frozen=True)
class Event:
    """One event: its bytes, and what they say. Made by :func:`build_event` and :func:`parse_event` only."""

    raw: bytes
    node: str
    seq: int
    type: str
    subject: str
    occurred_at: datetime
    dataschema: str
    data: Mapping[str, object]
    ver: int
    prev_ver: int

    @property
    def id(self) -> str:
        """``NODE/SEQ``."""
        return f"{self.node}/{self.seq}"

    @property
    def digest(self) -> bytes:
        """The event's 32-byte leaf hash: by it other events refer to this one."""
        return leaf_hash(self.raw)


def origin_of(node: str) -> str:
    """Return the checkpoint origin of the log called ``node``: ``urn:warrant:log:NODE``."""
    if not _NODE.fullmatch(node):
        raise _bad_event("node")
    return _LOG_PREFIX + node


def build_event(
    *,
    node: str,
    seq: int,
    type: str,
    subject: str,
    occurred_at: datetime,
    dataschema: str,
    data: Mapping[str, object],
    ver: int,
    prev_ver: int,
) -> Event:
    """Build an event and its bytes, and read them back as a receiver would.

    ``data`` holds JSON values without floats; ``ver`` and ``prev_ver`` are put into it.
    Raises: InvalidInput ``event-invalid`` with the attribute in ``place``.
    """
    if occurred_at.tzinfo is None:
        raise _bad_event("time")
    if not {"ver", "prev_ver"}.isdisjoint(data):
        raise _bad_event("data")
    attributes = {
        "specversion": "1.0",
        "id": f"{node}/{seq}",
        "source": _SOURCE_PREFIX + node,
        "type": type,
        "subject": subject,
        "time": occurred_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "datacontenttype": "application/json",
        "dataschema": dataschema,
        "data": {**data, "ver": ver, "prev_ver": prev_ver},
    }
    try:
        text = json.dumps(
            attributes, ensure_ascii=False, allow_nan=False, separators=(",", ":"), sort_keys=True
        )
        raw = text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise _bad_event("data") from error
    event = parse_event(raw)
    if event.data != attributes["data"]:
        # A tuple or a key that is no string would reach the receiver as something else than was given here.
        raise _bad_event("data")
    return event


def parse_event(raw: bytes) -> Event:
    """Read an event's bytes, strictly: these nine attributes, each in its one form, no duplicate names, no floats.

    Raises: InvalidInput ``event-invalid``, whatever is wrong; ``place`` names the attribute.
    """
    attributes = _read_json(raw)
    if not isinstance(attributes, dict) or attributes.keys() != _ATTRIBUTES:
        raise _bad_event("attributes")
    if attributes["specversion"] != "1.0":
        raise _bad_event("specversion")
    if attributes["datacontenttype"] != "application/json":
        raise _bad_event("datacontenttype")
    found = _ID.fullmatch(_text(attributes, "id"))
    if found is None or not _NODE.fullmatch(found[1]):
        raise _bad_event("id")
    if attributes["source"] != _SOURCE_PREFIX + found[1]:
        raise _bad_event("source")
    seq = _whole(int(found[2]), "id", least=1)
    subject = _text(attributes, "subject")
    if not 0 < len(subject) <= _MAX_SUBJECT or not subject.isprintable():
        raise _bad_event("subject")
    data = attributes["data"]
    if not isinstance(data, dict):
        raise _bad_event("data")
    return Event(
        raw=raw,
        node=found[1],
        seq=seq,
        type=_matching(_TYPE, attributes, "type"),
        subject=subject,
        occurred_at=_instant(_matching(_TIME, attributes, "time")),
        dataschema=_matching(_SCHEMA, attributes, "dataschema"),
        data=data,
        ver=_whole(data.get("ver"), "ver", least=1),
        prev_ver=_whole(data.get("prev_ver"), "prev_ver", least=0),
    )


def _read_json(raw: bytes) -> object:
    if len(raw) > MAX_EVENT_BYTES:
        raise _bad_event("length")
    try:
        text = raw.decode()
        value: object = json.loads(
            text,
            object_pairs_hook=_object_without_duplicates,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
            parse_int=_exact_number,
        )
        # A lone surrogate written as \\ud800 passes the JSON reader but is no text: nothing could store it.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise _bad_event("json") from error
    return value


def _object_without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate name")
    return members


def _refuse_number(text: str) -> object:
    raise ValueError(f"not a whole number: {text[:20]}")


def _exact_number(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > MAX_WHOLE_NUMBER or text == "-0":
        raise ValueError("number too large to be kept exactly")
    return int(text)


def _text(attributes: Mapping[str, object], name: str) -> str:
    value = attributes[name]
    if not isinstance(value, str):
        raise _bad_event(name)
    return value


def _matching(pattern: re.Pattern[str], attributes: Mapping[str, object], name: str) -> str:
    value = _text(attributes, name)
    if not pattern.fullmatch(value):
        raise _bad_event(name)
    return value


def _instant(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise _bad_event("time") from error


def _whole(value: object, place: str, *, least: int) -> int:
    # bool is an int in Python; ``true`` is no version.
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MAX_WHOLE_NUMBER:
        raise _bad_event(place)
    return value


def _bad_event(place: str) -> InvalidInput:
    return InvalidInput("event-invalid", N_("事件报文不符合规定格式，已拒收。"), place=place)


__all__ = ["MAX_EVENT_BYTES", "MAX_WHOLE_NUMBER", "Event", "build_event", "origin_of", "parse_event"]
