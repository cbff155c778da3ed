"""Statutory retirement: the day from which the law no longer lets a person be kept in post.

Until the end of 2024 men retired at 60 and women officials at 55. From 2025 the age rises by one month for every four
months (in each case up to three years), and person and employer may agree on up to three years more.
The table ``retirement.csv`` holds these as dated lines: which line counts is decided by when the base age is reached.
Exceptions (senior women officials, special trades) are not known to a roster, so results support a warning, never a refusal.
Source: State Council measures on gradually raising the statutory retirement age, in force 2025-01-01 (assumption: from memory).
"""

from __future__ import annotations

import csv
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

GROUP_OF_SEX = {"1": "male", "2": "female-cadre"}


@dataclass(frozen=True)
class RetirementRule:
    """One dated line. For people who reach ``base_years`` in ``[reaching_from, reaching_until)``.

    ``step_months``: months of reaching later for one month of delay (0: no delay), at most ``most_months``;
    ``extension_months``: what may be agreed on top.
    """

    group: str
    reaching_from: date
    reaching_until: date
    base_years: int
    step_months: int
    most_months: int
    extension_months: int


@cache
def rules() -> tuple[RetirementRule, ...]:
    """Return the dated lines of the table."""
    source = resources.files(__package__).joinpath("tables", "retirement.csv").read_text(encoding="utf-8")
    return tuple(
        RetirementRule(
            group=line["group"],
            reaching_from=date.fromisoformat(line["reaching_from"]),
            reaching_until=date.fromisoformat(line["reaching_until"]),
            base_years=int(line["base_years"]),
            step_months=int(line["step_months"]),
            most_months=int(line["most_months"]),
            extension_months=int(line["extension_months"]),
        )
        for line in csv.DictReader(source.splitlines())
    )


def statutory_on(born_on: date, sex_code: str) -> date:
    """Return the day on which the statutory age is reached. ``sex_code`` is 1 or 2 of GB/T 2261.1."""
    rule = _rule_for(born_on, sex_code)
    return _add_months(born_on, rule.base_years * 12 + _delay_months(born_on, rule))


def latest_on(born_on: date, sex_code: str) -> date:
    """Return the last possible retirement day: the statutory age and the longest agreed extension."""
    rule = _rule_for(born_on, sex_code)
    months = rule.base_years * 12 + _delay_months(born_on, rule) + rule.extension_months
    return _add_months(born_on, months)


def _rule_for(born_on: date, sex_code: str) -> RetirementRule:
    group = GROUP_OF_SEX[sex_code]
    return next(
        rule
        for rule in rules()
        if rule.group == group
        and rule.reaching_from <= _add_months(born_on, rule.base_years * 12) < rule.reaching_until
    )


def _delay_months(born_on: date, rule: RetirementRule) -> int:
    if not rule.step_months:
        return 0
    reached_on = _add_months(born_on, rule.base_years * 12)
    months_since = (
        (reached_on.year - rule.reaching_from.year) * 12 + reached_on.month - rule.reaching_from.month
    )
    return min(rule.most_months, months_since // rule.step_months + 1)


def _add_months(day: date, months: int) -> date:
    month_index = day.year * 12 + day.month - 1 + months
    year, month = divmod(month_index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
