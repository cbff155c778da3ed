"""Rosters: previewed first, then the good rows are taken in; what is kept out can be mended and sent again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import transaction

from warrant.apps.audit.services import record
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.agencies import AgencyDesk, home_unit
from warrant.apps.officers.selectors.sealing import field_key, id_number_index
from warrant.apps.officers.services.documents import check_size, keep_file, spreadsheet_type
from warrant.apps.officers.services.entering import length_errors, new_officer, with_errors
from warrant.apps.officers.services.writing import write_new
from warrant.apps.organisations.models import Agency
from warrant.apps.rosters.models import RosterImport, RosterRow
from warrant.apps.rosters.selectors.preview import finding_again, stored_finding, workbooks
from warrant.apps.rosters.selectors.sealing import open_row, seal_row
from warrant.core.access import Actor, Permission, require
from warrant.core.crypto.secret import Secret
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.lifecycle import ChangeKind
from warrant.core.roster.checking import RosterRow as CheckedRow
from warrant.core.roster.checking import check_roster
from warrant.core.roster.columns import Column
from warrant.core.roster.dates import PartialDate
from warrant.core.roster.entry import RosterEntry
from warrant.core.roster.finding import Finding, Severity
from warrant.core.roster.grid import Sheet
from warrant.core.roster.headings import find_heading

_BATCH = 500


_FALLBACK_LABELS = {Column.AGENCY: "所在单位", Column.ID_NUMBER: "身份证号码"}


class _Labels:
    """What each sheet calls a column, so that a finding names it as the person wrote it."""

    def __init__(self, sheets: Sequence[Sheet] = ()) -> None:
        self._headings = {sheet.name: find_heading(sheet) for sheet in sheets}

    def of(self, sheet: str, column: Column) -> str:
        heading = self._headings.get(sheet)
        return (heading.label(column) if heading else "") or _FALLBACK_LABELS[column]


def _registered(rows: Sequence[CheckedRow]) -> dict[str, Officer]:
    """Return who holds the ID numbers of ``rows`` in the register already, by ID number."""
    index = {id_number_index(row.entry.id_number): row.entry.id_number for row in rows if row.entry.id_number}
    keys = list(index)
    found: dict[str, Officer] = {}
    for start in range(0, len(keys), _BATCH):
        officers = Officer.system.filter(id_number_index__in=keys[start : start + _BATCH])
        for officer in officers.select_related("agency").only("id_number_index", "name", "agency__name"):
            found[index[bytes(officer.id_number_index)]] = officer
    return found


def _judged(rows: Sequence[CheckedRow], desk: AgencyDesk, labels: _Labels) -> Iterator[CheckedRow]:
    """Add what only the register knows: units out of the actor's scope, people who are registered already."""
    registered = _registered(rows)
    desk.fetch(row.entry.agency_key for row in rows)
    for row in rows:
        errors = length_errors(row)
        code = row.entry.agency_key
        if code and not desk.is_in_scope(code):
            errors.append(
                Finding(
                    row.sheet,
                    row.row,
                    labels.of(row.sheet, Column.AGENCY),
                    Severity.ERROR,
                    "out-of-scope-unit",
                    N_("所在单位“%(value)s”不在您的管辖范围内；请交由该单位所在地的登记员导入"),
                    {"value": row.entry.agency_name},
                )
            )
        known = registered.get(row.entry.id_number)
        if known is not None:
            errors.append(
                Finding(
                    row.sheet,
                    row.row,
                    labels.of(row.sheet, Column.ID_NUMBER),
                    Severity.ERROR,
                    "already-registered",
                    N_(
                        "身份证号码 %(value)s 已由“%(unit)s”登记（%(name)s）；请删除该行，人员调动请办理调动手续"
                    ),
                    {"value": row.entry.id_number, "unit": known.agency.name, "name": known.name},
                )
            )
        yield with_errors(row, errors)


def _entry_stored(entry: RosterEntry) -> dict[str, Any]:
    stored = asdict(entry)
    stored["born_on"] = entry.born_on.isoformat() if entry.born_on else None
    return stored


def _entry_again(stored: dict[str, Any]) -> RosterEntry:
    values = dict(stored)
    values["born_on"] = date.fromisoformat(values["born_on"]) if values["born_on"] else None
    for name in ("working_from", "enforcing_from"):
        values[name] = PartialDate(**values[name]) if values[name] else None
    values["category_codes"] = tuple(values["category_codes"])
    return RosterEntry(**values)


def preview_roster(actor: Actor, raw: bytes, file_name: str, *, on: date, now: datetime) -> RosterImport:
    """Check an uploaded roster as of the day ``on`` and keep it with everything found; no officer is entered yet.

    Raises:
        NotPermitted: the actor may not import rosters anywhere.
        InvalidInput: the file cannot be read, or holds no roster.
    """
    unit = home_unit(actor, Permission.ROSTER_IMPORT)
    if unit is None:
        raise NotPermitted("not-permitted", N_("您没有导入花名册的权限，请与本单位系统管理员联系"))
    check_size(raw)
    desk = AgencyDesk(actor, Permission.ROSTER_IMPORT, on)
    sheets = workbooks().read(raw, file_name)
    check = check_roster(sheets, on, desk.find)
    if not check.rows:
        first = check.findings[0]
        raise InvalidInput(first.code, first.message, place="file", **first.fields)
    rows = list(_judged(check.rows, desk, _Labels(sheets)))
    of_rows = {id(finding) for row in check.rows for finding in row.findings}
    of_file = [stored_finding(finding) for finding in check.findings if id(finding) not in of_rows]
    return _kept(actor, unit, raw, file_name, rows=rows, file_findings=of_file, on=on, now=now)


