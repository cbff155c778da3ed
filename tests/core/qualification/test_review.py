"""What is looked at in an annual review, and until when it has to be done."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.errors import InvalidInput
from warrant.core.qualification.review import (
    FINDINGS,
    NATIONAL,
    ReviewFacts,
    parse,
    review_findings,
)

RULES = parse(NATIONAL)
GOOD = ReviewFacts(
    year=2026,
    on=date(2026, 12, 1),
    certificate_state="active",
    valid_until=date(2028, 5, 1),
    hours=60,
    hours_asked=60,
    band="competent",
    punished_on=(),
    unit_printed="昆山市交通运输综合行政执法大队",
    unit_now="昆山市交通运输综合行政执法大队",
    renewal_reason="",
    photo_on=date(2021, 12, 1),
)


def test_a_certificate_that_meets_everything_needs_nobody():
    assert review_findings(RULES, GOOD) == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"certificate_state": "lost"}, "not-in-use"),
        ({"certificate_state": "withheld"}, "not-in-use"),
        ({"hours": 59}, "hours-short"),
        ({"band": ""}, "assessment-missing"),
        ({"band": "basically-competent"}, "assessment-poor"),
        ({"band": "not-graded"}, "assessment-poor"),
        ({"punished_on": (date(2026, 3, 1),)}, "punished"),
        ({"valid_until": date(2027, 3, 30)}, "expires-soon"),
        ({"unit_now": "太仓市交通运输综合行政执法大队"}, "unit-changed"),
        ({"renewal_reason": "门类有变"}, "entries-changed"),
        ({"photo_on": None}, "photo-missing"),
        ({"photo_on": date(2021, 11, 30)}, "photo-old"),
    ],
)
def test_each_shortcoming_is_told(change: dict[str, Any], code: str):
    assert [one.code for one in review_findings(RULES, replace(GOOD, **change))] == [code]


def test_every_finding_words_its_values():
    everything = replace(
        GOOD,
        certificate_state="lost",
        hours=1,
        band="",
        punished_on=(date(2026, 3, 1),),
        valid_until=date(2026, 12, 31),
        unit_now="别的单位",
        photo_on=date(2015, 1, 1),
    )
    words = [FINDINGS[one.code] % one.fields for one in review_findings(RULES, everything)]
    assert words == [
        "证件不是有效状态",
        "2026 年学时 1，要求 60",
        "没有 2026 年度考核记录",
        "2026-03-01 受到惩处",
        "证件 2026-12-31 到期，早于年审截止日",
        "证上单位为昆山市交通运输综合行政执法大队，现在别的单位",
        "照片是 2015-01-01 的，已超过 5 年",
    ]


def test_a_certificate_valid_on_the_last_day_is_valid_long_enough():
    assert review_findings(RULES, replace(GOOD, valid_until=date(2027, 3, 31))) == ()


def test_the_last_day_and_the_first_warned():
    assert RULES.due_on(2026) == date(2027, 3, 31)
    assert RULES.warned_from(2026) == date(2027, 1, 30)


def changed(line: int, **values: Any) -> dict[str, Any]:
    content: dict[str, Any] = copy.deepcopy(dict(NATIONAL))
    content["lines"][line].update(values)
    return content


def test_a_day_that_the_month_does_not_have_is_its_last():
    rules = parse(changed(0, due_month=2, due_day=31))
    assert (rules.due_on(2026), rules.due_on(2027)) == (date(2027, 2, 28), date(2028, 2, 29))


def test_december_of_the_year_itself_may_be_the_end():
    assert parse(changed(0, years_later=0, due_month=12)).due_on(2026) == date(2026, 12, 31)


def test_a_line_that_is_switched_off_finds_nothing():
    assert review_findings(parse(changed(2, is_asked=False)), replace(GOOD, hours=0)) == ()


@pytest.mark.parametrize(
    ("line", "values", "place"),
    [
        (0, {"due_month": 13}, "lines.0.due_month"),
        (0, {"warning_days": True}, "lines.0.warning_days"),
        (7, {"years": 0}, "lines.7.years"),
        (1, {"is_asked": "yes"}, "lines.1.is_asked"),
        (1, {"title": {"zh": "有效"}}, "lines.1.title.en"),
        (1, {"basis": None}, "lines.1.basis.zh"),
        (1, {"id": "height"}, "lines.1.id"),
    ],
)
def test_a_wrong_value_is_refused_at_its_place(line: int, values: dict[str, Any], place: str):
    with pytest.raises(InvalidInput) as refused:
        parse(changed(line, **values))
    assert refused.value.place == place


def test_no_line_may_be_missing():
    with pytest.raises(InvalidInput, match="review-line-missing"):
        parse({"lines": list(NATIONAL["lines"])[1:]})


@given(st.integers(2000, 2100), st.integers(1, 12), st.integers(1, 31), st.integers(1, 180))
def test_the_warning_always_begins_before_the_last_day(year: int, month: int, day: int, days: int):
    rules = parse(changed(0, due_month=month, due_day=day, warning_days=days))
    assert rules.due_on(year).month == month
    assert (rules.due_on(year) - rules.warned_from(year)).days == days
