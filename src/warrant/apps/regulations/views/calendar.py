"""The calendar of working days, for everybody who is signed in."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from warrant.apps.foundation import clock
from warrant.apps.foundation.pages import actor_of, render_page
from warrant.apps.foundation.views import signed_in
from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.selectors.reading import in_language
from warrant.apps.regulations.selectors.versions import own_jurisdiction
from warrant.core.access import Permission
from warrant.core.errors import N_, NotFound
from warrant.core.regulation import RegulationKind, WorkCalendar

FIRST_YEAR, LAST_YEAR = 2009, 2099


@signed_in
@require_GET
def work_calendar(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """Show a year's working days, holidays and the weekend days that are worked."""
    today = clock.today()
    shown = today.year if year is None else year
    if not FIRST_YEAR <= shown <= LAST_YEAR:
        raise NotFound(
            "no-such-year", N_("日历只有 %(first)s 至 %(last)s 年"), first=FIRST_YEAR, last=LAST_YEAR
        )
    known: WorkCalendar = in_force(RegulationKind.CALENDAR, own_jurisdiction(), today).document
    table = known.tables.get(shown)
    names = {
        day: in_language(holiday.name)
        for holiday in (table.holidays if table else ())
        for day in (
            date.fromordinal(n) for n in range(holiday.from_on.toordinal(), holiday.until_on.toordinal() + 1)
        )
    }
    may_read = actor_of(request).has_anywhere(Permission.REGULATION_VIEW)
    return render_page(
        request,
        "regulations/calendar.jinja",
        {
            "page_title": _("%(year)s 年工作日历") % {"year": shown},
            "year": shown,
            "years": [
                {
                    "label": str(one),
                    "url": reverse("work-calendar-year", args=[one]),
                    "is_current": one == shown,
                }
                for one in sorted({*known.years, shown})
            ],
            "has_table": table is not None,
            "is_assumption": table is not None and table.is_assumption,
            "basis": in_language(table.basis) if table else "",
            "holidays": [
                {
                    "name": in_language(one.name),
                    "from_on": one.from_on,
                    "until_on": one.until_on,
                    "days": one.days,
                }
                for one in (table.holidays if table else ())
            ],
            "worked": sorted(table.workdays) if table else [],
            "workday_count": known.workdays_between(date(shown - 1, 12, 31), date(shown, 12, 31)),
            "months": [_month(known, shown, month, names, today) for month in range(1, 13)],
            "regulation_url": reverse("regulation-kind", args=["calendar"]) if may_read else "",
        },
    )


def _month(known: WorkCalendar, year: int, month: int, names: dict[date, str], today: date) -> dict[str, Any]:
    weeks = [
        [_day(known, date(year, month, number), names, today) if number else None for number in week]
        for week in calendar.Calendar().monthdayscalendar(year, month)
    ]
    return {"number": month, "weeks": weeks}


def _day(known: WorkCalendar, day: date, names: dict[date, str], today: date) -> dict[str, Any]:
    if day in names:
        kind = "holiday"
    elif day in known.worked_weekends:
        kind = "worked"
    else:
        kind = "" if known.is_workday(day) else "weekend"
    return {"number": day.day, "kind": kind, "name": names.get(day, ""), "is_today": day == today}