@transaction.atomic
def _kept(
    actor: Actor,
    unit: Agency,
    raw: bytes,
    file_name: str,
    *,
    rows: Sequence[CheckedRow],
    file_findings: list[dict[str, Any]],
    on: date,
    now: datetime,
) -> RosterImport:
    """Keep a checked roster; the long check came before, so that the database is not held during it."""
    document = keep_file(
        actor,
        raw,
        file_name,
        spreadsheet_type(raw),
        unit.place,
        now=now,
        permission=Permission.ROSTER_IMPORT,
    )
    good = [row for row in rows if row.is_accepted]
    roster = RosterImport(
        document=document,
        row_count=len(rows),
        good_count=len(good),
        warning_count=sum(_has(row, Severity.WARN) for row in good),
        fix_count=sum(_has(row, Severity.FIX) for row in good),
        error_count=len(rows) - len(good),
        file_findings=file_findings,
        checked_on=on,
        uploaded_by_id=actor.account_id,
        uploaded_at=now,
    )
    roster.put_at(unit.place)
    roster.save()
    key = field_key()
    RosterRow.objects.bulk_create([_row_stored(key, roster, row) for row in rows], batch_size=_BATCH)
    record(
        actor,
        "roster.previewed",
        f"roster:{roster.pk}",
        f"{document.file_name}：{roster.row_count} 行，可导入 {roster.good_count}，有误 {roster.error_count}",
        now=now,
        detail={"digest": document.digest},
    )
    return roster


def _has(row: CheckedRow, severity: Severity) -> bool:
    return any(finding.severity is severity for finding in row.findings)


def _row_stored(key: Secret, roster: RosterImport, row: CheckedRow) -> RosterRow:
    content = {
        "entry": _entry_stored(row.entry),
        "findings": [stored_finding(finding) for finding in row.findings],
    }
    return RosterRow(
        roster=roster,
        sheet=row.sheet,
        row=row.row,
        content_sealed=seal_row(key, roster.pk, row.sheet, row.row, content),
        has_error=not row.is_accepted,
        has_warning=_has(row, Severity.WARN),
        has_fix=_has(row, Severity.FIX),
    )


def _locked_roster(actor: Actor, pk: int) -> RosterImport:
    roster = RosterImport.system.select_for_update(of=("self",)).filter(pk=pk).first()
    if roster is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    require(actor, Permission.ROSTER_IMPORT, roster.place)
    if roster.state != RosterImport.State.PREVIEWED:
        raise Conflict("roster-done", N_("这份花名册已经导入或作废，不能重复办理"))
    return roster


@transaction.atomic
def import_roster(actor: Actor, pk: int, *, now: datetime) -> RosterImport:
    """Take in the good rows of a previewed roster, all in one transaction.

    What changed since the preview is judged again: a row whose person was registered in the meantime, or whose unit
    is no longer in reach, becomes an error row and stays out.

    Raises:
        Conflict: it was imported or discarded already.
    """
    roster = _locked_roster(actor, pk)
    key = field_key()
    desk = AgencyDesk(actor, Permission.ROSTER_IMPORT, roster.checked_on)
    waiting: list[tuple[RosterRow, CheckedRow]] = []
    for row in roster.rows.filter(has_error=False).order_by("id"):
        content = open_row(key, roster.pk, row.sheet, row.row, bytes(row.content_sealed))
        entry = _entry_again(content["entry"])
        findings = tuple(finding_again(row.sheet, row.row, stored) for stored in content["findings"])
        waiting.append((row, CheckedRow(row.sheet, row.row, entry, findings)))
    judged = list(_judged([checked for _, checked in waiting], desk, _Labels()))
    officers: list[Officer] = []
    taken: list[RosterRow] = []
    for (row, _), checked in zip(waiting, judged, strict=True):
        if checked.is_accepted:
            officers.append(new_officer(actor, checked.entry, desk.unit(checked.entry.agency_key), now=now))
            taken.append(row)
        else:
            kept_out = _row_stored(key, roster, checked)
            row.content_sealed, row.has_error = kept_out.content_sealed, True
            row.save(update_fields=["content_sealed", "has_error"])
    saved = write_new(officers, ChangeKind.IMPORTED, actor, now=now)
    for row, officer in zip(taken, saved, strict=True):
        row.officer = officer
    RosterRow.objects.bulk_update(taken, ["officer"], batch_size=_BATCH)
    roster.state = RosterImport.State.IMPORTED
    roster.imported_at = now
    roster.imported_count = len(taken)
    roster.good_count = len(taken)
    roster.error_count = roster.row_count - len(taken)
    roster.save(update_fields=["state", "imported_at", "imported_count", "good_count", "error_count"])
    record(
        actor,
        "roster.imported",
        f"roster:{roster.pk}",
        f"导入 {len(taken)} 人，未导入 {roster.error_count} 行",
        now=now,
        detail={"officers": [str(officer.uid) for officer in officers]},
    )
    return roster


@transaction.atomic
def discard_roster(actor: Actor, pk: int, *, now: datetime) -> RosterImport:
    """Give up a previewed roster; what was found stays to be read, nothing is entered.

    Raises:
        Conflict: it was imported or discarded already.
    """
    roster = _locked_roster(actor, pk)
    roster.state = RosterImport.State.DISCARDED
    roster.save(update_fields=["state"])
    record(actor, "roster.discarded", f"roster:{roster.pk}", str(roster.row_count), now=now)
    return roster
