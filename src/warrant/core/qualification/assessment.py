"""Yearly assessments as a regulation: score sheets, bands, what vetoes, and how many may be the best.

Two lines: the sheet of a person and that of a unit. Source: 2009 notice, 二(二) and 五(二); 交通运输行政执法评议考核规定
(2010); Civil Servant Law (2018), Art. 38; points and shares are assumptions (docs/assumptions.md, Q13 on).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from warrant.core.errors import N_, InvalidInput
from warrant.core.regulation.document import LINES, Content, lines_of
from warrant.core.regulation.fields import Field, FieldKind

FULL_POINTS = 100
MONTHS_PER_YEAR = 12
LEAST_JUDGED = 3
"""With fewer assessed, equal results say nothing."""


class SheetKind(StrEnum):
    """Who is assessed; the value is stored and is the id of the line."""

    PERSON = "person"
    AGENCY = "agency"


SHEET_KINDS: Mapping[str, str] = MappingProxyType(
    {SheetKind.PERSON.value: N_("个人考核"), SheetKind.AGENCY.value: N_("单位评议")}
)
PERSON_BANDS: Mapping[str, str] = MappingProxyType(
    {
        "excellent": N_("优秀"),
        "competent": N_("称职"),
        "basically-competent": N_("基本称职"),
        "incompetent": N_("不称职"),
    }
)
"""Best first; the codes of ``core/standards/tables/assessment.csv``."""
AGENCY_BANDS: Mapping[str, str] = MappingProxyType(
    {"excellent": N_("优秀"), "up-to-standard": N_("达标"), "below-standard": N_("不达标")}
)
BAND_NAMES: Mapping[str, str] = MappingProxyType({**PERSON_BANDS, **AGENCY_BANDS})
BANDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {SheetKind.PERSON.value: PERSON_BANDS, SheetKind.AGENCY.value: AGENCY_BANDS}
)
JUDGINGS: Mapping[str, str] = MappingProxyType(
    {
        "performance": N_("按表现评分"),
        "records": N_("依据登记的记录评分"),
        "deduction": N_("满分起扣，发现问题逐项扣分"),
    }
)
"""How an item is judged."""

NEWCOMER, LEFT, OFF_ESTABLISHMENT, KNOWN = "newcomer", "left", "off-establishment", "known"
FOUND_REASONS: Mapping[str, str] = MappingProxyType(
    {
        NEWCOMER: N_("到岗或成立不足规定月数"),
        LEFT: N_("已离开本单位或已撤销"),
        OFF_ESTABLISHMENT: N_("非在编人员"),
        KNOWN: N_("该年度已有考核结果"),
    }
)
"""Why somebody is not assessed, as the register itself knows."""
GIVEN_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "long-leave": N_("病假、事假累计超过半年"),
        "under-investigation": N_("立案审查调查尚未结案"),
        "off-post": N_("全年不在执法岗位"),
    }
)
"""Why somebody is not assessed, as the person who scores says."""
REASONS: Mapping[str, str] = MappingProxyType({**FOUND_REASONS, **GIVEN_REASONS})


@dataclass(frozen=True)
class Item:
    """One item of a score sheet."""

    code: str
    title: Mapping[str, str]
    points: int
    judging: str


@dataclass(frozen=True)
class ScoreSheet:
    """What one kind of sheet asks.

    ``bands``: pairs of a band and the points from which on it is reached, best first, the last from 0.
    ``best_share_percent`` of those assessed may be the best; ``newcomer_months``: who has been there for less on the
    last day of the year is not assessed; ``first_year`` that is assessed here.
    """

    kind: str
    title: Mapping[str, str]
    items: tuple[Item, ...]
    vetoes: Mapping[str, Mapping[str, str]]
    bands: tuple[tuple[str, int], ...]
    best_share_percent: int
    newcomer_months: int
    deadline_month: int
    deadline_day: int
    first_year: int
    basis: Mapping[str, str]
    is_assumption: bool

    @property
    def best(self) -> str:
        """The best band."""
        return self.bands[0][0]

    @property
    def worst(self) -> str:
        """The worst band."""
        return self.bands[-1][0]

    def due_on(self, year: int) -> date:
        """Return the last day on which the assessment of a year is handed in in time; it lies in the year after."""
        return date(year + 1, self.deadline_month, self.deadline_day)

    def total(self, points: Mapping[str, str]) -> Decimal:
        """Return the sum of what :func:`read_points` gave by item."""
        return sum((Decimal(points[item.code]) for item in self.items), Decimal(0))

    def band_of(self, total: Decimal, vetoes: Sequence[str]) -> str:
        """Return the band of a sum; one veto is enough for the worst."""
        if vetoes:
            return self.worst
        return next(band for band, least in self.bands if total >= least)

    def most_best(self, assessed: int) -> int:
        """Return how many of those assessed may be the best: the share rounded down, but one of anybody."""
        return max(min(assessed, 1), assessed * self.best_share_percent // 100)

    def is_newcomer(self, since: date | None, year: int) -> bool:
        """Tell whether somebody there ``since`` has too few months behind them at the end of a year."""
        if since is None:
            return False
        latest = (year + 1) * MONTHS_PER_YEAR - self.newcomer_months
        months = since.year * MONTHS_PER_YEAR + since.month - 1
        return (months, since.day) > (latest, 1)


@dataclass(frozen=True)
class AssessmentRules:
    """Both sheets."""

    sheets: Mapping[str, ScoreSheet]


def read_points(text: str, item: Item) -> str:
    """Return points in their one form: at most one decimal, no trailing zero, from 0 to the item's points.

    Raises:
        InvalidInput: they are none; ``place`` is empty.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        points = Decimal(plain)
        is_right = points.is_finite() and 0 <= points <= item.points and points == round(points, 1)
    except InvalidOperation:
        is_right = False
    if not is_right or not plain.isascii() or any(c not in "0123456789." for c in plain):
        raise InvalidInput("points-out-of-range", N_("应为 0 至 %(most)s，最多一位小数"), most=item.points)
    return f"{points.normalize() + 0:f}"


