"""Putting officers into a class and taking them out, and who was there at each lesson."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.officers.models import Officer
from warrant.apps.officers.services.register import locked_officer
from warrant.apps.training.models import Attendance, ClassSession, Enrolment, TrainingClass
from warrant.apps.training.services.planning import locked_class, require_open, subject_of_class
from warrant.core.access import Actor, Permission
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
        raise NotPermitted("own-record", N_("您是这个培训班的学员，不能登记考勤、报送或确认，请由他人办理"))


def _enrol(
    actor: Actor, training_class: TrainingClass, chosen: Officer, number: int, is_full: bool
) -> Enrolled:
    try:
        officer = locked_officer(actor, Permission.TRAINING_RECORD, chosen.pk)
        if officer.state != OfficerState.ACTIVE:
            raise Conflict("officer-left", N_("该人员已离职，不能参加培训班"))
        if training_class.enrolments.filter(officer=officer).exists():
            raise Conflict("in-the-class", N_("已在学员名单中"))
        if is_full:
            raise Conflict("class-full", N_("培训班名额已满（%(most)s 人）"), most=training_class.capacity)
    except WarrantError as error:
        return Enrolled(chosen, error)
    Enrolment.objects.create(training_class=training_class, officer=officer, number=number)
    return Enrolled(chosen)


@transaction.atomic
def add_participants(actor: Actor, pk: int, officers: Sequence[Officer], *, now: datetime) -> list[Enrolled]:
    """Put officers into a class; whoever cannot join is named with the reason and stops nobody.

    Raises:
        NotFound, NotPermitted: the class is out of reach, or the right is missing.
        InvalidInput: nobody was chosen.
        Conflict: the class is closed.
    """
    found = locked_class(actor, pk)
    require_open(found)
    if not officers:
        raise InvalidInput("nobody-chosen", N_("请选择学员"))
    count = found.enrolments.count()
    last = found.enrolments.aggregate(last=Max("number"))["last"] or 0
    done: list[Enrolled] = []
    for officer in officers:
        one = _enrol(actor, found, officer, last + 1, count >= found.capacity)
        last, count = last + (one.problem is None), count + (one.problem is None)
        done.append(one)
    made = sum(1 for one in done if one.problem is None)
    if made:
        record(actor, "class.enrolled", subject_of_class(found), f"学员 {made} 人", now=now)
    return done


@transaction.atomic
def remove_participant(actor: Actor, pk: int, enrolment_pk: int, *, now: datetime) -> Enrolment:
    """Take somebody out of a class before attendance was marked for them.

    Raises:
        NotFound: there is nobody such in reach.
        Conflict: the class is closed, or attendance was marked.
    """
    found = locked_class(actor, pk)
    require_open(found)
    enrolment: Enrolment | None = found.enrolments.select_related("officer").filter(pk=enrolment_pk).first()
    if enrolment is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    if enrolment.attendances.exists():
        raise Conflict("attendance-marked", N_("已登记考勤的学员不能移出，请登记为缺勤"))
    number = enrolment.number
    enrolment.delete()
    record(actor, "class.removed", subject_of_class(found), f"学号 {number}", now=now)
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
