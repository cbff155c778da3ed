"""A case as it was filed, read strictly from the event's content."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from warrant.core.eligibility import Facts, Outcome, Paper, facts_from_json
from warrant.core.errors import N_, InvalidInput
from warrant.core.lifecycle import APPLICATION_MACHINES, ApplicationState
from warrant.core.standards.code_table import CodeTable
from warrant.core.standards.codes import EDUCATION, ENFORCEMENT_CATEGORY, SEX, STAFFING

NEWEST_SCHEMA = 2
"""The version of the content that provinces send now; the one before it is read, too."""
KINDS = tuple(
    kind.value for kind, machine in APPLICATION_MACHINES.items() if ApplicationState.FILING in machine.states
)
"""The kinds of application that are filed."""
MAX_LIST = 200
MAX_TEXT = 400
_HEX = re.compile(r"[0-9a-f]+", re.ASCII)


@dataclass(frozen=True)
class FiledOfficer:
    """The officer as filed. ``id_index`` is the province's blind index of the ID number (16 bytes, hex)."""

    uid: str
    name: str
    sex: str
    birth_on: date
    id_index: str
    agency_code: str
    agency_name: str
    area_name: str
    area_code: str
    post: str
    position: str
    staffing: str
    education: str


@dataclass(frozen=True)
class FiledOpinion:
    """What one person decided at one step; ``digest`` (SHA-256, hex) binds the opinion's full text, ``conditions`` the
    explanation that the person had before them."""

    seq: int
    state: ApplicationState
    action: str
    unit: str
    person: str
    at: datetime
    digest: str
    conditions: str = ""


@dataclass(frozen=True)
class FiledConditions:
    """The explanation under which the province approved, as filed from schema 2 on.

    ``ruleset`` is the digest (SHA-256, hex) of the rules that counted there, ``outcomes`` how each condition stood by its
    id, ``sha256`` the fingerprint of the record that the province keeps.
    """

    on: date
    ruleset: str
    facts: Facts
    outcomes: Mapping[str, Outcome]
    sha256: str


@dataclass(frozen=True)
class FiledDocument:
    """A proof document by its digest (SHA-256, hex); the file itself stays in the province."""

    kind: str
    digest: str


@dataclass(frozen=True)
class FiledStay:
    """How long the case waited at one step of the province: whole days and working days of the province's calendar.

    ``state`` is the one in which it waited, ``ended_by`` the act that ended it; days are those of the nation's clock.
    """

    state: ApplicationState
    begun_on: date
    ended_on: date
    workdays: int
    ended_by: str


@dataclass(frozen=True)
class FiledWaiver:
    """A condition that was waived: by whom, why, until when, and the digest (SHA-256, hex) of its document, if any."""

    rule_id: str
    reason: str
    basis: str
    granted_by: str
    granted_on: date
    until_on: date
    digest: str


@dataclass(frozen=True)
class FiledExamination:
    """One result; ``score`` is points of 100."""

    paper: Paper
    score: Decimal
    sat_on: date


@dataclass(frozen=True)
class FiledCase:
    """The whole case. ``training_hours`` are class hours, ``photo_digest`` is of the normalised photo.

    ``certificate_number`` is the certificate that the case is about, ``eligibility`` is missing from what was filed
    under schema 1. ``stays`` and ``waivers`` may be missing from schema 2, too: they were added to it.
    """

    application: str
    kind: str
    officer: FiledOfficer
    categories: tuple[str, ...]
    issuer_name: str
    opinions: tuple[FiledOpinion, ...]
    documents: tuple[FiledDocument, ...]
    photo_digest: str
    training_hours: int
    examinations: tuple[FiledExamination, ...]
    certificate_number: str = ""
    eligibility: FiledConditions | None = None
    stays: tuple[FiledStay, ...] = ()
    waivers: tuple[FiledWaiver, ...] = ()


