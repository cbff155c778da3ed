"""Closing the figures of days that are over, so that the statistics of the nation need not count them again."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from warrant.apps.filing.models import Filing, FilingClosing
from warrant.apps.filing.selectors.closings import last_closed_day
from warrant.apps.filing.selectors.figures import Figures
from warrant.apps.filing.selectors.statistics import count_live
from warrant.core.qualification.lead_times import ONE_DAY, Period, month_of

GRACE = timedelta(minutes=10)
"""So long after midnight a day is left open: a decision that was taken before it may still be written."""
MOST_AT_ONCE = 62
"""Days closed in one run of the upkeep; the next run goes on."""


def close_figures(*, now: datetime) -> None:
    """Close every day that is over, and each month with its last day: the ministry's upkeep runs it."""
    last = timezone.localdate(now - GRACE) - ONE_DAY
    closed_on = last_closed_day()
    if closed_on is None:
        first_at = Filing.objects.aggregate(first=Min("decided_at"))["first"]
        if first_at is None:
            return
        day = timezone.localdate(first_at).replace(day=1)
    else:
        day = closed_on + ONE_DAY
    for _count in range(MOST_AT_ONCE):
        if day > last:
            return
        _close_day(day)
        day += ONE_DAY


@transaction.atomic
def _close_day(day: date) -> None:
    groups: dict[str, Figures] = {}
    count_live(None, Period(day, day), groups)
    _keep(day, groups, is_month=False)
    month = month_of(day)
    if day == month.until_on:
        _close_month(month)


def _close_month(month: Period) -> None:
    groups: dict[str, Figures] = {}
    rows = FilingClosing.objects.filter(
        is_month=False, begun_on__gte=month.from_on, begun_on__lte=month.until_on
    ).exclude(node_code="")
    for node_code, kept in rows.values_list("node_code", "figures"):
        groups.setdefault(node_code, Figures()).take_json(kept)
    _keep(month.from_on, groups, is_month=True)


def _keep(begun_on: date, groups: dict[str, Figures], *, is_month: bool) -> None:
    """Write the rows; another process that closes the same day fails on its own first row."""
    FilingClosing.objects.bulk_create(
        [
            FilingClosing(is_month=is_month, begun_on=begun_on),
            *(
                FilingClosing(
                    is_month=is_month, begun_on=begun_on, node_code=node_code, figures=figures.as_json()
                )
                for node_code, figures in sorted(groups.items())
            ),
        ]
    )
