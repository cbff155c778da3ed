"""What one assessment of one unit came to, and what is odd about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from warrant.core.errors import N_

LEAST_JUDGED = 3
"""With fewer assessed, equal results say nothing."""


@dataclass(frozen=True)
class RoundFigures:
    """What one assessment of one unit came to."""

    assessed: int
    best: int
    totals: frozenset[Decimal]
    is_late: bool
    changes: int


ODD_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "same": N_("所有人分数相同"),
        "all-best": N_("全部为优秀"),
        "late": N_("逾期上报"),
        "changed": N_("上报后有改动"),
    }
)


def odd_ones(figures: RoundFigures) -> list[str]:
    """Return what is odd, by the names of ``ODD_WORDS``. Source: assumption."""
    found = []
    if figures.assessed >= LEAST_JUDGED and len(figures.totals) == 1:
        found.append("same")
    if figures.assessed >= LEAST_JUDGED and figures.best == figures.assessed:
        found.append("all-best")
    if figures.is_late:
        found.append("late")
    if figures.changes:
        found.append("changed")
    return found
