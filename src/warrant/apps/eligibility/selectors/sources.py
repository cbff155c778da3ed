"""The tables of the apps below from which facts are made; what stands above is named by the node.

All facts are as of a day: what was true on it as is known today. The day itself counts, later records do not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from warrant.apps.eligibility.types import FactSource, Row, Who
from warrant.apps.examinations.models import ExaminationRecord, ResultClaim
from warrant.apps.officers.models import (
    COUNTING,
    AdditionalEntry,
    DuplicatePair,
    EducationRecord,
    Officer,
    OfficerVersion,
    Transfer,
)
from warrant.apps.officers.selectors.history import end_of, true_on
from warrant.apps.training.models import TrainingHours, TrainingRecord
from warrant.apps.training.selectors.hours import training_rules
from warrant.core.eligibility import ExaminationFact, Fact, PunishmentFact, Source
from warrant.core.lifecycle import ClaimState
from warrant.core.lifecycle.duplicate import DuplicateState
from warrant.core.lifecycle.transfer import OPEN_STATES
from warrant.core.record import EntryKind

_ONE_PLACE = Decimal("0.1")
_UNDECIDED = (DuplicateState.OPEN.value, DuplicateState.MERGE_PROPOSED.value)


@lru_cache(maxsize=100_000)
def _day_of_hour(hour: str) -> date:
    return timezone.localdate(datetime.fromisoformat(f"{hour}:00:00").replace(tzinfo=UTC))


def local_day(text: str) -> date:
    """Return the day on which an instant lay here; inside JSON both databases write instants in UTC."""
    return _day_of_hour(text[:13])


day_of = lru_cache(maxsize=100_000)(date.fromisoformat)
"""A day from its text; there are few different ones in a register."""


@lru_cache(maxsize=10_000)
def _points(written: Decimal | float | str) -> Decimal:
    return Decimal(written).quantize(_ONE_PLACE)


def _day(text: str | None) -> date | None:
    return day_of(text) if text else None


def _json(value: Any) -> Any:
    """Return the content of a JSON column: SQLite hands it out as text inside JSON."""
    return json.loads(value) if isinstance(value, str) else value


def _add_officer(columns: Mapping[str, Any], as_of: date, facts: dict[str, Fact]) -> None:
    source = Source.OFFICER
    for name in ("state", "sex", "education", "staffing", "post"):
        facts[name] = Fact(columns[name] or None, source, as_of)
    facts["birth_on"] = Fact(_day(columns["birth_on"]), source, as_of)
    facts["arrived_on"] = Fact(_day(columns["arrived_on"]), source, as_of)
    facts["degrees"] = Fact((columns["degree"],) if columns["degree"] else None, source, as_of)
    facts["categories"] = Fact(_codes(columns["categories"] or ""), source, as_of)
    # A qualification that is not registered may still be held: only the registered one is known.
    facts["legal_qualification"] = Fact(True if columns["has_legal_qualification"] else None, source, as_of)
    facts["photo"] = Fact(columns["photo_id"] is not None, source, as_of)


@lru_cache(maxsize=10_000)
def _codes(text: str) -> tuple[str, ...]:
    return tuple(code for code in text.split(",") if code)


_OFFICER_FACTS = (
    "state",
    "sex",
    "education",
    "staffing",
    "post",
    "birth_on",
    "arrived_on",
    "degrees",
    "categories",
    "legal_qualification",
    "photo",
)


def _officer_today(who: Who, on: date, is_past: bool) -> QuerySet[Any]:
    rows = Officer.system.filter(who.of("id"))
    if not is_past:
        return rows
    # A record that never changed since versions are kept was then as it is now.
    has_versions = OfficerVersion.system.filter(officer=OuterRef("pk"))
    return rows.filter(~Exists(has_versions), entered_at__lt=end_of(on))


def _read_officer(rows: Sequence[Row], on: date, facts: dict[str, Fact]) -> None:
    for row in rows:
        _add_officer(row, min(on, local_day(row["changed_at"])), facts)


OFFICER = FactSource(
    _OFFICER_FACTS,
    _officer_today,
    "id",
    (
        "state",
        "birth_on",
        "sex",
        "education",
        "degree",
        "staffing",
        "post",
        "categories",
        "has_legal_qualification",
        "photo_id",
        "arrived_on",
        "changed_at",
    ),
    _read_officer,
)
"""The record as it stands."""


def _versions(who: Who, on: date, is_past: bool) -> QuerySet[Any] | None:
    if not is_past:
        return None
    return OfficerVersion.system.filter(who.of("officer_id"), effective_on__lte=on)


def _read_versions(rows: Sequence[Row], on: date, facts: dict[str, Fact]) -> None:
    versions: list[Any] = [
        SimpleNamespace(
            effective_on=day_of(row["effective_on"]),
            content=_json(row["content"]),
            changed_fields=_json(row["changed_fields"]),
        )
        for row in sorted(rows, key=lambda row: int(row["revision"]))
    ]
    content = true_on(versions, on)
    if content is not None:
        _add_officer(content, max(version.effective_on for version in versions), facts)


OFFICER_THEN = FactSource(
    _OFFICER_FACTS,
    _versions,
    "officer_id",
    ("revision", "effective_on", "content", "changed_fields"),
    _read_versions,
)
"""The record as it was on a day that has passed."""


def _educations(who: Who, on: date, is_past: bool) -> QuerySet[Any]:
    return EducationRecord.objects.filter(COUNTING, who.of("officer_id"), graduated_on__lte=on)


def _read_educations(rows: Sequence[Row], on: date, facts: dict[str, Fact]) -> None:
    known = facts.get("education")
    education = known.value if known is not None else None
    last = max((day_of(row["graduated_on"]) for row in rows), default=on)
    is_proved = any(row["education"] == education for row in rows)
    facts["education_proof"] = Fact(is_proved if education else None, Source.EDUCATION, last)
    degrees = {row["degree"] for row in rows if row["degree"]}
    own = facts.get("degrees")
    if own is not None and isinstance(own.value, tuple):
        degrees.update(own.value)
    if degrees:
        facts["degrees"] = Fact(tuple(sorted(degrees)), Source.EDUCATION if rows else Source.OFFICER, last)
    elif rows:
        facts["degrees"] = Fact((), Source.EDUCATION, last)


EDUCATION = FactSource(
    ("education_proof", "degrees"),
    _educations,
    "officer_id",
    ("education", "degree", "graduated_on"),
    _read_educations,
)


def _trainings(who: Who, on: date, is_past: bool) -> QuerySet[Any]:
    return TrainingRecord.objects.filter(COUNTING, who.of("officer_id"), finished_on__lte=on)


def _read_trainings(rows: Sequence[Row], on: date, facts: dict[str, Fact]) -> None:
    by_year: dict[str, int] = {}
    by_day: dict[str, int] = {}
    for row in rows:
        day, hours = row["finished_on"], int(row["hours"])
        by_year[day[:4]] = by_year.get(day[:4], 0) + hours
        by_day[day] = by_day.get(day, 0) + hours
    last = max((day_of(row["finished_on"]) for row in rows), default=on)
    facts["training_hours"] = Fact(sum(by_year.values()), Source.TRAINING, last)
    facts["training_hours_by_year"] = Fact(tuple(sorted(by_year.items())), Source.TRAINING, last)
    facts["training_hours_by_day"] = Fact(tuple(sorted(by_day.items())), Source.TRAINING, last)
    rules = training_rules(on)
    asked = tuple((str(year), rules.hours_asked(year)) for year in (on.year - 1, on.year))
    facts["training_hours_asked"] = Fact(asked, Source.TRAINING, on)
    facts["training_subjects_asked"] = Fact(rules.pre_job_hours, Source.TRAINING, on)


TRAINING = FactSource(
    (
        "training_hours",
        "training_hours_by_year",
        "training_hours_by_day",
        "training_hours_asked",
        "training_subjects_asked",
    ),
    _trainings,
    "officer_id",
    ("hours", "finished_on"),
    _read_trainings,
)


def _training_subjects(who: Who, on: date, is_past: bool) -> QuerySet[Any]:
    return TrainingHours.objects.filter(
        who.of("record__officer_id"), record__corrections__isnull=True, record__finished_on__lte=on
    )


def _read_training_subjects(rows: Sequence[Row], on: date, facts: dict[str, Fact]) -> None:
    if (
        not rows
    ):  # nothing says by subject what the courses taught: not known, which is not the same as nothing
        return
    by_subject: dict[str, int] = {}
    for row in rows:
        by_subject[row["subject"]] = by_subject.get(row["subject"], 0) + int(row["hours"])
    last = max(day_of(row["record__finished_on"]) for row in rows)
    facts["training_hours_by_subject"] = Fact(tuple(sorted(by_subject.items())), Source.TRAINING, last)


TRAINING_SUBJECTS = FactSource(
    ("training_hours_by_subject",),
    _training_subjects,
    "record__officer_id",
    ("subject", "hours", "record__finished_on"),
    _read_training_subjects,
)
"""Hours by subject: of courses whose subjects are known, which are those of confirmed classes."""


def _examinations(who: Who, on: date, is_past: bool) -> QuerySet[Any]:
    return ExaminationRecord.objects.filter(COUNTING, who.of("officer_id"), sat_on__lte=on)


def _read_examinations(rows: Sequence[Row], on: date, facts: dict[str, Fact]) -> None:
    results = sorted(
        (
            ExaminationFact(
                row["paper"],
                day_of(row["sat_on"]),
                _points(row["score"]),
                _points(row["pass_mark"]),
            )
            for row in rows
        ),
        key=lambda result: (result.sat_on, result.paper, result.score),
    )
    last = results[-1].sat_on if results else on
    facts["examinations"] = Fact(tuple(results), Source.EXAMINATION, last)


EXAMINATION = FactSource(
    ("examinations",),
    _examinations,
    "officer_id",
    ("paper", "sat_on", "score", "pass_mark"),
    _read_examinations,
)


def _claims(who: Who, on: date, is_past: bool) -> QuerySet[Any]:
    is_waiting = Q(state=ClaimState.ASKED.value)
    if is_past:
        is_waiting |= Q(decided_at__gte=end_of(on))
    return ResultClaim.system.filter(
        is_waiting, who.of("officer_id"), result=None, sat_on__lte=on, asked_at__lt=end_of(on)
    )


def _read_claims(rows: Sequence[Row], on: date, facts: dict[str, Fact]) -> None:
    if rows:
        papers = tuple(sorted({row["paper"] for row in rows}))
        last = max(min(on, local_day(row["asked_at"])) for row in rows)
        facts["examinations_claimed"] = Fact(papers, Source.EXAMINATION, last)


CLAIMS = FactSource(("examinations_claimed",), _claims, "officer_id", ("paper", "asked_at"), _read_claims)
"""Results that wait for a second person: the condition is then not known, instead of not met."""


def _entries(who: Who, on: date, is_past: bool) -> QuerySet[Any]:
    stands_in_its_place = AdditionalEntry.objects.filter(corrects=OuterRef("pk"), withdrawn_at=None)
    return AdditionalEntry.objects.filter(
        ~Exists(stands_in_its_place),
        who.of("officer_id"),
        kind__in=(EntryKind.PUNISHMENT.value, EntryKind.ASSESSMENT.value),
        withdrawn_at=None,
        from_on__lte=on,
    )


def _read_entries(rows: Sequence[Row], on: date, facts: dict[str, Fact]) -> None:
    punishments, bands = [], {}
    for row in sorted(rows, key=lambda row: row["from_on"]):
        content = _json(row["content"])
        if row["kind"] == EntryKind.PUNISHMENT:
            decided_on = day_of(row["from_on"])
            punishments.append(PunishmentFact(content["punishment"], decided_on, _day(row["until_on"])))
        else:
            bands[str(content["year"])] = str(content["band"])
    last = max((day_of(row["from_on"]) for row in rows), default=on)
    facts["punishments"] = Fact(tuple(punishments), Source.ENTRY, last)
    facts["assessment_bands"] = Fact(tuple(sorted(bands.items())), Source.ENTRY, last)


ENTRIES = FactSource(
    ("punishments", "assessment_bands"),
    _entries,
    "officer_id",
    ("kind", "content", "from_on", "until_on"),
    _read_entries,
)


def _transfers(who: Who, on: date, is_past: bool) -> QuerySet[Any]:
    is_open = Q(state__in=OPEN_STATES)
    if is_past:
        is_open |= Q(changed_at__gte=end_of(on))
    return Transfer.system.filter(is_open, who.of("officer_id"), proposed_at__lt=end_of(on))


def _read_transfers(rows: Sequence[Row], on: date, facts: dict[str, Fact]) -> None:
    last = max(rows, key=lambda row: str(row["proposed_at"]), default=None)
    as_of = on if last is None else min(on, local_day(last["proposed_at"]))
    facts["transfer"] = Fact("" if last is None else last["to_agency__name"], Source.TRANSFER, as_of)


TRANSFER = FactSource(
    ("transfer",), _transfers, "officer_id", ("to_agency__name", "proposed_at"), _read_transfers
)


def _pairs(side: str) -> FactSource:
    def rows_of(who: Who, on: date, is_past: bool) -> QuerySet[Any]:
        is_undecided = Q(state__in=_UNDECIDED)
        if is_past:
            is_undecided |= Q(decided_at__gte=end_of(on))
        return DuplicatePair.objects.filter(is_undecided, who.of(f"{side}_id"), found_at__lt=end_of(on))

    def read(rows: Sequence[Row], on: date, facts: dict[str, Fact]) -> None:
        known = facts.get("duplicates")
        before = known.value if known is not None and isinstance(known.value, int) else 0
        facts["duplicates"] = Fact(before + len(rows), Source.DUPLICATE, on)

    return FactSource(("duplicates",), rows_of, f"{side}_id", ("state",), read)


FIRST_OF_PAIR = _pairs("first")
SECOND_OF_PAIR = _pairs("second")
