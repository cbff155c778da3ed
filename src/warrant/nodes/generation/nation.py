"""Writing the made-up nation into an empty development node, past the ORM and in the form that the services write."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from random import Random
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction

from warrant.apps.accounts.models import Account
from warrant.apps.examinations.models import ExaminationRecord
from warrant.apps.foundation import clock
from warrant.apps.foundation.loading import bulk_load, reserve_ids
from warrant.apps.officers.models import (
    AdditionalEntry,
    Document,
    EducationRecord,
    EntryProof,
    Officer,
    OfficerNameToken,
    OfficerVersion,
)
from warrant.apps.officers.selectors.sealing import id_number_index, id_tail_index, seal_id_number
from warrant.apps.officers.services.documents import store_document
from warrant.apps.officers.services.spelling import ordered_tokens, sort_key
from warrant.apps.officers.services.writing import VERSIONED_FIELDS
from warrant.apps.organisations.models import Agency, AgencyVersion
from warrant.apps.organisations.services import SEED_VALID_FROM, seed_organisations
from warrant.apps.supervision.services import rebuild_statistics
from warrant.apps.training.models import TrainingRecord
from warrant.core.access import Actor, Level, Place
from warrant.core.standards.agency_names import name_key
from warrant.nodes.generation.careers import Career, Careers, UnitPlace
from warrant.nodes.generation.entries import entries_of
from warrant.nodes.generation.indexes import indexes_made_afterwards
from warrant.nodes.generation.papers import TABLES, Papers
from warrant.nodes.generation.units import heads_by_unit, nation_units, staffed_units

AS_OF = date(2026, 11, 1)
"""The day on which the made-up register is looked at, unless another is given; it makes a seed mean the same for ever."""

RECORDER = "made-up-recorder"
_RECORDER_NAME = "虚构数据"
_CAREERS_AT_ONCE = 5000
_PROOF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
_TABLES = (
    Officer,
    OfficerNameToken,
    OfficerVersion,
    EducationRecord,
    TrainingRecord,
    ExaminationRecord,
    AdditionalEntry,
    EntryProof,
    *TABLES,
)
_PASS_MARK = Decimal("60.0")

Say = Callable[[str], None]


class NotForGenerationError(RuntimeError):
    """The node is no development node, or people stand in its register already."""


@dataclass(frozen=True)
class Nation:
    """How much was written."""

    units: int
    officers: int
    versions: int


def check_fit_for_generation() -> None:
    """Return if made-up people may be written here.

    Raises:
        NotForGenerationError: otherwise; the message says why and what to do.
    """
    if not settings.WARRANT_NODE.is_development:
        raise NotForGenerationError(
            "this is no development node: made-up people would stand among real ones. "
            "Make a development node (warrant demo), or set development = true in the node file of an empty one."
        )
    if Officer.system.exists():
        raise NotForGenerationError(
            "officers stand in this register already; generate into an empty database "
            "(a new node folder, or a new database_url in the node file)"
        )


def generate_nation(officers: int, seed: int, on: date = AS_OF, say: Say = lambda line: None) -> Nation:
    """Write the units that are missing and ``officers`` made-up officers as they stand on the day ``on``.

    The same numbers give the same rows, byte for byte, but for what is sealed: a sealed ID number has a random nonce
    and opens to the same number. The blind indexes are those of the node's own key.

    Raises:
        NotForGenerationError: not on this node.
    """
    check_fit_for_generation()
    random = Random(seed)  # noqa: S311 - made-up people keep no secret
    now = _at(on, 0)
    units = _load_units(now)
    say(f"{len(units)} units")
    shares = staffed_units(nation_units(), random)
    heads = heads_by_unit(shares, officers)
    careers = Careers(random, on, _units_near([units[unit.code] for unit, _share in shares]))
    writer = _Writer(now, Random(f"{seed} papers"))  # noqa: S311 - made-up people keep no secret
    versions = 0
    stream = (careers.career_at(units[unit.code]) for unit, number in heads for _ in range(number))
    with _fast_writing(), indexes_made_afterwards(_TABLES):
        done = 0
        while chunk := list(islice(stream, _CAREERS_AT_ONCE)):
            versions += writer.write(chunk)
            done += len(chunk)
            if done % 50_000 == 0 or done == officers:
                say(f"{done} of {officers} officers")
        writer.finish()
        say("indexes")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    say("statistics")
    rebuild_statistics(now=clock.now())
    return Nation(len(units), officers, versions)


@contextmanager
def _fast_writing() -> Iterator[None]:
    """Let SQLite flush nothing and keep more pages while the rows come in; a crash costs a made-up database."""
    is_ours = connection.vendor == "sqlite" and not connection.in_atomic_block
    if is_ours:
        _set_sqlite("OFF", -262_144)
    try:
        yield
    finally:
        if is_ours:
            _set_sqlite("FULL", -2000)


def _set_sqlite(synchronous: str, cache_size: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA synchronous = {synchronous}")
        cursor.execute(f"PRAGMA cache_size = {cache_size}")


def _at(day: date, minute: int) -> datetime:
    """Return an instant of the working day in Beijing: ``minute`` minutes after nine."""
    return datetime.combine(day, time(1, 0), UTC) + timedelta(minutes=minute)


@transaction.atomic
def _load_units(now: datetime) -> dict[str, UnitPlace]:
    """Enter the units that are missing and return every unit by its code."""
    seed_organisations(now)
    known = {unit.code: unit for unit in Agency.objects.all()}
    missing = [unit for unit in nation_units() if unit.code not in known]
    ids = dict(zip((unit.code for unit in missing), reserve_ids(Agency, len(missing)), strict=True))
    rows, versions = [], []
    for seed in missing:
        parent = known[seed.parent_code]
        agency = Agency(
            pk=ids[seed.code],
            code=seed.code,
            level=seed.level,
            division_code=seed.division_code,
            name=seed.name,
            parent_id=parent.pk,
            opened_on=SEED_VALID_FROM,
            province_id=parent.province_id,
            city_id=parent.city_id,
            county_id=parent.county_id,
        )
        if seed.level in ("city", "county"):
            setattr(agency, f"{seed.level}_id", agency.pk)
        known[seed.code] = agency
        rows.append([getattr(agency, field.attname) for field in Agency._meta.concrete_fields])
        versions.append((agency.pk, agency.name, name_key(agency.name), parent.pk, SEED_VALID_FROM))
    bulk_load(Agency, [field.attname for field in Agency._meta.concrete_fields], rows)
    bulk_load(AgencyVersion, ("agency_id", "name", "name_key", "parent_id", "valid_from"), versions)
    return {code: _place(unit) for code, unit in known.items()}


def _place(unit: Agency) -> UnitPlace:
    agency_unit = unit.pk if unit.level == Level.AGENCY else None
    return UnitPlace(
        unit.pk,
        unit.code,
        unit.division_code,
        unit.level,
        unit.province_id,
        unit.city_id,
        unit.county_id,
        agency_unit,
    )


def _units_near(units: Sequence[UnitPlace]) -> dict[int, list[UnitPlace]]:
    """Return for each unit the others of its city, or of its province where it belongs to no city."""
    groups: dict[tuple[int | None, int | None], list[UnitPlace]] = {}
    for unit in units:
        groups.setdefault((unit.province_unit, unit.city_unit), []).append(unit)
    return {
        unit.pk: [other for other in groups[unit.province_unit, unit.city_unit] if other.pk != unit.pk]
        for unit in units
    }


@lru_cache(maxsize=200_000)
def _spelt(name: str) -> tuple[str, tuple[tuple[str, str | None], ...]]:
    """Return the sort key and the search tokens of a name."""
    key = sort_key(name)
    return key, tuple(ordered_tokens(name, key))


def _defaults(model: type[models.Model]) -> dict[str, Any]:
    return {
        field.attname: field.get_default() for field in model._meta.concrete_fields if not field.primary_key
    }


class _Writer:
    """Turns careers into rows and loads them, some thousands in one transaction."""

    def __init__(self, now: datetime, random: Random) -> None:
        self._random = random
        self._recorder = Account.objects.filter(username=RECORDER).first() or Account.objects.create(
            username=RECORDER,
            display_name=_RECORDER_NAME,
            agency=Agency.objects.get(code="ministry"),
            is_active=False,
            opened_at=now,
        )
        self._now = now
        self._node = settings.WARRANT_NODE.code if settings.WARRANT_NODE.kind == "ministry" else ""
        self._province_codes = dict(Agency.objects.filter(level=Level.PROVINCE).values_list("pk", "code"))
        self._proofs: dict[int | None, int] = {}
        self._officer = _defaults(Officer)
        self._version = _defaults(OfficerVersion)
        self._columns = ["id", *self._officer]
        self._days = [
            field.attname for field in Officer._meta.concrete_fields if type(field) is models.DateField
        ]
        self._entry = _defaults(AdditionalEntry)
        self._unit_names = dict(Agency.objects.values_list("pk", "name"))
        # The ministry holds what the provinces tell of their officers, and no papers of theirs.
        self._papers = None if self._node else Papers(random, now.date(), self._recorder.pk, _RECORDER_NAME)

    def _proof(self, province_unit: int | None) -> int:
        """Return the one made-up proof of a province: an empty page."""
        if province_unit not in self._proofs:
            actor = Actor(self._recorder.pk, _RECORDER_NAME, self._recorder.agency_id)
            document: Document = store_document(
                actor, _PROOF, "虚构证明.pdf", Place(province_unit), now=self._now
            )
            self._proofs[province_unit] = document.pk
        return self._proofs[province_unit]

    @transaction.atomic
    def write(self, careers: Sequence[Career]) -> int:
        """Load the officers with all that hangs on them, and return how many versions that makes."""
        ids = reserve_ids(Officer, len(careers))
        officers: list[list[Any]] = []
        tokens: list[tuple[str, str | None, int]] = []
        versions: list[list[Any]] = []
        finals = []
        for pk, career in zip(ids, careers, strict=True):
            row, spelt = self._rows(pk, career, versions)
            finals.append((pk, career, row))
            officers.append([row[column] for column in self._columns])
            tokens.extend((token, key, pk) for token, key in spelt)
        bulk_load(Officer, self._columns, officers)
        bulk_load(OfficerNameToken, ("token", "sort_key", "officer_id"), tokens)
        bulk_load(OfficerVersion, list(self._version), versions)
        if self._papers is not None:
            self._load_entries(list(zip(ids, careers, strict=True)))
            self._load_additional(list(zip(ids, careers, strict=True)))
            self._papers.add(finals)
        return len(versions)

    def finish(self) -> None:
        """Leave the node ready to go on: its counters stand at the last numbers given."""
        if self._papers is not None:
            self._papers.finish()

    def _load_additional(self, careers: Sequence[tuple[int, Career]]) -> None:
        """Load the additional data, each entry with the province's made-up proof."""
        on = self._now.date()
        found = [
            (pk, self._proof(career.steps[0].values["province_unit"]), entry)
            for pk, career in careers
            for entry in entries_of(career, self._random, on, self._unit_names)
        ]
        ids = reserve_ids(AdditionalEntry, len(found))
        rows = []
        for entry_id, (pk, _proof, (kind, content, from_on, until_on)) in zip(ids, found, strict=True):
            row = {
                **self._entry,
                "officer_id": pk,
                "kind": kind.value,
                "content": content,
                "from_on": from_on,
                "until_on": until_on,
                "recorded_by_id": self._recorder.pk,
                "recorded_at": self._now,
            }
            rows.append([entry_id, *row.values()])
        bulk_load(AdditionalEntry, ["id", *self._entry], rows)
        proofs = ((entry_id, proof) for entry_id, (_pk, proof, _entry) in zip(ids, found, strict=True))
        bulk_load(EntryProof, ("entry_id", "document_id"), proofs)

    def _rows(
        self, pk: int, career: Career, versions: list[list[Any]]
    ) -> tuple[dict[str, Any], tuple[tuple[str, str | None], ...]]:
        """Add the versions of a career to ``versions`` and return the officer's row and search tokens."""
        minute = career.uid.int % 400
        content = {name: self._officer[name] for name in VERSIONED_FIELDS}
        at = self._now
        for revision, step in enumerate(career.steps, start=1):
            changed = (
                []
                if revision == 1
                else sorted(name for name, value in step.values.items() if content[name] != value)
            )
            content.update(step.values)
            at = _at(step.on, minute + revision)
            version = {
                **self._version,
                "officer_id": pk,
                "revision": revision,
                "kind": step.kind.value,
                "effective_on": step.on,
                "content": json.dumps(content),
                "changed_fields": json.dumps(changed),
                "account_id": self._recorder.pk,
                "account_name": _RECORDER_NAME,
                "recorded_at": at,
                "arrived_at": at,
                "province_unit": content["province_unit"],
                "city_unit": content["city_unit"],
                "county_unit": content["county_unit"],
                "agency_unit": content["agency_unit"],
            }
            versions.append(list(version.values()))
        key, tokens = _spelt(content["name"])
        province = content["province_unit"]
        row = {
            **self._officer,
            **content,
            **{name: date.fromisoformat(content[name]) for name in self._days if content[name]},
            "id": pk,
            "uid": career.uid,
            "sort_key": key,
            "id_number_sealed": seal_id_number(career.uid, career.id_number),
            "id_number_index": id_number_index(career.id_number),
            "id_tail_index": id_tail_index(career.id_number),
            "owner_node": self._province_codes.get(province, "") if self._node else "",
            "revision": len(career.steps),
            "entered_by_id": self._recorder.pk,
            "entered_at": _at(career.steps[0].on, minute + 1),
            "changed_at": at,
        }
        return row, tokens

    def _load_entries(self, careers: Sequence[tuple[int, Career]]) -> None:
        by, at = self._recorder.pk, self._now
        proofs = [self._proof(career.steps[0].values["province_unit"]) for _pk, career in careers]
        together = list(zip(careers, proofs, strict=True))

        def educations() -> Iterator[tuple[Any, ...]]:
            for (pk, career), proof in together:
                if career.education is not None:
                    yield (pk, *career.education, proof, by, at)

        def trainings() -> Iterator[tuple[Any, ...]]:
            for (pk, career), proof in together:
                for finished_on, hours in career.trainings:
                    course = "执法资格培训" if hours >= 60 else "年度执法业务培训"
                    yield (
                        pk,
                        course,
                        "省交通运输执法培训中心",
                        hours,
                        finished_on - timedelta(days=hours // 8),
                        finished_on,
                        proof,
                        by,
                        at,
                    )

        def examinations() -> Iterator[tuple[Any, ...]]:
            for (pk, career), proof in together:
                for paper, sat_on, tenths in career.examinations:
                    yield (
                        pk,
                        paper,
                        sat_on,
                        "省交通运输执法考试中心",
                        Decimal(tenths) / 10,
                        _PASS_MARK,
                        proof,
                        by,
                        at,
                    )

        recorded = ("proof_id", "recorded_by_id", "recorded_at")
        bulk_load(
            EducationRecord,
            ("officer_id", "education", "degree", "school", "major", "graduated_on", *recorded),
            educations(),
        )
        bulk_load(
            TrainingRecord,
            ("officer_id", "course", "organiser", "hours", "started_on", "finished_on", *recorded),
            trainings(),
        )
        bulk_load(
            ExaminationRecord,
            ("officer_id", "paper", "sat_on", "organiser", "score", "pass_mark", *recorded),
            examinations(),
        )
