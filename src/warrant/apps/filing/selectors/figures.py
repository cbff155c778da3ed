"""What was decided on filings in one group and period: how often, why, and how long each stage took."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from warrant.core.lifecycle import FilingState
from warrant.core.qualification.lead_times import Spread

UNCLASSED = "-"
"""The class of what was decided before reasons had classes."""


@dataclass
class Figures:
    """What was decided in one period in one group: how often, why, and how long it took."""

    decided: dict[str, int] = field(default_factory=dict)
    reasons: dict[tuple[str, str], int] = field(default_factory=dict)
    workdays: dict[str, Spread] = field(default_factory=dict)
    days: dict[str, Spread] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many filings were decided."""
        return sum(self.decided.values())

    def count(self, state: str, code: str, count: int) -> None:
        """Count decisions: ``state`` granted, returned or refused, ``code`` the class of the reason."""
        self.decided[state] = self.decided.get(state, 0) + count
        if state != FilingState.GRANTED:
            key = (state, code or UNCLASSED)
            self.reasons[key] = self.reasons.get(key, 0) + count

    def take(self, other: Figures) -> None:
        """Add the figures of another group or day."""
        for state, count in other.decided.items():
            self.decided[state] = self.decided.get(state, 0) + count
        for key, count in other.reasons.items():
            self.reasons[key] = self.reasons.get(key, 0) + count
        for own, taken in ((self.workdays, other.workdays), (self.days, other.days)):
            for stage, spread in taken.items():
                own.setdefault(stage, Spread()).take(spread)

    def as_json(self) -> dict[str, Any]:
        """Return them as a closing keeps them."""
        return {
            "decided": self.decided,
            "reasons": [[state, code, count] for (state, code), count in sorted(self.reasons.items())],
            "workdays": {stage: spread.counts for stage, spread in self.workdays.items()},
            "days": {stage: spread.counts for stage, spread in self.days.items()},
        }

    def take_json(self, kept: Mapping[str, Any]) -> None:
        """Add the figures that :meth:`as_json` kept."""
        for state, count in kept["decided"].items():
            self.decided[state] = self.decided.get(state, 0) + count
        for state, code, count in kept["reasons"]:
            self.reasons[state, code] = self.reasons.get((state, code), 0) + count
        for name, own in (("workdays", self.workdays), ("days", self.days)):
            for stage, counts in kept[name].items():
                sums = own.setdefault(stage, Spread()).counts
                for days, count in counts.items():
                    sums[int(days)] = sums.get(int(days), 0) + count

    def time(self, stage: str, workdays: int, days: int, count: int) -> None:
        """Count how long a stage took."""
        self.workdays.setdefault(stage, Spread()).add(workdays, count)
        self.days.setdefault(stage, Spread()).add(days, count)
