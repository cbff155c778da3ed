"""Reading the regulation of assessments: every fault at its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from warrant.core.errors import N_, InvalidInput
from warrant.core.qualification.assessment.bands import BANDS, JUDGINGS, SHEET_KINDS
from warrant.core.qualification.assessment.sheets import OBJECTION_WORKDAYS, AssessmentRules, Item, ScoreSheet
from warrant.core.regulation.document import LINES, Content, lines_of

FULL_POINTS = 100


def _whole(source: Mapping[str, Any], name: str, least: int, most: int, place: str) -> int:
    value = source.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise InvalidInput(
            "number-out-of-range",
            N_("应为 %(least)s 至 %(most)s 的整数"),
            place=f"{place}.{name}",
            least=least,
            most=most,
        )
    return value


def _words(source: Mapping[str, Any], name: str, place: str) -> Mapping[str, str]:
    value = source.get(name)
    for language in ("zh", "en"):
        text = value.get(language) if isinstance(value, Mapping) else None
        if not isinstance(text, str) or not text.strip():
            raise InvalidInput(
                "not-in-two-languages", N_("请填写中文和英文"), place=f"{place}.{name}.{language}"
            )
    return MappingProxyType(dict(value or {}))


def _rows(line: Mapping[str, Any], name: str, place: str, *, least: int) -> list[Mapping[str, Any]]:
    rows = line.get(name)
    if not isinstance(rows, Sequence) or isinstance(rows, str) or len(rows) < least:
        raise InvalidInput("rows-missing", N_("请至少填写一行"), place=f"{place}.{name}")
    for count, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise InvalidInput("not-a-row", N_("这一行的内容无法识别"), place=f"{place}.{name}.{count}")
    return list(rows)


def _code(row: Mapping[str, Any], taken: Sequence[str], place: str) -> str:
    code = row.get("id")
    if (
        not isinstance(code, str)
        or not 1 <= len(code) <= 32
        or any(c not in "abcdefghijklmnopqrstuvwxyz0123456789-" for c in code)
    ):
        raise InvalidInput(
            "bad-code", N_("编号应为小写英文字母、数字和连字符，最多 32 位"), place=f"{place}.id"
        )
    if code in taken:
        raise InvalidInput("row-twice", N_("这个编号填了两行"), place=f"{place}.id")
    return code


def _items(line: Mapping[str, Any], place: str) -> tuple[Item, ...]:
    items: list[Item] = []
    for count, row in enumerate(_rows(line, "items", place, least=1)):
        here = f"{place}.items.{count}"
        code = _code(row, [item.code for item in items], here)
        judging = row.get("judging")
        if judging not in JUDGINGS:
            raise InvalidInput("unknown-judging", N_("请选择评分方式"), place=f"{here}.judging")
        points = _whole(row, "points", 1, FULL_POINTS, here)
        items.append(Item(code, _words(row, "title", here), points, str(judging)))
    found = sum(item.points for item in items)
    if found != FULL_POINTS:
        raise InvalidInput(
            "points-not-hundred",
            N_("各项分值合计应为 100，现为 %(found)s"),
            place=f"{place}.items.0.points",
            found=found,
        )
    return tuple(items)


def _bands(kind: str, line: Mapping[str, Any], place: str) -> tuple[tuple[str, int], ...]:
    known = list(BANDS[kind])
    found: list[tuple[str, int]] = []
    for count, row in enumerate(_rows(line, "bands", place, least=1)):
        here = f"{place}.bands.{count}"
        band = row.get("band")
        if count >= len(known) or band != known[count]:
            raise InvalidInput(
                "bands-out-of-order", N_("等次应从高到低填写，每个等次一行"), place=f"{here}.band"
            )
        least = _whole(row, "least", 0, FULL_POINTS, here)
        if found and least >= found[-1][1]:
            raise InvalidInput("bands-overlap", N_("应低于上一等次的最低分"), place=f"{here}.least")
        found.append((str(band), least))
    last = f"{place}.bands.{len(found) - 1}"
    if len(found) < len(known):
        raise InvalidInput("bands-out-of-order", N_("等次应从高到低填写，每个等次一行"), place=f"{last}.band")
    if found[-1][1] != 0:
        raise InvalidInput("band-gap", N_("最后一个等次应从 0 分起"), place=f"{last}.least")
    return tuple(found)


def _sheet(kind: str, line: Mapping[str, Any], place: str) -> ScoreSheet:
    if kind not in SHEET_KINDS:
        raise InvalidInput("unknown-sheet", N_("编号应为 person 或 agency"), place=f"{place}.id")
    vetoes: dict[str, Mapping[str, str]] = {}
    for count, row in enumerate(_rows(line, "vetoes", place, least=0)):
        here = f"{place}.vetoes.{count}"
        vetoes[_code(row, list(vetoes), here)] = _words(row, "title", here)
    is_assumption = line.get("is_assumption", False)
    if not isinstance(is_assumption, bool):
        raise InvalidInput("not-yes-or-no", N_("请填是或否"), place=f"{place}.is_assumption")
    sheet = ScoreSheet(
        kind=kind,
        title=_words(line, "title", place),
        items=_items(line, place),
        vetoes=MappingProxyType(vetoes),
        bands=_bands(kind, line, place),
        best_share_percent=_whole(line, "best_share_percent", 0, 100, place),
        newcomer_months=_whole(line, "newcomer_months", 0, 12, place),
        deadline_month=_whole(line, "deadline_month", 1, 12, place),
        deadline_day=_whole(line, "deadline_day", 1, 31, place),
        first_year=_whole(line, "first_year", 2000, 2100, place),
        basis=_words(line, "basis", place),
        is_assumption=is_assumption,
        objection_workdays=_whole(
            {"objection_workdays": OBJECTION_WORKDAYS, **line}, "objection_workdays", 0, 60, place
        ),
    )
    for year in (2026, 2027):
        try:
            sheet.due_on(year)
        except ValueError as error:
            raise InvalidInput("not-a-day", N_("这个月没有这一天"), place=f"{place}.deadline_day") from error
    return sheet


def parse(content: Content) -> AssessmentRules:
    """Return the sheets that ``content`` describes, one line for each kind.

    Raises:
        InvalidInput: something cannot be understood, or a sheet is missing; ``place`` is the way there.
    """
    sheets = {
        kind: _sheet(kind, line, f"{LINES}.{count}")
        for count, (kind, line) in enumerate(lines_of(content).items())
    }
    if set(sheets) != set(SHEET_KINDS):
        raise InvalidInput("sheet-missing", N_("个人和单位的考核表各要有一条"), place=LINES)
    return AssessmentRules(MappingProxyType(sheets))
