"""Scores as two people enter them: what may be entered, on what two agree, and how a score sheet is read.

A score is kept as a text: points of 100 with at most one decimal (``82.5``), or ``absent``. Points are written
without a trailing zero, so that equal scores are equal texts.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from warrant.core.errors import N_, InvalidInput

ABSENT = "absent"
ABSENT_WORDS = frozenset({"缺考", "缺", "absent"})
PEOPLE_NEEDED = 2
LATEST_HEADING_ROW = 10
NUMBER_WORDS = frozenset({"考号", "准考证号", "序号", "number"})
NAME_WORDS = frozenset({"姓名", "name"})
SCORE_WORDS = frozenset({"成绩", "分数", "得分", "score"})


def read_score(text: str) -> str:
    """Return a score in its one form.

    Raises:
        InvalidInput: it is neither points from 0 to 100 nor a word for absent; ``place`` is empty.
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if plain in ABSENT_WORDS:
        return ABSENT
    try:
        points = Decimal(plain)
        is_score = points.is_finite() and 0 <= points <= 100 and points == points.quantize(Decimal("0.1"))
    except InvalidOperation:
        is_score = False
    if not is_score or not plain.isascii() or any(c not in "0123456789." for c in plain):
        raise InvalidInput("score-out-of-range", N_("应为 0 至 100 的分数，最多一位小数；没有参加填“缺考”"))
    return f"{points.normalize() + 0:f}"


def agreed(scores: Sequence[str]) -> str | None:
    """Return the score that two different people entered; ``scores`` holds one for each person."""
    for score, count in Counter(scores).most_common(1):
        if count >= PEOPLE_NEEDED:
            return score
    return None


@dataclass(frozen=True)
class RowFinding:
    """What is wrong in a row of a score sheet; ``row`` is the number that the spreadsheet shows."""

    row: int
    message: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SheetReading:
    """What a score sheet says: scores by the candidate's number, and what is wrong with it."""

    scores: Mapping[int, str]
    findings: Sequence[RowFinding]


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _places(rows: Sequence[Sequence[object]]) -> tuple[int, int, int, int] | None:
    """Return the heading's row and the columns of number, name and score."""
    for count, row in enumerate(rows[:LATEST_HEADING_ROW]):
        heads = [_text(cell).replace(" ", "").lower() for cell in row]
        found = [
            next((at for at, head in enumerate(heads) if head in words), -1)
            for words in (NUMBER_WORDS, NAME_WORDS, SCORE_WORDS)
        ]
        if min(found) >= 0:
            return (count, *found)  # type: ignore[return-value] # three places, one for each set of words
    return None


def read_sheet(rows: Sequence[Sequence[object]], candidates: Mapping[int, str]) -> SheetReading:
    """Read a score sheet with the columns 考号, 姓名 and 成绩; ``candidates`` are the names by number.

    Raises:
        InvalidInput: there is no such heading in the first rows; ``place`` is ``sheet``.
    """
    places = _places(rows)
    if places is None:
        raise InvalidInput(
            "no-heading", N_("前十行里没有“考号、姓名、成绩”三栏，请用下载的成绩表"), place="sheet"
        )
    heading, number_at, name_at, score_at = places
    scores: dict[int, str] = {}
    findings: list[RowFinding] = []
    for count, row in enumerate(rows[heading + 1 :], start=heading + 2):
        cells = [_text(row[at]) if at < len(row) else "" for at in (number_at, name_at, score_at)]
        if not any(cells):
            continue
        number, name, score = cells
        key = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 0
        if key not in candidates:
            findings.append(RowFinding(count, N_("考号“%(number)s”不在考生名单中"), {"number": number[:20]}))
        elif candidates[key] != name:
            findings.append(
                RowFinding(
                    count,
                    N_("考号 %(number)s 应为%(name)s，表中是“%(given)s”"),
                    {"number": number, "name": candidates[key], "given": name[:20]},
                )
            )
        elif key in scores:
            findings.append(RowFinding(count, N_("考号 %(number)s 出现了两次"), {"number": number}))
        else:
            try:
                scores[key] = read_score(score)
            except InvalidInput as error:
                findings.append(RowFinding(count, error.message))
    missing = [number for number in candidates if number not in scores]
    if missing and not findings:
        names = "、".join(f"{number} {candidates[number]}" for number in missing[:10])
        findings.append(
            RowFinding(
                0, N_("缺少 %(count)s 人的成绩：%(names)s"), {"count": str(len(missing)), "names": names}
            )
        )
    return SheetReading(scores, findings)
