"""Working days, with the tables of 2025 to 2027."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from typing import Any

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.errors import InvalidInput
from warrant.core.regulation.calendar import NATIONAL, NATIONAL_CALENDAR, parse

DAYS = st.dates(date(2024, 6, 1), date(2028, 6, 1))


@pytest.mark.parametrize("year", [2025, 2026])
def test_every_day_is_as_in_an_independent_table(year):
    day = date(year, 1, 1)
    while day.year == year:
        assert NATIONAL_CALENDAR.is_workday(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        (date(2026, 2, 13), True),  # Friday before the Spring Festival
        (date(2026, 2, 14), True),  # Saturday, worked instead
        (date(2026, 2, 15), False),
        (date(2026, 2, 23), False),  # Monday, the last day off
        (date(2026, 2, 24), True),
        (date(2026, 2, 28), True),  # Saturday, worked instead
        (date(2027, 2, 10), False),  # made up for Sunday the 7th
        (date(2027, 2, 11), True),
        (date(2028, 10, 2), True),  # a year without a table: an ordinary Monday
        (date(2028, 2, 29), True),
    ],
)
def test_holidays_and_worked_weekends(day, is_worked):
    assert NATIONAL_CALENDAR.is_workday(day) is is_worked


def test_only_published_years_are_certain():
    assert NATIONAL_CALENDAR.is_certain(date(2026, 12, 31))
    assert not NATIONAL_CALENDAR.is_certain(date(2027, 1, 4))
    assert not NATIONAL_CALENDAR.is_certain(date(2028, 1, 4))
    assert NATIONAL_CALENDAR.years == (2025, 2026, 2027)


def test_ten_working_days_over_the_spring_festival():
    # 2026-02-09 Monday; 10 11 12 13 14(Sat, worked) 24 25 26 27 28(Sat, worked)
    assert NATIONAL_CALENDAR.add_workdays(date(2026, 2, 9), 10) == date(2026, 2, 28)


def test_the_day_itself_does_not_count():
    assert NATIONAL_CALENDAR.add_workdays(date(2026, 11, 23), 0) == date(2026, 11, 23)
    assert NATIONAL_CALENDAR.add_workdays(date(2026, 11, 21), 1) == date(2026, 11, 23)  # from a Saturday
    assert NATIONAL_CALENDAR.workdays_between(date(2026, 11, 20), date(2026, 11, 23)) == 1


def test_a_negative_number_of_days_is_refused():
    with pytest.raises(InvalidInput):
        NATIONAL_CALENDAR.add_workdays(date(2026, 1, 5), -1)


@given(DAYS, st.integers(0, 300))
def test_counting_undoes_adding(day, count):
    assert NATIONAL_CALENDAR.workdays_between(day, NATIONAL_CALENDAR.add_workdays(day, count)) == count


@given(DAYS, DAYS)
def test_counting_agrees_with_looking_at_each_day(one, other):
    first, last = sorted((one, other))
    worked = sum(
        NATIONAL_CALENDAR.is_workday(first + timedelta(days=step))
        for step in range(1, (last - first).days + 1)
    )
    assert NATIONAL_CALENDAR.workdays_between(first, last) == worked
    assert NATIONAL_CALENDAR.workdays_between(last, first) == -worked


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda lines: lines[1].update(id="26"), "lines.1.id"),
        (lambda lines: lines[1]["holidays"][0].update(until="2025-12-31"), "lines.1.holidays.0.until"),
        (lambda lines: lines[1]["holidays"][0].update(until="2026-13-01"), "lines.1.holidays.0.until"),
        (lambda lines: lines[1]["holidays"][1].update({"from": "2026-01-03"}), "lines.1.holidays.1.until"),
        (
            lambda lines: lines[1]["holidays"][2].update({"from": "2026-02-23", "until": "2026-02-23"}),
            "lines.1.holidays.2.from",
        ),
        (lambda lines: lines[1]["workdays"].append("2026-03-04"), "lines.1.workdays.6"),
        (lambda lines: lines[1]["workdays"].append("2026-02-15"), "lines.1.workdays.6"),
        (lambda lines: lines[1]["workdays"].append("2027-01-02"), "lines.1.workdays.6"),
        (lambda lines: lines[1].update(basis={"zh": "通知", "en": ""}), "lines.1.basis.en"),
        (lambda lines: lines[1].update(is_assumption="no"), "lines.1.is_assumption"),
        (lambda lines: lines.clear(), "lines"),
    ],
)
def test_a_wrong_table_is_refused_at_its_place(change, place):
    content: Any = copy.deepcopy(NATIONAL)
    change(content["lines"])
    with pytest.raises(InvalidInput) as refusal:
        parse(content)
    assert refusal.value.place == place
