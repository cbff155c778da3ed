"""Receiving a roster, deciding how it is read, and checking it row by row; nobody is entered yet."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import transaction

from warrant.apps.audit.services import record
from warrant.apps.foundation.loading import bulk_load
from warrant.apps.officers.selectors.agencies import AgencyDesk, home_unit
from warrant.apps.officers.selectors.documents import document_content
from warrant.apps.officers.selectors.sealing import field_key
from warrant.apps.officers.services.documents import keep_file, spreadsheet_type
from warrant.apps.rosters.models import RosterImport, RosterLayout, RosterRow
from warrant.apps.rosters.selectors.kept import plans_of, stored_entry, stored_finding
from warrant.apps.rosters.selectors.preview import workbooks
from warrant.apps.rosters.selectors.sealing import seal_row, seal_sample
from warrant.apps.rosters.services.judging import Judge
from warrant.apps.rosters.services.resembling import Resembling
from warrant.core.access import Actor, Permission, require
from warrant.core.crypto.secret import Secret
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.roster.checking import REQUIRED, RosterReading
from warrant.core.roster.checking import RosterRow as CheckedRow
from warrant.core.roster.columns import Column
from warrant.core.roster.finding import Severity
from warrant.core.roster.grid import Sheet
from warrant.core.roster.headings import Heading, fingerprint_of
from warrant.core.roster.text import text_of

LARGEST_ROSTER_BYTES = 32 * 1024 * 1024
ROWS_AT_ONCE = 1000
PAUSE_SECONDS = 0.03
"""Between two transactions, so that whoever waits to write gets a turn.

