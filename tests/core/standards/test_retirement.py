"""Retirement ages: values from the published tables of the 2025 reform."""

from datetime import date

import pytest

from warrant.core.standards import retirement


@pytest.mark.parametrize(
    ("born_on", "sex_code", "statutory_on"),
    [
        (date(1964, 12, 31), "1", date(2024, 12, 31)),
        (date(1965, 1, 15), "1", date(2025, 2, 15)),
        (date(1965, 5, 15), "1", date(2025, 7, 15)),
        (date(1976, 12, 1), "1", date(2039, 12, 1)),
        (date(1969, 12, 1), "2", date(2024, 12, 1)),
        (date(1970, 1, 21), "2", date(2025, 2, 21)),
        (date(1981, 9, 1), "2", date(2039, 9, 1)),
        (date(1964, 2, 29), "1", date(2024, 2, 29)),
    ],
)
def test_statutory_day_follows_the_dated_table(born_on, sex_code, statutory_on):
    assert retirement.statutory_on(born_on, sex_code) == statutory_on


def test_extension_is_only_open_to_those_who_reach_the_age_from_2025():
    assert retirement.latest_on(date(1964, 12, 31), "1") == date(2024, 12, 31)
    assert retirement.latest_on(date(1970, 1, 21), "2") == date(2028, 2, 21)
