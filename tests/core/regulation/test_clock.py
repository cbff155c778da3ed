"""Time limits: written-out days around a holiday, and rules that hold for every beginning and limit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.regulation.calendar import NATIONAL_CALENDAR
from warrant.core.regulation.clock import LEAST_LEFT, Stage, Standing, Term, left_of, standing_of, term_of

DAYS = st.dates(date(2025, 1, 1), date(2027, 6, 30))
LIMITS = st.integers(1, 40)


def test_five_working_days_before_the_national_holiday_end_after_it() -> None:
    # Monday 28 September 2026: 29, 30, then 8, 9 and the worked Saturday 10 October.
    assert term_of(NATIONAL_CALENDAR, date(2026, 9, 28), 5, 1) == Term(date(2026, 10, 9), date(2026, 10, 10))


def test_what_comes_on_a_saturday_counts_from_monday() -> None:
    assert term_of(NATIONAL_CALENDAR, date(2026, 11, 21), 1).due_on == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 11, 23), Standing(Stage.IN_TIME, 4)),
        (date(2026, 11, 26), Standing(Stage.WARNING, 1)),
        (date(2026, 11, 27), Standing(Stage.WARNING, 0)),
        (date(2026, 11, 28), Standing(Stage.OVERDUE, 0)),
        (date(2026, 11, 30), Standing(Stage.OVERDUE, 1)),
    ],
)
def test_the_standing_in_the_days_around_the_due_day(today: date, expected: Standing) -> None:
    assert standing_of(NATIONAL_CALENDAR, Term(date(2026, 11, 26), date(2026, 11, 27)), today) == expected


@pytest.mark.parametrize(("limit", "used", "left"), [(10, 3, 7), (5, 5, 2), (5, 9, 2), (1, 1, 1), (5, 0, 5)])
def test_a_correction_leaves_what_was_not_used_but_time_enough_to_look(
    limit: int, used: int, left: int
) -> None:
    assert left_of(limit, used) == left


@given(DAYS, LIMITS, st.integers(0, 39), st.integers(0, 60))
def test_the_due_day_is_worked_and_the_warning_never_comes_after_it(
    begun_on: date, limit: int, warning: int, used: int
) -> None:
    term = term_of(NATIONAL_CALENDAR, begun_on, limit, warning, used)
    assert begun_on <= term.warn_on <= term.due_on
    assert NATIONAL_CALENDAR.is_workday(term.due_on)
    assert min(limit, LEAST_LEFT) <= NATIONAL_CALENDAR.workdays_between(begun_on, term.due_on) <= limit


@given(DAYS, LIMITS, st.integers(0, 39))
def test_the_stages_follow_one_another_day_by_day_and_never_go_back(
    begun_on: date, limit: int, warning: int
) -> None:
    term = term_of(NATIONAL_CALENDAR, begun_on, limit, warning)
    days = [begun_on + timedelta(days=count) for count in range((term.due_on - begun_on).days + 5)]
    found = [standing_of(NATIONAL_CALENDAR, term, day) for day in days]
    order = [Stage.IN_TIME, Stage.WARNING, Stage.OVERDUE]
    places = [order.index(each.stage) for each in found]
    assert places == sorted(places)
    assert found[0].workdays == limit
    assert all(each.workdays >= 0 for each in found)
    assert found[days.index(term.due_on)] == Standing(Stage.WARNING, 0)
