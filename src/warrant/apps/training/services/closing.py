"""Handing a class in with its proof, and the province's confirmation, by which hours stand on people's records.

Source: 2009 notice, 五(二)2: the province records and supervises training.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.officers.models import COUNTING, Document, Officer
from warrant.apps.officers.services.documents import store_document
from warrant.apps.officers.services.locking import lock_officers
from warrant.apps.officers.services.register import subject_of
from warrant.apps.officers.services.writing import write_change
from warrant.apps.training.models import Enrolment, TrainingClass, TrainingHours, TrainingRecord
from warrant.apps.training.selectors import open_assignments, trainings_of
from warrant.apps.training.selectors.classes import Earned, earned_in, enrolments_of, sessions_of
from warrant.apps.training.selectors.hours import complete_year
from warrant.apps.training.services.enrolling import refuse_participant
from warrant.apps.training.services.planning import locked_class, subject_of_class
from warrant.apps.training.services.telling import tell_year
from warrant.apps.training.types import Proof
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, Conflict, InvalidInput, NotPermitted
from warrant.core.lifecycle import TRAINING_CLASS, ChangeKind


def _check_complete(training_class: TrainingClass) -> list[Earned]:
    """Return what everybody earned. Raises: Conflict, there is no lesson, nobody, or a mark is missing."""
    sessions, enrolments = sessions_of(training_class), enrolments_of(training_class)
    if not sessions or not enrolments:
        raise Conflict("class-empty", N_("还没有课程安排或学员，不能报送"))
    earned = earned_in(training_class, sessions, enrolments)
    missing = sum(one.unmarked for one in earned)
    if missing:
        raise Conflict(
            "attendance-missing", N_("还有 %(count)s 人次没有登记考勤，补齐后再报送"), count=missing
        )
    return earned


@transaction.atomic
def hand_in_class(actor: Actor, pk: int, proof: Proof | None, *, now: datetime) -> TrainingClass:
    """Hand a class in to the province with the signed attendance; after a return the earlier proof may stay.

    Raises:
        NotFound, NotPermitted: out of reach, without the right, or the actor takes part.
        Conflict: it is not over, attendance is missing, or it was handed in already.
        InvalidInput: the proof is missing or cannot be taken; ``place`` is ``proof``.
    """
    found = locked_class(actor, pk)
    state = TRAINING_CLASS.next_state("hand-in", found.state)
    refuse_participant(actor, found)
    today = timezone.localtime(now).date()
    if today < found.ends_on:
        raise Conflict("class-not-over", N_("培训班 %(day)s 结束，结束后再报送"), day=found.ends_on)
    earned = _check_complete(found)
    if proof is not None:
        found.proof = keep_proof(actor, found, proof, now)
    elif found.proof_id is None:
        raise InvalidInput("proof-missing", N_("请上传签字的考勤表"), place="proof")
    found.is_late = found.is_late or (found.handed_in_at is None and today > found.hand_in_due_on)
    found.state, found.reason = state.value, ""
    found.handed_in_by_id, found.handed_in_by_name, found.handed_in_at = actor.account_id, actor.name, now
    found.save()
    total = sum(one.hours for one in earned)
    record(
        actor,
        "class.handed-in",
        subject_of_class(found),
        f"学员 {len(earned)} 人，共 {total} 学时" + ("，逾期报送" if found.is_late else ""),
        now=now,
        detail={"proof": found.proof.digest if found.proof else "", "late": found.is_late},
    )
    return found


def keep_proof(actor: Actor, training_class: TrainingClass, proof: Proof, now: datetime) -> Document:
    """Keep what proves something of a class. Raises: InvalidInput at ``proof``, it cannot be taken."""
    try:
        return store_document(actor, proof.raw, proof.file_name, training_class.place, now=now)
    except InvalidInput as error:
        error.place = "proof"
        raise


def _locked_to_decide(actor: Actor, pk: int, action: str) -> TrainingClass:
    found = locked_class(actor, pk, Permission.TRAINING_CONFIRM)
    state = TRAINING_CLASS.next_state(action, found.state)
    if found.handed_in_by_id == actor.account_id:
        raise NotPermitted("four-eyes", N_("报送人不能确认或退回自己报送的培训班，请由他人办理"))
    refuse_participant(actor, found)
    found.state = state.value
    return found


@transaction.atomic
def return_class(actor: Actor, pk: int, reason: str, *, now: datetime) -> TrainingClass:
    """Give a class back to the unit that handed it in.

    Raises:
        NotFound, NotPermitted: out of reach, without the right, or the person who handed it in.
        Conflict: it does not wait for a confirmation.
        InvalidInput: no reason.
    """
    found = _locked_to_decide(actor, pk, "return")
    said = " ".join(reason.split())[:200]
    if len(said) < 4:
        raise InvalidInput("reason-missing", N_("请写明退回的理由，至少四个字"), place="reason")
    found.reason = said
    found.save()
    record(actor, "class.returned", subject_of_class(found), said, now=now)
    return found


@transaction.atomic
def confirm_class(actor: Actor, pk: int, *, now: datetime) -> TrainingClass:
    """Confirm a class: what was earned stands on everybody's record, what they were to take is done.

    Raises:
        NotFound, NotPermitted: out of reach, without the right, the person who handed it in, or a participant.
        Conflict: it does not wait for a confirmation, or somebody's course stands there already.
    """
    found = _locked_to_decide(actor, pk, "confirm")
    earned = _check_complete(found)
    proof = found.proof
    if proof is None:
        raise Conflict("proof-missing", N_("请上传签字的考勤表"))
    officers = lock_officers([one.enrolment.officer_id for one in earned])
    credited = [one for one in earned if one.hours]
    for one in credited:
        credit_hours(actor, officers[one.enrolment.officer_id], one.enrolment, one.by_subject, proof, now=now)
    found.confirmed_by_id, found.confirmed_by_name, found.confirmed_at = actor.account_id, actor.name, now
    found.save()
    record(
        actor,
        "class.confirmed",
        subject_of_class(found),
        f"{len(credited)} 人计入 {sum(one.hours for one in credited)} 学时",
        now=now,
        detail={"proof": proof.digest},
    )
    tell_year(found.organiser, found.starts_on.year, now=now)
    return found


def credit_hours(
    actor: Actor,
    officer: Officer,
    enrolment: Enrolment,
    by_subject: Mapping[str, int],
    proof: Document,
    *,
    now: datetime,
) -> TrainingRecord:
    """Put what somebody earned in a class on the record; the officer is locked by the caller.

    Raises:
        Conflict: this course of these days stands there already.
    """
    training_class = enrolment.training_class
    course = training_class.programme.name
    same = officer.trainings.filter(
        COUNTING, course=course, started_on=training_class.starts_on, finished_on=training_class.ends_on
    )
    if same.exists():
        raise Conflict(
            "course-known",
            N_("学号 %(number)s 的培训已经登记过，请先核对此人的培训记录"),
            number=enrolment.number,
        )
    row = TrainingRecord.objects.create(
        officer=officer,
        course=course,
        organiser=training_class.organiser.name,
        hours=sum(by_subject.values()),
        started_on=training_class.starts_on,
        finished_on=training_class.ends_on,
        proof=proof,
        recorded_by_id=actor.account_id,
        recorded_at=now,
    )
    TrainingHours.objects.bulk_create(
        TrainingHours(record=row, subject=code, hours=hours) for code, hours in by_subject.items() if hours
    )
    enrolment.record = row
    enrolment.save(update_fields=["record"])
    open_assignments(officer).filter(course=course).update(done_by=row)
    year = complete_year(trainings_of(officer), timezone.localtime(now).date())
    write_change(
        officer,
        {"trained_year": max(officer.trained_year, year)},
        ChangeKind.ENTRY_ADDED,
        actor,
        now=now,
        effective_on=row.finished_on,
        reason=f"培训 {course} {row.hours} 学时",
        is_always_kept=True,
    )
    record(
        actor,
        "training.recorded",
        subject_of(officer),
        f"{course} {row.hours} 学时 {row.started_on} — {row.finished_on}",
        now=now,
        detail={"training": row.pk, "proof": proof.digest, "class": training_class.pk},
    )
    return row