def filed_case(content: Mapping[str, object]) -> FiledCase:
    """Read the content of ``filing.requested``; members that are not asked for are let be.

    Raises: InvalidInput ``filing-content-invalid``; ``place`` names the member, ``opinions.2.at`` say.
    """
    case = _Members(content, "")
    schema = case.whole("schema") if "schema" in content else 1
    if not NEWEST_SCHEMA - 1 <= schema <= NEWEST_SCHEMA:
        raise InvalidInput(
            "filing-schema-unknown",
            N_("备案内容的格式版本为 %(schema)s，本节点只认识 %(oldest)s 和 %(newest)s；请先升级本节点。"),
            place="schema",
            schema=schema,
            oldest=NEWEST_SCHEMA - 1,
            newest=NEWEST_SCHEMA,
        )
    is_explained = schema >= 2
    categories = tuple(
        _coded(code, ENFORCEMENT_CATEGORY, "categories") for code in case.entries("categories")
    )
    if not categories or len(set(categories)) != len(categories):
        raise _bad_content("categories")
    kind = case.text("kind")
    if kind not in KINDS:
        raise _bad_content("kind")
    opinions = tuple(_opinion(row, is_explained=is_explained) for row in case.rows("opinions"))
    if not opinions:
        raise _bad_content("opinions")
    return FiledCase(
        application=case.text("application", longest=20),
        kind=kind,
        officer=_officer(case.members("officer")),
        categories=categories,
        issuer_name=case.text("issuer_name"),
        opinions=opinions,
        documents=tuple(
            FiledDocument(row.text("kind"), row.hexadecimal("digest", 32)) for row in case.rows("documents")
        ),
        photo_digest=case.hexadecimal("photo_digest", 32),
        training_hours=case.whole("training_hours"),
        examinations=tuple(_examination(row) for row in case.rows("examinations")),
        certificate_number=case.text("certificate_number", longest=20, may_be_empty=True)
        if is_explained
        else "",
        eligibility=_conditions(case.members("eligibility")) if is_explained else None,
        stays=tuple(_stay(row) for row in case.rows("stays")) if "stays" in content else (),
        waivers=tuple(_waiver(row) for row in case.rows("waivers")) if "waivers" in content else (),
    )


class _Members:
    """A JSON object that is read member by member, each in its one form."""

    def __init__(self, members: Mapping[str, object], path: str) -> None:
        self._members = members
        self._path = path

    def at(self, name: str) -> str:
        return f"{self._path}{name}"

    def text(self, name: str, *, longest: int = MAX_TEXT, may_be_empty: bool = False) -> str:
        value = self._members.get(name)
        if not isinstance(value, str) or len(value) > longest or not (value.strip() or may_be_empty):
            raise _bad_content(self.at(name))
        return value

    def whole(self, name: str) -> int:
        value = self._members.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 100_000:
            raise _bad_content(self.at(name))
        return value

    def hexadecimal(self, name: str, length: int) -> str:
        value = self.text(name)
        if len(value) != 2 * length or not _HEX.fullmatch(value):
            raise _bad_content(self.at(name))
        return value

    def hexadecimal_or_empty(self, name: str, length: int) -> str:
        return self.hexadecimal(name, length) if self.text(name, may_be_empty=True) else ""

    def whole_object(self, name: str) -> Mapping[str, object]:
        value = self._members.get(name)
        if not isinstance(value, dict):
            raise _bad_content(self.at(name))
        return value

    def day(self, name: str) -> date:
        try:
            return date.fromisoformat(self.text(name))
        except ValueError as error:
            raise _bad_content(self.at(name)) from error

    def instant(self, name: str) -> datetime:
        try:
            value = datetime.fromisoformat(self.text(name))
        except ValueError as error:
            raise _bad_content(self.at(name)) from error
        if value.tzinfo is None:
            raise _bad_content(self.at(name))
        return value

    def entries(self, name: str) -> list[object]:
        value = self._members.get(name)
        if not isinstance(value, list) or len(value) > MAX_LIST:
            raise _bad_content(self.at(name))
        return value

    def rows(self, name: str) -> list[_Members]:
        return [
            _members(row, f"{self.at(name)}.{number}")
            for number, row in enumerate(self.entries(name), start=1)
        ]

    def members(self, name: str) -> _Members:
        return _members(self._members.get(name), self.at(name))


def _members(value: object, path: str) -> _Members:
    if not isinstance(value, dict):
        raise _bad_content(path)
    return _Members(value, f"{path}.")


