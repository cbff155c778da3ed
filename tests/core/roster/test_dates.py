"""Dates in every spelling."""

import contextlib
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.errors import InvalidInput
from warrant.core.roster.dates import PartialDate, read_date


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (date(1994, 4, 25), "1994-04-25"),
        (datetime(1994, 4, 25, 8, 30), "1994-04-25"),
        ("1994-04-25", "1994-04-25"),
        ("1994/4/25", "1994-04-25"),
        ("1994.4.25", "1994-04-25"),
        ("1994年4月25日", "1994-04-25"),
        ("1994 年 4 月 25 日", "1994-04-25"),
        ("1994年4月25号", "1994-04-25"),
        ("\uff11\uff19\uff19\uff14\uff0d\uff10\uff14\uff0d\uff12\uff15", "1994-04-25"),
        ("1994-04-25 00:00:00", "1994-04-25"),
        ("19940425", "1994-04-25"),
        (19940425.0, "1994-04-25"),
        (19940425, "1994-04-25"),
        ("一九九四年四月二十五日", "1994-04-25"),
        ("二〇〇四年十二月", "2004-12"),
        ("1995.09", "1995-09"),
        (1995.09, "1995-09"),
        (1995.12, "1995-12"),
        ("1995-9", "1995-09"),
        ("1995年9月", "1995-09"),
        ("199509", "1995-09"),
        (199509.0, "1995-09"),
        ("1995", "1995"),
        ("1995年", "1995"),
        (34449.0, "1994-04-25"),
        ("34449", "1994-04-25"),
        ("94.04.25", "1994-04-25"),
        ("94年4月", "1994-04"),
        ("05-7", "2005-07"),
        (85.3, "1985-03"),
        ("25-Apr-1994", "1994-04-25"),
        ("Apr-94", "1994-04"),
        ("April 25, 1994", "1994-04-25"),
    ],
)
def test_spelling_is_read_with_the_precision_it_has(written, meant):
    assert str(read_date(written).value) == meant


@pytest.mark.parametrize(
    "written",
    [
        "1994/4/31",
        "1995.13",
        "19940230",
        "不详",
        "25/04/1994",
        "1994-00-10",
        True,
        12.5,
        "1700-01-01",
        "2024-02-30",
    ],
)
def test_what_is_no_real_date_is_refused(written):
    with pytest.raises(InvalidInput) as caught:
        read_date(written)
    assert caught.value.code == "bad-date"


@pytest.mark.parametrize("written", ["85年3月", "85.3", 85.3, "Mar-85"])
def test_a_year_in_two_digits_says_so(written):
    assert read_date(written).note == "date-short-year"


def test_number_with_one_decimal_may_be_january_or_october_and_says_so():
    reading = read_date(1995.1)
    assert (str(reading.value), reading.note) == ("1995-10", "date-ambiguous")
    assert read_date("1995.1").note == ""
    assert str(read_date("1995.1").value) == "1995-01"


def test_month_covers_its_days_and_no_other():
    september = PartialDate(1995, 9)
    assert september.covers(date(1995, 9, 30))
    assert not september.covers(date(1995, 10, 1))


@given(st.dates(date(1900, 3, 1), date(2099, 12, 31)))
def test_every_day_survives_each_spelling(day):
    spellings = [
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}/{day.month}/{day.day}",
    ]
    assert {read_date(spelling).value.first_on for spelling in spellings} == {day}


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused_and_nothing_else(text):
    with contextlib.suppress(InvalidInput):
        assert 1900 <= read_date(text).value.year < 2100
