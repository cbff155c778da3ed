"""Dates in every spelling that rosters use, kept with the precision in which they were written."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from warrant.core.errors import N_, InvalidInput
from warrant.core.roster.grid import CellValue
from warrant.core.roster.text import text_of, without_blanks, without_hidden

EARLIEST_YEAR = 1900
LATEST_YEAR = 2100
PIVOT_YEAR = 30
"""Of years in two digits: 30 and below are of this century. Nobody in service was born before 1931."""
SERIAL_ZERO = date(1899, 12, 30)
"""Day 0 of spreadsheet serial numbers in the 1900 system, for all days after February 1900."""

_CLOCK = re.compile(r"[T ]?\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_SEPARATED = re.compile(r"(\d{4})[-/.年,、·\\_](\d{1,2})(?:月?份?|[-/.月,、·\\_](\d{1,2})[日号]?)$")
_COMPACT = re.compile(r"(\d{4})\.?(\d{2})(\d{2})?$")
_SHORT = re.compile(r"[`'‘’]?(\d{2})[-/.年](\d{1,2})(?:月?份?|[-/.月](\d{1,2})[日号]?)$")
_YEAR = re.compile(r"(\d{4})年?$")
_MONTH_NAMES = {
    name: number
    for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)
}
_NAMED_MONTH = re.compile(
    r"(?:(?P<day>\d{1,2})[- ,./]*)?(?P<month>[a-z]{3})[a-z]*[- ,./]*(?:(?P<after>\d{1,2})(?:st|nd|rd|th)?[- ,./]+)?"
    r"(?P<year>\d{4}|\d{2})$"
)
_CHINESE = re.compile(
    r"([〇零○一二三四五六七八九]{4})年(?:([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十廿卅]{1,3})[日号]?)?)?$"
)
_CHINESE_DIGITS = {character: value for value, character in enumerate("〇一二三四五六七八九")} | {
    "零": 0,
    "○": 0,
}


@dataclass(frozen=True)
class PartialDate:
    """A date whose day, or month and day, may be unknown."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def first_on(self) -> date:
        """The earliest day it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last_on(self) -> date:
        """The latest day it can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    def covers(self, day: date) -> bool:
        """Say whether ``day`` agrees with it, as far as it is known."""
        return self.first_on <= day <= self.last_on

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"] + [f"{part:02d}" for part in (self.month, self.day) if part]
        return "-".join(parts)


@dataclass(frozen=True)
class DateReading:
    """A date as read.

    ``note`` is empty, ``date-serial`` (a bare day number), ``date-ambiguous`` (1995.1) or ``date-short-year`` (85年3月).
    """

    value: PartialDate
    note: str = ""


@lru_cache(maxsize=1 << 16, typed=True)
def read_date(value: CellValue) -> DateReading:
    """Read one cell.

    Understood: date cells; 1994-04-25, 1994/4/25, 1994.4.25, 1994年4月25日, 19940425, 1994.09, 1994年9月, 199409, 1994,
    一九九四年四月, 94年4月, 94.4, 25-Apr-94, with a clock time after it; day numbers of spreadsheets. Of a year in two
    digits, 00 to 30 are of this century.

    Raises: InvalidInput("bad-date").
    """
    if isinstance(value, datetime):
        return DateReading(_checked(value.year, value.month, value.day, value))
    if isinstance(value, date):
        return DateReading(_checked(value.year, value.month, value.day, value))
    if isinstance(value, bool):
        raise _bad(value)
    if isinstance(value, int | float):
        return _read_number(float(value))
    return _read_text(text_of(value))


def _read_text(original: str) -> DateReading:
    text = unicodedata.normalize("NFKC", without_hidden(original)).strip()
    spaced = _CLOCK.sub("", text).strip()
    text = without_blanks(spaced).replace("。", ".")
    found = _SEPARATED.match(text) or _COMPACT.match(text)
    if found:
        year, month, day = found.groups()
        return DateReading(_checked(int(year), int(month), int(day) if day else None, original))
    if found := _YEAR.match(text):
        return DateReading(_checked(int(found.group(1)), None, None, original))
    if found := _CHINESE.match(text):
        year = int("".join(str(_CHINESE_DIGITS[character]) for character in found.group(1)))
        month, day = (_chinese_number(part) if part else None for part in found.groups()[1:])
        return DateReading(_checked(year, month, day, original))
    if len(text) == 5 and text.isdigit():
        return _read_number(float(text))
    if found := _SHORT.match(text):
        year, month, day = found.groups()
        reading = _checked(_whole_year(int(year)), int(month), int(day) if day else None, original)
        return DateReading(reading, "date-short-year")
    if found := _NAMED_MONTH.match(spaced.lower()):
        return _read_named_month(found, original)
    raise _bad(original)


def _whole_year(two_digits: int) -> int:
    """Return the year that two digits mean: up to :data:`PIVOT_YEAR` one of this century."""
    return 2000 + two_digits if two_digits <= PIVOT_YEAR else 1900 + two_digits


def _read_named_month(found: re.Match[str], original: CellValue) -> DateReading:
    month = _MONTH_NAMES.get(found["month"])
    if month is None:
        raise _bad(original)
    day = found["day"] or found["after"]
    year = int(found["year"])
    is_short = len(found["year"]) == 2
    reading = _checked(_whole_year(year) if is_short else year, month, int(day) if day else None, original)
    return DateReading(reading, "date-short-year" if is_short else "")


def _read_number(number: float) -> DateReading:
    if number.is_integer() and number >= EARLIEST_YEAR * 100:
        return _read_text(str(int(number)))
    if EARLIEST_YEAR <= number < LATEST_YEAR:
        if number.is_integer():
            return DateReading(PartialDate(int(number)))
        decimals = f"{number:.4f}".rstrip("0").split(".")[1]
        if len(decimals) == 1:
            reading = _checked(int(number), 10 if decimals == "1" else int(decimals), None, number)
            return DateReading(reading, "date-ambiguous" if decimals == "1" else "")
        decimals = decimals.ljust(4, "0") if len(decimals) == 3 else decimals
        return _read_text(f"{int(number)}{decimals}")
    if PIVOT_YEAR < number < 100 and not number.is_integer():
        whole = _read_number(1900 + number)
        return DateReading(whole.value, whole.note or "date-short-year")
    if 10_000 <= number < 75_000:
        day = SERIAL_ZERO + timedelta(days=int(number))
        return DateReading(PartialDate(day.year, day.month, day.day), "date-serial")
    raise _bad(number)


def _chinese_number(text: str) -> int:
    tens = {"十": 10, "廿": 20, "卅": 30}
    total = 0
    for character in text:
        if character in tens:
            total = max(total, 1) * 10 if character == "十" else tens[character]
        else:
            total += _CHINESE_DIGITS[character]
    return total


def _checked(year: int, month: int | None, day: int | None, original: CellValue) -> PartialDate:
    if not EARLIEST_YEAR <= year < LATEST_YEAR:
        raise _bad(original)
    try:
        date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError as error:
        raise _bad(original) from error
    return PartialDate(year, month, day)


def _bad(original: CellValue) -> InvalidInput:
    return InvalidInput(
        "bad-date",
        N_("“%(value)s”不是可识别的真实日期；请填写为 1994-04-25 或 1994年4月 的形式"),
        value=text_of(original),
    )
