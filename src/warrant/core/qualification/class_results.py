"""How those who were in a class did in the examinations after it. Source: 2009 notice, 五(一); the year is an assumption."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from warrant.core.qualification.year_figures import LEAST_CANDIDATES, LOW_RATE

FOLLOWING_DAYS = 365
"""How long after its last day a result still says something about a class."""


@dataclass(frozen=True)
class SatPaper:
    """One result of one person."""

    officer: int
    paper: str
    sat_on: date
    is_passed: bool


@dataclass(frozen=True)
class ClassResults:
    """How many papers were sat for the first time after a class, and how many of these were passed."""

    sat: int = 0
    passed: int = 0

    @property
    def rate(self) -> int | None:
        """Passed papers of a hundred, rounded down; nothing while none was sat."""
        return self.passed * 100 // self.sat if self.sat else None

    @property
    def is_low(self) -> bool:
        """Tell whether so many papers were sat that a low rate is worth a look."""
        return self.sat >= LEAST_CANDIDATES and self.passed * 100 < self.sat * LOW_RATE


def results_after(ended_on: date, people: Collection[int], papers: Iterable[SatPaper]) -> ClassResults:
    """Count for each of ``people`` the first result of each paper from the last day of the class on, within a year."""
    until = ended_on + timedelta(days=FOLLOWING_DAYS)
    first: dict[tuple[int, str], SatPaper] = {}
    for one in papers:
        if one.officer not in people or not ended_on <= one.sat_on <= until:
            continue
        known = first.get((one.officer, one.paper))
        if known is None or one.sat_on < known.sat_on:
            first[one.officer, one.paper] = one
    return ClassResults(len(first), sum(one.is_passed for one in first.values()))
