"""Made-up training classes for the demonstration: one confirmed, one under way with attendance half filled, one to come.

Made through the services, by the made-up people, as they would have been made on earlier days.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from warrant.apps.organisations.models import Agency
from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.selectors.versions import own_jurisdiction
from warrant.apps.training.models import Programme, TrainingClass
from warrant.apps.training.services.closing import confirm_class, hand_in_class
from warrant.apps.training.services.correcting import ask_hours_correction
from warrant.apps.training.services.enrolling import add_participants, mark_attendance
from warrant.apps.training.services.planning import add_session, make_programme, plan_class
from warrant.apps.training.types import ClassPlan, HoursChange, ProgrammePlan, SessionPlan
from warrant.core.access import Actor
from warrant.core.qualification.training import Mark, ProgrammeKind
from warrant.core.regulation import RegulationKind, WorkCalendar
from warrant.nodes.samples.people import actor_of, officers_of, paper

HOURS = {"transport-law": 8, "practice": 8, "conduct": 4}
MORNING, AFTERNOON = (time(8, 30), time(11, 30)), (time(13, 30), time(16, 30))
LESSONS = (
    (0, MORNING, "transport-law"),
    (0, AFTERNOON, "transport-law"),
    (1, MORNING, "practice"),
    (1, AFTERNOON, "practice"),
    (2, MORNING, "conduct"),
)


def _workdays(first: date) -> list[date]:
    """Return the first three working days from a day on."""
    calendar: WorkCalendar = in_force(RegulationKind.CALENDAR, own_jurisdiction(), first).document
    days = (first + timedelta(days=count) for count in range(30))
    return [day for day in days if calendar.is_workday(day)][:3]


def _class(
    actor: Actor,
    programme: Programme,
    unit: Agency,
    first: date,
    *,
    venue: str,
    term: str,
    capacity: int,
    enrol_until: date | None,
    now: datetime,
) -> TrainingClass:
    days = _workdays(first)
    plan = ClassPlan(programme.pk, unit.pk, term, days[0], days[-1], venue, "陆怀瑾", capacity, enrol_until)
    made = plan_class(actor, plan, now=now)
    for day, (begins_at, ends_at), subject in LESSONS:
        add_session(actor, made.pk, SessionPlan(days[day], begins_at, ends_at, subject, 4), now=now)
    return made


def _mark(actor: Actor, made: TrainingClass, *, now: datetime, is_half: bool = False) -> None:
    """Mark the lessons held, one person absent once and one late; with ``is_half`` for every second person only."""
    today = timezone.localtime(now).date()
    held = list(made.sessions.filter(held_on__lte=today).order_by("held_on", "begins_at"))
    people = list(made.enrolments.order_by("number"))
    cells = {
        (session.pk, one.pk): Mark.PRESENT.value
        for session in held
        for one in (people[: len(people) // 2] if is_half else people)
    }
    if held and len(people) > 2:
        cells[held[-1].pk, people[0].pk] = Mark.ABSENT.value
        cells[held[0].pk, people[1].pk] = Mark.LATE.value
    mark_attendance(actor, made.pk, cells, now=now)


@transaction.atomic
def make_sample_classes(*, now: datetime) -> list[TrainingClass]:
    """Make three classes, with a correction of hours that waits; nothing where there are classes already.

    The node is Jiangsu's of the demonstration, and the roster is in it.
    """
    if TrainingClass.system.exists():
        return []
    province, county, city = (
        actor_of("registrar"),
        actor_of("kunshan-registrar"),
        actor_of("nanjing-registrar"),
    )
    today = timezone.localtime(now).date()
    jiangsu, kunshan = Agency.objects.get(code="320000"), Agency.objects.get(code="320583")

    def ago(days: int) -> datetime:
        return now - timedelta(days=days)

    plan = ProgrammePlan("执法实务提高班", ProgrammeKind.IN_SERVICE.value, jiangsu.pk, HOURS)
    programme = make_programme(province, plan, now=ago(60))
    past = _class(
        county,
        programme,
        kunshan,
        today - timedelta(days=30),
        venue="昆山市执法培训教室",
        term="昆山第一期",
        capacity=20,
        enrol_until=None,
        now=ago(40),
    )
    trained = officers_of(county, 12)
    add_participants(county, past.pk, trained, now=ago(35))
    _mark(county, past, now=ago(20))
    hand_in_class(county, past.pk, paper("signed attendance"), now=ago(19))
    confirm_class(actor_of("training"), past.pk, now=ago(15))
    absent = past.enrolments.earliest("number")
    changes = [HoursChange(absent.pk, HOURS)]
    ask_hours_correction(
        county,
        past.pk,
        changes,
        paper("checked attendance"),
        "第五课已签到，登记时漏看，见签字的考勤表",
        now=ago(2),
    )

    current = _class(
        province,
        programme,
        jiangsu,
        today - timedelta(days=4),
        venue="江苏省交通运输执法培训中心",
        term="省第一期",
        capacity=30,
        enrol_until=today - timedelta(days=6),
        now=ago(20),
    )
    add_participants(county, current.pk, officers_of(county, 8, trained), now=ago(12))
    add_participants(city, current.pk, officers_of(city, 8), now=ago(11))
    _mark(province, current, now=now, is_half=True)

    coming = _class(
        province,
        programme,
        jiangsu,
        today + timedelta(days=14),
        venue="江苏省交通运输执法培训中心",
        term="省第二期",
        capacity=40,
        enrol_until=today + timedelta(days=7),
        now=ago(1),
    )
    add_participants(city, coming.pk, officers_of(city, 3), now=now)
    return [past, current, coming]
