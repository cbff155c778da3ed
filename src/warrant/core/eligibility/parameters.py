"""Numbers that differ from place to place and from year to year, each with the days on which it counts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

PASS_MARKS: tuple[tuple[date, Decimal], ...] = ((date(2009, 11, 25), Decimal("60.0")),)
"""(valid from, points of 100), oldest first. Source: assumption; no national mark was found."""


def pass_mark_on(day: date) -> Decimal:
    """Return the mark that a paper sat on ``day`` needs, in points of 100; before the first line the first counts."""
    mark = PASS_MARKS[0][1]
    for valid_from, value in PASS_MARKS:
        if valid_from <= day:
            mark = value
    return mark
