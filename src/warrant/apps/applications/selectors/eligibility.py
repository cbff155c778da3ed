"""What applications tell the conditions: which other cases of a person are on their way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Max, Q, QuerySet

from warrant.apps.applications.models import Application
from warrant.apps.applications.selectors.cases import OPEN_STATES
from warrant.apps.eligibility.selectors.sources import local_day
from warrant.apps.eligibility.types import FactSource, Row, Who
from warrant.apps.officers.selectors.history import end_of
from warrant.core.eligibility import Fact, Source


def _open(who: Who, on: date, is_past: bool) -> QuerySet[Any]:
    rows = Application.system.filter(who.of("officer_id"), created_at__lt=end_of(on))
    if not is_past:
        return rows.filter(state__in=OPEN_STATES)
    # A case that has ended since was open on the day if anything was said on it later.
    last = rows.annotate(last_said_at=Max("opinions__given_at"))
    return last.filter(Q(state__in=OPEN_STATES) | Q(last_said_at__gte=end_of(on)))


def _read(rows: Sequence[Row], on: date, facts: dict[str, Fact]) -> None:
    numbers = tuple(sorted(row["number"] for row in rows))
    last = max((local_day(row["created_at"]) for row in rows), default=on)
    facts["open_applications"] = Fact(numbers, Source.APPLICATION, min(last, on))


OPEN_APPLICATIONS = FactSource(("open_applications",), _open, "officer_id", ("number", "created_at"), _read)
