"""The one way in which an officer's record changes: the row, its version, and everybody who follows it.

No other code saves an ``Officer``. The caller has locked the row, checked the permission and the rule, and writes the
audit entry itself, because only it knows the words.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter, itemgetter
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from warrant.apps.foundation.loading import bulk_load, ready_rows, reserve_ids
from warrant.apps.foundation.rows import made_row
from warrant.apps.officers.models import Officer, OfficerNameToken, OfficerVersion
from warrant.apps.officers.services.spelling import ordered_tokens, sort_key
from warrant.apps.officers.types import OfficerObserver, OfficerWrite
from warrant.core.access import Actor
from warrant.core.errors import N_, Conflict
from warrant.core.lifecycle import ChangeKind

VERSIONED_FIELDS = (
    "name",
    "sex",
    "birth_on",
    "ethnicity",
    "political_status",
    "education",
    "degree",
    "school",
    "major",
    "agency_id",
    "categories",
    "post",
    "position",
    "staffing",
    "has_legal_qualification",
    "work_started_on",
    "work_started_precision",
    "enforcement_started_on",
    "enforcement_started_precision",
    "phone",
    "remark",
    "photo_id",
    "state",
    "left_on",
    "left_kind",
    "arrived_on",
    "certificate_number",
    "certificate_state",
    "certificate_valid_until",
    "reviewed_year",
    "trained_year",
    "examined_year",
    "province_unit",
    "city_unit",
    "county_unit",
    "agency_unit",
)
"""Columns that a version keeps; all of the record but the ID number."""

_ROWS_AT_ONCE = 500
_OFFICER_COLUMNS = tuple(field.attname for field in Officer._meta.concrete_fields)
_OFFICER_ROW = attrgetter(*_OFFICER_COLUMNS)
_VERSION_COLUMNS = tuple(field.attname for field in OfficerVersion._meta.concrete_fields)
_TOKEN_COLUMNS = ("token", "sort_key", "officer_id")
_OFFICER_KEY = _OFFICER_COLUMNS.index("id")
_VERSION_KEY = _VERSION_COLUMNS.index("id")
_VERSION_OFFICER = _VERSION_COLUMNS.index("officer_id")
_CONTENT = attrgetter(*VERSIONED_FIELDS)


def content_of(officer: Officer) -> dict[str, Any]:
    """Return what a version keeps of an officer: column to value as JSON knows it, dates as ISO text."""
    values = zip(VERSIONED_FIELDS, _CONTENT(officer), strict=True)
    return {field: value.isoformat() if isinstance(value, date) else value for field, value in values}


def _version(
    officer: Officer,
    content: Mapping[str, Any],
    kind: ChangeKind,
    changed: Collection[str],
    actor: Actor | None,
    *,
    reason: str,
    effective_on: date,
    now: datetime,
) -> OfficerVersion:
    version = OfficerVersion(
        officer=officer,
        revision=officer.revision,
        kind=kind.value,
        effective_on=effective_on,
        content=content,
        changed_fields=sorted(changed),
        reason=reason,
        account_id=actor.account_id if actor else None,
        account_name=actor.name if actor else "",
        recorded_at=now,
        arrived_at=now,
    )
    version.put_at(officer.place)
    return version


def tell_observers(writes: Sequence[OfficerWrite], *, now: datetime) -> None:
    """Let everybody who follows the register know, in the running transaction."""
    for path in getattr(settings, "WARRANT_OFFICER_OBSERVERS", ()):
        observer: OfficerObserver = import_string(path)
        observer(writes, now=now)


class Newcomers:
    """New officers made ready: what can be done before others have to wait. Written once, by :func:`write_newcomers`.

    ``effective_on`` is today without a word.
    """

    def __init__(
        self,
        officers: Sequence[Officer],
        kind: ChangeKind,
        actor: Actor | None,
        *,
        now: datetime,
        effective_on: date | None = None,
        reason: str = "",
    ) -> None:
        self.officers = list(officers)
        self.kind = kind
        self.effective_on = effective_on or timezone.localdate(now)
        self._rows = ready_rows(Officer, _OFFICER_COLUMNS, map(_OFFICER_ROW, self.officers))
        common: dict[str, Any] = {
            "id": None,
            "officer_id": None,
            "kind": kind.value,
            "effective_on": self.effective_on,
            "changed_fields": [],
            "reason": reason,
            "account_id": actor.account_id if actor else None,
            "account_name": actor.name if actor else "",
            "account_unit": "",
            "recorded_at": now,
            "arrived_at": now,
        }
        values = [
            {
                **common,
                "revision": officer.revision,
                "content": content_of(officer),
                "province_unit": officer.province_unit,
                "city_unit": officer.city_unit,
                "county_unit": officer.county_unit,
                "agency_unit": officer.agency_unit,
            }
            for officer in self.officers
        ]
        self._versions = [
            made_row(OfficerVersion, value, is_saved=True, officer=officer)
            for value, officer in zip(values, self.officers, strict=True)
        ]
        pick = itemgetter(*_VERSION_COLUMNS)
        self._version_rows = ready_rows(OfficerVersion, _VERSION_COLUMNS, map(pick, values))
        self._tokens = sorted(
            (token, place, key)
            for place, officer in enumerate(self.officers)
            for token, key in ordered_tokens(officer.name, officer.sort_key)
        )  # neighbours in the index are written together

    def load_officers(self) -> None:
        """Insert the officers, who get their keys, and what their names can be found by; in a transaction."""
        self._ids = list(reserve_ids(Officer, len(self.officers)))
        for row, officer, pk in zip(self._rows, self.officers, self._ids, strict=True):
            row[_OFFICER_KEY] = officer.pk = pk
        bulk_load(Officer, _OFFICER_COLUMNS, self._rows, are_ready=True)
        for officer in self.officers:
            officer._state.adding = False
            officer._state.db = connection.alias
        bulk_load(
            OfficerNameToken,
            _TOKEN_COLUMNS,
            [(token, key, self._ids[place]) for token, place, key in self._tokens],
        )

    def load_versions(self) -> list[OfficerVersion]:
        """Keep the first version of each, and return the rows as they were saved."""
        keys = reserve_ids(OfficerVersion, len(self.officers))
        ready = zip(self._version_rows, self._versions, self._ids, keys, strict=True)
        for row, version, officer_pk, pk in ready:
            row[_VERSION_KEY] = version.pk = pk
            row[_VERSION_OFFICER] = version.officer_id = officer_pk
        bulk_load(OfficerVersion, _VERSION_COLUMNS, self._version_rows, are_ready=True)
        return self._versions


def write_new(
    officers: Sequence[Officer],
    kind: ChangeKind,
    actor: Actor | None,
    *,
    now: datetime,
    effective_on: date | None = None,
    reason: str = "",
) -> list[Officer]:
    """Save new officers with their first version and what their names can be found by.

    ``effective_on`` is today without a word.

    Raises:
        Conflict: one of the ID numbers was registered by somebody else at this very moment.
    """
    newcomers = Newcomers(officers, kind, actor, now=now, effective_on=effective_on, reason=reason)
    return write_newcomers(newcomers, now=now)


@transaction.atomic
def write_newcomers(newcomers: Newcomers, *, now: datetime) -> list[Officer]:
    """Save new officers who were made ready before the transaction, as :func:`write_new` does.

    Raises:
        Conflict: one of the ID numbers was registered by somebody else at this very moment.
    """
    try:
        with transaction.atomic():
            newcomers.load_officers()
    except IntegrityError as error:
        raise Conflict("registered-meanwhile", N_("其中有人员刚被他人登记；请重新核对后再提交")) from error
    versions = newcomers.load_versions()
    tell_observers(
        [
            OfficerWrite(officer, None, newcomers.kind, newcomers.effective_on, (), version)
            for officer, version in zip(newcomers.officers, versions, strict=True)
        ],
        now=now,
    )
    return newcomers.officers


def write_tokens(officers: Sequence[Officer]) -> None:
    """Keep what the names of officers can be found by; the caller has dropped what was kept before."""
    rows = [
        (token, key, officer.pk)
        for officer in officers
        for token, key in ordered_tokens(officer.name, officer.sort_key)
    ]
    rows.sort(key=itemgetter(0, 2))  # neighbours in the index are written together
    bulk_load(OfficerNameToken, _TOKEN_COLUMNS, rows)


@transaction.atomic
def write_change(
    officer: Officer,
    values: Mapping[str, Any],
    kind: ChangeKind,
    actor: Actor | None,
    *,
    now: datetime,
    effective_on: date | None = None,
    reason: str = "",
    is_always_kept: bool = False,
) -> OfficerVersion | None:
    """Set columns of a locked officer and keep the version; returns nothing when nothing is different.

    ``values`` is column to new value (``agency_id`` and the scope columns are the caller's to give together);
    columns outside ``VERSIONED_FIELDS`` (the ID number's) may stand among them and count as a change.
    ``is_always_kept`` makes a version even without a difference: an entry beside the row was added.
    """
    before = content_of(officer)
    for field, value in values.items():
        setattr(officer, field, value)
    if "name" in values:
        officer.sort_key = sort_key(officer.name)
    after = content_of(officer)
    changed = [field for field in VERSIONED_FIELDS if after[field] != before[field]]
    changed += [field for field in values if field not in VERSIONED_FIELDS]
    if not changed and not is_always_kept:
        return None
    officer.revision += 1
    officer.changed_at = now
    officer.save(update_fields=[*values, "sort_key", "revision", "changed_at"])
    if "name" in changed:
        officer.name_tokens.all().delete()
        write_tokens([officer])
    on = effective_on or timezone.localdate(now)
    version = _version(officer, after, kind, changed, actor, reason=reason, effective_on=on, now=now)
    version.save()
    tell_observers([OfficerWrite(officer, before, kind, on, tuple(changed), version)], now=now)
    return version


@transaction.atomic
def write_changes(
    changes: Sequence[tuple[Officer, Mapping[str, Any]]],
    kind: ChangeKind,
    actor: Actor | None,
    *,
    now: datetime,
    effective_on: date | None = None,
    reason: str = "",
) -> list[OfficerVersion]:
    """Set columns of many locked officers at once, each officer once: a fixed number of queries for all of them.

    As :func:`write_change` for everything but the name, which cannot stand among the columns.
    """
    on = effective_on or timezone.localdate(now)
    writes: list[OfficerWrite] = []
    columns: set[str] = {"revision", "changed_at"}
    for officer, values in changes:
        before = content_of(officer)
        for field, value in values.items():
            setattr(officer, field, value)
        after = content_of(officer)
        changed = [field for field in VERSIONED_FIELDS if after[field] != before[field]]
        if not changed:
            continue
        officer.revision += 1
        officer.changed_at = now
        columns.update(values)
        version = _version(officer, after, kind, changed, actor, reason=reason, effective_on=on, now=now)
        writes.append(OfficerWrite(officer, before, kind, on, tuple(changed), version))
    if not writes:
        return []
    Officer.system.bulk_update([write.officer for write in writes], sorted(columns), batch_size=_ROWS_AT_ONCE)
    versions: list[OfficerVersion] = [write.version for write in writes]
    OfficerVersion.system.bulk_create(versions, batch_size=_ROWS_AT_ONCE)
    tell_observers(writes, now=now)
    return versions
