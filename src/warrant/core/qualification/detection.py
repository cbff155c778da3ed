"""Standing detectors: what is looked for in the register without anybody asking, and by when it has to be dealt with.

Content (kind ``detection``; a province may have its own lines)::

    {"lines": [{"id": "without-certificate", "title": {...}, "is_asked": true, "limit_workdays": 10, "grace_days": 30,
                "posts": ["enforcement"], "basis": {...}, "is_assumption": true},
      {"id": "dead-card-in-use", ..., "return_days": 10},
      {"id": "no-act", ..., "months": 12, "fresh_days": 92}, ...]}

Every line is a detector. ``is_asked``: whether it looks at all. ``limit_workdays``: until a finding has to be dealt
with, then it goes up one level.
Source: 2009 notice, 二(三) (nobody enforces without a certificate) and 五(一)1, 五(二)3; the numbers: assumption.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from warrant.core.errors import N_, InvalidInput
from warrant.core.regulation.document import LINES, Content, lines_of
from warrant.core.regulation.fields import Field, FieldKind, Names
from warrant.core.regulation.parsing import flag, listed, whole, words
from warrant.core.standards.codes import POST, STAFFING, may_staffing_enforce


class Detector(StrEnum):
    """What is looked for; the value is stored and stands in addresses."""

    WITHOUT_CERTIFICATE = "without-certificate"
    DEAD_CARD_IN_USE = "dead-card-in-use"
    HOLDER_GONE = "holder-gone"
    TWO_CARDS = "two-cards"
    NO_ACT = "no-act"
    UNESTABLISHED = "unestablished"
    REVIEW_OVERDUE = "review-overdue"
    AGENCY_CLOSED = "agency-closed"


D = Detector

LIMIT = "limit_workdays"
_LIMITS = (1, 60)
_NUMBERS: Mapping[Detector, Mapping[str, tuple[int, int]]] = {
    D.WITHOUT_CERTIFICATE: {"grace_days": (0, 365)},
    D.DEAD_CARD_IN_USE: {"return_days": (0, 90)},
    D.HOLDER_GONE: {"change_days": (0, 180)},
    D.TWO_CARDS: {"return_days": (0, 90)},
    D.NO_ACT: {"months": (1, 36), "fresh_days": (1, 366)},
    D.UNESTABLISHED: {},
    D.REVIEW_OVERDUE: {},
    D.AGENCY_CLOSED: {"grace_days": (0, 180)},
}
"""The numbers that each line holds beside its limit, with the least and the most."""
_LISTS: Mapping[Detector, str] = {D.WITHOUT_CERTIFICATE: "posts", D.UNESTABLISHED: "staffing"}
_TABLES = {"posts": POST, "staffing": STAFFING}


@dataclass(frozen=True)
class DetectorLine:
    """One detector as it is in force. ``numbers`` by name: days, months; ``codes`` of posts or kinds of staff."""

    detector: Detector
    title: Mapping[str, str]
    basis: Mapping[str, str]
    is_asked: bool
    limit_workdays: int
    numbers: Mapping[str, int]
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Detection:
    """What is in force for the detectors of a province."""

    lines: Mapping[Detector, DetectorLine]


@dataclass(frozen=True)
class FindingFact:
    """One thing that was found: the code of :data:`FACTS`, its values, and where it is written (:data:`SOURCES`)."""

    code: str
    fields: Mapping[str, str | int]
    source: str


FACTS: Mapping[str, str] = {
    "on-post": N_("岗位：%(post)s"),
    "never-certified": N_("%(since)s 起登记在册，从未取得执法证件"),
    "certificate-not-valid": N_("证件 %(number)s 的状态是“%(state)s”"),
    "certificate-ran-out": N_("证件 %(number)s 有效期至 %(day)s，已过期"),
    "acted-after": N_("证件 %(number)s 于 %(since)s 起不得使用，%(day)s 仍有执法记录"),
    "card-not-returned": N_("证卡 %(serial)s 的证件自 %(since)s 起“%(state)s”，证卡至今没有收回"),
    "left": N_("%(day)s 已离开执法队伍（%(kind)s）"),
    "age-reached": N_("%(day)s 已到法定退休年龄"),
    "certificate-alive": N_("证件 %(number)s 仍是“%(state)s”"),
    "print-not-true": N_("证载事项已变：%(reason)s"),
    "unit-moved": N_("%(day)s 起在%(now)s，证上单位仍为%(printed)s"),
    "cards-in-hand": N_("同时有 %(count)s 张已发放、没有收回的证卡：%(serials)s"),
    "same-person": N_("与另一份档案疑似同一人，两份都有在用证件（%(numbers)s）"),
    "no-act": N_("%(since)s 至 %(until)s 没有执法记录"),
    "last-act": N_("最近一次执法在 %(day)s"),
    "staffing": N_("编制性质：%(staffing)s，不得从事执法"),
    "review-missed": N_("%(year)s 年度年审截止 %(day)s，至今没有通过"),
    "agency-closed": N_("%(agency)s已于 %(day)s 撤销"),
}
"""Every fact in words; the values are those of :class:`FindingFact`."""

SOURCES: Mapping[str, str] = {
    "register": N_("执法人员档案"),
    "certificates": N_("证件档案"),
    "cards": N_("证卡台账"),
    "reviews": N_("证件年审"),
    "organisations": N_("机构沿革"),
    "cases": N_("办案数据"),
    "duplicates": N_("重复核查"),
    "retirement": N_("出生日期和法定退休年龄"),
}

CURES: Mapping[Detector, str] = {
    D.WITHOUT_CERTIFICATE: N_("停止其执法，调离执法岗位，或者为其申领证件。"),
    D.DEAD_CARD_IN_USE: N_("收回证卡并在库存中登记；有执法记录的，核查当次执法是否有效。"),
    D.HOLDER_GONE: N_("已离开的，登记离职并注销证件；调动的，申请变更证件。"),
    D.TWO_CARDS: N_("收回旧卡并登记；属于同一人的两份档案，在重复核查中合并。"),
    D.NO_ACT: N_("核实是否仍从事执法；不再执法的，调整岗位并注销证件。"),
    D.UNESTABLISHED: N_("停止其执法；编制性质登记有误的，更正档案。"),
    D.REVIEW_OVERDUE: N_("停止使用证件，办理年审。"),
    D.AGENCY_CLOSED: N_("把人员划转到承接单位，变更或者注销证件。"),
}
"""What has to be done about a finding of each detector."""

SUBJECT_WORDS: Mapping[Detector, str] = {
    D.WITHOUT_CERTIFICATE: N_("无证在执法岗位"),
    D.DEAD_CARD_IN_USE: N_("失效证卡未收回或仍使用"),
    D.HOLDER_GONE: N_("持证人已离开或调动"),
    D.TWO_CARDS: N_("一人两证卡"),
    D.NO_ACT: N_("长期没有执法记录"),
    D.UNESTABLISHED: N_("不得执法的编制人员"),
    D.REVIEW_OVERDUE: N_("年审逾期"),
    D.AGENCY_CLOSED: N_("单位已撤销"),
}
"""The short name of each detector."""


def months_before(day: date, months: int) -> date:
    """Return the same day ``months`` earlier; the month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    after = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last = (after - date.resolution).day
    return date(year, month + 1, min(day.day, last))


