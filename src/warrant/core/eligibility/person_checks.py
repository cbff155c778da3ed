"""Checks of the person: age, education, staffing, post, photo, and what the unit declares."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Any

from warrant.core.eligibility.facts import Known
from warrant.core.eligibility.finding import Finding, failed, met, unknown
from warrant.core.errors import N_
from warrant.core.standards.codes import EDUCATION, POST, STAFFING, may_staffing_enforce
from warrant.core.standards.retirement import latest_on, statutory_on

Parameters = Mapping[str, Any]

ACTIVE = "active"
_BACHELOR = frozenset({"11", "14", "17", "21", "28"})
_COLLEGE = _BACHELOR | {"31"}
_SECONDARY = _COLLEGE | {"41", "44", "47", "61"}
EDUCATION_FLOORS: Mapping[str, frozenset[str]] = {
    "bachelor": _BACHELOR,
    "college": _COLLEGE,
    "secondary": _SECONDARY,
}
"""What each floor lets pass: codes of GB/T 4658 that mean "graduated"."""
_LAW_DEGREES = frozenset({"03", "41"})


def years_before(day: date, years: int) -> date:
    """Return the same day ``years`` ago; 29 February becomes the 28th where it is missing."""
    year = day.year - years
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))


def months_before(day: date, months: int) -> date:
    """Return the same day ``months`` ago; a day that the month has not becomes its last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def has_law_degree(known: Known) -> bool | None:
    """Tell whether a degree of law at bachelor level or above is registered; ``None`` where no degree is known."""
    degrees = known.texts("degrees")
    if degrees is None:
        return None
    return any(code[:1] in "234" and code[1:] in _LAW_DEGREES for code in degrees if code)


def in_post(known: Known, parameters: Parameters, on: date) -> Finding:
    """In the force on the day."""
    state = known.text("state")
    if not state:
        return unknown(N_("该日没有登记在册"))
    return met(N_("在职")) if state == ACTIVE else failed(N_("已不在职"))


def minimum_age(known: Known, parameters: Parameters, on: date) -> Finding:
    """At least so many years old."""
    birth_on, years = known.day("birth_on"), parameters["years"]
    if birth_on is None:
        return unknown(N_("没有登记出生日期"))
    if birth_on > years_before(on, years):
        return failed(N_("出生于 %(birth_on)s，未满 %(years)s 周岁"), birth_on=birth_on, years=years)
    return met(N_("出生于 %(birth_on)s"), birth_on=birth_on)


def below_retirement(known: Known, parameters: Parameters, on: date) -> Finding:
    """Not past the last day on which the law lets anybody of this birth date be kept in post.

    The register does not know of agreed extensions, nor of women who retire at the age of men, so the latest day of
    all counts; past the ordinary day the finding says so and the reviewer decides.
    """
    birth_on, sex = known.day("birth_on"), known.text("sex")
    if birth_on is None or sex not in ("1", "2"):
        return unknown(N_("没有登记出生日期或性别"))
    latest = max(latest_on(birth_on, sex), latest_on(birth_on, "1"))
    if on >= latest:
        return failed(N_("最迟退休日 %(latest_on)s 已过"), latest_on=latest)
    statutory = statutory_on(birth_on, sex)
    if on >= statutory:
        return met(N_("已过一般退休日 %(statutory_on)s，请核对延迟退休手续"), statutory_on=statutory)
    return met(N_("退休日 %(statutory_on)s"), statutory_on=statutory)


def education(known: Known, parameters: Parameters, on: date) -> Finding:
    """Graduated from the asked level or above."""
    code = known.text("education")
    if not code:
        return unknown(N_("没有登记学历"))
    if code not in EDUCATION:
        return unknown(N_("学历代码 %(code)s 不在代码表中"), code=code)
    if code not in EDUCATION_FLOORS[parameters["floor"]]:
        return failed(N_("学历为“%(education)s”"), education=code)
    return met(N_("学历为“%(education)s”"), education=code)


def education_proof(known: Known, parameters: Parameters, on: date) -> Finding:
    """The education is proved by a document."""
    has_proof = known.flag("education_proof")
    if has_proof is None:
        return unknown(N_("没有查到教育经历"))
    return met(N_("已有毕业证明")) if has_proof else failed(N_("没有与所登记学历相符的毕业证明"))


