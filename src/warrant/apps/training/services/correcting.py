"""Putting right what a confirmed class credited: one person asks with reason and proof, another of the province decides.

Attendance stays as it was handed in; the courses on the records are replaced one by one as any wrong course is, and
stay readable. Source: 2009 notice, 五(二)2: the province records and supervises training; ADR-0010.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from warrant.apps.audit.services import record
from warrant.apps.officers.models import Officer
from warrant.apps.officers.services.correcting import correction_reason, lock_to_correct
from warrant.apps.officers.services.locking import lock_officers
from warrant.apps.training.models import Enrolment, HoursCorrection, HoursCorrectionLine, TrainingRecord
from warrant.apps.training.selectors.correcting import Counted, counted_hours
from warrant.apps.training.services import MOST_HOURS, replace_course
from warrant.apps.training.services.closing import credit_hours, keep_proof
from warrant.apps.training.services.enrolling import refuse_participant
from warrant.apps.training.services.planning import locked_class, subject_of_class
from warrant.apps.training.services.telling import tell_year
from warrant.apps.training.types import HoursChange, Proof
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.lifecycle import HOURS_CORRECTION, ClassState, HoursCorrectionState

MOST_CORRECTED = 40


def _line(counted: Mapping[int, Counted], change: HoursChange) -> HoursCorrectionLine | None:
    """Return what is to change for one person; nothing where the hours stand so already."""
    known = counted.get(change.enrolment)
    if known is None:
        raise InvalidInput("unknown-person", N_("学员名单已变动，请刷新页面后再填写"))
    number, after = known.enrolment.number, {code: hours for code, hours in change.hours.items() if hours}
    for code, hours in change.hours.items():
        if code not in known.subjects or not 0 <= hours <= MOST_HOURS:
            raise InvalidInput(
                "hours-out-of-range",
                N_("学号 %(number)s：每科学时应为 0 至 %(most)s 的整数"),
                place=f"h-{change.enrolment}-{code}",
                number=number,
                most=MOST_HOURS,
            )
    total = sum(after.values())
    if total > MOST_HOURS:
        raise InvalidInput(
            "hours-out-of-range",
            N_("学号 %(number)s：学时合计最多 %(most)s"),
            place=f"h-{change.enrolment}-{known.subjects[0]}",
            number=number,
            most=MOST_HOURS,
        )
    if total == known.hours and (after == known.by_subject or not known.hours):
        return None
    return HoursCorrectionLine(
        enrolment=known.enrolment,
        record=known.enrolment.record,
        before=dict(known.by_subject),
        after=after,
        hours_before=known.hours,
        hours_after=total,
    )


@transaction.atomic
def ask_hours_correction(
    actor: Actor, pk: int, changes: Sequence[HoursChange], proof: Proof | None, reason: str, *, now: datetime
) -> HoursCorrection:
    """Ask that hours which a confirmed class credited be put right; they count as they stand until it is decided.

    Raises:
        NotFound, NotPermitted: the class is out of reach, without the right, or the actor takes part in it.
        Conflict: the class is not confirmed, or a correction of it waits.
        InvalidInput: hours will not do, nothing is different, or reason or proof is missing; ``place`` names the field.
    """
    found = locked_class(actor, pk)
    refuse_participant(actor, found)
    if found.state != ClassState.CONFIRMED:
        raise Conflict("class-not-confirmed", N_("只有已确认的培训班才能更正学时"))
    if found.corrections.filter(state=HoursCorrectionState.ASKED.value).exists():
        raise Conflict("correction-asked", N_("这个培训班已有一项学时更正等待决定，请先等待决定或撤回"))
    if len(changes) > MOST_CORRECTED:
        raise InvalidInput("too-many-at-once", N_("一次最多更正 %(most)s 人"), most=MOST_CORRECTED)
    counted = {one.enrolment.pk: one for one in counted_hours(found)}
    lines = [line for line in (_line(counted, change) for change in changes) if line is not None]
    if not lines:
        raise InvalidInput("nothing-different", N_("与已计入的学时没有差别；请改正有误的学时"))
    said = correction_reason(reason)
    if len(said) < 4:
        raise InvalidInput("reason-missing", N_("请写明更正的理由，至少四个字"), place="reason")
    if proof is None:
        raise InvalidInput("proof-missing", N_("请上传证明文件"), place="proof")
    made = HoursCorrection(
        training_class=found,
        reason=said,
        proof=keep_proof(actor, found, proof, now),
        asked_by_id=actor.account_id,
        asked_by_name=actor.name,
        asked_at=now,
    )
    made.put_at(found.place)
    made.save()
    for line in lines:
        line.correction = made
    HoursCorrectionLine.objects.bulk_create(lines)
    record(
        actor,
        "class.correction-asked",
        subject_of_class(found),
        f"{_numbers(lines)}：{said}"[:300],
        now=now,
        detail={"correction": made.pk, "lines": _figures(lines), "proof": made.proof.digest},
    )
    return made


def _numbers(lines: Sequence[HoursCorrectionLine]) -> str:
    return "、".join(f"学号 {one.enrolment.number} {one.hours_before}→{one.hours_after}" for one in lines)


def _figures(lines: Sequence[HoursCorrectionLine]) -> list[list[int]]:
    return [[one.enrolment.number, one.hours_before, one.hours_after] for one in lines]


def _locked(actor: Actor, pk: int, permission: Permission) -> HoursCorrection:
    """Return a correction with its class, both locked. Raises: NotFound, NotPermitted."""
    class_pk = HoursCorrection.system.filter(pk=pk).values_list("training_class_id", flat=True).first()
    training_class = locked_class(actor, class_pk or 0, permission)
    row: HoursCorrection = HoursCorrection.system.select_for_update(of=("self",)).get(pk=pk)
    require(actor, permission, row.place)
    row.training_class = training_class
    return row


@transaction.atomic
def decide_hours_correction(
    actor: Actor, pk: int, action: str, answer: str = "", *, now: datetime
) -> HoursCorrection:
    """Agree to (``confirm``) or ``refuse`` a correction that somebody else asked for.

    Raises:
        NotFound, NotPermitted: out of reach, without the right, the person who asked, who handed the class in, or who
            takes part in it.
        Conflict: it was decided or withdrawn already, or a record was changed meanwhile.
        InvalidInput: refused without a reason; ``place`` is ``answer``.
    """
    row = _locked(actor, pk, Permission.TRAINING_CONFIRM)
    training_class = row.training_class
    if actor.account_id in (row.asked_by_id, training_class.handed_in_by_id):
        raise NotPermitted("four-eyes", N_("申请人和报送人不能决定学时更正，请由省级另一人办理"))
    refuse_participant(actor, training_class)
    row.state = HOURS_CORRECTION.next_state(action, row.state).value
    row.answer = " ".join(answer.split())[:200]
    row.decided_by_id, row.decided_by_name, row.decided_at = actor.account_id, actor.name, now
    lines = list(row.lines.select_related("enrolment", "record").order_by("enrolment__number"))
    if row.state == HoursCorrectionState.CONFIRMED:
        officers = lock_officers([_officer_pk(line) for line in lines])
        for line in lines:
            line.enrolment.training_class = training_class
            line.made = _put_right(actor, row, line, officers, now)
        HoursCorrectionLine.objects.bulk_update(lines, ["made"])
    elif len(row.answer) < 4:
        raise InvalidInput("reason-missing", N_("请写明不同意的理由，至少四个字"), place="answer")
    row.save()
    is_agreed = row.state == HoursCorrectionState.CONFIRMED
    record(
        actor,
        "class.corrected" if is_agreed else "class.correction-refused",
        subject_of_class(training_class),
        f"{_numbers(lines)}：{row.reason if is_agreed else row.answer}"[:300],
        now=now,
        detail={"correction": row.pk, "lines": _figures(lines)},
    )
    if is_agreed:
        tell_year(training_class.organiser, training_class.starts_on.year, now=now)
    return row


def _officer_pk(line: HoursCorrectionLine) -> int:
    """Return whose record it is: after a merger the course may lie with the record that was kept."""
    return line.record.officer_id if line.record else line.enrolment.officer_id


def _put_right(
    actor: Actor,
    row: HoursCorrection,
    line: HoursCorrectionLine,
    officers: Mapping[int, Officer],
    now: datetime,
) -> TrainingRecord:
    enrolment: Enrolment = line.enrolment
    if enrolment.record_id != line.record_id:
        raise Conflict(
            "entry-not-valid",
            N_("学号 %(number)s 的培训记录已变动；请不同意这项更正，由申请人重新申请"),
            number=enrolment.number,
        )
    try:
        if line.record is None:
            officer = officers[enrolment.officer_id]
            require(actor, Permission.TRAINING_CONFIRM, officer.place)
            return credit_hours(actor, officer, enrolment, line.after, row.proof, now=now)
        officer, wrong = lock_to_correct(actor, TrainingRecord, line.record.pk, Permission.TRAINING_CONFIRM)
    except NotFound as error:
        raise Conflict(
            "officer-elsewhere",
            N_("学号 %(number)s 的人员已不在本省；请不同意这项更正，由申请人另行申请，不含此人"),
            number=enrolment.number,
        ) from error
    fields = {
        "course": wrong.course,
        "organiser": wrong.organiser,
        "hours": line.hours_after,
        "started_on": wrong.started_on,
        "finished_on": wrong.finished_on,
    }
    return replace_course(
        actor, officer, wrong, fields, line.after, proof=row.proof, reason=row.reason, now=now
    )


@transaction.atomic
def withdraw_hours_correction(actor: Actor, pk: int, *, now: datetime) -> HoursCorrection:
    """Take back a correction that nobody decided yet: who asked, or a colleague who records training there.

    Raises:
        NotFound, NotPermitted: out of reach, or without the right.
        Conflict: it was decided or withdrawn already.
    """
    row = _locked(actor, pk, Permission.TRAINING_RECORD)
    row.state = HOURS_CORRECTION.next_state("withdraw", row.state).value
    row.decided_by_id, row.decided_by_name, row.decided_at = actor.account_id, actor.name, now
    row.save()
    record(actor, "class.correction-withdrawn", subject_of_class(row.training_class), row.reason, now=now)
    return row
