"""The conditions of the qualification, one by one, on the days where they turn."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from warrant.core.eligibility import (
    RULES,
    ExaminationFact,
    Facts,
    Outcome,
    Rule,
    evaluate,
    not_met,
    pass_mark_on,
)
from warrant.core.eligibility.finding import met

TODAY = date(2026, 11, 22)
SIXTY = Decimal("60.0")


def exam(paper: str, sat_on: date, score: str) -> ExaminationFact:
    return ExaminationFact(paper, sat_on, Decimal(score), SIXTY)


QUALIFIED = Facts(
    birth_on=date(1990, 5, 1),
    sex="1",
    education="21",
    staffing="civil-servant",
    has_photo=True,
    has_education_proof=True,
    training_hours=60,
    examinations=(
        exam("special-law", date(2026, 3, 1), "60.0"),
        exam("general-law", date(2026, 4, 1), "75.5"),
    ),
    statement="品行良好，身体健康，适合执法岗位",
    live_certificate="",
    revoked_certificate="",
    other_open_application="",
)


def outcome(facts: Facts, rule_id: str, on: date = TODAY) -> str:
    return next(result.outcome.value for result in evaluate(facts, RULES, on) if result.rule_id == rule_id)


def test_a_qualified_person_misses_nothing() -> None:
    assert not_met(evaluate(QUALIFIED, RULES, TODAY)) == []


def test_what_is_not_known_is_never_met() -> None:
    assert {result.outcome for result in evaluate(Facts(), RULES, TODAY)} == {Outcome.UNKNOWN}


@pytest.mark.parametrize("name", [field.name for field in fields(Facts)])
def test_each_unknown_fact_is_missing(name: str) -> None:
    missing = not_met(evaluate(replace(QUALIFIED, **{name: None}), RULES, TODAY))
    assert missing
    assert all(result.outcome is Outcome.UNKNOWN and result.cure for result in missing)


@pytest.mark.parametrize(
    ("changes", "rule_id"),
    [
        ({"birth_on": date(2008, 11, 23)}, "age"),
        ({"birth_on": date(1960, 1, 1)}, "retirement"),
        ({"education": "61"}, "education"),
        ({"education": "32"}, "education"),
        ({"staffing": "contract"}, "staffing"),
        ({"has_photo": False}, "photo"),
        ({"has_education_proof": False}, "education-proof"),
        ({"training_hours": 59}, "training"),
        ({"statement": "同意"}, "statement"),
        ({"live_certificate": "32000000018"}, "live-certificate"),
        ({"revoked_certificate": "32000000018"}, "revoked-certificate"),
        ({"other_open_application": "A322026000001"}, "open-application"),
    ],
)
def test_each_condition_that_fails_is_named_alone_with_its_cure(
    changes: dict[str, Any], rule_id: str
) -> None:
    missing = not_met(evaluate(replace(QUALIFIED, **changes), RULES, TODAY))
    assert [(result.rule_id, result.outcome.value) for result in missing] == [(rule_id, "not-met")]
    assert missing[0].cure


def test_eighteen_is_reached_on_the_birthday() -> None:
    assert outcome(replace(QUALIFIED, birth_on=date(2008, 11, 22)), "age") == "met"


def test_a_birthday_on_29_february_counts_on_1_march_of_a_common_year() -> None:
    facts = replace(QUALIFIED, birth_on=date(2008, 2, 29))
    assert outcome(facts, "age", date(2026, 2, 28)) == "not-met"
    assert outcome(facts, "age", date(2026, 3, 1)) == "met"


def test_a_code_that_is_not_in_the_table_is_unknown() -> None:
    assert outcome(replace(QUALIFIED, education="99"), "education") == "unknown"
    assert outcome(replace(QUALIFIED, staffing="volunteer"), "staffing") == "unknown"


def test_a_woman_past_the_ordinary_age_passes_with_a_remark() -> None:
    results = evaluate(replace(QUALIFIED, birth_on=date(1970, 6, 1), sex="2"), RULES, TODAY)
    found = next(result.found for result in results if result.rule_id == "retirement")
    assert (found.outcome.value, found.fields["statutory_on"]) == ("met", date(2025, 8, 1))


def test_the_general_paper_sat_before_the_special_one_does_not_count() -> None:
    swapped = (exam("special-law", date(2026, 4, 1), "80"), exam("general-law", date(2026, 3, 1), "80"))
    facts = replace(QUALIFIED, examinations=swapped)
    assert outcome(facts, "examination-special-law") == "met"
    assert outcome(facts, "examination-general-law") == "not-met"


def test_both_papers_on_one_day_count() -> None:
    day = date(2026, 4, 1)
    facts = replace(QUALIFIED, examinations=(exam("special-law", day, "80"), exam("general-law", day, "80")))
    assert outcome(facts, "examination-general-law") == "met"


@pytest.mark.parametrize(
    ("sat_on", "expected"),
    [(date(2021, 11, 22), "met"), (date(2021, 11, 21), "not-met"), (date(2026, 11, 23), "not-met")],
)
def test_a_pass_counts_for_five_years_and_not_before_it_happened(sat_on: date, expected: str) -> None:
    facts = replace(QUALIFIED, examinations=(exam("special-law", sat_on, "80"),))
    assert outcome(facts, "examination-special-law") == expected


def test_a_failed_repeat_does_not_take_an_earlier_pass_away() -> None:
    repeat = exam("special-law", date(2026, 9, 1), "59.5")
    facts = replace(QUALIFIED, examinations=(*(QUALIFIED.examinations or ()), repeat))
    assert outcome(facts, "examination-special-law") == "met"


def test_a_mark_just_below_fails_and_says_the_score() -> None:
    facts = replace(QUALIFIED, examinations=(exam("special-law", date(2026, 3, 1), "59.9"),))
    found = evaluate(facts, [r for r in RULES if r.rule_id == "examination-special-law"], TODAY)[0].found
    assert found.message % found.fields == "2026-03-01 考得 59.9 分，未达 60.0 分"


def test_a_rule_counts_from_its_first_day_until_its_last() -> None:
    rule = Rule(
        "x",
        "t",
        "b",
        "c",
        lambda f, p, d: met("m"),
        valid_from=date(2026, 1, 1),
        valid_until=date(2027, 1, 1),
    )
    assert [
        len(evaluate(Facts(), [rule], day))
        for day in (date(2025, 12, 31), date(2026, 1, 1), date(2027, 1, 1))
    ] == [0, 1, 0]


def test_the_pass_mark_is_sixty() -> None:
    assert pass_mark_on(date(2026, 3, 1)) == Decimal("60.0")
    assert pass_mark_on(date(2001, 3, 1)) == Decimal("60.0")
