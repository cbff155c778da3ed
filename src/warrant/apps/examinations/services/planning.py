"""Planning a sitting, its places, and cancelling it. Source: 2009 notice, 二(二)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.examinations.models import Sitting
from warrant.apps.examinations.services.results import rules_on
from warrant.apps.examinations.types import MOST_CANDIDATES, SittingPlan
from warrant.apps.organisations.models import Agency
from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.selectors.versions import own_jurisdiction
from warrant.apps.regulations.services import keep_snapshot
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound
from warrant.core.lifecycle import SITTING, SittingState
from warrant.core.regulation import RegulationKind, WorkCalendar

FURTHEST_DAYS = 366
LONGEST_AGO_DAYS = 366


def subject_of(sitting: Sitting) -> str:
    """Return how the ledger names a sitting."""
    return f"sitting:{sitting.pk}"


def lock_sitting(pk: int) -> Sitting:
    """Return a sitting locked; the caller checks the right. Raises: NotFound, there is none."""
    sitting: Sitting | None = Sitting.system.select_for_update(of=("self",)).filter(pk=pk).first()
    if sitting is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return sitting


def locked_sitting(actor: Actor, pk: int) -> Sitting:
    """Return a sitting locked for a change by ``actor``.

    Raises:
        NotFound: there is none, or it lies out of reach.
        NotPermitted: in reach, without the right.
    """
    sitting = lock_sitting(pk)
    require(actor, Permission.TRAINING_RECORD, sitting.place)
    return sitting


@transaction.atomic
def plan_sitting(actor: Actor, plan: SittingPlan, *, now: datetime) -> Sitting:
    """Plan a sitting; the mark and the last day for scores follow from the rules of its day.

    Raises:
        NotFound: the organiser is out of reach.
        NotPermitted: the actor records no examinations there.
        InvalidInput: paper, day or place will not do; ``place`` names the field.
    """
    organiser = Agency.objects.filter(pk=plan.organiser).first()
    if organiser is None:
        raise InvalidInput("unknown-agency", N_("请选择主考单位"), place="organiser")
    require(actor, Permission.TRAINING_RECORD, organiser.place)
    today = timezone.localtime(now).date()
    if not today - timedelta(days=LONGEST_AGO_DAYS) <= plan.sat_on <= today + timedelta(days=FURTHEST_DAYS):
        raise InvalidInput("day-out-of-range", N_("考试日期应在前后一年以内"), place="sat_on")
    venue = " ".join(plan.venue.split())
    if not 2 <= len(venue) <= 120:
        raise InvalidInput("bad-venue", N_("请填写考试地点，2 至 120 个字"), place="venue")
    check_places(plan.capacity, plan.enrol_until, plan.sat_on)
    found = in_force(RegulationKind.EXAMINATION, own_jurisdiction(), plan.sat_on)
    keep_snapshot(found)
    try:
        rules = rules_on(plan.sat_on).of(plan.paper)
    except NotFound as error:
        raise InvalidInput("unknown-paper", N_("请选择考试科目"), place="paper") from error
    calendar: WorkCalendar = in_force(RegulationKind.CALENDAR, own_jurisdiction(), plan.sat_on).document
    sitting = Sitting(
        paper=plan.paper,
        organiser=organiser,
        venue=venue,
        sat_on=plan.sat_on,
        begins_at=plan.begins_at,
        pass_mark=rules.pass_mark,
        regulation_digest=found.digest,
        scores_due_on=calendar.add_workdays(plan.sat_on, rules.scores_within_workdays),
        planned_by_id=actor.account_id,
        planned_by_name=actor.name,
        planned_at=now,
        capacity=plan.capacity,
        enrol_until=plan.enrol_until,
    )
    sitting.put_at(organiser.place)
    sitting.save()
    record(
        actor,
        "sitting.planned",
        subject_of(sitting),
        f"{sitting.paper} {sitting.when} {venue}",
        now=now,
        detail={"regulation": found.digest},
    )
    return sitting


def open_list(sitting: Sitting) -> None:
    """Return while the list may be changed. Raises: Conflict, scores have been entered, or it is over."""
    if sitting.state != SittingState.PLANNED or sitting.entries.exists():
        raise Conflict("list-closed", N_("已经开始登记成绩，或者考试已结束，不能再改考生名单"))


def check_places(capacity: int, enrol_until: date | None, sat_on: date, people: int = 0) -> None:
    """Return if a sitting may have so many places, and units below may enrol so long.

    Raises:
        InvalidInput: too few or too many places, or the last day is not before the sitting; ``place`` names the field.
    """
    if not max(people, 1) <= capacity <= MOST_CANDIDATES:
        raise InvalidInput(
            "capacity-out-of-range",
            N_("名额应为 %(least)s 至 %(most)s 人"),
            place="capacity",
            least=max(people, 1),
            most=MOST_CANDIDATES,
        )
    if enrol_until is not None and enrol_until >= sat_on:
        raise InvalidInput("enrolment-too-long", N_("报名须在考试的前一天或更早截止"), place="enrol_until")


@transaction.atomic
def set_places(
    actor: Actor,
    pk: int,
    capacity: int,
    enrol_until: date | None,
    *,
    begins_at: time | None,
    now: datetime,
) -> Sitting:
    """Set when it begins, how many may sit, and until when units below enrol their own people.

    Raises:
        NotFound, NotPermitted: out of reach, or without the right.
        Conflict: scores have been entered, or it is over.
        InvalidInput: as :func:`check_places`.
    """
    sitting = locked_sitting(actor, pk)
    open_list(sitting)
    check_places(capacity, enrol_until, sitting.sat_on, sitting.candidates.count())
    wanted = (capacity, enrol_until, begins_at)
    if (sitting.capacity, sitting.enrol_until, sitting.begins_at) != wanted:
        sitting.capacity, sitting.enrol_until, sitting.begins_at = wanted
        sitting.save(update_fields=["capacity", "enrol_until", "begins_at"])
        begins = f"{begins_at:%H:%M}" if begins_at else "未定"
        said = f"名额 {capacity} 人，下级报名 {enrol_until or '不开放'}，开考 {begins}"
        record(actor, "sitting.places-set", subject_of(sitting), said, now=now)
    return sitting


@transaction.atomic
def cancel_sitting(actor: Actor, pk: int, reason: str, *, now: datetime) -> Sitting:
    """Cancel a sitting for which no score was entered.

    Raises:
        NotFound, NotPermitted: out of reach, or without the right.
        Conflict: scores have been entered, or it is over.
        InvalidInput: no reason.
    """
    sitting = locked_sitting(actor, pk)
    state = SITTING.next_state("cancel", sitting.state)
    open_list(sitting)
    said = " ".join(reason.split())[:200]
    if len(said) < 4:
        raise InvalidInput("reason-missing", N_("请写明取消的理由，至少四个字"), place="reason")
    sitting.state, sitting.cancel_reason = state.value, said
    sitting.save()
    record(actor, "sitting.cancelled", subject_of(sitting), said, now=now)
    return sitting
