"""The conditions of the qualification, one by one, on the days where they turn."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.support.qualified import (
    BOTH_PAPERS,
    FAILING,
    LIVE,
    TODAY,
    exam,
    facts,
    outcome,
    result,
    rules,
)

from warrant.core.eligibility import (
    CHECKS,
    FACTS,
    NATIONAL,
    CertificateFact,
    Fact,
    Facts,
    Outcome,
    RuleResult,
    Source,
    WaiverFact,
    evaluate,
    not_met,
    parse,
)
from warrant.core.eligibility.ruleset import KINDS
from warrant.core.errors import InvalidInput


def test_a_qualified_person_misses_nothing() -> None:
    assert not_met(evaluate(rules(), facts(), TODAY, "first-issue")) == []


def test_whoever_holds_a_certificate_may_renew_but_not_apply_anew() -> None:
    holder = facts(certificates=(LIVE,))
    assert not_met(evaluate(rules(), holder, TODAY, "renewal")) == []
    missing = not_met(evaluate(rules(), holder, TODAY, "first-issue"))
    assert [one.rule_id for one in missing] == ["live-certificate"]
    assert missing[0].found.message % missing[0].found.fields == "已持有证件 32000000018"


def test_whoever_holds_none_may_not_renew() -> None:
    missing = not_met(evaluate(rules(), facts(), TODAY, "renewal"))
    assert [one.rule_id for one in missing] == ["certificate-to-renew"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_known_is_never_met(kind: str) -> None:
    results = evaluate(rules(), {}, TODAY, kind)
    assert {one.outcome for one in results} == {Outcome.UNKNOWN}
    assert all(one.cure.zh and one.cure.en for one in results)


@pytest.mark.parametrize(("changes", "rule_id"), FAILING)
def test_each_condition_that_fails_says_so_with_its_cure(changes: dict[str, Any], rule_id: str) -> None:
    found = result(rule_id, facts(**changes))
    assert found.outcome is Outcome.NOT_MET
    assert found.cure.zh
    assert "%(" not in found.found.message % found.found.fields


def test_every_condition_that_ships_is_seen_to_fail_here() -> None:
    assert {rule_id for _changes, rule_id in FAILING} == {line["id"] for line in NATIONAL["lines"]}


@pytest.mark.parametrize("line", NATIONAL["lines"], ids=lambda line: str(line["id"]))
def test_each_condition_is_met_by_the_qualified_and_unknown_without_its_first_fact(
    line: dict[str, Any],
) -> None:
    held = {"certificates": (CertificateFact("1", "active", date(2030, 1, 1)),)}
    known = facts(**held if line["check"] == "held-certificate" else {})
    assert outcome(line["id"], known) == "met"
    first = CHECKS[line["check"]].reads[0]
    without = {name: fact for name, fact in known.items() if name != first}
    assert outcome(line["id"], without) == "unknown"


def test_a_result_names_the_facts_it_read() -> None:
    known = result("retirement", facts()).facts
    assert {name: fact.value for name, fact in known.items()} == {"birth_on": date(1990, 5, 1), "sex": "1"}


def test_eighteen_is_reached_on_the_birthday() -> None:
    assert outcome("age", facts(birth_on=date(2008, 11, 22))) == "met"


def test_a_birthday_on_29_february_counts_on_1_march_of_a_common_year() -> None:
    known = facts(birth_on=date(2008, 2, 29))
    assert outcome("age", known, date(2026, 2, 28)) == "not-met"
    assert outcome("age", known, date(2026, 3, 1)) == "met"


def test_a_pass_of_29_february_counts_until_28_february_five_years_later() -> None:
    known = facts(examinations=(exam("special-law", date(2024, 2, 29), "80"),))
    assert outcome("examination-special-law", known, date(2029, 2, 28)) == "met"
    assert outcome("examination-special-law", known, date(2029, 3, 1)) == "not-met"


def test_twelve_months_in_the_unit_are_full_on_the_same_day_of_the_next_year() -> None:
    assert outcome("unit-time", facts(arrived_on=date(2025, 11, 22))) == "met"
    assert outcome("unit-time", facts(arrived_on=date(2024, 2, 29)), date(2025, 2, 28)) == "not-met"
    assert outcome("unit-time", facts(arrived_on=date(2024, 2, 29)), date(2025, 3, 1)) == "met"


def test_a_code_that_is_not_in_the_table_is_unknown() -> None:
    assert outcome("education", facts(education="99")) == "unknown"
    assert outcome("staffing", facts(staffing="volunteer")) == "unknown"


def test_the_floor_of_education_is_a_parameter() -> None:
    assert outcome("education", facts(education="61"), parameters={"floor": "secondary"}) == "met"
    assert outcome("education", facts(education="31"), parameters={"floor": "bachelor"}) == "not-met"


def test_a_woman_past_the_ordinary_age_passes_with_a_remark() -> None:
    found = result("retirement", facts(birth_on=date(1970, 6, 1), sex="2")).found
    assert (found.outcome.value, found.fields["statutory_on"]) == ("met", date(2025, 8, 1))


def test_the_general_paper_sat_before_the_special_one_does_not_count() -> None:
    swapped = (exam("special-law", date(2026, 4, 1), "80"), exam("general-law", date(2026, 3, 1), "80"))
    known = facts(examinations=swapped)
    assert outcome("examination-special-law", known) == "met"
    assert outcome("examination-general-law", known) == "not-met"
    assert outcome("examination-general-law", known, parameters={"after_special_law": False}) == "met"


def test_both_papers_on_one_day_count() -> None:
    day = date(2026, 4, 1)
    known = facts(examinations=(exam("special-law", day, "80"), exam("general-law", day, "80")))
    assert outcome("examination-general-law", known) == "met"


@pytest.mark.parametrize(
    ("sat_on", "expected"),
    [(date(2021, 11, 22), "met"), (date(2021, 11, 21), "not-met"), (date(2026, 11, 23), "not-met")],
)
def test_a_pass_counts_for_five_years_and_not_before_it_happened(sat_on: date, expected: str) -> None:
    assert (
        outcome("examination-special-law", facts(examinations=(exam("special-law", sat_on, "80"),)))
        == expected
    )


def test_a_failed_repeat_does_not_take_an_earlier_pass_away() -> None:
    repeat = exam("special-law", date(2026, 9, 1), "59.5")
    assert outcome("examination-special-law", facts(examinations=(*BOTH_PAPERS, repeat))) == "met"


def test_a_mark_just_below_fails_and_says_the_score() -> None:
    found = result(
        "examination-special-law", facts(examinations=(exam("special-law", date(2026, 3, 1), "59.9"),))
    ).found
    assert found.message % found.fields == "2026-03-01 考得 59.9 分，未达 60.0 分"


def test_a_law_degree_exempts_where_the_rule_says_so() -> None:
    lawyer = facts(degrees=("403",), training_hours=40, examinations=())
    assert outcome("training", lawyer) == "not-met"
    assert outcome("training", lawyer, parameters={"law_degree_hours": 20}) == "met"
    assert outcome("training", lawyer, parameters={"law_degree_hours": 19}) == "not-met"
    exempts = {"law_degree_exempts": True}
    assert outcome("examination-general-law", lawyer, parameters=exempts) == "met"
    assert outcome("examination-general-law", facts(examinations=()), parameters=exempts) == "not-met"


def test_a_law_degree_exempts_from_the_basic_subject_only() -> None:
    without_basics = {"training_hours_by_subject": (("practice", 40),), "training_hours": 40}
    assert outcome("training-subjects", facts(**without_basics)) == "not-met"
    lawyer = facts(degrees=("303",), **without_basics)
    found = result("training-subjects", lawyer)
    subjects = {"subjects": {"basic-law": 20, "practice": 40}, "law_degree_exempts": ["basic-law"]}
    assert outcome("training-subjects", lawyer, parameters=subjects) == "met"
    assert found.facts["degrees"].value == ("303",)
    lacking = facts(degrees=("403",), training_hours_by_subject=(("basic-law", 20),), training_hours=20)
    assert outcome("training-subjects", lacking, parameters=subjects) == "not-met"


FIRST_DAY = date(2027, 1, 1)


def subjects_on(known: Facts, on: date = FIRST_DAY) -> list[RuleResult]:
    """How the shipped condition on subjects stands."""
    lines = [line for line in NATIONAL["lines"] if line["id"] == "training-subjects"]
    return evaluate(parse({"lines": lines}), known, on, "first-issue")


def trained(ended_on: str, **subjects: int) -> Facts:
    """The facts of one course of sixty hours; without subjects nobody knows them."""
    by_subject = tuple((name.replace("_", "-"), hours) for name, hours in sorted(subjects.items()))
    asked = (("basic-law", 20), ("practice", 40))
    return facts(
        training_hours_by_day=((ended_on, 60),),
        training_hours_by_subject=by_subject or None,
        training_subjects_asked=asked,
    )


def test_hours_by_subject_are_asked_from_the_first_day_on() -> None:
    known = trained("2027-01-01", practice=60)
    assert subjects_on(known, date(2026, 12, 31)) == []
    found = subjects_on(known)[0]
    assert found.outcome is Outcome.NOT_MET
    assert found.found.message % found.found.fields == "科目“basic-law”还差 20 学时"
    assert subjects_on(trained("2027-01-01", basic_law=20, practice=40))[0].outcome is Outcome.MET


@pytest.mark.parametrize(("ended_on", "expected"), [("2026-12-31", "met"), ("2027-01-01", "unknown")])
def test_courses_that_ended_before_the_first_day_need_no_subjects(ended_on: str, expected: str) -> None:
    found = subjects_on(trained(ended_on))[0]
    assert found.outcome.value == expected
    if expected == "met":
        assert found.found.message % found.found.fields == "2027-01-01 前已完成 60 学时，不要求分科目"


def test_too_few_hours_before_the_first_day_do_not_count_as_enough() -> None:
    early = facts(
        training_hours=59, training_hours_by_day=(("2026-12-31", 59),), training_hours_by_subject=None
    )
    assert subjects_on(early)[0].outcome is Outcome.NOT_MET  # 59 hours cannot hold 20 and 40
    begun = facts(
        training_hours=60,
        training_hours_by_day=(("2026-12-31", 20), ("2027-02-01", 40)),
        training_hours_by_subject=(("practice", 40),),
    )
    assert subjects_on(begun, date(2027, 3, 1))[0].outcome is Outcome.UNKNOWN


def test_hours_of_no_known_subject_leave_it_open_only_while_they_may_fill_the_gap() -> None:
    def with_unnamed(hours: int) -> str:
        known = facts(
            training_hours=40 + hours,
            training_hours_by_day=(("2027-02-01", 40 + hours),),
            training_hours_by_subject=(("practice", 40),),
        )
        return subjects_on(known, date(2027, 3, 1))[0].outcome.value

    assert [with_unnamed(hours) for hours in (0, 19, 20)] == ["not-met", "not-met", "unknown"]


def test_nobody_without_any_course_meets_the_subjects() -> None:
    nothing = facts(training_hours=0, training_hours_by_day=(), training_hours_by_subject=None)
    assert subjects_on(nothing)[0].outcome is Outcome.NOT_MET
    for name in ("training_hours", "training_hours_by_day", "training_subjects_asked"):
        assert subjects_on(facts(**{name: None}))[0].outcome is Outcome.UNKNOWN


def test_a_law_degree_still_exempts_from_the_basic_subject_after_the_first_day() -> None:
    known = {**trained("2027-01-01", practice=40), "training_hours": Fact(40, Source.TRAINING, TODAY)}
    by_degree = {
        degrees: subjects_on({**known, "degrees": Fact(degrees, Source.OFFICER, TODAY)})[0].outcome.value
        for degrees in (("403",), ("408",), None)
    }
    assert by_degree == {("403",): "met", ("408",): "not-met", None: "unknown"}


def test_a_rule_without_a_first_day_keeps_its_old_meaning() -> None:
    old = {"subjects": {"basic-law": 20}, "law_degree_exempts": [], "courses_from": None}
    unnamed = facts(training_hours_by_subject=None)
    assert outcome("training-subjects", unnamed, parameters=old) == "unknown"
    assert outcome("training-subjects", facts(), parameters=old) == "met"
    assert outcome("training-subjects", facts(), parameters={**old, "subjects": {}}) == "met"


@pytest.mark.parametrize("day", ["", "2027-02-30", 20270101, True, []])
def test_a_first_day_that_is_none_is_refused(day: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules("training-subjects", parameters={"courses_from": day})
    assert refused.value.place == "lines.0.parameters.courses_from"


def test_a_renewal_takes_its_hours_from_the_regulation_of_training() -> None:
    line = next(line for line in NATIONAL["lines"] if line["id"] == "in-service-hours")
    assert line["parameters"] == {"hours": 0}
    short = facts(training_hours_by_year=(("2026", 40),), training_hours_asked=(("2025", 60), ("2026", 40)))
    assert outcome("in-service-hours", short) == "met"
    assert outcome("in-service-hours", facts(training_hours_asked=None)) == "unknown"


def test_an_exemption_that_cannot_be_told_leaves_it_open() -> None:
    known = facts(examinations=(), degrees=None)
    assert outcome("examination-general-law", known, parameters={"law_degree_exempts": True}) == "unknown"
    qualified = facts(examinations=(), legal_qualification=True)
    exempts = {"legal_qualification_exempts": True}
    assert outcome("examination-general-law", qualified, parameters=exempts) == "met"
    assert outcome("examination-general-law", facts(examinations=()), parameters=exempts) == "unknown"


@pytest.mark.parametrize(
    ("ended_on", "years", "expected"),
    [
        (date(2024, 11, 22), 2, "met"),
        (date(2024, 11, 23), 2, "not-met"),
        (date(2000, 1, 1), None, "not-met"),
        (None, 2, "unknown"),
    ],
)
def test_revocation_bars_for_the_years_that_the_rule_says_or_for_ever(
    ended_on: date | None, years: int | None, expected: str
) -> None:
    revoked = CertificateFact("32000000018", "revoked", date(2027, 1, 1), ended_on)
    assert (
        outcome("revoked-certificate", facts(certificates=(revoked,)), parameters={"years": years})
        == expected
    )


def test_hours_of_this_year_count_as_well_as_those_of_the_last() -> None:
    assert outcome("in-service-hours", facts(training_hours_by_year=(("2026", 60),))) == "met"
    assert outcome("in-service-hours", facts(training_hours_by_year=(("2024", 60),))) == "not-met"


def test_a_year_asks_its_own_hours_unless_the_condition_says_a_number() -> None:
    more = facts(training_hours_by_year=(("2026", 60),), training_hours_asked=(("2025", 60), ("2026", 90)))
    assert outcome("in-service-hours", more, parameters={"hours": 60}) == "met"
    assert outcome("in-service-hours", more) == "not-met"
    unset = facts(training_hours_asked=(("2026", 60),))
    assert outcome("in-service-hours", unset) == "unknown"


def test_until_last_year_is_assessed_the_year_before_counts() -> None:
    assert outcome("last-assessment", facts(assessment_bands=(("2024", "incompetent"),))) == "not-met"
    assert outcome("last-assessment", facts(assessment_bands=(("2023", "excellent"),))) == "unknown"


def test_a_condition_changed_midway_counts_from_its_day() -> None:
    old = {**NATIONAL["lines"][1], "valid_until": "2026-07-01"}
    new = {
        **old,
        "id": "age-2026",
        "parameters": {"years": 20},
        "valid_from": "2026-07-01",
        "valid_until": None,
    }
    changed = parse({"lines": [old, new]})
    known = facts(birth_on=date(2007, 6, 30))
    asked = {
        day: [(one.rule_id, one.outcome.value) for one in evaluate(changed, known, day, "first-issue")]
        for day in (date(2026, 6, 30), date(2026, 7, 1))
    }
    assert asked == {
        date(2026, 6, 30): [("age", "met")],
        date(2026, 7, 1): [("age-2026", "not-met")],
    }
    assert evaluate(changed, known, date(2009, 11, 24), "first-issue") == []


def test_a_condition_of_one_category_is_asked_of_nobody_else() -> None:
    line = {**NATIONAL["lines"][1], "categories": ["02"]}
    ruleset = parse({"lines": [line]})
    assert len(evaluate(ruleset, facts(categories=("02", "08")), TODAY, "first-issue")) == 1
    assert evaluate(ruleset, facts(categories=("08",)), TODAY, "first-issue") == []


@pytest.mark.parametrize(
    ("waiver", "is_waivable", "expected"),
    [
        (WaiverFact("training", 7, date(2026, 1, 1), TODAY), True, "waived"),
        (WaiverFact("training", 7, date(2026, 1, 1), date(2026, 11, 21)), True, "not-met"),
        (WaiverFact("training", 7, date(2026, 11, 23), date(2027, 1, 1)), True, "not-met"),
        (WaiverFact("education", 7, date(2026, 1, 1), TODAY), True, "not-met"),
        (WaiverFact("training", 7, date(2026, 1, 1), TODAY), False, "not-met"),
    ],
)
def test_a_waiver_counts_for_its_own_condition_in_its_time_where_the_line_may_be_waived(
    waiver: WaiverFact, is_waivable: bool, expected: str
) -> None:
    found = result("training", facts(training_hours=1, waivers=(waiver,)), is_waivable=is_waivable)
    assert found.outcome.value == expected
    assert found.is_met == (expected == "waived")


def test_a_waiver_changes_nothing_where_the_condition_is_met() -> None:
    found = result("training", facts(waivers=(WaiverFact("training", 7, TODAY, TODAY),)))
    assert (found.outcome, found.waiver) == (Outcome.MET, None)


def test_every_check_reads_facts_that_there_are() -> None:
    assert {name for check in CHECKS.values() for name in check.reads} <= FACTS.keys()
