"""Reading rosters: the list, the rows with what was found in them, and the workbook of rejected rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from warrant.apps.foundation.models import Job
from warrant.apps.foundation.ports import port
from warrant.apps.officers.selectors.documents import document_content
from warrant.apps.officers.selectors.sealing import field_key
from warrant.apps.rosters.models import RosterImport, RosterRow
from warrant.apps.rosters.selectors.kept import finding_again, plans_of
from warrant.apps.rosters.selectors.sealing import open_row
from warrant.apps.rosters.types import Workbooks
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, NotFound
from warrant.core.roster.checking import CheckedSheet, RosterCheck, RosterReading
from warrant.core.roster.checking import RosterRow as CheckedRow
from warrant.core.roster.entry import RosterEntry
from warrant.core.roster.finding import Severity
from warrant.core.roster.rule_names import RULE_NAMES

SEVERITY_FILTERS = {"error": "has_error", "warn": "has_warning", "fix": "has_fix"}
_ID_NUMBER = re.compile(r"(?<!\d)(\d{6})([\dXx]{6,11})([\dXx]{2})(?![\dXx])")
_SEPARATOR = re.compile(r"[\s'‘’.-]")
LONGEST_SHEET = 80
_ORDER = {"error": 0, "warn": 1, "fix": 2}


def workbooks() -> Workbooks:
    """Return what reads and writes spreadsheet files."""
    return cast(Workbooks, port("workbooks"))


@dataclass(frozen=True)
class ShownFinding:
    """One finding as the preview shows it; ``before`` and ``after`` only for repairs."""

    column: str
    severity: str
    code: str
    text: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class ShownRow:
    """One row of the preview. ``worst`` is ``error``, ``warn``, ``fix`` or empty."""

    pk: int
    sheet: str
    row: int
    name: str
    agency_name: str
    worst: str
    findings: tuple[ShownFinding, ...]
    officer_id: int | None


def masked(value: Any) -> Any:
    """Return ``value`` without the middle of what may be an ID number, however it was written.

    The row number and the workbook of what was kept out say which one it is.
    """
    if not isinstance(value, str):
        return value
    compact = _SEPARATOR.sub("", value)
    text = compact if _ID_NUMBER.fullmatch(compact) else value
    return _ID_NUMBER.sub(lambda found: f"{found[1]}{'*' * len(found[2])}{found[3]}", text)


def shown_finding(stored: dict[str, Any]) -> ShownFinding:
    """Return a kept finding in the language of the request, ID numbers masked."""
    fields = {name: masked(value) for name, value in stored["fields"].items()}
    is_fix = stored["severity"] == Severity.FIX
    return ShownFinding(
        column=stored["column"],
        severity=stored["severity"],
        code=stored["code"],
        text=_(stored["message"]) % fields if fields else _(stored["message"]),
        before=str(fields.get("before", "")) if is_fix else "",
        after=str(fields.get("after", "")) if is_fix else "",
    )


def rosters_of(viewer: Actor) -> QuerySet[RosterImport]:
    """Return the rosters that the viewer may see."""
    rows = RosterImport.objects.visible_to(viewer, Permission.ROSTER_IMPORT)
    return rows.select_related("document", "uploaded_by", "uploaded_by__agency")


def roster_for(viewer: Actor, pk: int) -> RosterImport:
    """Return one roster.

    Raises:
        NotFound: there is none, or it lies out of scope.
    """
    roster = rosters_of(viewer).filter(pk=pk).first()
    if roster is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return roster


def is_nobody_at(roster: RosterImport) -> bool:
    """Say whether no background job works on the roster: it was never one's, or the job is over."""
    job = Job.objects.filter(pk=roster.job_id).first() if roster.job_id else None
    return job is None or job.is_over


def finding_counts(roster: RosterImport) -> list[tuple[str, int]]:
    """Return in how many rows something of each severity was found, worst first, and the number of all rows."""
    found = roster.rows.aggregate(
        **{severity: Count("id", filter=Q(**{flag: True})) for severity, flag in SEVERITY_FILTERS.items()}
    )
    return [*((severity, found[severity]) for severity in SEVERITY_FILTERS), ("", roster.row_count)]


@dataclass(frozen=True)
class ShownRule:
    """One rule and in how many rows it found something."""

    severity: str
    code: str
    name: str
    count: int


def shown_rules(roster: RosterImport) -> list[ShownRule]:
    """Return what was found at the check, by rule, in the language of the request."""
    return [
        ShownRule(severity, code, _(RULE_NAMES[code]) if code in RULE_NAMES else code, count)
        for severity, code, count in roster.rule_counts
    ]


def rows_with_findings(roster: RosterImport, severity: str = "", rule: str = "") -> QuerySet[RosterRow]:
    """Return the rows of a roster: all, those with something of a severity, or those that one rule found."""
    rows = roster.rows.all()
    if rule in RULE_NAMES:
        return rows.filter(codes__contains=f",{rule},")
    if severity in SEVERITY_FILTERS:
        return rows.filter(**{SEVERITY_FILTERS[severity]: True})
    return rows


def shown_rows(roster: RosterImport, rows: Sequence[RosterRow]) -> list[ShownRow]:
    """Return rows opened for the screen, findings with the worst first."""
    key = field_key()
    shown = []
    for row in rows:
        content = open_row(key, roster.pk, row.sheet, row.row, bytes(row.content_sealed))
        findings = sorted(
            (shown_finding(stored) for stored in content["findings"]), key=lambda one: _ORDER[one.severity]
        )
        shown.append(
            ShownRow(
                pk=row.pk,
                sheet=row.sheet,
                row=row.row,
                name=content["entry"].get("name", ""),
                agency_name=content["entry"].get("agency_name", ""),
                worst=findings[0].severity if findings else "",
                findings=tuple(findings),
                officer_id=row.officer_id,
            )
        )
    return shown


def rejected_workbook(roster: RosterImport) -> bytes:
    """Return the workbook of the rows that were kept out, as sent, with the reasons beside them."""
    sheets = workbooks().read(document_content(roster.document), roster.document.file_name)
    plans = plans_of(roster.plan)
    reading = RosterReading(sheets, roster.checked_on, lambda name: name, plans)
    key = field_key()
    rejected: dict[str, list[CheckedRow]] = {}
    for row in roster.rows.filter(has_error=True).order_by("id").iterator(chunk_size=1000):
        content = open_row(key, roster.pk, row.sheet, row.row, bytes(row.content_sealed))
        findings = tuple(finding_again(row.sheet, row.row, stored) for stored in content["findings"])
        rejected.setdefault(row.sheet, []).append(CheckedRow(row.sheet, row.row, RosterEntry(), findings))
    judged = tuple(
        CheckedSheet(
            name, heading.first_row + 1, heading.data_row + 1, tuple(rejected.get(name[:LONGEST_SHEET], ()))
        )
        for name, heading in reading.headings.items()
    )
    check = RosterCheck((), judged, tuple(reading.skipped))
    return workbooks().write_rejected(sheets, check, _)
