"""The annual review: what is looked at in a certificate, until when it has to be done, and what follows.

Content (kind ``review``; a province may have its own lines)::

    {"lines": [{"id": "period", "title": {...}, "years_later": 1, "due_month": 3, "due_day": 31, "warning_days": 60,
                "is_asked": true, "basis": {...}, "is_assumption": true},
      {"id": "hours", ..., "is_asked": true}, {"id": "photo", ..., "years": 5}, ...,
      {"id": "not-passed", ..., "is_asked": true}]}

``is_asked`` of ``period``: a certificate that was not passed by the day lapses by itself. ``is_asked`` of
``not-passed``: a certificate that is not passed is withheld. Every other line is a condition.
Source: 2009 notice, 五(二)3 (annual review by the province); what is looked at and the days: assumption.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from warrant.core.errors import N_, InvalidInput
from warrant.core.regulation.document import LINES, Content, lines_of
from warrant.core.regulation.parsing import flag, whole, words

PERIOD = "period"
NOT_PASSED = "not-passed"
CERTIFICATE = "certificate"
HOURS = "hours"
ASSESSMENT = "assessment"
PUNISHMENT = "punishment"
VALIDITY = "validity"
UNIT = "unit"
PHOTO = "photo"

_NUMBERS: Mapping[str, Mapping[str, tuple[int, int]]] = {
    PERIOD: {"years_later": (0, 1), "due_month": (1, 12), "due_day": (1, 31), "warning_days": (1, 180)},
    CERTIFICATE: {},
    HOURS: {},
    ASSESSMENT: {},
    PUNISHMENT: {},
    VALIDITY: {},
    UNIT: {},
    PHOTO: {"years": (1, 20)},
    NOT_PASSED: {},
}
"""The numbers that each line holds, with the least and the most."""

_GOOD_BANDS = frozenset({"excellent", "competent"})
_PASSABLE_STATES = frozenset({"active", "lapsed"})


@dataclass(frozen=True)
class ReviewLine:
    """One line of the regulation. ``numbers`` by name: months, days, years."""

    rule_id: str
    title: Mapping[str, str]
    is_asked: bool
    numbers: Mapping[str, int]


@dataclass(frozen=True)
class ReviewRules:
    """What is in force for annual reviews."""

    lines: Mapping[str, ReviewLine]

    def asks(self, rule_id: str) -> bool:
        """Tell whether the line counts."""
        return self.lines[rule_id].is_asked

    def due_on(self, year: int) -> date:
        """Return the last day on which the review of ``year`` is in time; the month's last day if it is shorter."""
        numbers = self.lines[PERIOD].numbers
        due_year, month = year + numbers["years_later"], numbers["due_month"]
        after = date(due_year + month // 12, month % 12 + 1, 1)
        return min(
            date(due_year, month, 1) + timedelta(days=numbers["due_day"] - 1), after - timedelta(days=1)
        )

    def warned_from(self, year: int) -> date:
        """Return the first day on which a review that is still open is shown as due soon."""
        return self.due_on(year) - timedelta(days=self.lines[PERIOD].numbers["warning_days"])


@dataclass(frozen=True)
class ReviewFacts:
    """What the record says on the day it was looked at; ``None`` or empty where it says nothing.

    ``hours`` are class hours of the year, ``hours_asked`` what the training rules ask of it; ``photo_on`` is the day
    the photo came in; ``punished_on`` are days of punishments decided in the year or later.
    """

    year: int
    on: date
    certificate_state: str
    valid_until: date
    hours: int
    hours_asked: int
    band: str
    punished_on: tuple[date, ...]
    unit_printed: str
    unit_now: str
    renewal_reason: str
    photo_on: date | None


@dataclass(frozen=True)
class ReviewFinding:
    """Why a certificate is an exception: the line of the regulation, the code of what was found, and its values."""

    rule_id: str
    code: str
    fields: Mapping[str, str | int]


FINDINGS: Mapping[str, str] = {
    "not-in-use": N_("证件不是有效状态"),
    "hours-short": N_("%(year)s 年学时 %(hours)s，要求 %(asked)s"),
    "assessment-missing": N_("没有 %(year)s 年度考核记录"),
    "assessment-poor": N_("%(year)s 年度考核未达到称职"),
    "punished": N_("%(day)s 受到惩处"),
    "expires-soon": N_("证件 %(day)s 到期，早于年审截止日"),
    "unit-changed": N_("证上单位为%(printed)s，现在%(now)s"),
    "entries-changed": N_("证载事项有变：%(reason)s"),
    "photo-missing": N_("没有照片"),
    "photo-old": N_("照片是 %(day)s 的，已超过 %(years)s 年"),
}
"""Every finding in words; the values are those of :class:`ReviewFinding`."""


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)


def _assessed(facts: ReviewFacts) -> tuple[str, dict[str, str | int]] | None:
    if facts.band in _GOOD_BANDS:
        return None
    code = "assessment-poor" if facts.band else "assessment-missing"
    return code, {"year": facts.year}


