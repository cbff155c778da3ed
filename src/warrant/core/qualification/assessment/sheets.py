"""One kind of score sheet as the regulation describes it: items, vetoes, bands and what counts when."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from warrant.core.errors import N_, InvalidInput

MONTHS_PER_YEAR = 12
OBJECTION_WORKDAYS = 15
"""Where a sheet kept from earlier says nothing of it."""


@dataclass(frozen=True)
class Item:
    """One item of a score sheet."""

    code: str
    title: Mapping[str, str]
    points: int
    judging: str


@dataclass(frozen=True)
class ScoreSheet:
    """What one kind of sheet asks.

    ``bands``: pairs of a band and the points from which on it is reached, best first, the last from 0.
    ``best_share_percent`` of those assessed may be the best; ``newcomer_months``: who has been there for less on the
    last day of the year is not assessed; ``first_year`` that is assessed here; within
    ``objection_workdays`` after the outcome whoever is assessed may object, once.
    """

    kind: str
    title: Mapping[str, str]
    items: tuple[Item, ...]
    vetoes: Mapping[str, Mapping[str, str]]
    bands: tuple[tuple[str, int], ...]
    best_share_percent: int
    newcomer_months: int
    deadline_month: int
    deadline_day: int
    first_year: int
    basis: Mapping[str, str]
    is_assumption: bool
    objection_workdays: int = OBJECTION_WORKDAYS

    @property
    def best(self) -> str:
        """The best band."""
        return self.bands[0][0]

    @property
    def worst(self) -> str:
        """The worst band."""
        return self.bands[-1][0]

    def due_on(self, year: int) -> date:
        """Return the last day on which the assessment of a year is handed in in time; it lies in the year after."""
        return date(year + 1, self.deadline_month, self.deadline_day)

    def total(self, points: Mapping[str, str]) -> Decimal:
        """Return the sum of what :func:`read_points` gave by item."""
        return sum((Decimal(points[item.code]) for item in self.items), Decimal(0))

    def band_of(self, total: Decimal, vetoes: Sequence[str]) -> str:
        """Return the band of a sum; one veto is enough for the worst."""
        if vetoes:
            return self.worst
        return next(band for band, least in self.bands if total >= least)

    def most_best(self, assessed: int) -> int:
        """Return how many of those assessed may be the best: the share rounded down, but one of anybody."""
        return max(min(assessed, 1), assessed * self.best_share_percent // 100)

    def is_newcomer(self, since: date | None, year: int) -> bool:
        """Tell whether somebody there ``since`` has too few months behind them at the end of a year."""
        if since is None:
            return False
        latest = (year + 1) * MONTHS_PER_YEAR - self.newcomer_months
        months = since.year * MONTHS_PER_YEAR + since.month - 1
        return (months, since.day) > (latest, 1)


@dataclass(frozen=True)
class AssessmentRules:
    """Both sheets."""

    sheets: Mapping[str, ScoreSheet]


def read_points(text: str, item: Item) -> str:
    """Return points in their one form: at most one decimal, no trailing zero, from 0 to the item's points.

    Raises:
        InvalidInput: they are none; ``place`` is empty.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    try:
        points = Decimal(plain)
        is_right = points.is_finite() and 0 <= points <= item.points and points == round(points, 1)
    except InvalidOperation:
        is_right = False
    if not is_right or not plain.isascii() or any(c not in "0123456789." for c in plain):
        raise InvalidInput("points-out-of-range", N_("应为 0 至 %(most)s，最多一位小数"), most=item.points)
    return f"{points.normalize() + 0:f}"
