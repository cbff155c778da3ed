"""Examinations as a regulation: the mark that passes, how often a paper may be sat, and when the scores are due.

One line for each paper; its id is the paper's name. How long a pass is valid is asked by the conditions themselves
(``core.eligibility``), so that it stands in one place. Source: 2009 notice, 二(二); numbers are assumptions.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from warrant.core.errors import N_, Conflict, InvalidInput, NotFound
from warrant.core.regulation.document import LINES, Content, lines_of
from warrant.core.regulation.parsing import flag, whole, words

HUNDRED = Decimal(100)
MONTHS_PER_YEAR = 12

PAPERS: Mapping[str, str] = MappingProxyType(
    {"special-law": N_("专门法律知识"), "general-law": N_("通用法律知识")}
)
"""The papers there are, in the order in which they are sat."""


@dataclass(frozen=True)
class Attempt:
    """One sitting of a paper by one person."""

    paper: str
    sat_on: date
    is_passed: bool


@dataclass(frozen=True)
class PaperRules:
    """What counts for one paper.

    ``after``: the paper that must be passed before, or empty. ``most_sittings``: how often it may be sat within
    ``within_months``. ``scores_within_workdays``: after the day of the sitting. ``hours_before``: of confirmed training
    that a candidate must have; 0 asks for none.
    """

    paper: str
    pass_mark: Decimal
    after: str
    most_sittings: int
    within_months: int
    scores_within_workdays: int
    hours_before: int
    basis: Mapping[str, str]
    is_assumption: bool


@dataclass(frozen=True)
class ExaminationRules:
    """The rules of all papers."""

    papers: Mapping[str, PaperRules]

    def of(self, paper: str) -> PaperRules:
        """Return the rules of a paper. Raises: NotFound, there is no such paper."""
        if paper not in self.papers:
            raise NotFound("unknown-paper", N_("现行考试要求中没有这个科目"), place="paper")
        return self.papers[paper]


def _months_before(day: date, months: int) -> date:
    """Return the same day ``months`` earlier, or the last day of that month."""
    count = day.year * MONTHS_PER_YEAR + day.month - 1 - months
    year, month = divmod(count, MONTHS_PER_YEAR)
    for last in range(day.day, 0, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise ValueError(day)


def same_day_before(day: date, years: int) -> date:
    """Return the same day ``years`` earlier; 28 February for the 29th where there is none."""
    return _months_before(day, years * MONTHS_PER_YEAR)


def counts_until(sat_on: date, years: int) -> date:
    """Return the last day on which a pass counts: the same day ``years`` later, the last of a month for the last."""
    last = monthrange(sat_on.year + years, sat_on.month)[1]
    is_last = sat_on.day == monthrange(sat_on.year, sat_on.month)[1]
    return date(sat_on.year + years, sat_on.month, last if is_last else min(sat_on.day, last))


def check_candidate(
    rules: ExaminationRules, paper: str, on: date, history: Sequence[Attempt], hours: int = 0
) -> None:
    """Return if somebody with ``history`` and ``hours`` of training may sit ``paper`` on a day.

    Raises:
        Conflict: the hours are not there, the paper before is not passed, or this one was sat too often already.
    """
    asked = rules.of(paper)
    if hours < asked.hours_before:
        raise Conflict(
            "not-trained",
            N_("只有 %(hours)s 学时的培训记录，须先完成 %(asked)s 学时培训"),
            hours=hours,
            asked=asked.hours_before,
        )
    if asked.after and not any(
        one.paper == asked.after and one.is_passed and one.sat_on <= on for one in history
    ):
        raise Conflict("paper-before-not-passed", N_("尚未通过前一科考试，不能参加这一科"))
    if any(one.paper == paper and one.sat_on == on for one in history):
        raise Conflict("already-recorded", N_("该科目当天的成绩已经登记过，请核对日期"))
    since = _months_before(on, asked.within_months)
    sat = sum(1 for one in history if one.paper == paper and since < one.sat_on <= on)
    if sat >= asked.most_sittings:
        raise Conflict(
            "sat-too-often",
            N_("%(months)s 个月内已参加 %(count)s 次，最多 %(most)s 次"),
            months=asked.within_months,
            count=sat,
            most=asked.most_sittings,
        )


def _paper(identity: str, line: Mapping[str, Any], place: str) -> PaperRules:
    if identity not in PAPERS:
        raise InvalidInput("unknown-paper", N_("编号应为 special-law 或 general-law"), place=f"{place}.id")
    after = line.get("after", "")
    if after != "" and (after not in PAPERS or after == identity):
        raise InvalidInput("unknown-paper", N_("请选择须先通过的科目"), place=f"{place}.after")
    return PaperRules(
        paper=identity,
        pass_mark=Decimal(whole(line, "pass_mark", 1, 100, place)),
        after=after,
        most_sittings=whole(line, "most_sittings", 1, 20, place),
        within_months=whole(line, "within_months", 1, 60, place),
        scores_within_workdays=whole(line, "scores_within_workdays", 1, 120, place),
        hours_before=whole(line, "hours_before", 0, 500, place) if "hours_before" in line else 0,
        basis=words(line, "basis", place),
        is_assumption=flag(line, "is_assumption", place, missing=False),
    )


def parse(content: Content) -> ExaminationRules:
    """Return the rules that ``content`` describes, one line for each paper.

    Raises:
        InvalidInput: a line cannot be understood, or a paper has none; ``place`` is the way there.
    """
    papers = {
        identity: _paper(identity, line, f"{LINES}.{count}")
        for count, (identity, line) in enumerate(lines_of(content).items())
    }
    if set(papers) != set(PAPERS):
        raise InvalidInput("paper-missing", N_("两个科目都要有一条"), place=LINES)
    if all(one.after for one in papers.values()):
        raise InvalidInput("papers-in-a-ring", N_("至少一个科目不能以其他科目为前提"), place=LINES)
    return ExaminationRules(MappingProxyType(papers))


LABELS: Mapping[str, str] = {
    "pass_mark": N_("合格分数"),
    "after": N_("须先通过的科目"),
    "most_sittings": N_("期限内最多参加次数"),
    "within_months": N_("计算次数的期限（月）"),
    "scores_within_workdays": N_("成绩登记期限（工作日）"),
    "hours_before": N_("参加考试须有的培训学时（0 为不要求）"),
}
CHOICES: Mapping[str, Mapping[str, str]] = {"after": {"": N_("无"), **PAPERS}}

NATIONAL: Content = {
    "lines": [
        {
            "id": "special-law",
            "title": {"zh": "专门法律知识考试", "en": "Special law paper"},
            "basis": {"zh": "2009年通知二(二)；数值为假定", "en": "2009 notice, 2(2); numbers assumed"},
            "is_assumption": True,
            "pass_mark": 60,
            "after": "",
            "most_sittings": 3,
            "within_months": 12,
            "scores_within_workdays": 15,
            "hours_before": 0,
        },
        {
            "id": "general-law",
            "title": {"zh": "通用法律知识考试", "en": "General law paper"},
            "basis": {"zh": "2009年通知二(二)；数值为假定", "en": "2009 notice, 2(2); numbers assumed"},
            "is_assumption": True,
            "pass_mark": 60,
            "after": "special-law",
            "most_sittings": 3,
            "within_months": 12,
            "scores_within_workdays": 15,
            "hours_before": 0,
        },
    ]
}
