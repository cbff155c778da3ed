"""The ministry's replica of the provinces' registers: written by events only, each version exactly once.

Every version tells the whole record, so a missing or late one harms nothing: the highest revision is the record, an
older one that arrives late only completes the history. Nothing here is locked by people: they have no way to it.

Source: 2009 notice, 三(一); ADR-0014.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.officers.models import Officer, OfficerVersion, UnknownUnit
from warrant.apps.officers.selectors.national import NationalSeal
from warrant.apps.officers.selectors.sealing import (
    id_number_index,
    id_tail_index,
    seal_id_number,
    unfindable_index,
)
from warrant.apps.officers.services.national import compare_across_provinces
from warrant.apps.officers.services.replica_content import ReplicaItem, items_of
from warrant.apps.officers.services.replica_erasing import is_erased
from warrant.apps.officers.services.spelling import sort_key
from warrant.apps.officers.services.writing import content_of, tell_observers, write_tokens
from warrant.apps.officers.types import OfficerWrite
from warrant.apps.organisations.models import Agency
from warrant.core.errors import N_, Conflict, InvalidInput, Unavailable
from warrant.core.lifecycle import ChangeKind, OfficerState

_ROWS_AT_ONCE = 500
_NUMBER_COLUMNS = ("id_number_sealed", "id_number_index", "id_tail_index")
_COMPARED = frozenset({"name", "birth_on", "state"})


def receive_officers_changed(received: ReceivedEvent, *, now: datetime) -> None:
    """Take versions of a province's officers into the replica: handler of ``officers.changed`` and ``officers.snapshot``.

    Raises:
        InvalidInput: ``replica-content-invalid``, ``replica-index-wrong``, ``replica-unit-foreign``, ``sealed-damaged``.
        Conflict: ``replica-of-another-node``: another node writes this officer.
    """
    _Intake(received.node, now).take(items_of(received.event.data))


class _Intake:
    """One event on its way in: reads what is held at once, decides in memory, writes at once."""

    def __init__(self, node: str, now: datetime) -> None:
        self._node = node
        self._now = now
        self._national = NationalSeal()
        self._agencies: dict[str, Agency] = {}
        self._new: dict[Any, Officer] = {}
        self._held: dict[Any, Officer] = {}
        self._before: dict[Any, dict[str, Any] | None] = {}
        self._latest: dict[Any, tuple[ReplicaItem, OfficerVersion]] = {}
        self._numbered: set[Any] = set()
        self._renamed: set[Any] = set()

    def take(self, items: list[ReplicaItem]) -> None:
        self._read(items)
        known = set(
            OfficerVersion.system.filter(
                officer__in=[officer.pk for officer in self._held.values()]
            ).values_list("officer__uid", "revision")
        )
        versions = []
        erased = {uid for uid, officer in self._held.items() if is_erased(officer)}
        for item in items:
            if item.uid not in erased and (item.uid, item.revision) not in known:
                known.add((item.uid, item.revision))
                versions.append(self._take_one(item))
        if versions:
            self._write(versions)

    def _read(self, items: list[ReplicaItem]) -> None:
        rows = Officer.system.select_for_update(of=("self",)).filter(uid__in={item.uid for item in items})
        self._held = {officer.uid: officer for officer in rows}
        for officer in self._held.values():
            if officer.owner_node != self._node:
                raise Conflict(
                    "replica-of-another-node",
                    N_("该人员由另一节点维护，不接受 %(node)s 的变更"),
                    node=self._node,
                )
        codes = {code for item in items for code in standing_codes(item.agency_code, self._node)}
        self._agencies = {agency.code: agency for agency in Agency.objects.filter(code__in=codes)}
        if self._node not in self._agencies:
            raise Unavailable(
                "replica-province-missing", N_("本节点的机构表里没有 %(node)s；请先补录"), node=self._node
            )

    def _take_one(self, item: ReplicaItem) -> OfficerVersion:
        agency = self._agency_of(item)
        officer = self._new.get(item.uid) or self._held.get(item.uid)
        if officer is None:
            officer = self._new[item.uid] = Officer(uid=item.uid, owner_node=self._node, revision=0)
            officer.entered_at = item.entered_at
            self._before[item.uid] = None
        is_newest = item.revision > officer.revision
        if is_newest:
            if item.uid not in self._before:
                self._before[item.uid] = content_of(officer)
            self._put(officer, item, agency)
        version = self._version(officer, item, agency)
        if is_newest:
            self._latest[item.uid] = (item, version)
        return version

    def _agency_of(self, item: ReplicaItem) -> Agency:
        agency = next(
            self._agencies[code]
            for code in standing_codes(item.agency_code, self._node)
            if code in self._agencies
        )
        if agency.province_id != self._agencies[self._node].pk:
            raise InvalidInput(
                "replica-unit-foreign",
                N_("单位 %(unit)s 不属于 %(node)s，已拒收"),
                place="agency",
                unit=item.agency_code,
                node=self._node,
            )
        return agency

    def _put(self, officer: Officer, item: ReplicaItem, agency: Agency) -> None:
        number = self._national.open(item.uid, item.sealed)
        if self._national.index(number) != item.index:
            raise InvalidInput("replica-index-wrong", N_("身份证号码与其全国索引不符，已拒收"), place="index")
        is_deleted = item.values["state"] == OfficerState.DELETED  # its number may be registered again
        index = unfindable_index(item.uid) if is_deleted else id_number_index(number)
        if officer.revision == 0 or bytes(officer.id_number_index) != index:
            officer.id_number_sealed = seal_id_number(item.uid, number)
            officer.id_number_index = index
            officer.id_tail_index = b"" if is_deleted else id_tail_index(number)
            self._numbered.add(item.uid)
        if officer.name != item.values["name"]:
            self._renamed.add(item.uid)
        for field, value in item.values.items():
            setattr(officer, field, value)
        officer.sort_key = sort_key(officer.name)
        officer.agency = agency
        officer.put_at(agency.place)
        officer.revision = item.revision
        officer.changed_at = item.recorded_at

    def _version(self, officer: Officer, item: ReplicaItem, agency: Agency) -> OfficerVersion:
        shape = Officer(agency=agency, **item.values)
        shape.put_at(agency.place)
        version = OfficerVersion(
            officer=officer,
            revision=item.revision,
            kind=item.kind.value,
            effective_on=item.effective_on,
            content={**content_of(shape), "photo_digest": item.photo},
            changed_fields=list(item.changed),
            reason=item.reason,
            account_name=item.account,
            account_unit=item.unit,
            recorded_at=item.recorded_at,
            arrived_at=self._now,
        )
        version.put_at(agency.place)
        return version

    def _write(self, versions: list[OfficerVersion]) -> None:
        Officer.system.bulk_create(self._new.values(), batch_size=_ROWS_AT_ONCE)
        changed = [self._held[uid] for uid in self._latest if uid in self._held]
        for officer in changed:
            numbers = _NUMBER_COLUMNS if officer.uid in self._numbered else ()
            columns = [*content_of(officer), "sort_key", "revision", "changed_at", *numbers]
            officer.save(update_fields=columns)
        renamed = [officer for officer in changed if officer.uid in self._renamed]
        if renamed:
            for officer in renamed:
                officer.name_tokens.all().delete()
        write_tokens([*self._new.values(), *renamed])
        for version in versions:
            version.officer_id = version.officer.pk
        OfficerVersion.system.bulk_create(versions, batch_size=_ROWS_AT_ONCE)
        self._note_unknown_units()
        writes = [self._told(uid) for uid in self._latest]
        tell_observers(writes, now=self._now)
        compare_across_provinces(
            [
                write.officer
                for write in writes
                if write.before is None
                or write.officer.uid in self._numbered
                or _COMPARED & set(write.changed_fields)
            ],
            now=self._now,
        )

    def _told(self, uid: Any) -> OfficerWrite:
        item, version = self._latest[uid]
        officer = self._new.get(uid) or self._held[uid]
        before = self._before[uid]
        after = content_of(officer)
        differs = () if before is None else tuple(field for field in after if after[field] != before[field])
        return OfficerWrite(officer, before, item.kind, item.effective_on, differs, version)

    def _note_unknown_units(self) -> None:
        missing, known = [], []
        for uid, (item, version) in self._latest.items():
            if item.agency_code in self._agencies:
                if uid in self._held:
                    known.append(version.officer_id)
            else:
                missing.append((version.officer_id, item))
        UnknownUnit.objects.filter(officer__in=known).delete()
        UnknownUnit.objects.bulk_create(
            [
                UnknownUnit(
                    officer_id=officer_id,
                    node_code=self._node,
                    agency_code=item.agency_code,
                    agency_name=item.agency_name,
                    found_at=self._now,
                )
                for officer_id, item in missing
            ],
            update_conflicts=True,
            unique_fields=["officer"],
            update_fields=["agency_code", "agency_name", "found_at"],
        )


def standing_codes(code: str, node: str) -> list[str]:
    """Return the code of a unit and those of the units that may stand in for it, nearest first."""
    codes = [code]
    while "-" in codes[-1]:
        codes.append(codes[-1].rsplit("-", 1)[0])
    return list(dict.fromkeys([*codes, f"{codes[-1][:4]}00", node]))


def place_unknown_units(received: ReceivedEvent, *, now: datetime) -> None:
    """Put officers into the units that have become known: handler of ``organisation.changed``, after the tree's own."""
    told = received.event.data.get("units")
    codes = (
        {str(unit.get("code")) for unit in told if isinstance(unit, dict)}
        if isinstance(told, list)
        else set()
    )
    waiting = UnknownUnit.objects.filter(node_code=received.node, agency_code__in=codes).select_related(
        "officer"
    )
    _place(waiting, Agency.objects.in_bulk(codes, field_name="code"), now=now)


def _place(waiting: Iterable[UnknownUnit], agencies: Mapping[str, Agency], *, now: datetime) -> None:
    writes = []
    for row in waiting:
        agency = agencies.get(row.agency_code)
        if agency is None:
            continue
        officer = row.officer
        before = content_of(officer)
        officer.agency = agency
        officer.put_at(agency.place)
        officer.save(update_fields=["agency", "province_unit", "city_unit", "county_unit", "agency_unit"])
        version = OfficerVersion.system.get(officer=officer, revision=officer.revision)
        version.content = {**version.content, **_unit_columns(officer)}
        version.put_at(agency.place)
        version.save()
        row.delete()
        after = content_of(officer)
        differs = tuple(field for field in after if after[field] != before[field])
        kind = ChangeKind(version.kind)
        writes.append(OfficerWrite(officer, before, kind, version.effective_on, differs, version))
    if writes:
        tell_observers(writes, now=now)


def _unit_columns(officer: Officer) -> dict[str, Any]:
    content = content_of(officer)
    names = ("agency_id", "province_unit", "city_unit", "county_unit", "agency_unit")
    return {name: content[name] for name in names}


__all__ = ["place_unknown_units", "receive_officers_changed", "standing_codes"]
