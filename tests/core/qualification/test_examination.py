"""The rules of examinations: who may sit a paper, on what two people agree, what a score sheet says."""

from __future__ import annotations

import copy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.errors import Conflict, InvalidInput
from warrant.core.qualification.examination import NATIONAL, Attempt, check_candidate, counts_until, parse
from warrant.core.qualification.scores import (
    agreed,
    read_score,
    read_sheet,
)

RULES = parse(NATIONAL)
ON = date(2026, 11, 22)


def test_the_shipped_content_has_both_papers():
    assert RULES.of("special-law").pass_mark == Decimal(60)
    assert RULES.of("general-law").after == "special-law"


@pytest.mark.parametrize(
    ("history", "code"),
    [
        ([], "paper-before-not-passed"),
        ([Attempt("special-law", date(2026, 3, 1), False)], "paper-before-not-passed"),
        ([Attempt("special-law", date(2026, 11, 23), True)], "paper-before-not-passed"),
        ([Attempt("special-law", date(2026, 3, 1), True)], None),
    ],
)
def test_the_general_paper_waits_for_the_special_one(history, code):
    if code is None:
        check_candidate(RULES, "general-law", ON, history)
    else:
        with pytest.raises(Conflict) as raised:
            check_candidate(RULES, "general-law", ON, history)
        assert raised.value.code == code


def test_a_paper_is_sat_three_times_in_twelve_months():
    days = [date(2025, 11, 23), date(2026, 3, 1), date(2026, 6, 1)]
    with pytest.raises(Conflict, match="最多"):
        check_candidate(RULES, "special-law", ON, [Attempt("special-law", day, False) for day in days])
    days[0] = date(2025, 11, 22)
    check_candidate(RULES, "special-law", ON, [Attempt("special-law", day, False) for day in days])


def test_a_window_that_ends_on_29_february_starts_on_the_28th():
    leap = date(2028, 2, 29)
    days = [date(2027, 3, 1), date(2027, 6, 1), date(2027, 9, 1)]
    with pytest.raises(Conflict):
        check_candidate(RULES, "special-law", leap, [Attempt("special-law", day, False) for day in days])
    days[0] = date(2027, 2, 28)
    check_candidate(RULES, "special-law", leap, [Attempt("special-law", day, False) for day in days])


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"pass_mark": 0}, "lines.0.pass_mark"),
        ({"pass_mark": "60"}, "lines.0.pass_mark"),
        ({"most_sittings": True}, "lines.0.most_sittings"),
        ({"after": "special-law"}, "lines.0.after"),
        ({"after": "general-law"}, "lines"),
        ({"id": "other"}, "lines.0.id"),
        ({"basis": {"zh": "有"}}, "lines.0.basis.en"),
    ],
)
def test_a_fault_in_the_regulation_is_named_by_its_place(change, place):
    content: Any = copy.deepcopy(NATIONAL)
    content["lines"][0].update(change)
    with pytest.raises(InvalidInput) as raised:
        parse(content)
    assert raised.value.place == place


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("82.5", "82.5"), (" 82.50 ", "82.5"), ("８０", "80"), ("100", "100"), ("0", "0"), ("缺考", "absent")],
)
def test_a_score_has_one_form(typed, kept):
    assert read_score(typed) == kept


@pytest.mark.parametrize("typed", ["", "101", "-1", "82.55", "8e1", "NaN", "八十", "1_0", "+5"])
def test_what_is_no_score_is_refused(typed):
    with pytest.raises(InvalidInput):
        read_score(typed)


@given(st.text(max_size=12))
def test_reading_a_score_raises_one_kind_of_error_or_keeps_its_form(text):
    try:
        kept = read_score(text)
    except InvalidInput:
        return
    assert read_score(kept) == kept


@pytest.mark.parametrize(
    ("entered", "result"),
    [([], None), (["80"], None), (["80", "80"], "80"), (["80", "81"], None), (["80", "81", "81"], "81")],
)
def test_a_score_stands_when_two_people_entered_it(entered, result):
    assert agreed(entered) == result


SHEET = [
    ["2026年第一次考试"],
    ["考号", "姓名", "单位", "成绩"],
    [1.0, "林书白", "", 82.5],
    ["2", "陈予安", "", "缺考"],
]
PEOPLE = {1: "林书白", 2: "陈予安"}


def test_a_score_sheet_is_read_by_its_heading():
    reading = read_sheet(SHEET, PEOPLE)
    assert (reading.scores, reading.findings) == ({1: "82.5", 2: "absent"}, [])


@pytest.mark.parametrize(
    ("row", "at", "words"),
    [
        (["3", "赵明澈", "", "60"], 5, "不在考生名单中"),
        (["2", "陈予安", "", "70"], 5, "出现了两次"),
    ],
)
def test_a_wrong_row_is_named_by_its_number(row, at, words):
    reading = read_sheet([*SHEET, row], PEOPLE)
    assert [(one.row, words in one.message) for one in reading.findings] == [(at, True)]


def test_a_name_that_does_not_belong_to_the_number_is_found():
    (finding,) = read_sheet([*SHEET[:2], ["1", "陈予安", "", "60"]], PEOPLE).findings
    assert finding.fields == {"number": "1", "name": "林书白", "given": "陈予安"}


def test_whoever_is_missing_is_named():
    (finding,) = read_sheet(SHEET[:3], PEOPLE).findings
    assert finding.fields["names"] == "2 陈予安"


def test_a_sheet_without_the_heading_is_refused():
    with pytest.raises(InvalidInput, match="考号"):
        read_sheet([["a", "b"]], PEOPLE)


@pytest.mark.parametrize(
    ("sat_on", "until"),
    [
        (date(2024, 2, 29), date(2029, 2, 28)),
        (date(2023, 2, 28), date(2028, 2, 29)),
        (date(2024, 2, 28), date(2029, 2, 28)),
        (date(2026, 9, 20), date(2031, 9, 20)),
    ],
)
def test_a_pass_counts_to_the_same_day_years_later(sat_on: date, until: date) -> None:
    assert counts_until(sat_on, 5) == until


def test_who_lacks_the_hours_that_a_province_asks_for_may_not_sit() -> None:
    lines = [{**line, "hours_before": 40} for line in NATIONAL["lines"]]
    rules = parse({"lines": lines})
    with pytest.raises(Conflict) as raised:
        check_candidate(rules, "special-law", date(2026, 11, 10), [], 39)
    assert (raised.value.code, raised.value.fields["asked"]) == ("not-trained", 40)
    check_candidate(rules, "special-law", date(2026, 11, 10), [], 40)
    older = [{key: value for key, value in line.items() if key != "hours_before"} for line in lines]
    assert parse({"lines": older}).of("special-law").hours_before == 0
