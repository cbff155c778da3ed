"""Putting officers on the list of a sitting and taking them off: by its organiser, or by units below in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.examinations.models import Candidate, Sitting
from warrant.apps.examinations.selectors.below import enrols_from_below, is_open_below
from warrant.apps.examinations.selectors.sittings import attempts_of, hours_of
from warrant.apps.examinations.services.planning import lock_sitting, open_list, subject_of
from warrant.apps.examinations.services.results import rules_on
from warrant.apps.examinations.types import MOST_CANDIDATES
from warrant.apps.officers.models import Officer
from warrant.apps.officers.services.locking import lock_officers
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound, WarrantError
from warrant.core.lifecycle import OfficerState
from warrant.core.qualification.examination import ExaminationRules, check_candidate


@dataclass(frozen=True)
class Enrolled:
    """What became of one officer: on the list, or why not."""

    officer: Officer
    problem: WarrantError | None = None


def check_enrolling(actor: Actor, sitting: Sitting, today: date) -> None:
    """Return while the actor may put people on the list: as its organiser, or from a unit below in time.

    Raises:
        NotFound, NotPermitted: the sitting is out of reach, or the right is missing.
        Conflict: scores have been entered, it is over, or units below enrol nobody or no longer.
    """
    is_below = enrols_from_below(actor, sitting)
    if not is_below:
        require(actor, Permission.TRAINING_RECORD, sitting.place)
    open_list(sitting)
    if not is_below:
        return
    last = sitting.enrol_until
    if last is None:
        raise Conflict("enrolment-not-open", N_("主考单位没有开放下级单位报名，请与主考单位联系"))
    if not is_open_below(sitting, today):
        raise Conflict(
            "enrolment-closed", N_("报名已截止（%(day)s），需要增减考生请与主考单位联系"), day=last
        )


def _check(
    actor: Actor, sitting: Sitting, officer: Officer | None, rules: ExaminationRules, taken: int
) -> Officer:
    if officer is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    require(actor, Permission.TRAINING_RECORD, officer.place)
    if officer.state != OfficerState.ACTIVE:
        raise Conflict("officer-left", N_("该人员已离职，不能参加考试"))
    if sitting.candidates.filter(officer=officer).exists():
        raise Conflict("on-the-list", N_("已在考生名单中"))
    if taken >= sitting.capacity:
        raise Conflict("sitting-full", N_("考试名额已满（%(most)s 人）"), most=sitting.capacity)
    check_candidate(rules, sitting.paper, sitting.sat_on, attempts_of(officer), hours_of(officer))
    return officer


@transaction.atomic
def add_candidates(actor: Actor, pk: int, officers: Sequence[Officer], *, now: datetime) -> list[Enrolled]:
    """Put officers on the list; whoever may not sit is named with the reason and stops nobody.

    The sitting is locked first, so that two units at once never take more places than there are.

    Raises:
        NotFound, NotPermitted: the sitting is out of reach, or the right is missing.
        InvalidInput: nobody or too many were chosen.
        Conflict: scores have been entered already, or units below enrol nobody or no longer.
    """
    sitting = lock_sitting(pk)
    check_enrolling(actor, sitting, timezone.localtime(now).date())
    if not 1 <= len(officers) <= MOST_CANDIDATES:
        raise InvalidInput(
            "too-many-at-once", N_("一场考试可安排 1 至 %(most)s 人；请缩小选择范围"), most=MOST_CANDIDATES
        )
    rules = rules_on(sitting.sat_on)
    taken = sitting.candidates.count()
    last = sitting.candidates.aggregate(last=Max("number"))["last"] or 0
    locked = lock_officers([officer.pk for officer in officers])
    done: list[Enrolled] = []
    made = 0
    for chosen in officers:
        try:
            officer = _check(actor, sitting, locked.get(chosen.pk), rules, taken + made)
        except WarrantError as error:
            done.append(Enrolled(chosen, error))
            continue
        made += 1
        Candidate.objects.create(
            sitting=sitting,
            officer=officer,
            number=last + made,
            enrolled_by_id=actor.account_id,
            enrolled_by_name=actor.name,
            enrolled_at=now,
        )
        done.append(Enrolled(chosen))
    if made:
        record(actor, "sitting.enrolled", subject_of(sitting), f"考生 {made} 人", now=now)
    return done


@transaction.atomic
def remove_candidate(actor: Actor, pk: int, candidate_pk: int, *, now: datetime) -> Candidate:
    """Take somebody off the list before any score is entered; a unit below its own people before the day.

    Raises:
        NotFound: there is no such candidate in reach.
        NotPermitted: without the right.
        Conflict: scores have been entered already; for a unit below, the day of the sitting has come.
    """
    sitting = lock_sitting(pk)
    is_below = enrols_from_below(actor, sitting)
    if not is_below:
        require(actor, Permission.TRAINING_RECORD, sitting.place)
    candidate: Candidate | None = sitting.candidates.select_related("officer").filter(pk=candidate_pk).first()
    if candidate is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    if is_below:
        require(actor, Permission.TRAINING_RECORD, candidate.officer.place)
    open_list(sitting)
    if is_below and timezone.localtime(now).date() >= sitting.sat_on:
        raise Conflict("sitting-begun", N_("考试当天起不能移出考生，请与主考单位联系"))
    record(actor, "sitting.removed", subject_of(sitting), f"考号 {candidate.number}", now=now)
    gone = candidate.pk
    candidate.delete()
    candidate.pk = gone
    return candidate
