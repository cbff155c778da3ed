"""The checks behind the rules: each takes the facts, the rule's parameters and the day, and says what it found."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date

from warrant.core.eligibility.facts import ExaminationFact, Facts, Paper
from warrant.core.eligibility.finding import Finding, failed, met, unknown
from warrant.core.errors import N_
from warrant.core.standards.codes import (
    COLLEGE_GRADUATE_EDUCATION,
    EDUCATION,
    STAFFING,
    may_staffing_enforce,
)
from warrant.core.standards.retirement import latest_on, statutory_on

Parameters = Mapping[str, int]


def years_before(day: date, years: int) -> date:
    """Return the same day ``years`` ago; 29 February becomes the 28th where it is missing."""
    year = day.year - years
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))


def minimum_age(facts: Facts, parameters: Parameters, on: date) -> Finding:
    """At least so many years old."""
    if facts.birth_on is None:
        return unknown(N_("没有登记出生日期"))
    if facts.birth_on > years_before(on, parameters["years"]):
        return failed(
            N_("出生于 %(birth_on)s，未满 %(years)s 周岁"), birth_on=facts.birth_on, years=parameters["years"]
        )
    return met(N_("出生于 %(birth_on)s"), birth_on=facts.birth_on)


def below_retirement(facts: Facts, parameters: Parameters, on: date) -> Finding:
    """Not past the last day on which the law lets anybody of this birth date be kept in post.

    The register does not know of agreed extensions, nor of women who retire at the age of men, so the latest day of
    all counts; past the ordinary day the finding says so and the reviewer decides.
    """
    if facts.birth_on is None or facts.sex not in ("1", "2"):
        return unknown(N_("没有登记出生日期或性别"))
    latest = max(latest_on(facts.birth_on, facts.sex), latest_on(facts.birth_on, "1"))
    if on >= latest:
        return failed(N_("最迟退休日 %(latest_on)s 已过"), latest_on=latest)
    statutory = statutory_on(facts.birth_on, facts.sex)
    if on >= statutory:
        return met(N_("已过一般退休日 %(statutory_on)s，请核对延迟退休手续"), statutory_on=statutory)
    return met(N_("退休日 %(statutory_on)s"), statutory_on=statutory)


def college_graduate(facts: Facts, parameters: Parameters, on: date) -> Finding:
    """Graduated from college or above."""
    if not facts.education:
        return unknown(N_("没有登记学历"))
    if facts.education not in EDUCATION:
        return unknown(N_("学历代码 %(code)s 不在代码表中"), code=facts.education)
    name = EDUCATION.by_code(facts.education).name
    if facts.education not in COLLEGE_GRADUATE_EDUCATION:
        return failed(N_("学历为“%(education)s”"), education=name)
    return met(N_("学历为“%(education)s”"), education=name)


def education_proof(facts: Facts, parameters: Parameters, on: date) -> Finding:
    """The education is proved by a document."""
    if facts.has_education_proof is None:
        return unknown(N_("没有查到教育经历"))
    if not facts.has_education_proof:
        return failed(N_("没有与所登记学历相符的毕业证明"))
    return met(N_("已有毕业证明"))


def permitted_staffing(facts: Facts, parameters: Parameters, on: date) -> Finding:
    """On the establishment, of a kind that may enforce."""
    if not facts.staffing:
        return unknown(N_("没有登记编制性质"))
    if facts.staffing not in STAFFING:
        return unknown(N_("编制性质代码 %(code)s 不在代码表中"), code=facts.staffing)
    staffing = STAFFING.by_code(facts.staffing)
    if not may_staffing_enforce(staffing):
        return failed(N_("编制性质为“%(staffing)s”"), staffing=staffing.name)
    return met(N_("编制性质为“%(staffing)s”"), staffing=staffing.name)


def photo(facts: Facts, parameters: Parameters, on: date) -> Finding:
    """A photo that passed its check is on file."""
    if facts.has_photo is None:
        return unknown(N_("没有查到照片"))
    return met(N_("已有照片")) if facts.has_photo else failed(N_("没有照片"))


def training_hours(facts: Facts, parameters: Parameters, on: date) -> Finding:
    """Enough class hours in total."""
    if facts.training_hours is None:
        return unknown(N_("没有查到培训记录"))
    if facts.training_hours < parameters["hours"]:
        return failed(
            N_("已完成 %(found)s 学时，还差 %(missing)s 学时"),
            found=facts.training_hours,
            missing=parameters["hours"] - facts.training_hours,
        )
    return met(N_("已完成 %(found)s 学时"), found=facts.training_hours)


def _passes(facts: Facts, paper: Paper, parameters: Parameters, on: date) -> list[ExaminationFact]:
    """Return the passes of ``paper`` that still count on ``on``, oldest first."""
    since = years_before(on, parameters["years"])
    return sorted(
        (e for e in facts.examinations or () if e.paper == paper and e.is_passed and since <= e.sat_on <= on),
        key=lambda e: e.sat_on,
    )


def _unmet_paper(facts: Facts, paper: Paper, parameters: Parameters, on: date) -> Finding:
    sat = sorted(
        (e for e in facts.examinations or () if e.paper == paper and e.sat_on <= on), key=lambda e: e.sat_on
    )
    if not sat:
        return failed(N_("没有考试成绩"))
    last = sat[-1]
    if last.is_passed:
        return failed(
            N_("%(sat_on)s 的成绩已超过 %(years)s 年有效期"), sat_on=last.sat_on, years=parameters["years"]
        )
    return failed(
        N_("%(sat_on)s 考得 %(score)s 分，未达 %(pass_mark)s 分"),
        sat_on=last.sat_on,
        score=last.score,
        pass_mark=last.pass_mark,
    )


def special_law_paper(facts: Facts, parameters: Parameters, on: date) -> Finding:
    """The paper on special law is passed and still counts."""
    if facts.examinations is None:
        return unknown(N_("没有查到考试成绩"))
    passes = _passes(facts, Paper.SPECIAL_LAW, parameters, on)
    if not passes:
        return _unmet_paper(facts, Paper.SPECIAL_LAW, parameters, on)
    return met(N_("%(sat_on)s 考得 %(score)s 分"), sat_on=passes[-1].sat_on, score=passes[-1].score)


def general_law_paper(facts: Facts, parameters: Parameters, on: date) -> Finding:
    """The paper on general law is passed, still counts, and was not sat before the special one was passed."""
    if facts.examinations is None:
        return unknown(N_("没有查到考试成绩"))
    passes = _passes(facts, Paper.GENERAL_LAW, parameters, on)
    if not passes:
        return _unmet_paper(facts, Paper.GENERAL_LAW, parameters, on)
    special = _passes(facts, Paper.SPECIAL_LAW, parameters, on)
    if not special or passes[-1].sat_on < special[0].sat_on:
        return failed(N_("%(sat_on)s 考试时尚未通过专门法律知识考试"), sat_on=passes[-1].sat_on)
    return met(N_("%(sat_on)s 考得 %(score)s 分"), sat_on=passes[-1].sat_on, score=passes[-1].score)


def statement(facts: Facts, parameters: Parameters, on: date) -> Finding:
    """The unit has stated that conduct and health are as required."""
    if facts.statement is None:
        return unknown(N_("还没有建立申请"))
    length = len(facts.statement.strip())
    if length < parameters["characters"]:
        return failed(
            N_("单位意见只有 %(length)s 字，至少 %(characters)s 字"),
            length=length,
            characters=parameters["characters"],
        )
    return met(N_("单位已出具意见"))


def no_live_certificate(facts: Facts, parameters: Parameters, on: date) -> Finding:
    """No certificate that still lives."""
    if facts.live_certificate is None:
        return unknown(N_("没有查到证件情况"))
    if facts.live_certificate:
        return failed(N_("已持有证件 %(number)s"), number=facts.live_certificate)
    return met(N_("没有在用证件"))


def no_revoked_certificate(facts: Facts, parameters: Parameters, on: date) -> Finding:
    """No certificate was ever revoked: revocation bars from applying again."""
    if facts.revoked_certificate is None:
        return unknown(N_("没有查到证件情况"))
    if facts.revoked_certificate:
        return failed(N_("证件 %(number)s 已被吊销"), number=facts.revoked_certificate)
    return met(N_("没有被吊销的证件"))


def no_open_application(facts: Facts, parameters: Parameters, on: date) -> Finding:
    """No other application on its way."""
    if facts.other_open_application is None:
        return unknown(N_("没有查到其他申请"))
    if facts.other_open_application:
        return failed(N_("申请 %(number)s 尚未办结"), number=facts.other_open_application)
    return met(N_("没有其他未办结的申请"))