SQLite's waiting is not fair: whoever waits looks again every 25 ms at first, every 100 ms after a tenth of a second.
"""

SAMPLE_ROWS = 6
LONGEST_SAMPLE_TEXT = 40

Progress = Callable[[int, int], None]
"""Told how many of how many rows are done, between transactions; may raise to leave off."""


def no_progress(_done: int, _total: int) -> None:
    """Follow nothing: the work is short."""


def chunks_of(rows: Iterable[CheckedRow], size: int) -> Iterator[list[CheckedRow]]:
    """Yield the rows in lists of at most ``size``."""
    remaining = iter(rows)
    while chunk := list(islice(remaining, size)):
        yield chunk


@transaction.atomic
def preview_roster(actor: Actor, raw: bytes, file_name: str, *, on: date, now: datetime) -> RosterImport:
    """Check an uploaded roster as of the day ``on`` and keep it with everything found, at once: for short ones.

    Raises:
        NotPermitted: the actor may not import rosters anywhere.
        InvalidInput: the file cannot be read, or holds no roster.
    """
    roster = receive_roster(actor, raw, file_name, on=on, now=now)
    return check_rows(actor, roster.pk, now=now)


@transaction.atomic
def receive_roster(actor: Actor, raw: bytes, file_name: str, *, on: date, now: datetime) -> RosterImport:
    """Keep an uploaded roster to be checked as of the day ``on``; the check is :func:`check_rows`.

    Raises:
        NotPermitted: the actor may not import rosters anywhere.
        InvalidInput: the file is empty or too large.
    """
    unit = home_unit(actor, Permission.ROSTER_IMPORT)
    if unit is None:
        raise NotPermitted("not-permitted", N_("您没有导入花名册的权限，请与本单位系统管理员联系"))
    document = keep_file(
        actor,
        raw,
        file_name,
        spreadsheet_type(raw),
        unit.place,
        now=now,
        permission=Permission.ROSTER_IMPORT,
        largest_bytes=LARGEST_ROSTER_BYTES,
    )
    roster = RosterImport(
        document=document,
        state=RosterImport.State.RECEIVED,
        checked_on=on,
        uploaded_by_id=actor.account_id,
        uploaded_at=now,
    )
    roster.put_at(unit.place)
    roster.save()
    return roster


def locked_roster(actor: Actor, pk: int, *states: RosterImport.State) -> RosterImport:
    """Return a roster locked for a change by ``actor``, in one of ``states``.

    Raises:
        NotFound: out of reach.
        Conflict: it is in another state.
    """
    roster = RosterImport.system.select_for_update(of=("self",)).filter(pk=pk).first()
    if roster is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    require(actor, Permission.ROSTER_IMPORT, roster.place)
    if roster.state not in states:
        raise Conflict("roster-done", N_("这份花名册已经办理到下一步，不能重复办理；请刷新页面查看"))
    return roster


def check_rows(
    actor: Actor, pk: int, *, now: datetime, progress: Progress = no_progress, pause: float = 0.0
) -> RosterImport:
    """Check a received roster from the beginning and keep what is found in each row; begun again after a crash.

    Rows are kept a thousand to a transaction; the roster counts as previewed only after the last one.

    Raises:
        InvalidInput: the file cannot be read, or holds no roster.
        Conflict: it was imported or discarded meanwhile.
    """
    with transaction.atomic():
        roster = locked_roster(actor, pk, RosterImport.State.RECEIVED, RosterImport.State.PREVIEWED)
        roster.state = RosterImport.State.RECEIVED
        roster.save(update_fields=["state"])
    _forget_rows(roster)
    sheets = workbooks().read(document_content(roster.document), roster.document.file_name)
    desk = AgencyDesk(actor, Permission.ROSTER_IMPORT, roster.checked_on)
    reading, plan = _reading(roster, sheets, desk)
    tally = _Tally()
    key = field_key()
    judge = Judge(desk, reading.headings)
    total = reading.row_bound
    resembling = Resembling(actor, total, reading.headings)
    for chunk in chunks_of(reading.rows(), ROWS_AT_ONCE):
        judged = resembling.warned(judge.judged(chunk))
        stored = [_row_stored(key, roster.pk, row) for row in judged]
        with transaction.atomic():
            bulk_load(RosterRow, _ROW_COLUMNS, stored)
        tally.add(judged)
        progress(tally.rows, total)
        time.sleep(pause)
    if not tally.rows:
        first = reading.file_findings[-1]
        raise InvalidInput(first.code, first.message, place="file", **first.fields)
    with transaction.atomic():
        roster = locked_roster(actor, pk, RosterImport.State.RECEIVED)
        roster.state = RosterImport.State.PREVIEWED
        roster.plan = plan
        roster.fingerprint = _fingerprint(reading.headings)
        roster.sample_sealed = seal_sample(key, roster.pk, _sample(sheets, reading.headings))
        roster.file_findings = [stored_finding(finding) for finding in reading.file_findings]
        roster.row_count, roster.good_count = tally.rows, tally.good
        roster.warning_count, roster.fix_count = tally.warned, tally.fixed
        roster.error_count = tally.rows - tally.good
        roster.rule_counts = tally.rule_counts()
        roster.save()
        record(
            actor,
            "roster.previewed",
            f"roster:{roster.pk}",
            f"{roster.document.file_name}：{roster.row_count} 行，"
            f"可导入 {roster.good_count}，有误 {roster.error_count}",
            now=now,
            detail={"digest": roster.document.digest},
        )
    return roster


def _forget_rows(roster: RosterImport) -> None:
    """Drop what an earlier check left, a few at a time."""
    while pks := list(roster.rows.order_by("id").values_list("pk", flat=True)[:ROWS_AT_ONCE]):
        RosterRow.objects.filter(pk__in=pks).delete()


def _reading(
    roster: RosterImport, sheets: Sequence[Sheet], desk: AgencyDesk
) -> tuple[RosterReading, dict[str, Any]]:
    """Return the roster under check, read as somebody decided, as remembered, or as guessed; and the plan of that."""
    guess = RosterReading(sheets, roster.checked_on, desk.find)
    plan = roster.plan or _remembered(roster, guess.headings)
    if not plan:
        return guess, _plan(guess)
    return RosterReading(sheets, roster.checked_on, desk.find, plans_of(plan)), plan


def _plan(reading: RosterReading) -> dict[str, Any]:
    """Return the guess as a plan."""
    read = {
        name: {
            "is_read": True,
            "columns": {column.value: place for column, place in heading.places.items()},
            "constants": {},
        }
        for name, heading in reading.headings.items()
    }
    return read | {name: {"is_read": False} for name in reading.skipped if name not in read}


def _fingerprint(headings: Mapping[str, Heading]) -> str:
    """Return what is equal for files of the same table form, whatever their sheets are called."""
    forms = sorted({fingerprint_of(heading) for heading in headings.values()})
    return hashlib.sha256("\n".join(forms).encode()).hexdigest()


def _remembered(roster: RosterImport, headings: Mapping[str, Heading]) -> dict[str, Any] | None:
    """Return how the unit had files of this form read the last time; None where the sheets are others."""
    unit_id = roster.agency_unit or roster.county_unit or roster.city_unit or roster.province_unit
    layout = RosterLayout.objects.filter(unit_id=unit_id, fingerprint=_fingerprint(headings)).first()
    if layout is None or not headings:
        return None
    plans: dict[str, Any] = dict(layout.plan)
    if set(headings) <= set(plans):
        return plans
    if len(headings) == 1 and sum(plan.get("is_read", True) for plan in plans.values()) == 1:
        only = next(plan for plan in plans.values() if plan.get("is_read", True))
        return {next(iter(headings)): only}
    return None


def _sample(sheets: Sequence[Sheet], headings: Mapping[str, Heading]) -> list[dict[str, Any]]:
    """Return what the mapping page shows: headings, how sure each meaning is, and the first rows."""
    sample = []
    for sheet in sheets:
        heading = headings.get(sheet.name)
        first = heading.data_row if heading else 0
        rows = [
            [text_of(value)[:LONGEST_SAMPLE_TEXT] for value in cells]
            for cells in sheet.rows[first : first + SAMPLE_ROWS]
        ]
        width = max([*map(len, rows), *((place + 1 for place in heading.labels) if heading else ()), 0])
        sample.append(
            {
                "name": sheet.name,
                "row_count": len(sheet.rows),
                "is_roster": heading is not None,
                "labels": [heading.labels.get(place, "") if heading else "" for place in range(width)],
                "confidence": {column.value: sure for column, sure in heading.confidence.items()}
                if heading
                else {},
                "rows": rows,
            }
        )
    return sample


_ROW_COLUMNS = (
    "roster_id", "sheet", "row", "content_sealed", "has_error", "has_warning", "has_fix", "codes", "officer_id",
)  # fmt: skip


def _row_stored(key: Secret, roster_id: int, row: CheckedRow) -> tuple[Any, ...]:
    sealed, has_error, has_warning, has_fix, codes = sealed_row(key, roster_id, row)
    return (roster_id, row.sheet[:80], row.row, sealed, has_error, has_warning, has_fix, codes, None)


def sealed_row(key: Secret, roster_id: int, row: CheckedRow) -> tuple[bytes, bool, bool, bool, str]:
    """Return the sealed content of a row, whether there is an error, a warning, a repair, and all codes."""
    severities = {finding.severity for finding in row.findings}
    codes = dict.fromkeys(finding.code for finding in row.findings)
    content = {
        "entry": stored_entry(row.entry),
        "findings": [stored_finding(finding) for finding in row.findings],
    }
    return (
        seal_row(key, roster_id, row.sheet[:80], row.row, content),
        Severity.ERROR in severities,
        Severity.WARN in severities,
        Severity.FIX in severities,
        f",{','.join(codes)},"[:400] if codes else "",
    )


class _Tally:
    """Counts rows by what was found in them."""

    def __init__(self) -> None:
        self.rows = self.good = self.warned = self.fixed = 0
        self._rules: Counter[tuple[str, str]] = Counter()

    def add(self, rows: Sequence[CheckedRow]) -> None:
        """Count further rows."""
        for row in rows:
            self.rows += 1
            found = {(finding.severity.value, finding.code) for finding in row.findings}
            self._rules.update(found)
            severities = {severity for severity, _ in found}
            if Severity.ERROR.value in severities:
                continue
            self.good += 1
            self.warned += Severity.WARN.value in severities
            self.fixed += Severity.FIX.value in severities

    def rule_counts(self) -> list[list[Any]]:
        """Return severity, code and number of rows; errors first, the most frequent first."""
        order = [severity.value for severity in Severity]
        ranked = sorted(self._rules.items(), key=lambda item: (order.index(item[0][0]), -item[1], item[0][1]))
        return [[severity, code, count] for (severity, code), count in ranked]


@transaction.atomic
def decide_plan(actor: Actor, pk: int, plan: Mapping[str, Any], *, now: datetime) -> RosterImport:
    """Keep how a roster is to be read, and remember it for files of the same form; it is to be checked again.

    ``plan`` has for each sheet ``is_read``, ``columns`` (meaning to column from 0) and ``constants``.

    Raises:
        InvalidInput: no sheet is read, or a required meaning has neither a column nor a value; ``place`` says which.
        Conflict: it was imported or discarded already.
    """
    roster = locked_roster(actor, pk, RosterImport.State.RECEIVED, RosterImport.State.PREVIEWED)
    read = [sheet for sheet in plan.values() if sheet["is_read"]]
    if not read:
        raise InvalidInput("no-sheet-read", N_("请至少选择一个要读取的工作表"))
    for sheet_name, sheet in plan.items():
        given = {*sheet["columns"], *sheet["constants"]} if sheet["is_read"] else set(Column)
        for column, name in REQUIRED.items():
            if column.value not in given and column is not Column.AGENCY:
                raise InvalidInput(
                    "column-not-chosen",
                    N_("工作表“%(sheet)s”还没有指定“%(name)s”在哪一列；请在表头下选择，或填写统一值"),
                    sheet=sheet_name,
                    name=name,
                )
    roster.plan = dict(plan)
    roster.state = RosterImport.State.RECEIVED
    roster.save(update_fields=["plan", "state"])
    unit_id = roster.agency_unit or roster.county_unit or roster.city_unit or roster.province_unit
    if roster.fingerprint and unit_id:
        RosterLayout.objects.update_or_create(
            unit_id=unit_id,
            fingerprint=roster.fingerprint,
            defaults={"plan": dict(plan), "decided_by_id": actor.account_id, "decided_at": now},
        )
    record(
        actor,
        "roster.mapped",
        f"roster:{roster.pk}",
        f"{len(read)} 个工作表",
        now=now,
        detail={"columns": [sheet["columns"] for sheet in read]},
    )
    return roster


@transaction.atomic
def check_again(actor: Actor, pk: int, plan: Mapping[str, Any], *, now: datetime) -> RosterImport:
    """Keep how a short roster is to be read, and check it again at once.

    Raises:
        InvalidInput: the plan lacks something, or no row is left.
        Conflict: it was imported or discarded already.
    """
    decide_plan(actor, pk, plan, now=now)
    return check_rows(actor, pk, now=now)


@transaction.atomic
def discard_roster(actor: Actor, pk: int, *, now: datetime) -> RosterImport:
    """Give up a roster; what was found stays to be read, nothing is entered.

    Raises:
        Conflict: it was imported or discarded already.
    """
    roster = locked_roster(actor, pk, RosterImport.State.RECEIVED, RosterImport.State.PREVIEWED)
    roster.state = RosterImport.State.DISCARDED
    roster.save(update_fields=["state"])
    record(actor, "roster.discarded", f"roster:{roster.pk}", str(roster.row_count), now=now)
    return roster
