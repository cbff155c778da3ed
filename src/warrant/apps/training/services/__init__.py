"""Recording training hours, each with its proof.

Source: 2009 notice, 二(二), 五(二)2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.officers.models import COUNTING, Document, Officer
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.services.correcting import lock_to_correct, put_in_place, tell_correction
from warrant.apps.officers.services.documents import store_document
from warrant.apps.officers.services.register import locked_officer, subject_of
from warrant.apps.officers.services.writing import write_change
from warrant.apps.training.models import Enrolment, TrainingAssignment, TrainingHours, TrainingRecord
from warrant.apps.training.selectors import (
    open_assignments,
    trainings_of,
)
from warrant.apps.training.selectors.hours import complete_year, hours_in_year, training_rules
from warrant.apps.training.types import Proof, TrainingEntry
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, NotPermitted, WarrantError
from warrant.core.lifecycle import ChangeKind, OfficerState

MOST_HOURS = 400
MOST_ASSIGNED = 500
YOUNGEST_YEARS = 16


def officer_to_record(actor: Actor, pk: int) -> Officer:
    """Return an officer locked, of whom the actor may record training and examinations.

    Raises:
        NotFound, NotPermitted: out of reach, without the right, or the own record.
    """
    officer = locked_officer(actor, Permission.TRAINING_RECORD, pk)
    if is_own(actor, officer):
        raise NotPermitted("own-record", N_("不能登记本人的培训和考试，请由其他登记员办理"))
    return officer


def plain_name(value: str, place: str, most: int = 120) -> str:
    """Return a name with single blanks. Raises: InvalidInput at ``place``, too short or too long."""
    text = " ".join(value.split())
    if len(text) < 2:
        raise InvalidInput("too-short", N_("请填写全称，至少两个字"), place=place)
    if len(text) > most:
        raise InvalidInput("too-long", N_("最多 %(most)s 个字"), place=place, most=most)
    return text


def check_day(day: date, officer: Officer, place: str, today: date) -> None:
    """Refuse a day to come, or one on which the officer was a child. Raises: InvalidInput at ``place``."""
    if day > today:
        raise InvalidInput("future-date", N_("日期 %(day)s 在今天之后，请核对"), place=place, day=day)
    if day.year - officer.birth_on.year < YOUNGEST_YEARS:
        raise InvalidInput(
            "date-order",
            N_("日期 %(day)s 时本人未满 16 周岁，请核对"),
            place=place,
            day=day,
        )


def store_proof(actor: Actor, officer: Officer, proof: Proof, now: datetime) -> Document:
    """Keep a proof of the officer. Raises: InvalidInput at ``proof``, it cannot be taken."""
    try:
        return store_document(
            actor, proof.raw, proof.file_name, officer.place, now=now, officer_uid=officer.uid
        )
    except InvalidInput as error:
        error.place = "proof"
        raise


def _checked_training(officer: Officer, entry: TrainingEntry, today: date, pk: int = 0) -> dict[str, Any]:
    """Return the columns of a course that may stand beside the others; ``pk``: the one it takes the place of."""
    course, organiser = plain_name(entry.course, "course"), plain_name(entry.organiser, "organiser")
    if not 1 <= entry.hours <= MOST_HOURS:
        raise InvalidInput("hours-out-of-range", N_("学时应为 1 至 400 的整数"), place="hours")
    check_day(entry.started_on, officer, "started_on", today)
    check_day(entry.finished_on, officer, "finished_on", today)
    if entry.finished_on < entry.started_on:
        raise InvalidInput("date-order", N_("结束日期早于开始日期，请核对"), place="finished_on")
    same = officer.trainings.filter(
        COUNTING, course=course, started_on=entry.started_on, finished_on=entry.finished_on
    )
    if same.exclude(pk=pk).exists():
        raise InvalidInput("already-recorded", N_("该培训已经登记过，请核对名称和日期"), place="course")
    return {
        "course": course,
        "organiser": organiser,
        "hours": entry.hours,
        "started_on": entry.started_on,
        "finished_on": entry.finished_on,
    }


def _training_line(row: TrainingRecord) -> str:
    return f"{row.course} {row.hours} 学时 {row.started_on} — {row.finished_on}"


@transaction.atomic
def record_training(
    actor: Actor, officer_pk: int, entry: TrainingEntry, proof: Proof, *, now: datetime
) -> TrainingRecord:
    """Record one finished course of an officer.

    Raises:
        NotFound: the officer is out of reach.
        NotPermitted: the actor may not record here, or is the officer.
        InvalidInput: an entry is wrong, known already, or the proof cannot be taken; ``place`` names the field.
    """
    officer = officer_to_record(actor, officer_pk)
    today = timezone.localtime(now).date()
    row = TrainingRecord.objects.create(
        officer=officer,
        **_checked_training(officer, entry, today),
        proof=store_proof(actor, officer, proof, now),
        recorded_by_id=actor.account_id,
        recorded_at=now,
    )
    open_assignments(officer).filter(course=row.course).update(done_by=row)
    year = row.finished_on.year
    is_complete = hours_in_year(trainings_of(officer), year) >= training_rules(today).hours_asked(year)
    write_change(
        officer,
        {"trained_year": max(officer.trained_year, year)} if is_complete else {},
        ChangeKind.ENTRY_ADDED,
        actor,
        now=now,
        effective_on=row.finished_on,
        reason=f"培训 {row.course} {row.hours} 学时",
        is_always_kept=True,
    )
    record(
        actor,
        "training.recorded",
        subject_of(officer),
        _training_line(row),
        now=now,
        detail={"training": row.pk, "proof": row.proof.digest},
    )
    return row


def refuse_class_course(course: TrainingRecord) -> None:
    """Return unless a class brought the course: two people put that right, on the page of the class.

    Raises:
        NotPermitted: it came from a class.
    """
    if Enrolment.objects.filter(record=course).exists():
        raise NotPermitted(
            "class-course",
            N_("这项培训由培训班计入，不能由一人更正；请在培训班页面申请更正学时，由省级另一人决定"),
        )


@transaction.atomic
def correct_training(
    actor: Actor, pk: int, entry: TrainingEntry, proof: Proof | None, reason: str, *, now: datetime
) -> TrainingRecord:
    """Put a course in the place of a wrong one, which stays readable; without a new proof the old one counts.

    The hours, the year of complete training and what was assigned follow; the hours by subject stay where the total
    does. What a class brought is put right by ``services.correcting``, by two people.

    Raises:
        NotPermitted: it came from a class.
        InvalidInput: as :func:`record_training`; no reason; nothing is different.
        Conflict: it was corrected in the meantime.
    """
    officer, wrong = lock_to_correct(actor, TrainingRecord, pk, Permission.TRAINING_RECORD)
    refuse_class_course(wrong)
    today = timezone.localtime(now).date()
    fields = _checked_training(officer, entry, today, wrong.pk)
    kept = store_proof(actor, officer, proof, now) if proof else None
    subjects = dict(wrong.subject_hours.values_list("subject", "hours"))
    return replace_course(
        actor,
        officer,
        wrong,
        fields,
        subjects if fields["hours"] == wrong.hours else {},
        proof=kept,
        reason=reason,
        now=now,
    )


def replace_course(
    actor: Actor,
    officer: Officer,
    wrong: TrainingRecord,
    fields: Mapping[str, Any],
    subjects: Mapping[str, int],
    *,
    proof: Document | None,
    reason: str,
    now: datetime,
) -> TrainingRecord:
    """Put a checked course in the place of ``wrong``, with all that follows; the officer is locked by the caller.

    ``subjects``: its class hours by subject, empty where nobody knows them. Raises: InvalidInput, no reason, or
    nothing is different.
    """
    today = timezone.localtime(now).date()
    before = complete_year(trainings_of(officer), today)
    row = put_in_place(actor, officer, wrong, fields, proof=proof, reason=reason, now=now)
    _move_assignments(officer, wrong, row, now)
    Enrolment.objects.filter(record=wrong).update(record=row)
    TrainingHours.objects.bulk_create(
        TrainingHours(record=row, subject=code, hours=hours) for code, hours in subjects.items()
    )
    tell_correction(
        actor,
        officer,
        row,
        years={"trained_year": (before, complete_year(trainings_of(officer), today))},
        area="training",
        lines=(_training_line(wrong), _training_line(row)),
        words=f"培训 {row.course} {row.hours} 学时",
        effective_on=row.finished_on,
        now=now,
    )
    return row


def _move_assignments(officer: Officer, wrong: TrainingRecord, row: TrainingRecord, now: datetime) -> None:
    """Let what the wrong course fulfilled be fulfilled by the right one; without hours it is open again."""
    fulfilled = TrainingAssignment.objects.filter(done_by=wrong)
    if row.hours:
        fulfilled.update(done_by=row)
        open_assignments(officer).filter(course=row.course).update(done_by=row)
        return
    asked_again = open_assignments(officer).values("course")
    fulfilled.filter(course__in=asked_again).update(done_by=row, withdrawn_at=now)
    fulfilled.update(done_by=None)


@dataclass(frozen=True)
class Assigned:
    """What became of one officer: assigned, or why not."""

    officer: Officer
    problem: WarrantError | None = None


@transaction.atomic
def assign_training(
    actor: Actor, officers: Sequence[Officer], course: str, due_on: date, note: str, *, now: datetime
) -> list[Assigned]:
    """Have officers take a course by a day; whoever cannot be assigned is named and stops nobody.

    Raises:
        InvalidInput: nobody or too many, the course has no name, or the day has passed; ``place`` names the field.
    """
    if not officers or len(officers) > MOST_ASSIGNED:
        raise InvalidInput(
            "too-many-at-once", N_("一次可指派 1 至 %(most)s 人；请缩小选择范围"), most=MOST_ASSIGNED
        )
    plain, said = plain_name(course, "course"), " ".join(note.split())[:200]
    if due_on < timezone.localtime(now).date():
        raise InvalidInput("past-date", N_("完成期限早于今天，请核对"), place="due_on")
    return [
        _assign(actor, officer, TrainingAssignment(course=plain, due_on=due_on, note=said), now)
        for officer in officers
    ]


def _assign(actor: Actor, chosen: Officer, wanted: TrainingAssignment, now: datetime) -> Assigned:
    try:
        officer = locked_officer(actor, Permission.TRAINING_RECORD, chosen.pk)
        if officer.state != OfficerState.ACTIVE:
            raise Conflict("officer-left", N_("该人员已离职，不必指派"))
        if open_assignments(officer).filter(course=wanted.course).exists():
            raise Conflict("assigned-already", N_("已经指派过这门培训"))
    except WarrantError as error:
        return Assigned(chosen, error)
    row = TrainingAssignment.objects.create(
        officer=officer,
        course=wanted.course,
        due_on=wanted.due_on,
        note=wanted.note,
        assigned_by_id=actor.account_id,
        assigned_at=now,
    )
    words = f"{row.course}，{row.due_on} 前完成"
    record(actor, "training.assigned", subject_of(officer), words, now=now, detail={"assignment": row.pk})
    return Assigned(chosen)


@transaction.atomic
def withdraw_assignment(actor: Actor, pk: int, *, now: datetime) -> TrainingAssignment:
    """Take back an assignment that is still open.

    Raises:
        NotFound: there is none, or its officer is out of reach.
        Conflict: it is done or taken back already.
    """
    row = TrainingAssignment.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    officer = locked_officer(actor, Permission.TRAINING_RECORD, row.officer_id)
    if row.done_by_id is not None or row.withdrawn_at is not None:
        raise Conflict("assignment-closed", N_("这项培训已经完成或撤回，请刷新页面"))
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])
    record(actor, "training.unassigned", subject_of(officer), row.course, now=now)
    return row


def follow_merge(kept: Officer, gone: Officer, *, actor: Actor, now: datetime) -> None:
    """Let what the record that goes was trained belong to the one that stays; part of a merger."""
    trainings = TrainingRecord.objects.filter(officer=gone).update(officer=kept)
    doubled = open_assignments(gone).filter(course__in=open_assignments(kept).values("course"))
    doubled.update(withdrawn_at=now)
    TrainingAssignment.objects.filter(officer=gone).update(officer=kept)
    both = Enrolment.objects.filter(officer=kept).values("training_class_id")
    Enrolment.objects.filter(officer=gone).exclude(training_class_id__in=both).update(officer=kept)
    if trainings:
        words = f"{kept.name}：培训 {trainings} 项归并"
        record(actor, "training.re-pointed", subject_of(kept), words, now=now)
