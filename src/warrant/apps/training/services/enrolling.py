"""Putting officers into a class and taking them out, and who was there at each lesson."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.officers.models import Officer
from warrant.apps.officers.services.register import locked_officer
from warrant.apps.training.models import Attendance, ClassSession, Enrolment, TrainingClass
from warrant.apps.training.selectors.classes import enrols_from_below, has_begun, is_open_below
from warrant.apps.training.services.planning import (
    lock_class,
    locked_class,
    require_open,
    subject_of_class,
)
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, NotPermitted, WarrantError
from warrant.core.lifecycle import OfficerState
from warrant.core.qualification.training import MARKS

Cell = tuple[int, int]
"""A session and an enrolment, by their primary keys."""


@dataclass(frozen=True)
class Enrolled:
    """What became of one officer: in the class, or why not."""

    officer: Officer
    problem: WarrantError | None = None


def refuse_participant(actor: Actor, training_class: TrainingClass) -> None:
    """Return unless the actor takes part in the class. Raises: NotPermitted."""
    if actor.officer_uid is None:
        return
    if training_class.enrolments.filter(officer__uid=actor.officer_uid).exists():
        raise NotPermitted(
            "own-record", N_("您是这个培训班的学员，不能办理这个班的考勤、报送、确认和学时更正，请由他人办理")
        )


def check_enrolling(actor: Actor, training_class: TrainingClass, today: date) -> None:
    """Return while the actor may put people into a class: as its organiser, or from a unit below in time.

    Raises:
        NotFound, NotPermitted: the class is out of reach, or the right is missing.
        Conflict: the class is closed, or units below enrol nobody or no longer.
    """
    if not enrols_from_below(actor, training_class):
        require(actor, Permission.TRAINING_RECORD, training_class.place)
        require_open(training_class)
        return
    require_open(training_class)
    last = training_class.enrol_until
    if last is None:
        raise Conflict("enrolment-not-open", N_("主办单位没有开放下级单位报名，请与主办单位联系"))
    if not is_open_below(training_class, today):
        raise Conflict(
            "enrolment-closed", N_("报名已截止（%(day)s），需要增减人员请与主办单位联系"), day=last
        )


def _enrol(
    actor: Actor, training_class: TrainingClass, chosen: Officer, number: int, now: datetime
) -> Enrolled:
    try:
        officer = locked_officer(actor, Permission.TRAINING_RECORD, chosen.pk)
        if officer.state != OfficerState.ACTIVE:
            raise Conflict("officer-left", N_("该人员已离职，不能参加培训班"))
        if training_class.enrolments.filter(officer=officer).exists():
            raise Conflict("in-the-class", N_("已在学员名单中"))
        if training_class.enrolments.count() >= training_class.capacity:
            raise Conflict("class-full", N_("培训班名额已满（%(most)s 人）"), most=training_class.capacity)
    except WarrantError as error:
        return Enrolled(chosen, error)
    Enrolment.objects.create(
        training_class=training_class,
        officer=officer,
        number=number,
        enrolled_by_id=actor.account_id,
        enrolled_by_name=actor.name,
        enrolled_at=now,
    )
    return Enrolled(chosen)


@transaction.atomic
def add_participants(actor: Actor, pk: int, officers: Sequence[Officer], *, now: datetime) -> list[Enrolled]:
    """Put officers into a class; whoever cannot join is named with the reason and stops nobody.

    The class is locked first, so that two units at once never take more places than there are.

    Raises:
        NotFound, NotPermitted: the class is out of reach, or the right is missing.
        InvalidInput: nobody was chosen.
        Conflict: the class is closed, or units below enrol nobody or no longer.
    """
    found = lock_class(pk)
    check_enrolling(actor, found, timezone.localtime(now).date())
    if not officers:
        raise InvalidInput("nobody-chosen", N_("请选择学员"))
    last = found.enrolments.aggregate(last=Max("number"))["last"] or 0
    done: list[Enrolled] = []
    for officer in officers:
        one = _enrol(actor, found, officer, last + 1, now)
        last += one.problem is None
        done.append(one)
    made = sum(1 for one in done if one.problem is None)
    if made:
        record(actor, "class.enrolled", subject_of_class(found), f"学员 {made} 人", now=now)
    return done


@transaction.atomic
def remove_participant(actor: Actor, pk: int, enrolment_pk: int, *, now: datetime) -> Enrolment:
    """Take somebody out of a class before attendance was marked; a unit below its own people before the first lesson.

    Raises:
        NotFound: there is nobody such in reach.
        NotPermitted: without the right.
        Conflict: the class is closed or, for a unit below, has begun; or attendance was marked.
    """
    found = lock_class(pk)
    is_below = enrols_from_below(actor, found)
    if not is_below:
        require(actor, Permission.TRAINING_RECORD, found.place)
    enrolment: Enrolment | None = found.enrolments.select_related("officer").filter(pk=enrolment_pk).first()
    if enrolment is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    if is_below:
        require(actor, Permission.TRAINING_RECORD, enrolment.officer.place)
    require_open(found)
    if is_below and has_begun(found, timezone.localtime(now).date()):
        raise Conflict("class-begun", N_("培训班已经开课，不能移出；请与主办单位联系"))
    if enrolment.attendances.exists():
        raise Conflict("attendance-marked", N_("已登记考勤的学员不能移出，请登记为缺勤"))
    number, name = enrolment.number, enrolment.officer.name
    enrolment.delete()
    record(actor, "class.removed", subject_of_class(found), f"学号 {number} {name}", now=now)
    return enrolment


@transaction.atomic
def mark_attendance(actor: Actor, pk: int, marks: Mapping[Cell, str], *, now: datetime) -> TrainingClass:
    """Note who was there; a cell that is not named keeps its mark, an empty mark is left as it was.

    Raises:
        NotFound, NotPermitted: out of reach, without the right, or the actor takes part.
        Conflict: the class is closed, or a lesson was not held yet.
        InvalidInput: a mark or a cell is none of this class.
    """
    found = locked_class(actor, pk)
    require_open(found)
    refuse_participant(actor, found)
    wanted = {cell: mark for cell, mark in marks.items() if mark}
    sessions: dict[int, ClassSession] = {session.pk: session for session in found.sessions.all()}
    people = set(found.enrolments.values_list("pk", flat=True))
    today = timezone.localtime(now).date()
    for (session_pk, enrolment_pk), mark in wanted.items():
        if mark not in MARKS or session_pk not in sessions or enrolment_pk not in people:
            raise InvalidInput("unknown-mark", N_("考勤表已变动，请刷新页面后再登记"))
        if sessions[session_pk].held_on > today:
            day = sessions[session_pk].held_on
            raise Conflict("not-held-yet", N_("%(day)s 的课还没有上，不能登记考勤"), day=day)
    before = {
        (row.session_id, row.enrolment_id): row
        for row in Attendance.objects.filter(session__in=sessions)
        if (row.session_id, row.enrolment_id) in wanted
    }
    changed = [row for cell, row in before.items() if row.mark != wanted[cell]]
    for row in changed:
        row.mark = wanted[row.session_id, row.enrolment_id]
    Attendance.objects.bulk_update(changed, ["mark"])
    fresh = [
        Attendance(session_id=cell[0], enrolment_id=cell[1], mark=mark)
        for cell, mark in wanted.items()
        if cell not in before
    ]
    Attendance.objects.bulk_create(fresh)
    if fresh or changed:
        record(
            actor,
            "class.attendance-marked",
            subject_of_class(found),
            f"登记 {len(fresh)} 人次，改动 {len(changed)} 人次",
            now=now,
        )
    return found
