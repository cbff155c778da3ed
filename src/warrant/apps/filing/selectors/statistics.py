"""Figures on filings: lead times by place and stage, decisions, reasons, and what still waits.

The ministry counts the nation by province; a province counts what the viewer may see of its own by city. All days are
those of the ministry's decision, counted in the database: no filing is read one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, Case, Count, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from warrant.apps.applications.models import Application
from warrant.apps.filing.models import FilingRequest, FilingStretch
from warrant.apps.filing.selectors.register import filings_for, province_names
from warrant.apps.organisations.models import Agency
from warrant.apps.regulations.selectors import in_force
from warrant.core.access import Actor, Level, Permission
from warrant.core.errors import N_
from warrant.core.lifecycle import FilingRequestState, FilingState
from warrant.core.lifecycle.application_steps import StepsDocument
from warrant.core.qualification.filing_reasons import FILING_REASON
from warrant.core.qualification.lead_times import Period, Spread, Stage
from warrant.core.regulation import RegulationKind, WorkCalendar

AGES: tuple[tuple[int, int | None], ...] = ((0, 5), (6, 10), (11, 20), (21, None))
"""Ages of what waits, in working days, both ends included."""
KEEPS_REGISTER = "keep-filing-register"
DIRECT = "0"
"""The group of units that stand directly under the province."""
MOST_DAYS_BACK = 400
UNCLASSED = "-"
"""The class of what was decided before reasons had classes."""

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

    def time(self, stage: str, workdays: int, days: int, count: int) -> None:
        """Count how long a stage took."""
        self.workdays.setdefault(stage, Spread()).add(workdays, count)
        self.days.setdefault(stage, Spread()).add(days, count)


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


def decided_rows(viewer: Actor) -> QuerySet[Any]:
    """Return what the viewer may count: the register of filings at the ministry, the requests of a province."""
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
        decided_at__gte=start_of(period.from_on), decided_at__lt=start_of(period.until_on + timedelta(days=1))
    )


def start_of(day: date) -> datetime:
    """Return the first instant of a day on this node's clock."""
    return timezone.make_aware(datetime.combine(day, time.min))


def waiting_state() -> str:
    """Return the state of what waits for the ministry, as this side calls it."""
    return FilingState.RECEIVED.value if keeps_register() else FilingRequestState.REQUESTED.value


def stretches_of(viewer: Actor, period: Period) -> QuerySet[FilingStretch]:
    """Return how long the stages took that the viewer may count."""
    rows = FilingStretch.objects.filter(decided_on__gte=period.from_on, decided_on__lte=period.until_on)
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
    groups: tuple[dict[str, Figures], dict[str, Figures]] = ({}, {})
    whole = (Figures(), Figures())
    _count_decisions(viewer, period, before, groups, whole)
    _count_times(viewer, period, before, groups, whole)
    limit = limit_of_review(today)
    return Statistics(
        period=period,
        before=before,
        names=group_names(),
        groups=groups[0],
        whole=whole[0],
        whole_before=whole[1],
        groups_before=groups[1],
        waiting=_waiting(viewer, limit, today),
        limit=limit,
    )


Both = tuple[dict[str, Figures], dict[str, Figures]]


def _count_decisions(
    viewer: Actor, period: Period, before: Period, groups: Both, whole: tuple[Figures, Figures]
) -> None:
    group_field = _group_field()
    is_before = Case(
        When(decided_at__lt=start_of(period.from_on), then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    rows = (
        in_period(decided_rows(viewer), Period(before.from_on, period.until_on))
        .order_by()
        .annotate(is_before=is_before)
        .values_list("is_before", group_field, "state", "reason_code")
        .annotate(count=Count("pk"))
    )
    for was, group, state, code, count in rows:
        for figures in (groups[was].setdefault(_group(group), Figures()), whole[was]):
            figures.count(state, code, count)


def _count_times(
    viewer: Actor, period: Period, before: Period, groups: Both, whole: tuple[Figures, Figures]
) -> None:
    group_field = "node_code" if keeps_register() else "request__application__city_unit"
    for was, counted in ((False, period), (True, before)):
        rows = (
            stretches_of(viewer, counted)
            .order_by()
            .values_list(group_field, "stage", "workdays", "days")
            .annotate(count=Count("pk"))
        )
        for group, stage, workdays, days, count in rows:
            groups[was].setdefault(_group(group), Figures()).time(stage, workdays, days, count)
            whole[was].time(stage, workdays, days, count)


def _waiting(viewer: Actor, limit: int | None, today: date) -> dict[str, Waiting]:
    calendar = work_calendar(today)
    begun = "received_at" if keeps_register() else "requested_at"
    rows = (
        decided_rows(viewer)
        .filter(state=waiting_state())
        .order_by()
        .annotate(day=TruncDate(begun))
        .values_list(_group_field(), "day")
        .annotate(count=Count("pk"))
    )
    found: dict[str, Waiting] = {}
    for group, day, count in rows:
        age = max(calendar.workdays_between(day, today), 0)
        waiting = found.setdefault(_group(group), Waiting())
        band = next(n for n, (_least, most) in enumerate(AGES) if most is None or age <= most)
        waiting.by_age[band] += count
        if limit is not None and age > limit:
            waiting.overdue += count
    return found


def waiting_rows(viewer: Actor, least: int, most: int | None, today: date) -> QuerySet[Any]:
    """Return what has waited for ``least`` to ``most`` working days (none: without end)."""
    calendar = work_calendar(today)
    begun = "received_at" if keeps_register() else "requested_at"
    rows = decided_rows(viewer).filter(state=waiting_state())
    youngest = _last_day_of_age(calendar, today, least)
    rows = rows.filter(**{f"{begun}__lt": start_of(youngest + timedelta(days=1))})
    if most is not None:
        oldest = _last_day_of_age(calendar, today, most + 1) + timedelta(days=1)
        rows = rows.filter(**{f"{begun}__gte": start_of(oldest)})
    return rows


def _last_day_of_age(calendar: WorkCalendar, today: date, age: int) -> date:
    """Return the latest day since which at least ``age`` working days have passed."""
    day = today
    for _step in range(MOST_DAYS_BACK):
        if calendar.workdays_between(day, today) >= age:
            return day
        day -= timedelta(days=1)
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
