"""How long filings took: counts by number of days, and what half and nine tenths of them stayed within.

A period is compared with the one before it: whole months with as many months, any other stretch with as many days.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from warrant.core.errors import N_, InvalidInput

ONE_DAY = timedelta(days=1)
LONGEST_PERIOD_DAYS = 1100
"""About three years; more is a slip."""


class Stage(StrEnum):
    """Where a case spends its time; the value is stored. The first three are steps of the province."""

    REVIEW = "review"
    VERIFICATION = "verification"
    APPROVAL = "approval"
    CORRECTION = "returned"
    RECONSIDERATION = "reconsideration"
    FILING = "filing"
    WHOLE = "whole"


@dataclass
class Spread:
    """How often each number of days came up."""

    counts: dict[int, int] = field(default_factory=dict)

    def add(self, days: int, count: int = 1) -> None:
        """Count ``count`` cases that took ``days``."""
        self.counts[days] = self.counts.get(days, 0) + count

    def take(self, other: Spread) -> None:
        """Count what another one counted, too."""
        for days, count in other.counts.items():
            self.counts[days] = self.counts.get(days, 0) + count

    @property
    def total(self) -> int:
        """How many cases were counted."""
        return sum(self.counts.values())

    def within(self, percent: int) -> int | None:
        """Return the least number of days within which at least ``percent`` of a hundred cases stayed; none without cases.

        50 gives the median (the lower one of two).
        """
        needed = -(-self.total * percent // 100)
        reached = 0
        for days in sorted(self.counts):
            reached += self.counts[days]
            if reached >= needed:
                return days
        return None


@dataclass(frozen=True)
class Period:
    """Days of decision, both ends included."""

    from_on: date
    until_on: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until_on - self.from_on).days + 1

    @property
    def months(self) -> int:
        """How many whole months it is; 0 if it is none."""
        if self.from_on.day != 1 or (self.until_on + ONE_DAY).day != 1:
            return 0
        return (self.until_on.year - self.from_on.year) * 12 + self.until_on.month - self.from_on.month + 1

    def before(self) -> Period:
        """Return the period that it is compared with: it ends on the day before."""
        until_on = self.from_on - ONE_DAY
        if not self.months:
            return Period(self.from_on - timedelta(days=self.days), until_on)
        count = self.from_on.year * 12 + self.from_on.month - 1 - self.months
        return Period(date(count // 12, count % 12 + 1, 1), until_on)


def month_of(day: date) -> Period:
    """Return the month of a day."""
    first = day.replace(day=1)
    return Period(first, (first + timedelta(days=32)).replace(day=1) - ONE_DAY)


def checked_period(from_on: date, until_on: date) -> Period:
    """Return the period between two days.

    Raises:
        InvalidInput: it ends before it begins, or is longer than three years; place ``until_on``.
    """
    if until_on < from_on:
        raise InvalidInput("date-order", N_("结束日期早于开始日期，请核对"), place="until_on")
    period = Period(from_on, until_on)
    if period.days > LONGEST_PERIOD_DAYS or from_on.year < 2000:
        raise InvalidInput("period-too-long", N_("一次最多统计三年"), place="until_on")
    return period