def permitted_staffing(known: Known, parameters: Parameters, on: date) -> Finding:
    """On the establishment, of a kind that may enforce."""
    code = known.text("staffing")
    if not code:
        return unknown(N_("没有登记编制性质"))
    if code not in STAFFING:
        return unknown(N_("编制性质代码 %(code)s 不在代码表中"), code=code)
    if not may_staffing_enforce(STAFFING.by_code(code)):
        return failed(N_("编制性质为“%(staffing)s”"), staffing=code)
    return met(N_("编制性质为“%(staffing)s”"), staffing=code)


def enforcement_post(known: Known, parameters: Parameters, on: date) -> Finding:
    """In a post that enforces: none of those that are shut out, by code, name or a word in it."""
    post = known.text("post")
    if not post:
        return unknown(N_("没有登记岗位"))
    listed = POST.find(post)
    name = listed.name if listed is not None else post
    if any(word in name for word in parameters["not_posts"]):
        return failed(N_("岗位为“%(post)s”，不从事执法"), post=name)
    return met(N_("岗位为“%(post)s”"), post=name)


def photo(known: Known, parameters: Parameters, on: date) -> Finding:
    """A photo that passed its check is on file."""
    has_photo = known.flag("photo")
    if has_photo is None:
        return unknown(N_("没有查到照片"))
    return met(N_("已有照片")) if has_photo else failed(N_("没有照片"))


def unit_time(known: Known, parameters: Parameters, on: date) -> Finding:
    """Long enough in the present unit."""
    arrived_on, months = known.day("arrived_on"), parameters["months"]
    if arrived_on is None:
        return unknown(N_("没有登记到现单位日期"))
    if arrived_on > months_before(on, months):
        return failed(
            N_("%(arrived_on)s 到现单位，未满 %(months)s 个月"), arrived_on=arrived_on, months=months
        )
    return met(N_("%(arrived_on)s 到现单位"), arrived_on=arrived_on)


def _declared(known: Known, name: str, no: str) -> Finding | None:
    """Return what is wrong with a declaration of the unit, or nothing."""
    is_declared = known.flag(name)
    if is_declared is None:
        return unknown(N_("单位还没有声明"))
    return None if is_declared else failed(no)


def health(known: Known, parameters: Parameters, on: date) -> Finding:
    """The unit declares that the person is fit for the post."""
    return _declared(known, "declared_health", N_("单位声明健康状况不符合要求")) or met(
        N_("单位声明身体健康")
    )


def conduct(known: Known, parameters: Parameters, on: date) -> Finding:
    """The unit declares that the conduct is as required."""
    return _declared(known, "declared_conduct", N_("单位声明品行不符合要求")) or met(N_("单位声明品行良好"))


def clean_record(known: Known, parameters: Parameters, on: date) -> Finding:
    """No criminal penalty, no dismissal from public office: neither on record nor by the unit's declaration."""
    punishments = known.punishments()
    barring = [one for one in punishments or () if one.punishment in parameters["punishments"]]
    if barring:
        last = max(barring, key=lambda one: one.decided_on)
        return failed(
            N_("%(decided_on)s 受到“%(punishment)s”"), decided_on=last.decided_on, punishment=last.punishment
        )
    if punishments is None:
        return unknown(N_("没有查到惩处记录"))
    return (
        _declared(known, "declared_no_crime", N_("单位声明曾受刑事处罚"))
        or _declared(known, "declared_no_dismissal", N_("单位声明曾被开除公职"))
        or met(N_("没有刑事处罚和开除公职的记录，单位已声明"))
    )


def statement(known: Known, parameters: Parameters, on: date) -> Finding:
    """The unit has written its opinion."""
    text = known.text("statement")
    if text is None:
        return unknown(N_("还没有建立申请"))
    length = len(text.strip())
    if length < parameters["characters"]:
        return failed(
            N_("单位意见只有 %(length)s 字，至少 %(characters)s 字"),
            length=length,
            characters=parameters["characters"],
        )
    return met(N_("单位已出具意见"))
