"""Reading what a province tells of its officers: strictly, for it comes from another house."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import models

from warrant.apps.officers.models import Officer
from warrant.apps.officers.services.replica import ERASED_IN_AN_EVENT, LOCAL_FIELDS, OFFICERS_IN_AN_EVENT
from warrant.apps.officers.services.writing import VERSIONED_FIELDS
from warrant.core.errors import N_, InvalidInput
from warrant.core.lifecycle import ChangeKind, LeavingKind, OfficerState

_COLUMNS = {field: Officer._meta.get_field(field) for field in VERSIONED_FIELDS if field not in LOCAL_FIELDS}
_NEEDED = ("name", "sex", "birth_on", "state")
_TOLD_NAMES = {"agency": "agency_id", "photo": "photo_id"}
_LONGEST_SEALED = 200


@dataclass(frozen=True)
class ReplicaItem:
    """One version of one officer as a province tells it; ``values`` has every column but those with local ids."""

    uid: UUID
    revision: int
    kind: ChangeKind
    effective_on: date
    recorded_at: datetime
    entered_at: datetime
    account: str
    unit: str
    reason: str
    changed: tuple[str, ...]
    agency_code: str
    agency_name: str
    photo: str
    index: bytes
    sealed: bytes
    values: Mapping[str, Any]


def items_of(content: Mapping[str, object]) -> list[ReplicaItem]:
    """Return the versions of an event, in its order.

    Raises: InvalidInput ``replica-content-invalid`` with the member in ``place``.
    """
    told = content.get("officers")
    if not isinstance(told, list) or not 0 < len(told) <= OFFICERS_IN_AN_EVENT:
        raise _bad("officers")
    return [_item(entry) for entry in told]


def erased_uids(content: Mapping[str, object]) -> list[UUID]:
    """Return whom an event tells as erased.

    Raises: InvalidInput ``replica-content-invalid`` with the member in ``place``.
    """
    told = content.get("uids")
    if not isinstance(told, list) or not 0 < len(told) <= ERASED_IN_AN_EVENT:
        raise _bad("uids")
    try:
        return [UUID(uid if isinstance(uid, str) else "") for uid in told]
    except ValueError as error:
        raise _bad("uids") from error


def _item(entry: object) -> ReplicaItem:
    if not isinstance(entry, dict):
        raise _bad("officers")
    revision = entry.get("revision")
    if not isinstance(revision, int) or isinstance(revision, bool) or not 0 < revision < 1 << 31:
        raise _bad("revision")
    changed = entry.get("changed")
    if not isinstance(changed, list) or not all(isinstance(name, str) and len(name) < 40 for name in changed):
        raise _bad("changed")
    try:
        return ReplicaItem(
            uid=UUID(_text(entry, "uid", 36)),
            revision=revision,
            kind=ChangeKind(_text(entry, "kind", 24)),
            effective_on=date.fromisoformat(_text(entry, "effective_on", 10)),
            recorded_at=_instant(entry, "recorded_at"),
            entered_at=_instant(entry, "entered_at"),
            account=_text(entry, "account", 80),
            unit=_text(entry, "unit", 120),
            reason=_text(entry, "reason", 300),
            changed=tuple(sorted(_TOLD_NAMES.get(str(name), str(name)) for name in changed)),
            agency_code=_text(entry, "agency", 24),
            agency_name=_text(entry, "agency_name", 120),
            photo=_text(entry, "photo", 64),
            index=bytes.fromhex(_text(entry, "index", 32)),
            sealed=base64.b64decode(_text(entry, "sealed", _LONGEST_SEALED), validate=True),
            values=_values(entry.get("content")),
        )
    except (ValueError, binascii.Error) as error:
        raise _bad("officers") from error


def _values(content: object) -> dict[str, Any]:
    """Return every column with its value; one that was left out has its empty value."""
    if not isinstance(content, dict) or not set(content) <= set(_COLUMNS):
        raise _bad("content")
    if not all(content.get(field) for field in _NEEDED):
        raise _bad("content")
    values = {field: _value(column, content.get(field)) for field, column in _COLUMNS.items()}
    if values["state"] not in {state.value for state in OfficerState}:
        raise _bad("state")
    if values["left_kind"] and values["left_kind"] not in {kind.value for kind in LeavingKind}:
        raise _bad("left_kind")
    return values


def _value(column: Any, told: object) -> Any:
    if isinstance(column, models.BooleanField):
        return _expected(column, told, bool) if told is not None else False
    if isinstance(column, models.DateField):
        return date.fromisoformat(str(_expected(column, told, str))) if told is not None else None
    if isinstance(column, models.IntegerField):
        number = _expected(column, told, int) if told is not None else 0
        if not 0 <= number < 1 << 15:
            raise _bad(column.name)
        return number
    text = _expected(column, told, str) if told is not None else _empty(column)
    if len(text) > column.max_length or "\x00" in text:
        raise _bad(column.name)
    return text


def _empty(column: Any) -> str:
    return str(column.default) if column.has_default() else ""


def _expected(column: Any, told: object, kind: type) -> Any:
    if type(told) is not kind:
        raise _bad(column.name)
    return told


def _text(entry: Mapping[str, object], name: str, longest: int) -> str:
    value = entry.get(name)
    if not isinstance(value, str) or len(value) > longest or "\x00" in value:
        raise _bad(name)
    return value


def _instant(entry: Mapping[str, object], name: str) -> datetime:
    at = datetime.fromisoformat(_text(entry, name, 40))
    if at.tzinfo is None:
        raise _bad(name)
    return at


def _bad(place: str) -> InvalidInput:
    return InvalidInput(
        "replica-content-invalid",
        N_("人员变更事件的内容不符合规定（%(field)s），已拒收"),
        place=place,
        field=place,
    )


__all__ = ["ReplicaItem", "items_of"]
