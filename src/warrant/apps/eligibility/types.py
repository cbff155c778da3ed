"""Where facts come from, what an explanation is, and what an application adds to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from warrant.apps.regulations.types import InForce
from warrant.core.eligibility import Fact, Facts, RuleResult
from warrant.core.eligibility.evaluation import not_met
from warrant.core.errors import N_

KIND_NAMES: Mapping[str, str] = {
    "first-issue": N_("首次申领"),
    "additional-category": N_("增加门类"),
    "change": N_("变更"),
    "renewal": N_("换发"),
    "replacement": N_("补发"),
    "re-entry": N_("重新申领"),
}


@dataclass(frozen=True)
class Who:
    """Whose facts are asked for: some ids, or a range of them (``before`` is not part of it)."""

    ids: tuple[int, ...] = ()
    from_id: int = 0
    before_id: int = 0

    def of(self, column: str) -> Q:
        """Return the condition that ``column`` holds one of their ids."""
        if self.before_id:
            return Q(**{f"{column}__gte": self.from_id, f"{column}__lt": self.before_id})
        return Q(**{f"{column}__in": self.ids})


Row = Mapping[str, Any]
"""One row as its columns are in JSON: days as text, decimals as ``Decimal``, JSON columns as text or already read."""

RowsOf = Callable[[Who, date, bool], QuerySet[Any] | None]
"""Takes whose, the day, and whether the day has passed (so that what has ended since counts); nothing to ask is ``None``."""

ReadRows = Callable[[Sequence[Row], date, dict[str, Fact]], None]
"""Takes one person's rows, the day, and the facts so far, and adds its own; called for people without rows, too, unless
there was nothing to ask."""


@dataclass(frozen=True)
class FactSource:
    """One table from which facts are made. ``officer`` is the column with the officer's id.

    All sources are read in one query. Named in ``settings.WARRANT_ELIGIBILITY_FACTS`` in the order in which they are
    read; a node names those whose records it keeps, facts of all others are not known there.
    """

    facts: tuple[str, ...]
    rows: RowsOf
    officer: str
    columns: tuple[str, ...]
    read: ReadRows


@dataclass(frozen=True)
class Case:
    """What an application adds to what the register knows. ``declarations``: health, conduct, no-crime, no-dismissal."""

    number: str
    categories: tuple[str, ...]
    statement: str = ""
    declarations: Mapping[str, bool] = field(default_factory=dict)
    as_of: date | None = None


@dataclass(frozen=True)
class Explanation:
    """Every condition of one person on one day for one kind of application, under the rules that counted."""

    officer_id: int
    on: date
    kind: str
    rules: InForce
    facts: Facts
    results: tuple[RuleResult, ...]

    @property
    def missing(self) -> list[RuleResult]:
        """What is neither certainly met nor waived."""
        return not_met(self.results)

    @property
    def is_met(self) -> bool:
        """Tell whether nothing is missing."""
        return not self.missing


@dataclass(frozen=True)
class FactShown:
    """One fact in words: what, the value, the record it comes from, of which day."""

    label: str
    value: str
    source: str
    as_of: date


@dataclass(frozen=True)
class Condition:
    """One condition as pages show it: texts are translated; ``outcome`` is met, not-met, unknown or waived."""

    rule_id: str
    title: str
    basis: str
    outcome: str
    found: str
    facts: tuple[FactShown, ...] = ()
    cure: str = ""
    cure_url: str = ""
    waive_url: str = ""

    @property
    def is_met(self) -> bool:
        """Tell whether nothing is to be done."""
        return self.outcome in ("met", "waived")