@dataclass(frozen=True)
class RoundFigures:
    """What one assessment of one unit came to."""

    assessed: int
    best: int
    totals: frozenset[Decimal]
    is_late: bool
    changes: int


ODD_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "same": N_("所有人分数相同"),
        "all-best": N_("全部为优秀"),
        "late": N_("逾期上报"),
        "changed": N_("上报后有改动"),
    }
)


def odd_ones(figures: RoundFigures) -> list[str]:
    """Return what is odd, by the names of ``ODD_WORDS``. Source: assumption."""
    found = []
    if figures.assessed >= LEAST_JUDGED and len(figures.totals) == 1:
        found.append("same")
    if figures.assessed >= LEAST_JUDGED and figures.best == figures.assessed:
        found.append("all-best")
    if figures.is_late:
        found.append("late")
    if figures.changes:
        found.append("changed")
    return found


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


LABELS: Mapping[str, str] = {
    "items": N_("考核项目"),
    "points": N_("分值"),
    "judging": N_("评分方式"),
    "vetoes": N_("一票否决事项"),
    "bands": N_("等次"),
    "band": N_("等次"),
    "least": N_("最低分"),
    "best_share_percent": N_("最高等次最多占比（%）"),
    "newcomer_months": N_("不足几个月不考核"),
    "deadline_month": N_("次年上报期限（月）"),
    "deadline_day": N_("次年上报期限（日）"),
    "first_year": N_("从哪一年度起在本系统考核"),
}
CHOICES: Mapping[str, Mapping[str, str]] = {"judging": JUDGINGS, "band": BAND_NAMES}
_TITLE = {"zh": "", "en": ""}
BLANK_ROWS: Mapping[str, Content] = {
    "items": {"id": "", "title": _TITLE, "points": None, "judging": ""},
    "vetoes": {"id": "", "title": _TITLE},
    "bands": {"band": "", "least": None},
}


