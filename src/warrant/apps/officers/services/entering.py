"""One officer typed into a form goes through the same rules as a row of a roster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from warrant.apps.foundation.rows import made_row
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.sealing import IdNumberDesk
from warrant.apps.officers.services.spelling import sort_key
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor
from warrant.core.errors import N_, InvalidInput
from warrant.core.roster.checking import RosterRow, check_roster
from warrant.core.roster.dates import PartialDate
from warrant.core.roster.entry import RosterEntry
from warrant.core.roster.finding import Finding, Severity
from warrant.core.roster.grid import Sheet
from warrant.core.roster.row import FindAgency

HEADINGS: Mapping[str, str] = {
    "name": "姓名",
    "id_number": "身份证号码",
    "ethnicity": "民族",
    "political_status": "政治面貌",
    "education": "学历",
    "degree": "学位",
    "school": "毕业院校",
    "major": "所学专业",
    "agency": "所在单位",
    "categories": "执法门类",
    "post": "岗位",
    "position": "职务",
    "staffing": "编制性质",
    "work_started": "参加工作时间",
    "enforcement_started": "从事执法工作时间",
    "phone": "联系电话",
    "remark": "备注",
}
"""The form's fields and the roster headings whose rules judge them."""

FIELD_OF_HEADING = {heading: field for field, heading in HEADINGS.items()}
_LONGEST = {
    "name": ("name", 60),
    "school": ("school", 80),
    "major": ("major", 80),
    "post": ("post", 40),
    "position": ("position", 40),
    "phone": ("phone", 24),
    "remarks": ("remark", 300),
}
"""For each text of an entry its field and the longest text that the officer's column takes."""


_OFFICER_FIELDS = Officer._meta.concrete_fields


class EntryRefused(InvalidInput):
    """Several things are wrong with an entry at once; ``findings`` holds the errors, each with its heading."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        first = findings[0]
        super().__init__(
            first.code, first.message, place=FIELD_OF_HEADING.get(first.column, ""), **first.fields
        )
        self.findings = tuple(findings)


def too_long(entry: RosterEntry) -> Iterable[tuple[str, str, int]]:
    """Yield what is longer than its column: field of the officer, text, longest length."""
    for attribute, (field, longest) in _LONGEST.items():
        text = getattr(entry, attribute)
        if len(text) > longest:
            yield field, text, longest


def with_errors(row: RosterRow, errors: Sequence[Finding]) -> RosterRow:
    """Return the row with further findings."""
    return replace(row, findings=(*row.findings, *errors)) if errors else row


def length_errors(row: RosterRow) -> list[Finding]:
    """Return an error for each text that does not fit its column."""
    return [
        Finding(
            row.sheet,
            row.row,
            HEADINGS[field],
            Severity.ERROR,
            "too-long",
            N_("“%(value)s…”超过 %(longest)s 个字；请精简"),
            {"value": text[:12], "longest": longest},
        )
        for field, text, longest in too_long(row.entry)
    ]


def examine_entry(values: Mapping[str, str], on: date, find_agency: FindAgency) -> RosterRow:
    """Judge what was typed (by field of :data:`HEADINGS`) as of the day ``on``.

    Raises:
        EntryRefused: at least one thing keeps it out.
    """
    cells = [values.get(field, "") for field in HEADINGS]
    check = check_roster([Sheet("", [list(HEADINGS.values()), cells])], on, find_agency)
    if not check.rows:
        raise InvalidInput("missing-name", N_("姓名为空；请按居民身份证填写姓名"), place="name")
    row = check.rows[0]
    row = with_errors(row, length_errors(row))
    errors = [finding for finding in row.findings if finding.severity is Severity.ERROR]
    if errors:
        raise EntryRefused(errors)
    return row


def _known_date(value: PartialDate | None) -> tuple[date | None, str]:
    if value is None:
        return None, Officer.Precision.DAY
    if value.month is None:
        return value.first_on, Officer.Precision.YEAR
    return value.first_on, Officer.Precision.MONTH if value.day is None else Officer.Precision.DAY


def basic_fields(entry: RosterEntry) -> dict[str, Any]:
    """Return the officer's columns that an entry fills, without name, ID number and unit."""
    work_started_on, work_precision = _known_date(entry.working_from)
    enforcement_started_on, enforcement_precision = _known_date(entry.enforcing_from)
    return {
        "ethnicity": entry.ethnic_code,
        "political_status": entry.political_code,
        "education": entry.education_code,
        "degree": entry.degree_code,
        "school": entry.school,
        "major": entry.major,
        "categories": ",".join(entry.category_codes),
        "post": entry.post,
        "position": entry.position,
        "staffing": entry.staffing_code,
        "work_started_on": work_started_on,
        "work_started_precision": work_precision,
        "enforcement_started_on": enforcement_started_on,
        "enforcement_started_precision": enforcement_precision,
        "phone": entry.phone,
        "remark": entry.remarks,
    }


class OfficerMaker:
    """Makes unsaved officers of checked entries; one for many, so that keys and settings are asked for once."""

    def __init__(self, actor: Actor, *, now: datetime) -> None:
        self._account_id = actor.account_id
        self._now = now
        self._desk = IdNumberDesk()
        blank = Officer()
        self._defaults = {field.attname: getattr(blank, field.attname) for field in _OFFICER_FIELDS}

    def officer(self, entry: RosterEntry, agency: Agency) -> Officer:
        """Return an unsaved officer of a checked entry."""
        if entry.born_on is None:
            raise ValueError("an entry without a birth date was not checked")
        uid = uuid4()
        place = agency.place
        values: dict[str, Any] = {
            **self._defaults,
            "uid": uid,
            "name": entry.name,
            "sort_key": sort_key(entry.name),
            "sex": entry.sex_code,
            "birth_on": entry.born_on,
            "id_number_sealed": self._desk.seal(uid, entry.id_number),
            "id_number_index": self._desk.index(entry.id_number),
            "id_tail_index": self._desk.tail_index(entry.id_number),
            "agency_id": agency.pk,
            "has_legal_qualification": entry.has_legal_qualification,
            "entered_by_id": self._account_id,
            "entered_at": self._now,
            "changed_at": self._now,
            "province_unit": place.province_id,
            "city_unit": place.city_id,
            "county_unit": place.county_id,
            "agency_unit": place.agency_id,
            **basic_fields(entry),
        }
        return made_row(Officer, values, agency=agency)


def new_officer(actor: Actor, entry: RosterEntry, agency: Agency, *, now: datetime) -> Officer:
    """Return an unsaved officer of a checked entry."""
    return OfficerMaker(actor, now=now).officer(entry, agency)
