"""Figures of days and months that are over, as they were closed: the statistics of the nation read no filing for them."""

from __future__ import annotations

from datetime import date

from django.db.models import Max, Q

from warrant.apps.filing.models import FilingClosing
from warrant.apps.filing.selectors.figures import Figures
from warrant.core.qualification.lead_times import ONE_DAY, Period, month_of


def last_closed_day() -> date | None:
    """Return the last day that is closed; every day before it back to the first decision is closed, too."""
    rows = FilingClosing.objects.filter(is_month=False, node_code="")
    found: date | None = rows.aggregate(last=Max("begun_on"))["last"]
    return found


def closed_figures(period: Period) -> dict[str, Figures]:
    """Return the figures of a period, all of whose days are closed, by province; whole months from their own rows."""
    days, months = Q(pk=None), []
    day = period.from_on
    while day <= period.until_on:
        month = month_of(day)
        if day == month.from_on and month.until_on <= period.until_on:
            months.append(day)
        else:
            last = min(month.until_on, period.until_on)
            days |= Q(is_month=False, begun_on__gte=day, begun_on__lte=last)
        day = month.until_on + ONE_DAY
    rows = FilingClosing.objects.filter(days | Q(is_month=True, begun_on__in=months)).exclude(node_code="")
    found: dict[str, Figures] = {}
    for node_code, kept in rows.values_list("node_code", "figures"):
        found.setdefault(node_code, Figures()).take_json(kept)
    return found
