"""The clock of a case: a stay begins and ends with every move; warnings and overdue stays are noted once.

The due day is fixed when the stay begins, by the rules of that day; see ADR-0017.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from warrant.apps.applications.models import Application, Stay
from warrant.apps.applications.selectors.regulations import province_code_of
from warrant.apps.audit.services import record
from warrant.apps.organisations.models import Agency
from warrant.apps.regulations.selectors import by_digest, in_force
from warrant.apps.regulations.services import keep_snapshot
from warrant.core.lifecycle import ApplicationState, Step
from warrant.core.lifecycle.application_steps import Limit, StepsDocument
from warrant.core.regulation import RegulationKind, WorkCalendar
from warrant.core.regulation.clock import term_of

S = ApplicationState
STOPS = "return-for-correction"
"""The act that stops the clock of the step: it goes on with what is left when the corrected case comes back."""
MOST_AT_ONCE = 500
"""Stays noted in one run of the upkeep; the next run goes on."""


def _limit_of(application: Application, step: Step | None, rules: StepsDocument) -> Limit:
    if application.state == S.RETURNED:
        return rules.correction
    if application.state == S.RECONSIDERATION:
        return rules.reconsideration
    return Limit(step.limit, step.warning) if step is not None else Limit(None)


def _end(stay: Stay, action: str, now: datetime) -> None:
    """End a stay and count the working days that it took, by the calendar under which it began."""
    calendar: WorkCalendar = by_digest(RegulationKind.CALENDAR, stay.calendar_digest).document
    begun_on, ended_on = (timezone.localtime(at).date() for at in (stay.begun_at, now))
    stay.ended_at, stay.ended_by = now, action
    stay.workdays = max(calendar.workdays_between(begun_on, ended_on), 0)
    stay.save(update_fields=["ended_at", "ended_by", "workdays"])


def _used_before(application: Application, stays: Sequence[Stay]) -> int:
    """Return the working days that this step used until it had the case corrected; none if it judges anew."""
    here = [
        stay
        for stay in stays
        if (stay.state, stay.unit_id) == (application.state, application.waiting_unit_id)
    ]
    return here[-1].used_before + here[-1].workdays if here and here[-1].ended_by == STOPS else 0


def follow_move(application: Application, step: Step | None, action: str, *, now: datetime) -> None:
    """End the stay that the move ends and begin the next; sets the due day on ``application``, which the caller saves.

    ``step`` is the one that has to decide now, if any. The caller holds the lock.
    """
    stays = list(Stay.objects.filter(application=application).order_by("begun_at", "pk"))
    for stay in stays:
        if stay.ended_at is None:
            _end(stay, action, now)
    application.due_on = application.warn_on = None
    if application.waiting_since is None:
        return
    today = timezone.localtime(now).date()
    province_code = province_code_of(application.officer)
    rules = in_force(RegulationKind.STEPS, province_code, today)
    calendar = in_force(RegulationKind.CALENDAR, province_code, today)
    limit = _limit_of(application, step, rules.document)
    used = _used_before(application, stays)
    if limit.days is not None:
        term = term_of(calendar.document, today, limit.days, limit.warning, used)
        application.due_on, application.warn_on = term.due_on, term.warn_on
    Stay.objects.create(
        application=application,
        state=application.state,
        unit_id=application.waiting_unit_id,
        begun_at=now,
        limit=limit.days,
        used_before=used,
        due_on=application.due_on,
        steps_digest=keep_snapshot(rules),
        calendar_digest=keep_snapshot(calendar),
    )


def _note(stay_id: int, column: str, action: str, *, now: datetime) -> None:
    """Note on one stay that it was warned of or escalated; nothing if it has ended or was noted meanwhile."""
    stay = Stay.objects.select_for_update().filter(pk=stay_id, ended_at=None, **{column: None}).first()
    if stay is None:
        return
    setattr(stay, column, now)
    stay.save(update_fields=[column])
    case = Application.system.values("number", "officer__name").get(pk=stay.application_id)
    unit = Agency.objects.get(pk=stay.unit_id).name if stay.unit_id is not None else ""
    record(
        None,
        action,
        f"application:{case['number']}",
        f"{case['officer__name']} {case['number']} {unit}",
        now=now,
        detail={"state": stay.state, "unit": stay.unit_id, "due_on": stay.due_on},
    )


def note_due_days(*, now: datetime) -> None:
    """Note, once for each stay, that its warning has begun or that it is overdue: the upkeep runs it."""
    today = timezone.localtime(now).date()
    running = Stay.objects.filter(ended_at=None)
    overdue = running.filter(due_on__lt=today, escalated_at=None)
    near = running.filter(application__warn_on__lte=today, due_on__gte=today, warned_at=None)
    for rows, column, action in (
        (overdue, "escalated_at", "application.overdue"),
        (near, "warned_at", "application.due-soon"),
    ):
        for stay_id in list(rows.order_by("due_on", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE]):
            with transaction.atomic():
                _note(stay_id, column, action, now=now)
