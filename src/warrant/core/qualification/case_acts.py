"""When officers last enforced, as a unit's case-handling system tells it: a sheet with one row for each certificate.

Columns: 证件编号 and 最近执法日期; a certificate may stand in several rows, the latest day counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from warrant.core.errors import N_, InvalidInput

NUMBER_WORDS = frozenset({"证件编号", "执法证件编号", "执法证号", "证件号", "证号", "certificate"})
DAY_WORDS = frozenset({"最近执法日期", "最近执法时间", "最近办案日期", "最后执法日期", "执法日期", "lastact"})
LATEST_HEADING_ROW = 10
MOST_FINDINGS = 50
_NUMBER = re.compile(r"[0-9A-Za-z-]{4,24}")
_DAY = re.compile(
    r"(\d{4})\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(\d{1,2})\s*日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?"
)


@dataclass(frozen=True)
class ActFinding:
    """What is wrong with a row of the sheet, 1 being the first; ``message`` is a msgid for ``fields``."""

    row: int
    message: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ActReading:
    """The last day by certificate number, with the row that says so, and everything that is wrong."""

    acts: Mapping[str, date]
    rows: Mapping[str, int]
    findings: Sequence[ActFinding]


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def read_day(cell: object) -> date | None:
    """Return the day in a cell: a date, or a text such as 2026-11-22, 2026/11/22, 2026年11月22日, 20261122."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = _text(cell)
    if re.fullmatch(r"\d{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    found = _DAY.fullmatch(text)
    if found is None or not re.search(r"[-/.年]", text):
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def _places(rows: Sequence[Sequence[object]]) -> tuple[int, int, int] | None:
    for count, row in enumerate(rows[:LATEST_HEADING_ROW]):
        heads = [_text(cell).replace(" ", "").lower() for cell in row]
        number_at = next((at for at, head in enumerate(heads) if head in NUMBER_WORDS), -1)
        day_at = next((at for at, head in enumerate(heads) if head in DAY_WORDS), -1)
        if number_at >= 0 and day_at >= 0:
            return count, number_at, day_at
    return None


def read_acts(rows: Sequence[Sequence[object]], until_on: date) -> ActReading:
    """Read a sheet; no act may lie after ``until_on``, the last day that it covers.

    Raises:
        InvalidInput: the first rows have no such heading (place ``table``).
    """
    places = _places(rows)
    if places is None:
        raise InvalidInput("no-heading", N_("前十行里没有“证件编号、最近执法日期”两栏"), place="table")
    heading, number_at, day_at = places
    acts: dict[str, date] = {}
    at: dict[str, int] = {}
    findings: list[ActFinding] = []
    for count, row in enumerate(rows[heading + 1 :], start=heading + 2):
        cells = [row[place] if place < len(row) else None for place in (number_at, day_at)]
        number, written = (_text(cell) for cell in cells)
        if not number and not written:
            continue
        if len(findings) >= MOST_FINDINGS:
            break
        day = read_day(cells[1])
        if not _NUMBER.fullmatch(number):
            findings.append(ActFinding(count, N_("证件编号“%(number)s”不正确"), {"number": number[:11]}))
        elif day is None:
            findings.append(ActFinding(count, N_("日期“%(day)s”无法识别"), {"day": written[:20]}))
        elif day > until_on:
            findings.append(
                ActFinding(
                    count,
                    N_("%(day)s 晚于所填的截止日 %(until)s"),
                    {"day": day.isoformat(), "until": until_on.isoformat()},
                )
            )
        elif number not in acts or day > acts[number]:
            acts[number], at[number] = day, count
    return ActReading(acts, at, findings)
