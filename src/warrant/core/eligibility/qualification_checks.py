"""Checks of training, examinations and assessments, with what is exempt from them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from warrant.core.eligibility.facts import ExaminationFact, Known, Paper
from warrant.core.eligibility.finding import Finding, Outcome, failed, met, unknown
from warrant.core.eligibility.person_checks import Parameters, has_law_degree, years_before
from warrant.core.errors import N_


def training_hours(known: Known, parameters: Parameters, on: date) -> Finding:
    """Enough class hours in total; whoever has a law degree needs fewer, where the rule says so."""
    found, asked = known.number("training_hours"), parameters["hours"]
    if found is None:
        return unknown(N_("没有查到培训记录"))
    if found >= asked:
        return met(N_("已完成 %(found)s 学时"), found=found)
    less = parameters["law_degree_hours"]
    if less and found >= asked - less:
        is_exempt = has_law_degree(known)
        if is_exempt is None:
            return unknown(N_("已完成 %(found)s 学时；没有登记学位，不知可否减免"), found=found)
        if is_exempt:
            return met(N_("法律专业学位减免 %(less)s 学时，已完成 %(found)s 学时"), less=less, found=found)
    return failed(N_("已完成 %(found)s 学时，还差 %(missing)s 学时"), found=found, missing=asked - found)


def training_subjects(known: Known, parameters: Parameters, on: date) -> Finding:
    """Enough class hours in each of the asked subjects; a law degree may exempt from some of them.

    Whoever had as many hours as all subjects together from courses that ended before ``courses_from`` is held to no
    subjects. After that, hours of which nobody knows the subject leave it open whenever they might fill the gap.
    """
    first = parameters["courses_from"]
    named = known.counts("training_hours_by_subject")
    if first is None:
        return _by_subject(known, parameters, named, parameters["subjects"], 0)
    asked = parameters["subjects"] or known.counts("training_subjects_asked")
    total, by_day = known.number("training_hours"), known.counts("training_hours_by_day")
    if total is None or by_day is None:
        return unknown(N_("没有查到培训记录"))
    if not asked:
        return unknown(N_("不知道各科目要求的学时"))
    earlier = sum(hours for day, hours in by_day.items() if day < first.isoformat())
    if earlier >= sum(asked.values()):
        return met(N_("%(first)s 前已完成 %(found)s 学时，不要求分科目"), first=first, found=earlier)
    named = named or {}
    return _by_subject(known, parameters, named, asked, max(0, total - sum(named.values())))


def _by_subject(
    known: Known,
    parameters: Parameters,
    named: Mapping[str, int] | None,
    asked: Mapping[str, int],
    unnamed: int,
) -> Finding:
    """Hold the hours of each subject against what is asked; ``unnamed`` hours may have been of any subject."""
    if named is None:
        return unknown(N_("没有查到分科目学时"))
    short = {code: hours - named.get(code, 0) for code, hours in asked.items() if named.get(code, 0) < hours}
    firm = {code: hours for code, hours in short.items() if code not in parameters["law_degree_exempts"]}
    is_exempt = has_law_degree(known) if len(firm) < len(short) else False
    if not short:
        return met(N_("各科目学时已满"))
    if not firm and is_exempt:
        return met(N_("其余科目学时已满，法律专业学位免修"))
    wanted = short if is_exempt is False else firm
    if unnamed and sum(wanted.values()) <= unnamed:
        return unknown(N_("有 %(unnamed)s 学时不知属于哪个科目，可能补足所缺科目"), unnamed=unnamed)
    if not firm and is_exempt is None:
        return unknown(N_("没有登记学位，不知可否免修"))
    subject = next(iter(firm or short))
    return failed(N_("科目“%(subject)s”还差 %(missing)s 学时"), subject=subject, missing=short[subject])


def in_service_hours(known: Known, parameters: Parameters, on: date) -> Finding:
    """Enough class hours in this calendar year, or in the one before it; without a number the year's minimum counts."""
    by_year = known.counts("training_hours_by_year")
    if by_year is None:
        return unknown(N_("没有查到培训记录"))
    years = (on.year, on.year - 1)
    minimum = known.counts("training_hours_asked")
    if not parameters["hours"] and (minimum is None or not {str(year) for year in years} <= set(minimum)):
        return unknown(N_("不知道当年要求的学时"))
    wanted = {year: parameters["hours"] or (minimum or {})[str(year)] for year in years}
    hours = {year: by_year.get(str(year), 0) for year in years}
    best = max(years, key=lambda year: hours[year] - wanted[year])
    asked = wanted[best]
    if hours[best] < asked:
        return failed(
            N_("%(year)s 年度 %(found)s 学时，未满 %(hours)s 学时"), year=best, found=hours[best], hours=asked
        )
    return met(N_("%(year)s 年度 %(found)s 学时"), year=best, found=hours[best])


