"""Medians and nine tenths agree with the sorted list; periods are compared with the one before them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.errors import InvalidInput
from warrant.core.qualification.lead_times import Period, Spread, checked_period, month_of


@given(st.lists(st.integers(0, 60), min_size=1, max_size=80), st.integers(1, 100))
def test_so_many_of_a_hundred_stay_within(days: list[int], percent: int):
    spread = Spread()
    for each in days:
        spread.add(each)
    found = spread.within(percent)
    assert found is not None
    assert sum(each <= found for each in days) * 100 >= percent * len(days)
    assert sum(each < found for each in days) * 100 < percent * len(days)
    assert spread.total == len(days)


def test_without_cases_there_is_no_median():
    assert Spread().within(50) is None


def test_the_median_of_two_is_the_lower_one():
    assert Spread({3: 1, 8: 1}).within(50) == 3
    assert Spread({3: 9, 8: 1}).within(90) == 3
    assert Spread({3: 8, 8: 2}).within(90) == 8


@pytest.mark.parametrize(
    ("from_on", "until_on", "before"),
    [
        (date(2026, 11, 1), date(2026, 11, 30), (date(2026, 10, 1), date(2026, 10, 31))),
        (date(2026, 3, 1), date(2026, 3, 31), (date(2026, 2, 1), date(2026, 2, 28))),
        (date(2026, 1, 1), date(2026, 3, 31), (date(2025, 10, 1), date(2025, 12, 31))),
        (date(2026, 1, 1), date(2026, 12, 31), (date(2025, 1, 1), date(2025, 12, 31))),
        (date(2026, 11, 9), date(2026, 11, 15), (date(2026, 11, 2), date(2026, 11, 8))),
        (date(2026, 11, 9), date(2026, 11, 9), (date(2026, 11, 8), date(2026, 11, 8))),
    ],
)
def test_a_period_is_compared_with_the_one_before(from_on: date, until_on: date, before: tuple[date, date]):
    assert Period(from_on, until_on).before() == Period(*before)


def test_a_month_ends_with_its_last_day():
    assert month_of(date(2028, 2, 29)) == Period(date(2028, 2, 1), date(2028, 2, 29))
    assert month_of(date(2026, 12, 1)) == Period(date(2026, 12, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("from_on", "until_on", "code"),
    [
        (date(2026, 11, 2), date(2026, 11, 1), "date-order"),
        (date(2020, 1, 1), date(2026, 1, 1), "period-too-long"),
        (date(1999, 12, 31), date(2000, 1, 1), "period-too-long"),
    ],
)
def test_a_period_has_an_order_and_an_end(from_on: date, until_on: date, code: str):
    with pytest.raises(InvalidInput, match=code):
        checked_period(from_on, until_on)