def _officer(row: _Members) -> FiledOfficer:
    return FiledOfficer(
        uid=row.text("uid"),
        name=row.text("name", longest=60),
        sex=_coded(row.text("sex"), SEX, row.at("sex")),
        birth_on=row.day("birth_on"),
        id_index=row.hexadecimal("id_index", 16),
        agency_code=row.text("agency_code"),
        agency_name=row.text("agency_name", longest=120),
        area_name=row.text("area_name"),
        area_code=row.text("area_code"),
        post=row.text("post", may_be_empty=True),
        position=row.text("position", may_be_empty=True),
        staffing=_coded_or_empty(row, "staffing", STAFFING),
        education=_coded_or_empty(row, "education", EDUCATION),
    )


def _conditions(row: _Members) -> FiledConditions:
    facts = row.whole_object("facts")
    try:
        read = facts_from_json(facts)
    except InvalidInput as error:
        raise _bad_content(f"{row.at('facts')}.{error.place}") from error
    outcomes: dict[str, Outcome] = {}
    for line in row.rows("outcomes"):
        rule_id = line.text("id", longest=40)
        if rule_id in outcomes:
            raise _bad_content(line.at("id"))
        try:
            outcomes[rule_id] = Outcome(line.text("outcome"))
        except ValueError as error:
            raise _bad_content(line.at("outcome")) from error
    return FiledConditions(
        on=row.day("on"),
        ruleset=row.hexadecimal("ruleset", 32),
        facts=read,
        outcomes=outcomes,
        sha256=row.hexadecimal("sha256", 32),
    )


def _opinion(row: _Members, *, is_explained: bool) -> FiledOpinion:
    return FiledOpinion(
        seq=row.whole("seq"),
        state=_state(row),
        action=row.text("action"),
        unit=row.text("unit"),
        person=row.text("person"),
        at=row.instant("at"),
        digest=row.hexadecimal("digest", 32),
        conditions=row.hexadecimal_or_empty("conditions", 32) if is_explained else "",
    )


def _state(row: _Members) -> ApplicationState:
    try:
        return ApplicationState(row.text("state"))
    except ValueError as error:
        raise _bad_content(row.at("state")) from error


def _stay(row: _Members) -> FiledStay:
    stay = FiledStay(
        state=_state(row),
        begun_on=row.day("begun_on"),
        ended_on=row.day("ended_on"),
        workdays=row.whole("workdays"),
        ended_by=row.text("ended_by", longest=32),
    )
    if stay.ended_on < stay.begun_on:
        raise _bad_content(row.at("ended_on"))
    return stay


def _waiver(row: _Members) -> FiledWaiver:
    return FiledWaiver(
        rule_id=row.text("rule", longest=40),
        reason=row.text("reason"),
        basis=row.text("basis", may_be_empty=True),
        granted_by=row.text("granted_by", may_be_empty=True),
        granted_on=row.day("granted_on"),
        until_on=row.day("until_on"),
        digest=row.hexadecimal_or_empty("digest", 32),
    )


def _examination(row: _Members) -> FiledExamination:
    try:
        paper = Paper(row.text("paper"))
    except ValueError as error:
        raise _bad_content(row.at("paper")) from error
    try:
        score = Decimal(row.text("score"))
    except InvalidOperation as error:
        raise _bad_content(row.at("score")) from error
    if not (score.is_finite() and 0 <= score <= 100):
        raise _bad_content(row.at("score"))
    return FiledExamination(paper=paper, score=score, sat_on=row.day("sat_on"))


def _coded(value: object, table: CodeTable, path: str) -> str:
    if not isinstance(value, str) or value not in table:
        raise _bad_content(path)
    return value


def _coded_or_empty(row: _Members, name: str, table: CodeTable) -> str:
    value = row.text(name, may_be_empty=True)
    return _coded(value, table, row.at(name)) if value else ""


def _bad_content(place: str) -> InvalidInput:
    return InvalidInput(
        "filing-content-invalid",
        N_("备案申请的内容不完整或不正确（%(field)s），未予登记，请报送单位核对。"),
        place=place,
        field=place,
    )