def last_assessment(known: Known, parameters: Parameters, on: date) -> Finding:
    """Last year's assessment (until it is known: the one before) is of none of the barring bands."""
    bands = known.words("assessment_bands")
    if bands is None:
        return unknown(N_("没有查到考核记录"))
    for year in (on.year, on.year - 1, on.year - 2):
        band = bands.get(str(year))
        if band is None:
            continue
        if band in parameters["bands"]:
            return failed(N_("%(year)s 年度考核为“%(band)s”"), year=year, band=band)
        return met(N_("%(year)s 年度考核为“%(band)s”"), year=year, band=band)
    return unknown(N_("没有 %(year)s 年度考核结果"), year=on.year - 1)


def _passes(known: Known, paper: Paper, years: int, on: date) -> list[ExaminationFact]:
    """Return the passes of ``paper`` that still count on ``on``, oldest first."""
    since = years_before(on, years)
    return sorted(
        (
            e
            for e in known.examinations() or ()
            if e.paper == paper and e.is_passed and since <= e.sat_on <= on
        ),
        key=lambda e: e.sat_on,
    )


def _unmet_paper(known: Known, paper: Paper, years: int, on: date) -> Finding:
    if paper in (known.texts("examinations_claimed") or ()):
        return unknown(N_("有一项成绩等待他人确认"))
    sat = sorted(
        (e for e in known.examinations() or () if e.paper == paper and e.sat_on <= on), key=lambda e: e.sat_on
    )
    if not sat:
        return failed(N_("没有考试成绩"))
    last = sat[-1]
    if last.is_passed:
        return failed(N_("%(sat_on)s 的成绩已超过 %(years)s 年有效期"), sat_on=last.sat_on, years=years)
    return failed(
        N_("%(sat_on)s 考得 %(score)s 分，未达 %(pass_mark)s 分"),
        sat_on=last.sat_on,
        score=last.score,
        pass_mark=last.pass_mark,
    )


def _or_exempt(known: Known, parameters: Parameters, found: Finding) -> Finding:
    """Return ``found``, or what an exemption makes of it; an exemption that cannot be told leaves it open."""
    if found.outcome is Outcome.MET:
        return found
    grounds = [
        (parameters["law_degree_exempts"], has_law_degree(known), N_("法律专业学位免试")),
        (
            parameters["legal_qualification_exempts"],
            known.flag("legal_qualification"),
            N_("法律职业资格免试"),
        ),
    ]
    for counts, is_so, words in grounds:
        if counts and is_so:
            return met(words)
    if any(counts and is_so is None for counts, is_so, _words in grounds):
        return unknown(N_("没有有效的考试成绩；不知可否免试"))
    return found


def special_law_paper(known: Known, parameters: Parameters, on: date) -> Finding:
    """The paper on special law is passed and still counts."""
    years = parameters["years"]
    if known.examinations() is None:
        return _or_exempt(known, parameters, unknown(N_("没有查到考试成绩")))
    passes = _passes(known, Paper.SPECIAL_LAW, years, on)
    if passes:
        return met(N_("%(sat_on)s 考得 %(score)s 分"), sat_on=passes[-1].sat_on, score=passes[-1].score)
    return _or_exempt(known, parameters, _unmet_paper(known, Paper.SPECIAL_LAW, years, on))


def general_law_paper(known: Known, parameters: Parameters, on: date) -> Finding:
    """The paper on general law is passed, still counts, and was sat while a pass of the special one counted."""
    years = parameters["years"]
    if known.examinations() is None:
        return _or_exempt(known, parameters, unknown(N_("没有查到考试成绩")))
    passes = _passes(known, Paper.GENERAL_LAW, years, on)
    if not passes:
        return _or_exempt(known, parameters, _unmet_paper(known, Paper.GENERAL_LAW, years, on))
    last = passes[-1]
    if parameters["after_special_law"] and not _passes(known, Paper.SPECIAL_LAW, years, last.sat_on):
        found = failed(N_("%(sat_on)s 考试时尚未通过专门法律知识考试"), sat_on=last.sat_on)
        return _or_exempt(known, parameters, found)
    return met(N_("%(sat_on)s 考得 %(score)s 分"), sat_on=last.sat_on, score=last.score)