def _unit(facts: ReviewFacts) -> tuple[str, dict[str, str | int]] | None:
    if facts.unit_printed != facts.unit_now:
        return "unit-changed", {"printed": facts.unit_printed, "now": facts.unit_now}
    return ("entries-changed", {"reason": facts.renewal_reason}) if facts.renewal_reason else None


def _photo(rules: ReviewRules, facts: ReviewFacts) -> tuple[str, dict[str, str | int]] | None:
    if facts.photo_on is None:
        return "photo-missing", {}
    years = rules.lines[PHOTO].numbers["years"]
    if facts.photo_on >= _years_before(facts.on, years):
        return None
    return "photo-old", {"day": facts.photo_on.isoformat(), "years": years}


def review_findings(rules: ReviewRules, facts: ReviewFacts) -> tuple[ReviewFinding, ...]:
    """Return every reason why a person has to look; none for a certificate that meets everything."""
    last = max(facts.punished_on, default=None)
    due_on = rules.due_on(facts.year)
    found = {
        CERTIFICATE: None if facts.certificate_state in _PASSABLE_STATES else ("not-in-use", {}),
        HOURS: ("hours-short", {"year": facts.year, "hours": facts.hours, "asked": facts.hours_asked})
        if facts.hours < facts.hours_asked
        else None,
        ASSESSMENT: _assessed(facts),
        PUNISHMENT: None if last is None else ("punished", {"day": last.isoformat()}),
        VALIDITY: ("expires-soon", {"day": facts.valid_until.isoformat()})
        if facts.valid_until < due_on
        else None,
        UNIT: _unit(facts),
        PHOTO: _photo(rules, facts),
    }
    return tuple(
        ReviewFinding(rule_id, one[0], MappingProxyType(dict(one[1])))
        for rule_id, one in found.items()
        if one is not None and rules.asks(rule_id)
    )


def parse(content: Content) -> ReviewRules:
    """Return the regulation ``review`` as an object.

    Raises:
        InvalidInput: a line is missing or wrong; ``place`` leads to it, such as ``lines.0.due_month``.
    """
    lines: dict[str, ReviewLine] = {}
    for count, (rule_id, line) in enumerate(lines_of(content).items()):
        place = f"{LINES}.{count}"
        if rule_id not in _NUMBERS:
            raise InvalidInput("unknown-review-line", N_("年审规则中没有这一项"), place=f"{place}.id")
        numbers = {
            name: whole(line, name, least, most, place) for name, (least, most) in _NUMBERS[rule_id].items()
        }
        words(line, "basis", place)
        lines[rule_id] = ReviewLine(
            rule_id, words(line, "title", place), flag(line, "is_asked", place), MappingProxyType(numbers)
        )
    for rule_id in _NUMBERS:
        if rule_id not in lines:
            raise InvalidInput(
                "review-line-missing", N_("年审规则缺少“%(rule_id)s”"), place=LINES, rule_id=rule_id
            )
    return ReviewRules(MappingProxyType(lines))


_BASIS = {
    "zh": "2009年通知，五（二）3：省级负责年审；审查内容和期限为推定",
    "en": "2009 notice, 5(2)3: the province reviews each year; what is looked at and until when is assumed",
}


def _line(rule_id: str, zh: str, en: str, **numbers: int) -> dict[str, object]:
    return {
        "id": rule_id,
        "title": {"zh": zh, "en": en},
        "is_asked": True,
        **numbers,
        "basis": _BASIS,
        "is_assumption": True,
    }


NATIONAL: Content = {
    "lines": [
        _line(
            PERIOD,
            "年审截止日，逾期证件自行失效",
            "Last day of the review; afterwards the certificate lapses",
            years_later=1,
            due_month=3,
            due_day=31,
            warning_days=60,
        ),
        _line(CERTIFICATE, "证件处于有效状态", "The certificate is in use"),
        _line(HOURS, "年度学时达到要求", "The hours of the year are complete"),
        _line(ASSESSMENT, "年度考核称职以上", "Assessed competent or better"),
        _line(PUNISHMENT, "本年度以来没有惩处", "No punishment since the year began"),
        _line(VALIDITY, "有效期不早于年审截止日届满", "Valid until the last day of the review at least"),
        _line(UNIT, "单位等证载事项没有变化", "Unit and other printed matter unchanged"),
        _line(PHOTO, "照片没有过旧", "The photo is recent enough", years=5),
        _line(NOT_PASSED, "未通过年审的证件予以暂扣", "A certificate that is not passed is withheld"),
    ]
}
"""What ships; the ministry and the provinces change it as a regulation."""

LABELS: Mapping[str, str] = {
    "years_later": N_("截止日在年审年度之后（年）"),
    "due_month": N_("截止月份"),
    "due_day": N_("截止日"),
    "warning_days": N_("提前提示（天）"),
    "years": N_("照片年限（年）"),
}