def spellings(codes: tuple[str, ...]) -> frozenset[str]:
    """Return every way in which posts with these codes are written in the register."""
    return frozenset(
        name for post in POST if post.code in codes for name in (post.code, post.name, *post.aliases)
    )


def _codes(line: Mapping[str, Any], detector: Detector, place: str) -> tuple[str, ...]:
    name = _LISTS.get(detector)
    if name is None:
        return ()
    found = listed(line, name, place)
    for count, code in enumerate(found):
        if not isinstance(code, str) or code not in _TABLES[name]:
            raise InvalidInput(
                "unknown-code-listed", N_("不是代码表中的代码"), place=f"{place}.{name}.{count}"
            )
    if not found:
        raise InvalidInput("nothing-listed", N_("至少列出一项"), place=f"{place}.{name}")
    return tuple(found)


def parse(content: Content) -> Detection:
    """Return the regulation ``detection`` as an object.

    Raises:
        InvalidInput: a line is missing or wrong; ``place`` leads to it, such as ``lines.0.limit_workdays``.
    """
    lines: dict[Detector, DetectorLine] = {}
    for count, (rule_id, line) in enumerate(lines_of(content).items()):
        place = f"{LINES}.{count}"
        if rule_id not in set(Detector):
            raise InvalidInput("unknown-detector", N_("没有这种监督发现"), place=f"{place}.id")
        detector = Detector(rule_id)
        numbers = {
            name: whole(line, name, least, most, place) for name, (least, most) in _NUMBERS[detector].items()
        }
        lines[detector] = DetectorLine(
            detector,
            words(line, "title", place),
            words(line, "basis", place),
            flag(line, "is_asked", place),
            whole(line, LIMIT, *_LIMITS, place),
            MappingProxyType(numbers),
            _codes(line, detector, place),
        )
    for detector in Detector:
        if detector not in lines:
            raise InvalidInput(
                "detector-missing", N_("规则缺少“%(rule_id)s”"), place=LINES, rule_id=detector.value
            )
    return Detection(MappingProxyType(lines))


