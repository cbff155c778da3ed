"""Figures on filings: lead times by place and stage, decisions, reasons, and what still waits.

The ministry counts the nation by province; a province counts what the viewer may see of its own by city. All days are
those of the ministry's decision, counted in the database: no filing is read one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from warrant.apps.applications.models import Application
from warrant.apps.filing.models import Filing, FilingRequest, FilingStretch
from warrant.apps.filing.selectors.closings import closed_figures, last_closed_day
from warrant.apps.filing.selectors.figures import UNCLASSED, Figures
from warrant.apps.filing.selectors.register import filings_for, province_names
from warrant.apps.organisations.models import Agency
from warrant.apps.regulations.selectors import in_force
from warrant.core.access import Actor, Level, Permission
from warrant.core.errors import N_
from warrant.core.lifecycle import FilingRequestState, FilingState
from warrant.core.lifecycle.application_steps import StepsDocument
from warrant.core.qualification.filing_reasons import FILING_REASON
from warrant.core.qualification.lead_times import ONE_DAY, Period, Stage
from warrant.core.regulation import RegulationKind, WorkCalendar

AGES: tuple[tuple[int, int | None], ...] = ((0, 5), (6, 10), (11, 20), (21, None))
"""Ages of what waits, in working days, both ends included."""
KEEPS_REGISTER = "keep-filing-register"
DIRECT = "0"
"""The group of units that stand directly under the province."""
MOST_DAYS_BACK = 400
STAGE_WORDS: Mapping[str, str] = {
    Stage.REVIEW: N_("审查"),
    Stage.VERIFICATION: N_("核审"),
    Stage.APPROVAL: N_("审批"),
    Stage.CORRECTION: N_("补正"),
    Stage.RECONSIDERATION: N_("复核"),
    Stage.FILING: N_("部级备案"),
    Stage.WHOLE: N_("提交至备案"),
}
"""The stages in the order of the way of a case; msgids."""


def keeps_register() -> bool:
    """Tell whether this node keeps the register of filings, and so counts the nation."""
    return KEEPS_REGISTER in settings.WARRANT_CAPABILITIES


@dataclass
class Waiting:
    """What waits in one group, by the ages of ``AGES``, and how much of it is past the limit."""

    by_age: list[int] = field(default_factory=lambda: [0] * len(AGES))
    overdue: int = 0


@dataclass(frozen=True)
class Statistics:
    """Everything the page shows. Groups are node codes at the ministry, ids of cities as text in a province.

    ``limit`` is how many working days the ministry's review may take; none without a limit.
    """

    period: Period
    before: Period
    names: Mapping[str, str]
    groups: Mapping[str, Figures]
    whole: Figures
    whole_before: Figures
    groups_before: Mapping[str, Figures]
    waiting: Mapping[str, Waiting]
    limit: int | None


def decided_rows(viewer: Actor | None) -> QuerySet[Any]:
    """Return what the viewer may count: the register of filings at the ministry, the requests of a province.

    Without viewer it is the whole register, for its closing.
    """
    if viewer is None:
        return Filing.objects.defer("content", "event_raw")
    if keeps_register():
        return filings_for(viewer)
    own = Application.objects.visible_to(viewer, Permission.FILING_VIEW)
    return FilingRequest.objects.filter(application__in=own).defer("receipt")


def _group_field() -> str:
    return "node_code" if keeps_register() else "application__city_unit"


def _group(value: object) -> str:
    return str(value) if value else DIRECT


def in_group(rows: QuerySet[Any], group: str) -> QuerySet[Any]:
    """Return the rows of one group; of all for an empty one."""
    if not group:
        return rows
    if keeps_register():
        return rows.filter(node_code=group)
    return rows.filter(application__city_unit=int(group) if group != DIRECT else None)


def in_period(rows: QuerySet[Any], period: Period) -> QuerySet[Any]:
    """Return what was decided in a period."""
    return rows.filter(
        decided_at__gte=start_of(period.from_on), decided_at__lt=start_of(period.until_on + ONE_DAY)
    )


def start_of(day: date) -> datetime:
    """Return the first instant of a day on this node's clock."""
    return timezone.make_aware(datetime.combine(day, time.min))


def waiting_state() -> str:
    """Return the state of what waits for the ministry, as this side calls it."""
    return FilingState.RECEIVED.value if keeps_register() else FilingRequestState.REQUESTED.value


def stretches_of(viewer: Actor | None, period: Period) -> QuerySet[FilingStretch]:
    """Return how long the stages took that the viewer may count; of the whole register without viewer."""
    rows = FilingStretch.objects.filter(decided_on__gte=period.from_on, decided_on__lte=period.until_on)
    if viewer is None:
        return rows.filter(filing__isnull=False)
    if keeps_register():
        filings_for(viewer)  # raises for whoever may not see the register
        return rows.filter(filing__isnull=False)
    own = Application.objects.visible_to(viewer, Permission.FILING_VIEW)
    return rows.filter(request__application__in=own)


def work_calendar(on: date) -> WorkCalendar:
    """Return the nation's calendar: the ministry's review is counted by it on both sides."""
    found: WorkCalendar = in_force(RegulationKind.CALENDAR, "", on).document
    return found


def limit_of_review(on: date) -> int | None:
    """Return the limit of the ministry's review in working days."""
    document: StepsDocument = in_force(RegulationKind.STEPS, "", on).document
    return document.filing.days