def describe(_line: Content, names: tuple[str, ...]) -> Field | None:
    """Say what kind of field lies at a path: numbers not filled in yet are numbers, codes are chosen."""
    if not names:
        return None
    if names[-1] in ("points", "least"):
        return Field(FieldKind.WHOLE, may_be_empty=True)
    if names[-1] in CHOICES:
        return Field(FieldKind.CHOICE, choices=CHOICES[names[-1]], may_be_empty=True)
    return None


def _item(code: str, zh: str, en: str, points: int, judging: str) -> dict[str, object]:
    return {"id": code, "title": {"zh": zh, "en": en}, "points": points, "judging": judging}


def _veto(code: str, zh: str, en: str) -> dict[str, object]:
    return {"id": code, "title": {"zh": zh, "en": en}}


_BASIS = {
    "zh": "交通运输行政执法评议考核规定（2010年）；公务员法第三十八条；项目、分值和比例为假定",
    "en": "Rules on the assessment of transport enforcement (2010); Civil Servant Law, Art. 38; items, points and shares assumed",
}

NATIONAL: Content = {
    "lines": [
        {
            "id": "person",
            "title": {"zh": "执法人员年度考核表", "en": "Yearly assessment of an officer"},
            "basis": _BASIS,
            "is_assumption": True,
            "items": [
                _item("conduct", "政治素质与职业道德", "Integrity and ethics", 20, "performance"),
                _item("law", "法律知识与培训", "Legal knowledge and training", 20, "records"),
                _item("quality", "执法质量与案卷", "Quality of enforcement and files", 30, "deduction"),
                _item("diligence", "工作实绩与出勤", "Results and attendance", 20, "performance"),
                _item("manner", "执法风纪与服务", "Manner and service", 10, "deduction"),
            ],
            "vetoes": [
                _veto("discipline", "受记大过以上处分", "Serious disciplinary measure"),
                _veto("unlawful", "违法执法造成严重后果", "Unlawful enforcement with serious consequences"),
                _veto("lending", "转借、涂改执法证件", "Certificate lent or altered"),
            ],
            "bands": [
                {"band": "excellent", "least": 90},
                {"band": "competent", "least": 70},
                {"band": "basically-competent", "least": 60},
                {"band": "incompetent", "least": 0},
            ],
            "best_share_percent": 20,
            "newcomer_months": 6,
            "deadline_month": 3,
            "deadline_day": 31,
            "first_year": 2026,
        },
        {
            "id": "agency",
            "title": {"zh": "单位执法评议考核表", "en": "Yearly assessment of a unit"},
            "basis": _BASIS,
            "is_assumption": True,
            "items": [
                _item("licensing", "行政许可", "Licensing", 20, "deduction"),
                _item("penalties", "行政处罚与强制", "Penalties and coercive measures", 30, "deduction"),
                _item("supervision", "执法监督与责任追究", "Supervision and accountability", 20, "records"),
                _item("institutions", "制度建设与持证上岗", "Rules, and certificates on duty", 20, "records"),
                _item("outside", "外部评议", "Judgement from outside", 10, "performance"),
            ],
            "vetoes": [
                _veto("uncertified", "安排无证人员执法", "People without certificate sent to enforce"),
                _veto("incident", "违法执法引发重大事件", "Grave incident through unlawful enforcement"),
            ],
            "bands": [
                {"band": "excellent", "least": 90},
                {"band": "up-to-standard", "least": 60},
                {"band": "below-standard", "least": 0},
            ],
            "best_share_percent": 30,
            "newcomer_months": 6,
            "deadline_month": 3,
            "deadline_day": 31,
            "first_year": 2026,
        },
    ]
}
"""What ships; a province lays its differences over it."""
