"""Planning a sitting and its list of candidates. Source: 2009 notice, 二(二)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.examinations.models import Candidate, Sitting
from warrant.apps.examinations.selectors.sittings import attempts_of
from warrant.apps.examinations.services.results import rules_on
from warrant.apps.examinations.types import SittingPlan
from warrant.apps.officers.models import Officer
from warrant.apps.officers.services.register import locked_officer
from warrant.apps.organisations.models import Agency
from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.selectors.versions import own_jurisdiction
from warrant.apps.regulations.services import keep_snapshot
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, WarrantError
from warrant.core.lifecycle import SITTING, OfficerState, SittingState
from warrant.core.qualification.examination import ExaminationRules, check_candidate
from warrant.core.regulation import RegulationKind, WorkCalendar

MOST_CANDIDATES = 500
FURTHEST_DAYS = 366
LONGEST_AGO_DAYS = 366


@dataclass(frozen=True)
class Enrolled:
    """What became of one officer: on the list, or why not."""

    officer: Officer
    problem: WarrantError | None = None


def subject_of(sitting: Sitting) -> str:
    """Return how the ledger names a sitting."""
    return f"sitting:{sitting.pk}"


def locked_sitting(actor: Actor, pk: int) -> Sitting:
    """Return a sitting locked for a change by ``actor``.

    Raises:
        NotFound: there is none, or it lies out of reach.
        NotPermitted: in reach, without the right.
    """
    sitting = Sitting.system.select_for_update(of=("self",)).filter(pk=pk).first()
    if sitting is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
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
        pass_mark=rules.pass_mark,
        regulation_digest=found.digest,
        scores_due_on=calendar.add_workdays(plan.sat_on, rules.scores_within_workdays),
        planned_by_id=actor.account_id,
        planned_by_name=actor.name,
        planned_at=now,
    )
    sitting.put_at(organiser.place)
    sitting.save()
    record(
        actor,
        "sitting.planned",
        subject_of(sitting),
        f"{sitting.paper} {sitting.sat_on} {venue}",
        now=now,
        detail={"regulation": found.digest},
    )
    return sitting


def _open_list(sitting: Sitting) -> None:
    if sitting.state != SittingState.PLANNED or sitting.entries.exists():
        raise Conflict("list-closed", N_("已经开始登记成绩，或者考试已结束，不能再改考生名单"))


def _enrol(actor: Actor, sitting: Sitting, chosen: Officer, rules: ExaminationRules, number: int) -> Enrolled:
    try:
        officer = locked_officer(actor, Permission.TRAINING_RECORD, chosen.pk)
        if officer.state != OfficerState.ACTIVE:
            raise Conflict("officer-left", N_("该人员已离职，不能参加考试"))
        if sitting.candidates.filter(officer=officer).exists():
            raise Conflict("on-the-list", N_("已在考生名单中"))
        check_candidate(rules, sitting.paper, sitting.sat_on, attempts_of(officer))
    except WarrantError as error:
        return Enrolled(chosen, error)
    Candidate.objects.create(sitting=sitting, officer=officer, number=number)
    return Enrolled(chosen)


@transaction.atomic
def add_candidates(actor: Actor, pk: int, officers: Sequence[Officer], *, now: datetime) -> list[Enrolled]:
    """Put officers on the list; whoever may not sit is named with the reason and stops nobody.

    Raises:
        NotFound, NotPermitted: the sitting is out of reach, or the right is missing.
        InvalidInput: nobody or too many were chosen.
        Conflict: scores have been entered already.
    """
    sitting = locked_sitting(actor, pk)
    _open_list(sitting)
    count = sitting.candidates.count()
    if not officers or count + len(officers) > MOST_CANDIDATES:
        raise InvalidInput(
            "too-many-at-once", N_("一场考试可安排 1 至 %(most)s 人；请缩小选择范围"), most=MOST_CANDIDATES
        )
    rules = rules_on(sitting.sat_on)
    last = sitting.candidates.aggregate(last=Max("number"))["last"] or 0
    done: list[Enrolled] = []
    for officer in officers:
        one = _enrol(actor, sitting, officer, rules, last + 1)
        last += one.problem is None
        done.append(one)
    made = sum(1 for one in done if one.problem is None)
    if made:
        record(actor, "sitting.enrolled", subject_of(sitting), f"考生 {made} 人", now=now)
    return done


@transaction.atomic
def remove_candidate(actor: Actor, pk: int, candidate_pk: int, *, now: datetime) -> Candidate:
    """Take somebody off the list before any score is entered.

    Raises:
        NotFound: there is no such candidate in reach.
        Conflict: scores have been entered already.
    """
    sitting = locked_sitting(actor, pk)
    _open_list(sitting)
    candidate = sitting.candidates.select_related("officer").filter(pk=candidate_pk).first()
    if candidate is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    record(actor, "sitting.removed", subject_of(sitting), f"考号 {candidate.number}", now=now)
    gone = candidate.pk
    candidate.delete()
    candidate.pk = gone
    return candidate


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
    _open_list(sitting)
    said = " ".join(reason.split())[:200]
    if len(said) < 4:
        raise InvalidInput("reason-missing", N_("请写明取消的理由，至少四个字"), place="reason")
    sitting.state, sitting.cancel_reason = state.value, said
    sitting.save()
    record(actor, "sitting.cancelled", subject_of(sitting), said, now=now)
    return sitting