_NOTICE = {
    "zh": "2009年通知，二（三）：严禁无证执法；期限为推定",
    "en": "2009 notice, 2(3): no enforcement without a certificate; the limits are assumed",
}
_ORDER = {
    "zh": "交通运输部令2011年第16号（合同工、临时工不得取得证件）；期限为推定",
    "en": "Order 2011/16 of the Ministry of Transport (no certificates for contract or temporary staff); the limits are assumed",
}
_REVIEW = {
    "zh": "2009年通知，五（二）3：省级负责年审；期限为推定",
    "en": "2009 notice, 5(2)3: the province reviews each year; the limits are assumed",
}
_UPKEEP = {
    "zh": "2009年通知，三（二）：证件的挂失、暂扣、注销、补发；期限为推定",
    "en": "2009 notice, 3(2): loss, withholding, cancellation and replacement of certificates; the limits are assumed",
}


def _line(
    detector: Detector,
    zh: str,
    en: str,
    limit: int,
    basis: Mapping[str, str],
    **more: int | list[str],
) -> dict[str, object]:
    return {
        "id": detector.value,
        "title": {"zh": zh, "en": en},
        "is_asked": True,
        LIMIT: limit,
        **more,
        "basis": dict(basis),
        "is_assumption": True,
    }


NATIONAL: Content = {
    LINES: [
        _line(
            D.WITHOUT_CERTIFICATE,
            "在执法岗位，没有有效证件",
            "On an enforcement post without a valid certificate",
            10,
            _NOTICE,
            grace_days=30,
            posts=["enforcement"],
        ),
        _line(
            D.DEAD_CARD_IN_USE,
            "失效、挂失的证卡没有收回或者仍在使用",
            "Expired, ended or lost card not taken back, or still in use",
            10,
            _UPKEEP,
            return_days=10,
        ),
        _line(
            D.HOLDER_GONE,
            "持证人已离开或调动，证件仍在用",
            "Holder retired, moved or dead, certificate still alive",
            5,
            _UPKEEP,
            change_days=30,
        ),
        _line(
            D.TWO_CARDS,
            "一人有两张证卡",
            "Two cards alive for one person",
            5,
            _UPKEEP,
            return_days=10,
        ),
        _line(
            D.NO_ACT,
            "持证一年没有执法",
            "No enforcement act for a year",
            20,
            _NOTICE,
            months=12,
            fresh_days=92,
        ),
        _line(
            D.UNESTABLISHED,
            "不得执法的编制人员在执法岗位或持有证件",
            "Staff who may not enforce, on an enforcement post or holding a certificate",
            10,
            _ORDER,
            staffing=[code.code for code in STAFFING if not may_staffing_enforce(code)],
        ),
        _line(
            D.REVIEW_OVERDUE,
            "年审逾期没有通过",
            "Annual review overdue",
            10,
            _REVIEW,
        ),
        _line(
            D.AGENCY_CLOSED,
            "所在单位已撤销，证件仍在用",
            "Certificate of an agency that has closed",
            10,
            _UPKEEP,
            grace_days=30,
        ),
    ]
}
"""What ships; the ministry and the provinces change it as a regulation."""

LABELS: Mapping[str, str] = {
    LIMIT: N_("办理期限（工作日）"),
    "grace_days": N_("宽限（天）"),
    "return_days": N_("收回证卡的期限（天）"),
    "change_days": N_("变更证件的期限（天）"),
    "months": N_("没有执法的月数"),
    "fresh_days": N_("办案数据最多多少天前"),
    "posts": N_("执法岗位"),
    "staffing": N_("不得执法的编制性质"),
}


def describe(_line: Content, names: Names) -> Field | None:
    """Say that posts and kinds of staff are chosen from their code tables."""
    if len(names) == 1 and names[0] in _TABLES:
        return Field(FieldKind.CHOICES, choices={code.code: code.name for code in _TABLES[names[0]]})
    return None
