"""Closing the books each month, and folding what was appended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Max
from django.utils import timezone

from warrant.apps.supervision.models import StatisticClosing, StatisticMonth, StatisticMovement
from warrant.apps.supervision.services.locking import hold_books
from warrant.core.indicators import SHEETS

MONTHS_KEPT = 26
"""Month ends whose cells are kept; a day before them is counted from the facts."""

FOLD_FROM_ROWS = 4000
"""A day with so many rows more than cells is folded."""

_CLOSE = """
INSERT INTO statistic_closing (unit, sheet, closed_on, a, b, count)
SELECT unit, sheet, %s, a, b, SUM(count) FROM (
  SELECT unit, sheet, a, b, count FROM statistic_closing WHERE closed_on = %s
  UNION ALL
  SELECT unit, sheet, a, b, count FROM statistic_movement WHERE day > %s AND day <= %s
) AS moved GROUP BY unit, sheet, a, b HAVING SUM(count) <> 0
"""


def month_end_before(day: date) -> date:
    """Return the last day of the month before the month of ``day``."""
    return day.replace(day=1) - timedelta(days=1)


def month_ends_back(day: date, months: int) -> date:
    """Return the month end that lies ``months`` month ends before ``day``; 1 is that of last month."""
    for _ in range(months):
        day = month_end_before(day)
    return day


def _next_month_end(closed_on: date) -> date:
    return month_end_before((closed_on + timedelta(days=40)).replace(day=1))


def close_months(*, now: datetime, pause: Callable[[], None] | None = None) -> int:
    """Close every month that is over, drop closings that are no longer kept, and return how many were closed.

    ``pause`` is called after each closing, so that others who write get their turn.
    """
    last = month_end_before(timezone.localdate(now))
    closed = 0
    latest = StatisticMonth.objects.aggregate(day=Max("closed_on"))["day"]
    if latest is None:
        if not StatisticMovement.objects.exists():
            return 0
        _close(None, last)
        return 1
    while latest < last:
        following = _next_month_end(latest)
        _close(latest, following)
        latest = following
        closed += 1
        if pause is not None:
            pause()
    if closed:
        _drop_before(month_ends_back(timezone.localdate(now), MONTHS_KEPT))
    return closed


@transaction.atomic
def _close(latest: date | None, closed_on: date) -> None:
    hold_books()
    if StatisticMonth.objects.filter(closed_on=closed_on).exists():
        return
    since = latest or date.min
    convert = connection.ops.adapt_datefield_value
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, [convert(closed_on), convert(since), convert(since), convert(closed_on)])
    StatisticMonth.objects.create(closed_on=closed_on)


@transaction.atomic
def _drop_before(oldest: date) -> None:
    """Forget closings before ``oldest`` and the movements that only they needed, where something remains."""
    hold_books()
    if not StatisticMonth.objects.filter(closed_on__gte=oldest).exists():
        return
    StatisticClosing.objects.filter(closed_on__lt=oldest).delete()
    StatisticMonth.objects.filter(closed_on__lt=oldest).delete()
    opened_on = StatisticMonth.objects.order_by("closed_on").values_list("closed_on", flat=True)[0]
    StatisticMovement.objects.filter(day__lte=opened_on).delete()


def fold_movements(*, now: datetime, at_least: int = FOLD_FROM_ROWS) -> int:
    """Make one row of the several that a cell may have for one day; returns how many rows went.

    Sheet by sheet, each in a short transaction, so that nobody waits long.
    """
    since = timezone.localdate(now) - timedelta(days=2)
    recent = StatisticMovement.objects.filter(day__gte=since).values("day").annotate(rows=Count("pk"))
    gone = 0
    for row in recent.filter(rows__gte=at_least):
        day = row["day"]
        cells = StatisticMovement.objects.filter(day=day).values("unit", "sheet", "a", "b").distinct().count()
        if row["rows"] - cells >= at_least:
            gone += sum(_fold(day, sheet) for sheet in SHEETS)
    return gone


@transaction.atomic
def _fold(day: date, sheet: int) -> int:
    hold_books()
    day_text = connection.ops.adapt_datefield_value(day)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT MAX(id), COUNT(*) FROM statistic_movement WHERE day = %s AND sheet = %s",
            [day_text, sheet],
        )
        largest, rows = cursor.fetchone()
        if not rows:
            return 0
        cursor.execute(
            "INSERT INTO statistic_movement (unit, sheet, day, a, b, count) "
            "SELECT unit, sheet, day, a, b, SUM(count) FROM statistic_movement WHERE day = %s AND sheet = %s "
            "GROUP BY unit, sheet, day, a, b HAVING SUM(count) <> 0",
            [day_text, sheet],
        )
        made = int(cursor.rowcount)
        cursor.execute(
            "DELETE FROM statistic_movement WHERE day = %s AND sheet = %s AND id <= %s",
            [day_text, sheet, largest],
        )
    return int(rows) - made
