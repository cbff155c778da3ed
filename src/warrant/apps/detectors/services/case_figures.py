"""A unit hands in when each of its officers last enforced: what the detector of long silence reads."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.certificates.models import Certificate
from warrant.apps.detectors.models import CaseFigures, LastAct
from warrant.apps.detectors.selectors.case_figures import workbooks
from warrant.apps.detectors.selectors.findings import unit_condition
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound
from warrant.core.qualification.case_acts import MOST_FINDINGS, ActFinding, ActReading, read_acts

LARGEST_BYTES = 5_000_000
LONGEST_DAYS = 3 * 366
_AT_ONCE = 500


@dataclass(frozen=True)
class HandIn:
    """What a person hands in for a unit: days, both included, and the file."""

    unit_id: int
    from_on: date
    until_on: date
    raw: bytes
    file_name: str


def _check_days(handed_in: HandIn, today: date) -> None:
    if handed_in.until_on > today:
        raise InvalidInput("in-the-future", N_("截止日不能晚于今天"), place="until_on")
    if handed_in.from_on > handed_in.until_on:
        raise InvalidInput("date-order", N_("开始日不能晚于截止日"), place="from_on")
    if handed_in.until_on - handed_in.from_on > timedelta(days=LONGEST_DAYS):
        raise InvalidInput("period-too-long", N_("一次最多报三年的办案数据"), place="from_on")


def _read(handed_in: HandIn) -> ActReading:
    if len(handed_in.raw) > LARGEST_BYTES:
        raise InvalidInput("document-too-large", N_("文件超过 5 MB，请核对所选文件"), place="table")
    try:
        sheets = workbooks().read(handed_in.raw, handed_in.file_name)
    except InvalidInput as error:
        error.place = "table"
        raise
    filled = next((sheet for sheet in sheets if sheet.rows), None)
    if filled is None:
        raise InvalidInput("empty-sheet", N_("表是空的，请核对所选文件"), place="table")
    return read_acts(filled.rows, handed_in.until_on)


def _holders(unit: Agency, numbers: list[str]) -> dict[str, int]:
    """Return the officer behind each certificate number of the unit."""
    found: dict[str, int] = {}
    rows = Certificate.system.filter(unit_condition(unit))
    for start in range(0, len(numbers), _AT_ONCE):
        piece = numbers[start : start + _AT_ONCE]
        found.update(rows.filter(number__in=piece).values_list("number", "officer_id"))
    return found


def _keep(figures: CaseFigures, acts: Mapping[int, date]) -> None:
    """Keep the latest day of each officer."""
    keys = sorted(acts)
    for start in range(0, len(keys), _AT_ONCE):
        piece = keys[start : start + _AT_ONCE]
        known = {row.officer_id: row for row in LastAct.objects.select_for_update().filter(officer__in=piece)}
        fresh = [
            LastAct(officer_id=pk, acted_on=acts[pk], figures=figures) for pk in piece if pk not in known
        ]
        later = [row for pk, row in known.items() if acts[pk] > row.acted_on]
        for row in later:
            row.acted_on, row.figures = acts[row.officer_id], figures
        LastAct.objects.bulk_create(fresh)
        LastAct.objects.bulk_update(later, ["acted_on", "figures"])


@transaction.atomic
def hand_in_case_figures(
    actor: Actor, handed_in: HandIn, *, now: datetime
) -> tuple[CaseFigures | None, list[ActFinding]]:
    """Take what a unit hands in; with anything wrong in the sheet nothing is taken, and all of it is told.

    Raises:
        NotFound, NotPermitted: the unit is out of reach, or the actor does not register people there.
        InvalidInput: days or file are wrong (places ``from_on``, ``until_on``, ``table``).
        Conflict: this very file was handed in for the unit already.
    """
    unit = Agency.objects.select_for_update().filter(pk=handed_in.unit_id).first()
    if unit is None:
        raise NotFound("agency-not-found", N_("没有找到该机构"))
    require(actor, Permission.CASE_FIGURES, unit.place)
    _check_days(handed_in, timezone.localdate(now))
    reading = _read(handed_in)
    holders = _holders(unit, sorted(reading.acts))
    strange = [
        ActFinding(reading.rows[number], N_("本单位没有编号 %(number)s 的证件"), {"number": number})
        for number in reading.acts
        if number not in holders
    ]
    findings = sorted([*reading.findings, *strange], key=lambda one: one.row)
    if findings:
        return None, findings[:MOST_FINDINGS]
    digest = hashlib.sha256(handed_in.raw).hexdigest()
    if CaseFigures.system.filter(unit=unit, file_digest=digest).exists():
        raise Conflict("handed-in-already", N_("这份文件已经报过，没有重复采用"))
    figures = CaseFigures(
        unit=unit,
        from_on=handed_in.from_on,
        until_on=handed_in.until_on,
        file_name=handed_in.file_name[-120:].replace("\x00", ""),
        file_digest=digest,
        row_count=len(reading.acts),
        handed_in_by_id=actor.account_id,
        handed_in_by_name=actor.name,
        handed_in_at=now,
    )
    figures.put_at(unit.place)
    figures.save()
    acts: dict[int, date] = {}
    for number, day in reading.acts.items():
        officer_id = holders[number]
        acts[officer_id] = max(day, acts.get(officer_id, day))
    _keep(figures, acts)
    record(
        actor,
        "case-figures.handed-in",
        f"agency:{unit.code}",
        f"{unit.name} {figures.from_on}–{figures.until_on} {figures.row_count}",
        now=now,
        detail={"file": digest},
    )
    return figures, []
