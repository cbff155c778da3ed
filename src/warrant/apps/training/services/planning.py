"""Drawing up programmes, planning classes and their sessions. Source: 2009 notice, 二(二)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.organisations.models import Agency
from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.selectors.versions import own_jurisdiction
from warrant.apps.regulations.services import keep_snapshot
from warrant.apps.training.models import Attendance, ClassSession, Programme, ProgrammeSubject, TrainingClass
from warrant.apps.training.selectors.classes import (
    OPEN,
    lesson_of,
    rules_of,
    sessions_of,
    usable_programmes,
)
from warrant.apps.training.selectors.hours import training_rules
from warrant.apps.training.types import ClassPlan, ProgrammePlan, SessionPlan
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, InvalidInput, NotFound
from warrant.core.lifecycle import TRAINING_CLASS
from warrant.core.qualification.training import PROGRAMME_KINDS, Lesson, check_lesson, check_programme
from warrant.core.regulation import RegulationKind, WorkCalendar

FURTHEST_DAYS = 366
LONGEST_CLASS_DAYS = 180
MOST_PEOPLE = 500
MOST_SESSIONS = 120


def subject_of_class(training_class: TrainingClass) -> str:
    """Return how the ledger names a class."""
    return f"training-class:{training_class.pk}"


def locked_class(actor: Actor, pk: int, permission: Permission = Permission.TRAINING_RECORD) -> TrainingClass:
    """Return a class locked for a change by ``actor``.

    Raises:
        NotFound: there is none, or it lies out of reach.
        NotPermitted: in reach, without the right.
    """
    found = lock_class(pk)
    require(actor, permission, found.place)
    return found


def lock_class(pk: int) -> TrainingClass:
    """Return a class locked; the caller checks the right. Raises: NotFound, there is none."""
    rows = TrainingClass.system.select_for_update(of=("self",)).select_related("programme", "organiser")
    found: TrainingClass | None = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return found


def require_open(training_class: TrainingClass) -> None:
    """Return while the unit may still change the class. Raises: Conflict."""
    if training_class.state not in OPEN:
        raise Conflict("class-closed", N_("培训班已报送、确认或取消，不能再改"))


def _line(text: str, place: str, most: int, least: int = 2) -> str:
    plain = " ".join(text.split())
    if not least <= len(plain) <= most:
        raise InvalidInput(
            "bad-length", N_("请填写 %(least)s 至 %(most)s 个字"), place=place, least=least, most=most
        )
    return plain


def _organiser(actor: Actor, pk: int) -> Agency:
    organiser = Agency.objects.filter(pk=pk).first()
    if organiser is None:
        raise InvalidInput("unknown-agency", N_("请选择主办单位"), place="organiser")
    require(actor, Permission.TRAINING_RECORD, organiser.place)
    return organiser


@transaction.atomic
def make_programme(actor: Actor, plan: ProgrammePlan, *, now: datetime) -> Programme:
    """Draw up a programme: subjects with hours, by the rules of today.

    Raises:
        NotFound, NotPermitted: the organiser is out of reach, or the right is missing.
        InvalidInput: the name is taken, or kind or hours will not do; ``place`` names the field.
    """
    organiser = _organiser(actor, plan.organiser)
    name = _line(plan.name, "name", 100)
    if plan.kind not in PROGRAMME_KINDS:
        raise InvalidInput("unknown-kind", N_("请选择培训类别"), place="kind")
    hours = {code: count for code, count in plan.hours.items() if count}
    check_programme(training_rules(timezone.localtime(now).date()), plan.kind, hours)
    if Programme.system.filter(organiser=organiser, name=name, closed_at=None).exists():
        raise InvalidInput("name-taken", N_("本单位已有同名的培训大纲，请换一个名称"), place="name")
    programme = Programme(
        name=name,
        kind=plan.kind,
        organiser=organiser,
        made_by_id=actor.account_id,
        made_by_name=actor.name,
        made_at=now,
    )
    programme.put_at(organiser.place)
    programme.save()
    ProgrammeSubject.objects.bulk_create(
        ProgrammeSubject(programme=programme, subject=code, hours=count) for code, count in hours.items()
    )
    record(
        actor,
        "programme.made",
        f"programme:{programme.pk}",
        f"{name} {sum(hours.values())} 学时",
        now=now,
        detail={"kind": plan.kind, "hours": hours},
    )
    return programme


@transaction.atomic
def close_programme(actor: Actor, pk: int, *, now: datetime) -> Programme:
    """Let no new class take a programme.

    Raises:
        NotFound, NotPermitted: out of reach, or without the right.
        Conflict: it is closed already.
    """
    programme = Programme.system.select_for_update(of=("self",)).filter(pk=pk).first()
    if programme is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    require(actor, Permission.TRAINING_RECORD, programme.place)
    if programme.closed_at is not None:
        raise Conflict("programme-closed", N_("这份大纲已停用，请刷新页面"))
    programme.closed_at = now
    programme.save(update_fields=["closed_at"])
    record(actor, "programme.closed", f"programme:{programme.pk}", programme.name, now=now)
    return programme


def _check_places(capacity: int, enrol_until: date | None, starts_on: date) -> None:
    if not 1 <= capacity <= MOST_PEOPLE:
        raise InvalidInput(
            "number-out-of-range",
            N_("应为 %(least)s 至 %(most)s 的整数"),
            place="capacity",
            least=1,
            most=MOST_PEOPLE,
        )
    if enrol_until is not None and enrol_until > starts_on:
        raise InvalidInput("date-order", N_("报名截止日应不晚于开始日期"), place="enrol_until")


def _check_days(plan: ClassPlan, today: date) -> None:
    reach = timedelta(days=FURTHEST_DAYS)
    if not today - reach <= plan.starts_on <= today + reach:
        raise InvalidInput("day-out-of-range", N_("开班日期应在前后一年以内"), place="starts_on")
    if plan.ends_on < plan.starts_on:
        raise InvalidInput("date-order", N_("结束日期早于开始日期，请核对"), place="ends_on")
    if (plan.ends_on - plan.starts_on).days >= LONGEST_CLASS_DAYS:
        raise InvalidInput(
            "class-too-long", N_("一个培训班最长 %(most)s 天"), place="ends_on", most=LONGEST_CLASS_DAYS
        )


@transaction.atomic
def plan_class(actor: Actor, plan: ClassPlan, *, now: datetime) -> TrainingClass:
    """Plan a class; what counts and the last day for handing it in follow from the rules of its first day.

    Raises:
        NotFound, NotPermitted: the organiser is out of reach, or the right is missing.
        InvalidInput: programme, days, place or number of people will not do; ``place`` names the field.
    """
    organiser = _organiser(actor, plan.organiser)
    programme = usable_programmes(actor).filter(pk=plan.programme).first()
    if programme is None:
        raise InvalidInput("unknown-programme", N_("请选择培训大纲"), place="programme")
    _check_days(plan, timezone.localtime(now).date())
    _check_places(plan.capacity, plan.enrol_until, plan.starts_on)
    found = in_force(RegulationKind.TRAINING, own_jurisdiction(), plan.starts_on)
    keep_snapshot(found)
    calendar: WorkCalendar = in_force(RegulationKind.CALENDAR, own_jurisdiction(), plan.ends_on).document
    rules = training_rules(plan.starts_on)
    made = TrainingClass(
        programme=programme,
        term=_line(plan.term, "term", 40),
        organiser=organiser,
        venue=_line(plan.venue, "venue", 120),
        teacher=_line(plan.teacher, "teacher", 80),
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        capacity=plan.capacity,
        enrol_until=plan.enrol_until,
        planned_hours=sum(programme.subjects.values_list("hours", flat=True)),
        regulation_digest=found.digest,
        hand_in_due_on=calendar.add_workdays(plan.ends_on, rules.hand_in_within_workdays),
        planned_by_id=actor.account_id,
        planned_by_name=actor.name,
        planned_at=now,
    )
    made.put_at(organiser.place)
    made.save()
    record(
        actor,
        "class.planned",
        subject_of_class(made),
        f"{programme.name} {made.term} {made.starts_on} — {made.ends_on}",
        now=now,
        detail={"regulation": found.digest, "programme": programme.pk},
    )
    return made


@transaction.atomic
def set_places(
    actor: Actor, pk: int, capacity: int, enrol_until: date | None, *, now: datetime
) -> TrainingClass:
    """Change how many people a class takes, and until when units below enrol theirs.

    Raises:
        NotFound, NotPermitted: out of reach, or without the right.
        Conflict: the class is closed.
        InvalidInput: fewer places than people, or a day after the first one; ``place`` names the field.
    """
    found = locked_class(actor, pk)
    require_open(found)
    _check_places(capacity, enrol_until, found.starts_on)
    people = found.enrolments.count()
    if capacity < people:
        raise InvalidInput(
            "fewer-than-people", N_("已编入 %(people)s 人，名额不能更少"), place="capacity", people=people
        )
    if (capacity, enrol_until) != (found.capacity, found.enrol_until):
        words = f"名额 {found.capacity} → {capacity}，报名截止 {found.enrol_until or '无'} → {enrol_until or '无'}"
        found.capacity, found.enrol_until = capacity, enrol_until
        found.save(update_fields=["capacity", "enrol_until"])
        record(actor, "class.places-set", subject_of_class(found), words, now=now)
    return found


@transaction.atomic
def add_session(actor: Actor, pk: int, plan: SessionPlan, *, now: datetime) -> ClassSession:
    """Put a lesson into a class.

    Raises:
        NotFound, NotPermitted: out of reach, or without the right.
        Conflict: the class is closed, or full of lessons.
        InvalidInput: it lies outside the class or beside another, its hours or subject will not do.
    """
    found = locked_class(actor, pk)
    require_open(found)
    sessions = sessions_of(found)
    if len(sessions) >= MOST_SESSIONS:
        raise Conflict("too-many-sessions", N_("一个培训班最多 %(most)s 课"), most=MOST_SESSIONS)
    programme_subjects = set(found.programme.subjects.values_list("subject", flat=True))
    if plan.subject not in programme_subjects:
        raise InvalidInput("unknown-subject", N_("请选择大纲中的科目"), place="subject")
    lesson = Lesson(0, plan.subject, plan.held_on, plan.begins_at, plan.ends_at, plan.hours)
    others = [lesson_of(session) for session in sessions]
    check_lesson(rules_of(found), lesson, others, found.starts_on, found.ends_on)
    made = ClassSession.objects.create(
        training_class=found,
        held_on=plan.held_on,
        begins_at=plan.begins_at,
        ends_at=plan.ends_at,
        subject=plan.subject,
        hours=plan.hours,
        teacher=_line(plan.teacher or found.teacher, "teacher", 80),
        venue=_line(plan.venue or found.venue, "venue", 120),
    )
    words = f"{made.held_on} {made.subject} {made.hours} 学时"
    record(actor, "class.session-added", subject_of_class(found), words, now=now)
    return made


@transaction.atomic
def remove_session(actor: Actor, pk: int, session_pk: int, *, now: datetime) -> ClassSession:
    """Take a lesson out of a class before anybody's attendance was marked.

    Raises:
        NotFound, NotPermitted: out of reach, or without the right.
        Conflict: the class is closed, or attendance was marked.
    """
    found = locked_class(actor, pk)
    require_open(found)
    session: ClassSession | None = found.sessions.filter(pk=session_pk).first()
    if session is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    if session.attendances.exists():
        raise Conflict("attendance-marked", N_("这一课已登记考勤，不能删除"))
    words = f"{session.held_on} {session.subject} {session.hours} 学时"
    session.delete()
    record(actor, "class.session-removed", subject_of_class(found), words, now=now)
    return session


@transaction.atomic
def cancel_class(actor: Actor, pk: int, reason: str, *, now: datetime) -> TrainingClass:
    """Cancel a class in which no attendance was marked.

    Raises:
        NotFound, NotPermitted: out of reach, or without the right.
        Conflict: attendance was marked, or the class is closed.
        InvalidInput: no reason.
    """
    found = locked_class(actor, pk)
    state = TRAINING_CLASS.next_state("cancel", found.state)
    if Attendance.objects.filter(session__training_class=found).exists():
        raise Conflict("attendance-marked", N_("已登记考勤的培训班不能取消"))
    found.state, found.reason = state.value, _line(reason, "reason", 200, least=4)
    found.save()
    record(actor, "class.cancelled", subject_of_class(found), found.reason, now=now)
    return found
