"""Working days: weekends, statutory holidays and the weekend days that are worked instead, year by year.

Source: 全国年节及纪念日放假办法 (2024 revision) and the yearly notice of the General Office of the State Council.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from warrant.core.errors import N_, InvalidInput
from warrant.core.regulation.document import LINES, Content, lines_of
from warrant.core.regulation.parsing import day as day_of
from warrant.core.regulation.parsing import flag, listed, words

ONE_DAY = timedelta(days=1)
LONGEST_HOLIDAY_DAYS = 20
MOST_WORKDAYS = 3650
"""As far ahead as a limit can lie; further is a slip."""


@dataclass(frozen=True)
class Holiday:
    """Days off in one piece, both ends included; ``name`` in Chinese and English."""

    from_on: date
    until_on: date
    name: Mapping[str, str]

    @property
    def days(self) -> int:
        """How many days in a row nobody works."""
        return (self.until_on - self.from_on).days + 1


@dataclass(frozen=True)
class CalendarYear:
    """One year's table. ``is_assumption``: drawn up before the year's notice was published."""

    year: int
    holidays: tuple[Holiday, ...]
    workdays: frozenset[date]
    basis: Mapping[str, str]
    is_assumption: bool


@dataclass(frozen=True)
class WorkCalendar:
    """The tables of some years. A year without a table has its weekends and nothing else."""

    tables: Mapping[int, CalendarYear]
    days_off: frozenset[date]
    worked_weekends: frozenset[date]

    @property
    def years(self) -> tuple[int, ...]:
        """The years that have a table, in order."""
        return tuple(sorted(self.tables))

    def is_workday(self, day: date) -> bool:
        """Tell whether ``day`` is worked."""
        if day in self.days_off:
            return False
        return day.weekday() < 5 or day in self.worked_weekends

    def is_certain(self, day: date) -> bool:
        """Tell whether the year of ``day`` has a table that was published."""
        table = self.tables.get(day.year)
        return table is not None and not table.is_assumption

    def add_workdays(self, day: date, count: int) -> date:
        """Return the ``count``-th working day after ``day``; ``day`` itself never counts. 0 gives ``day`` back.

        Raises:
            InvalidInput: ``count`` is negative or more than ten years of days.
        """
        if not 0 <= count <= MOST_WORKDAYS:
            raise InvalidInput("workdays-out-of-range", N_("工作日数应为 0 至 %(most)s"), most=MOST_WORKDAYS)
        found = day
        for _ in range(count):
            found += ONE_DAY
            while not self.is_workday(found):
                found += ONE_DAY
        return found

    def workdays_between(self, after: date, until: date) -> int:
        """Return how many working days lie after ``after`` up to and with ``until``; negative when ``until`` is earlier.

        ``workdays_between(day, add_workdays(day, n)) == n``.
        """
        if until < after:
            return -self.workdays_between(until, after)
        weeks, rest = divmod((until - after).days, 7)
        count = weeks * 5 + sum(
            1 for step in range(1, rest + 1) if (after + timedelta(days=weeks * 7 + step)).weekday() < 5
        )
        count -= sum(1 for day in self.days_off if after < day <= until and day.weekday() < 5)
        return count + sum(1 for day in self.worked_weekends if after < day <= until)


def _holiday(value: object, year: int, place: str) -> Holiday:
    if not isinstance(value, Mapping):
        raise InvalidInput("not-a-holiday", N_("请填写节日名称、开始和结束日期"), place=place)
    from_on = day_of(value.get("from"), f"{place}.from")
    until_on = day_of(value.get("until"), f"{place}.until")
    if from_on.year != year:
        raise InvalidInput("other-year", N_("假期应从 %(year)s 年开始"), place=f"{place}.from", year=year)
    if until_on < from_on:
        raise InvalidInput("date-order", N_("结束日期早于开始日期，请核对"), place=f"{place}.until")
    holiday = Holiday(from_on, until_on, words(value, "name", place))
    if holiday.days > LONGEST_HOLIDAY_DAYS:
        raise InvalidInput(
            "holiday-too-long",
            N_("一个假期最多 %(most)s 天，请核对日期"),
            place=f"{place}.until",
            most=LONGEST_HOLIDAY_DAYS,
        )
    return holiday


def _year(identity: str, line: Mapping[str, Any], place: str) -> CalendarYear:
    if not (len(identity) == 4 and identity.isascii() and identity.isdigit() and identity > "1999"):
        raise InvalidInput("not-a-year", N_("编号应为四位年份，例如 2026"), place=f"{place}.id")
    year = int(identity)
    holidays = tuple(
        _holiday(value, year, f"{place}.holidays.{count}")
        for count, value in enumerate(listed(line, "holidays", place))
    )
    off: dict[date, int] = {}
    for count, holiday in enumerate(holidays):
        for day in _days(holiday):
            if day in off:
                raise InvalidInput(
                    "holidays-overlap",
                    N_("%(day)s 同时在两个假期里"),
                    place=f"{place}.holidays.{count}.from",
                    day=day,
                )
            off[day] = count
    workdays: set[date] = set()
    for count, value in enumerate(listed(line, "workdays", place)):
        where = f"{place}.workdays.{count}"
        day = day_of(value, where)
        if day.year != year:
            raise InvalidInput("other-year", N_("调休上班日应在 %(year)s 年内"), place=where, year=year)
        if day.weekday() < 5:
            raise InvalidInput(
                "not-a-weekend", N_("%(day)s 不是周末，不必列为调休上班日"), place=where, day=day
            )
        if day in off:
            raise InvalidInput("holiday-and-workday", N_("%(day)s 已列为放假日"), place=where, day=day)
        workdays.add(day)
    is_assumption = flag(line, "is_assumption", place, missing=False)
    basis = words(line, "basis", place)
    return CalendarYear(year, holidays, frozenset(workdays), basis, is_assumption)


def _days(holiday: Holiday) -> Iterator[date]:
    return (holiday.from_on + timedelta(days=count) for count in range(holiday.days))


def parse(content: Content) -> WorkCalendar:
    """Return the calendar that ``content`` describes: one line for each year, its id is the year.

    Raises:
        InvalidInput: a line cannot be understood; ``place`` is the way there (``lines.1.holidays.0.until``).
    """
    tables = {
        table.year: table
        for table in (
            _year(identity, line, f"{LINES}.{count}")
            for count, (identity, line) in enumerate(lines_of(content).items())
        )
    }
    if not tables:
        raise InvalidInput("no-year", N_("至少要有一个年份"), place=LINES)
    off = frozenset(day for table in tables.values() for holiday in table.holidays for day in _days(holiday))
    worked = frozenset(day for table in tables.values() for day in table.workdays)
    return WorkCalendar(MappingProxyType(tables), off, worked - off)


def _off(zh: str, en: str, from_on: str, until_on: str) -> dict[str, Any]:
    return {"name": {"zh": zh, "en": en}, "from": from_on, "until": until_on}


_NEW_YEAR = ("元旦", "New Year")
_SPRING = ("春节", "Spring Festival")
_TOMBS = ("清明节", "Tomb-Sweeping Day")
_LABOUR = ("劳动节", "Labour Day")
_BOATS = ("端午节", "Dragon Boat Festival")
_AUTUMN = ("中秋节", "Mid-Autumn Festival")
_NATIONAL = ("国庆节", "National Day")
_NATIONAL_AND_AUTUMN = ("国庆节、中秋节", "National Day and Mid-Autumn Festival")


def _notice(year: int) -> dict[str, str]:
    return {
        "zh": f"国务院办公厅关于{year}年部分节假日安排的通知",
        "en": f"Notice of the General Office of the State Council on holidays in {year}",
    }


NATIONAL: Content = {
    "lines": [
        {
            "id": "2025",
            "basis": _notice(2025),
            "is_assumption": False,
            "holidays": [
                _off(*_NEW_YEAR, "2025-01-01", "2025-01-01"),
                _off(*_SPRING, "2025-01-28", "2025-02-04"),
                _off(*_TOMBS, "2025-04-04", "2025-04-06"),
                _off(*_LABOUR, "2025-05-01", "2025-05-05"),
                _off(*_BOATS, "2025-05-31", "2025-06-02"),
                _off(*_NATIONAL_AND_AUTUMN, "2025-10-01", "2025-10-08"),
            ],
            "workdays": ["2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"],
        },
        {
            "id": "2026",
            "basis": _notice(2026),
            "is_assumption": False,
            "holidays": [
                _off(*_NEW_YEAR, "2026-01-01", "2026-01-03"),
                _off(*_SPRING, "2026-02-15", "2026-02-23"),
                _off(*_TOMBS, "2026-04-04", "2026-04-06"),
                _off(*_LABOUR, "2026-05-01", "2026-05-05"),
                _off(*_BOATS, "2026-06-19", "2026-06-21"),
                _off(*_AUTUMN, "2026-09-25", "2026-09-27"),
                _off(*_NATIONAL, "2026-10-01", "2026-10-07"),
            ],
            "workdays": [
                "2026-01-04",
                "2026-02-14",
                "2026-02-28",
                "2026-05-09",
                "2026-09-20",
                "2026-10-10",
            ],
        },
        {
            # No notice was found: the statutory days, and a working day off for each that falls on a weekend.
            "id": "2027",
            "basis": {
                "zh": "全国年节及纪念日放假办法；当年通知公布前的推定，周末的法定假日顺延补假，不调休",
                "en": "Regulation on public holidays; assumed until the year's notice: statutory days on a weekend are made up "
                "after it, no weekend is worked",
            },
            "is_assumption": True,
            "holidays": [
                _off(*_NEW_YEAR, "2027-01-01", "2027-01-01"),
                _off(*_SPRING, "2027-02-05", "2027-02-10"),
                _off(*_TOMBS, "2027-04-05", "2027-04-05"),
                _off(*_LABOUR, "2027-05-01", "2027-05-04"),
                _off(*_BOATS, "2027-06-09", "2027-06-09"),
                _off(*_AUTUMN, "2027-09-15", "2027-09-15"),
                _off(*_NATIONAL, "2027-10-01", "2027-10-05"),
            ],
            "workdays": [],
        },
    ]
}
"""The tables that ship; a newer one is entered by the ministry as a regulation."""

NATIONAL_CALENDAR: WorkCalendar = parse(NATIONAL)

LABELS: Mapping[str, str] = {
    "holidays": N_("假期"),
    "workdays": N_("调休上班日"),
    "name": N_("节日"),
    "from": N_("第一天"),
    "until": N_("最后一天"),
    "is_assumption": N_("推定，尚未公布"),
}
"""How the draft form calls the values of a line."""
BLANK_ROWS: Mapping[str, Content] = {"holidays": {"name": {"zh": "", "en": ""}, "from": "", "until": ""}}