def group_names() -> dict[str, str]:
    """Return what the groups are called, in the order of their codes."""
    if keeps_register():
        return province_names()
    cities = Agency.objects.filter(level=Level.CITY.value).order_by("code")
    return {str(pk): name for pk, name in cities.values_list("pk", "name")} | {DIRECT: _("省直属")}


def statistics_of(viewer: Actor, period: Period, today: date) -> Statistics:
    """Return the figures of a period and of the one before it. Raises: NotPermitted."""
    before = period.before()
    closed_on = None
    if keeps_register():
        filings_for(viewer)  # raises for whoever may not see the register
        closed_on = last_closed_day()
    groups, whole = _count(viewer, period, closed_on)
    groups_before, whole_before = _count(viewer, before, closed_on)
    limit = limit_of_review(today)
    return Statistics(
        period=period,
        before=before,
        names=group_names(),
        groups=groups,
        whole=whole,
        whole_before=whole_before,
        groups_before=groups_before,
        waiting=_waiting(viewer, limit, today),
        limit=limit,
    )


def _count(viewer: Actor, period: Period, closed_on: date | None) -> tuple[dict[str, Figures], Figures]:
    """Return the figures of a period by group, and of all groups together.

    Days up to ``closed_on`` come from the closings, all others are counted.
    """
    groups: dict[str, Figures] = {}
    open_from = period.from_on
    if closed_on is not None and closed_on >= period.from_on:
        until_on = min(closed_on, period.until_on)
        groups = closed_figures(Period(period.from_on, until_on))
        open_from = until_on + ONE_DAY
    if open_from <= period.until_on:
        count_live(viewer, Period(open_from, period.until_on), groups)
    whole = Figures()
    for figures in groups.values():
        whole.take(figures)
    return groups, whole


def count_live(viewer: Actor | None, period: Period, groups: dict[str, Figures]) -> None:
    """Count the decisions of a period into ``groups``; without viewer those of the whole register, for its closing."""
    decided = in_period(decided_rows(viewer), period).order_by()
    rows = decided.values_list(_group_field(), "state", "reason_code").annotate(count=Count("pk"))
    for group, state, code, count in rows:
        groups.setdefault(_group(group), Figures()).count(state, code, count)
    group_field = "node_code" if keeps_register() else "request__application__city_unit"
    times = stretches_of(viewer, period).order_by().values_list(group_field, "stage", "workdays", "days")
    for group, stage, workdays, days, count in times.annotate(count=Count("pk")):
        groups.setdefault(_group(group), Figures()).time(stage, workdays, days, count)


def _waiting(viewer: Actor, limit: int | None, today: date) -> dict[str, Waiting]:
    """Count what waits by the day on which it would have to have begun for each age."""
    calendar = work_calendar(today)
    begun = "received_at" if keeps_register() else "requested_at"

    def older(age: int) -> Q:
        return Q(**{f"{begun}__lt": start_of(_last_day_of_age(calendar, today, age) + ONE_DAY)})

    bands = {
        f"band{number}": Count("pk", filter=older(least) & (Q() if most is None else ~older(most + 1)))
        for number, (least, most) in enumerate(AGES)
    }
    overdue = Count(
        "pk",
        filter=Q(pk=None) if limit is None else older(limit + 1) & Q(waits_for_documents=False),
    )
    rows = decided_rows(viewer).filter(state=waiting_state()).order_by().values(_group_field())
    return {
        _group(row[_group_field()]): Waiting([row[name] for name in bands], row["overdue"])
        for row in rows.annotate(**bands, overdue=overdue)
    }


def waiting_rows(viewer: Actor, least: int, most: int | None, today: date) -> QuerySet[Any]:
    """Return what has waited for ``least`` to ``most`` working days (none: without end)."""
    calendar = work_calendar(today)
    begun = "received_at" if keeps_register() else "requested_at"
    rows = decided_rows(viewer).filter(state=waiting_state())
    youngest = _last_day_of_age(calendar, today, least)
    rows = rows.filter(**{f"{begun}__lt": start_of(youngest + ONE_DAY)})
    if most is not None:
        oldest = _last_day_of_age(calendar, today, most + 1) + ONE_DAY
        rows = rows.filter(**{f"{begun}__gte": start_of(oldest)})
    return rows


def _last_day_of_age(calendar: WorkCalendar, today: date, age: int) -> date:
    """Return the latest day since which at least ``age`` working days have passed."""
    day = today
    for _step in range(MOST_DAYS_BACK):
        if calendar.workdays_between(day, today) >= age:
            return day
        day -= ONE_DAY
    return day


def reason_words(code: str, *, is_english: bool) -> str:
    """Return what the class of a reason is called."""
    found = FILING_REASON.find(code) if code != UNCLASSED else None
    if found is None:
        return _("未分类")
    return found.english if is_english else found.name


def took_of(rows: Sequence[Any]) -> dict[int, dict[str, tuple[int, int]]]:
    """Return working days and days of each stage for some decided rows, by their ids."""
    side = "filing_id" if keeps_register() else "request_id"
    found: dict[int, dict[str, tuple[int, int]]] = {}
    wanted = FilingStretch.objects.filter(**{f"{side}__in": [row.pk for row in rows]})
    for pk, stage, workdays, days in wanted.values_list(side, "stage", "workdays", "days"):
        found.setdefault(pk, {})[stage] = (workdays, days)
    return found


def with_reason(rows: QuerySet[Any], code: str) -> QuerySet[Any]:
    """Return the rows whose reason has a class; of all for an empty one."""
    if not code:
        return rows
    return rows.filter(~Q(state=FilingState.GRANTED), reason_code="" if code == UNCLASSED else code)
