"""Classes as whoever supervises sees them: held, hours, attendance by organiser, with what is odd pointed out.

Source: 2009 notice, 五(一), 五(二)2.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from warrant.apps.organisations.models import Agency
from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.selectors.versions import own_jurisdiction
from warrant.apps.training.models import Attendance, ClassSession, Enrolment, TrainingClass
from warrant.apps.training.selectors.classes import class_title, lesson_of
from warrant.core.access import Actor, Permission
from warrant.core.lifecycle import ClassState
from warrant.core.qualification.training import Mark
from warrant.core.qualification.training_oddities import ODD_WORDS, HeldClass, HeldLesson, odd_classes
from warrant.core.qualification.year_figures import YearFigures
from warrant.core.regulation import RegulationKind, WorkCalendar


@dataclass
class OrganiserYear:
    """What one organiser held in a year; hours are class hours, ``present`` and ``marked`` marks of attendance."""

    name: str
    code: str
    classes: int = 0
    confirmed: int = 0
    late: int = 0
    people: int = 0
    planned_hours: int = 0
    held_hours: int = 0
    present: int = 0
    marked: int = 0

    @property
    def rate(self) -> int | None:
        """Attendance in whole percent; nothing before there are marks."""
        return self.present * 100 // self.marked if self.marked else None


@dataclass(frozen=True)
class OddClass:
    """One class with what is odd about it, in words."""

    pk: int
    title: str
    organiser: str
    starts_on: date
    words: list[str]


@dataclass(frozen=True)
class ClassesOfYear:
    """The organisers by code, and the odd classes, latest first."""

    organisers: list[OrganiserYear] = field(default_factory=list)
    odd: list[OddClass] = field(default_factory=list)


def classes_of_year(viewer: Actor, year: int, today: date) -> ClassesOfYear:
    """Return the classes of a year in the viewer's scope, cancelled ones left out. Five queries, whatever their number."""
    rows = TrainingClass.objects.visible_to(viewer, Permission.STATISTICS_VIEW)
    rows = rows.filter(starts_on__year=year).exclude(state=ClassState.CANCELLED.value)
    classes = list(
        rows.select_related("programme", "organiser")
        .annotate(people=Count("enrolments"), most=Max("enrolments__record__hours"))
        .order_by("-starts_on", "-pk")
    )
    keys = rows.order_by().values("pk")
    lessons: dict[int, list[ClassSession]] = defaultdict(list)
    for session in ClassSession.objects.filter(training_class__in=keys):
        lessons[session.training_class_id].append(session)
    marks = {
        row["session__training_class_id"]: row
        for row in Attendance.objects.filter(session__training_class__in=keys)
        .values("session__training_class_id")
        .annotate(marked=Count("pk"), present=Count("pk", filter=Q(mark__in=(Mark.PRESENT, Mark.LATE))))
    }
    members: dict[int, set[int]] = defaultdict(set)
    for class_pk, officer in Enrolment.objects.filter(training_class__in=keys).values_list(
        "training_class_id", "officer_id"
    ):
        members[class_pk].add(officer)
    organisers: dict[int, OrganiserYear] = {}
    held: list[HeldClass] = []
    for one in classes:
        counted = marks.get(one.pk, {"marked": 0, "present": 0})
        late = one.is_late or (one.state == ClassState.PLANNED and one.hand_in_due_on < today)
        row = organisers.setdefault(one.organiser_id, OrganiserYear(one.organiser.name, one.organiser.code))
        row.classes += 1
        row.confirmed += one.state == ClassState.CONFIRMED
        row.late += late
        row.people += getattr(one, "people", 0)
        row.planned_hours += one.planned_hours
        row.held_hours += sum(session.hours for session in lessons[one.pk] if session.held_on <= today)
        row.present += counted["present"]
        row.marked += counted["marked"]
        if one.ends_on < today:
            most = getattr(one, "most", None) or 0
            held.append(
                HeldClass(
                    one.pk,
                    one.organiser_id,
                    one.planned_hours,
                    most,
                    late,
                    counted["present"],
                    counted["marked"],
                )
            )
    held_lessons = [
        HeldLesson(pk, lesson_of(session), frozenset(members[pk]))
        for pk, own in lessons.items()
        for session in own
    ]
    calendar: WorkCalendar = in_force(RegulationKind.CALENDAR, own_jurisdiction(), today).document
    odd = odd_classes(held, held_lessons, calendar)
    return ClassesOfYear(
        sorted(organisers.values(), key=lambda row: row.code),
        [
            OddClass(
                one.pk,
                class_title(one),
                one.organiser.name,
                one.starts_on,
                [_(ODD_WORDS[name]) % {} for name in odd[one.pk]],
            )
            for one in classes
            if one.pk in odd
        ],
    )


def figures_of(organiser: Agency, year: int) -> YearFigures:
    """Return what an organiser's confirmed classes of a year came to, for the ministry: classes by their first day."""
    classes = TrainingClass.system.filter(
        organiser=organiser, starts_on__year=year, state=ClassState.CONFIRMED.value
    )
    keys = classes.order_by().values("pk")
    present = Q(mark__in=(Mark.PRESENT, Mark.LATE))
    marks = Attendance.objects.filter(session__training_class__in=keys).aggregate(
        marked=Count("pk"), present=Count("pk", filter=present)
    )
    enrolled = Enrolment.objects.filter(training_class__in=keys)
    was_corrected = Q(record__corrects__isnull=False) | Q(record__corrections__isnull=False)
    return YearFigures(
        year=year,
        held=classes.count(),
        people=enrolled.count(),
        reached=marks["present"],
        base=marks["marked"],
        late=classes.filter(is_late=True).count(),
        corrected=enrolled.filter(was_corrected).distinct().count(),
    )
