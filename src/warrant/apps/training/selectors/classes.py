"""Reading programmes and classes: lists, one class with its people and hours, and what waits for whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from warrant.apps.foundation import clock
from warrant.apps.foundation.work import Queue, WorkItem, waits_from
from warrant.apps.officers.models import Officer
from warrant.apps.officers.types import ListAction
from warrant.apps.organisations.models import Agency
from warrant.apps.regulations.selectors import by_digest
from warrant.apps.training.models import (
    Attendance,
    ClassSession,
    Enrolment,
    HoursCorrection,
    Programme,
    TrainingClass,
)
from warrant.apps.training.types import CLASS_FACES
from warrant.core.access import Actor, Permission, Role, is_permitted
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle import ClassState, HoursCorrectionState
from warrant.core.qualification.training import Lesson, TrainingRules, credited
from warrant.core.regulation import RegulationKind

ENROL_CHOSEN = ListAction(
    "join-class", N_("编入培训班"), Permission.TRAINING_RECORD, "class-enrol", "calendar-plus"
)
"""What the list of officers offers for those chosen."""

OPEN = (ClassState.PLANNED.value, ClassState.RETURNED.value)
"""States in which a class may still be changed by the unit that holds it."""


def rules_of(training_class: TrainingClass) -> TrainingRules:
    """Return the rules under which a class was planned; they were kept then."""
    rules: TrainingRules = by_digest(RegulationKind.TRAINING, training_class.regulation_digest).document
    return rules


def subject_name(rules: TrainingRules, code: str) -> str:
    """Return the name of a subject in the language of the request; the code where the rules no longer know it."""
    subject = rules.subjects.get(code)
    if subject is None:
        return code
    return subject.title["en" if (get_language() or "").startswith("en") else "zh"]


def organisers_for(viewer: Actor) -> list[tuple[int, str]]:
    """Return the units over which the viewer holds the right itself: those that can hold a class."""
    grants = viewer.grants_for(Permission.TRAINING_RECORD)
    units = Agency.objects.filter(pk__in={grant.unit_id for grant in grants}).order_by("code")
    return list(units.values_list("pk", "name"))


def programmes_for(viewer: Actor) -> QuerySet[Programme]:
    """Return the programmes in the viewer's scope."""
    rows = Programme.objects.visible_to(viewer, Permission.OFFICER_VIEW)
    return rows.select_related("organiser").annotate(held=Count("classes"))


def programme_for(viewer: Actor, pk: int) -> Programme:
    """Return one programme in the viewer's scope. Raises: NotFound."""
    found: Programme = Programme.objects.get_visible(viewer, Permission.OFFICER_VIEW, pk=pk)
    return found


def usable_programmes(viewer: Actor) -> QuerySet[Programme]:
    """Return what the viewer may hold a class of: programmes in use of the own unit, those below and those above it."""
    grants = viewer.grants_for(Permission.TRAINING_RECORD)
    own = Agency.objects.filter(pk__in={grant.unit_id for grant in grants})
    above = {pk for row in own.values_list("pk", "province_id", "city_id", "county_id") for pk in row if pk}
    visible = Programme.objects.visible_to(viewer, Permission.TRAINING_RECORD).values("pk")
    rows = Programme.system.filter(Q(pk__in=visible) | Q(organiser_id__in=above), closed_at=None)
    return rows.select_related("organiser").order_by("organiser__code", "name")


def units_above(viewer: Actor, permission: Permission) -> set[int]:
    """Return the units above those over which the viewer holds a permission, by primary key."""
    grants = [grant for grant in viewer.grants_for(permission) if grant.role is not Role.OFFICER]
    if all(grant.is_node_wide for grant in grants):
        return set()
    own = Agency.objects.filter(pk__in={grant.unit_id for grant in grants})
    rows = own.values_list("pk", "province_id", "city_id", "county_id")
    return {pk for unit, *above in rows for pk in above if pk is not None and pk != unit}


def _reached(viewer: Actor, permission: Permission) -> QuerySet[TrainingClass]:
    """Return the classes within the viewer's scope, and those of the units above it."""
    visible = TrainingClass.objects.visible_to(viewer, permission)
    above = units_above(viewer, permission)
    if not above:
        return visible
    return TrainingClass.system.filter(Q(pk__in=visible.values("pk")) | Q(organiser_id__in=above))


def classes_for(viewer: Actor) -> QuerySet[TrainingClass]:
    """Return the classes in the viewer's scope and those of the units above, with ``people``, how many take part."""
    rows = _reached(viewer, Permission.OFFICER_VIEW)
    return rows.select_related("organiser", "programme").annotate(people=Count("enrolments"))


def class_for(viewer: Actor, pk: int) -> TrainingClass:
    """Return one class that :func:`classes_for` has, with ``people``. Raises: NotFound."""
    found = classes_for(viewer).filter(pk=pk).first()
    if found is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return found


def sees_all(viewer: Actor, training_class: TrainingClass) -> bool:
    """Tell whether the viewer sees everybody of a class, or only the own people in one of a unit above."""
    return is_permitted(viewer, Permission.OFFICER_VIEW, training_class.place)


def enrols_from_below(viewer: Actor, training_class: TrainingClass) -> bool:
    """Tell whether the viewer's unit lies below the one that holds the class, and may record training there."""
    return not is_permitted(
        viewer, Permission.TRAINING_RECORD, training_class.place
    ) and training_class.organiser_id in units_above(viewer, Permission.TRAINING_RECORD)


def is_open_below(training_class: TrainingClass, today: date) -> bool:
    """Tell whether units below may enrol their people today."""
    last = training_class.enrol_until
    return training_class.state == ClassState.PLANNED and last is not None and today <= last


def has_begun(training_class: TrainingClass, today: date) -> bool:
    """Tell whether the day of the first lesson has come; of the class, where no lesson is planned."""
    first = training_class.sessions.aggregate(first=Min("held_on"))["first"]
    return bool(today >= (first or training_class.starts_on))


def open_classes(viewer: Actor, today: date) -> QuerySet[TrainingClass]:
    """Return the classes to which the viewer may still add people, the next first, with ``people``."""
    visible = TrainingClass.objects.visible_to(viewer, Permission.TRAINING_RECORD).filter(state__in=OPEN)
    open_below = Q(
        organiser_id__in=units_above(viewer, Permission.TRAINING_RECORD),
        state=ClassState.PLANNED.value,
        enrol_until__gte=today,
    )
    rows = TrainingClass.system.filter(Q(pk__in=visible.values("pk")) | open_below)
    rows = rows.select_related("organiser", "programme").annotate(people=Count("enrolments"))
    return rows.order_by("starts_on", "pk")


def places_left(training_class: TrainingClass) -> str:
    """Return in words how many may still join; the row comes with ``people``."""
    left = max(training_class.capacity - getattr(training_class, "people", 0), 0)
    return _("余 %(left)s 名") % {"left": left} if left else _("名额已满")


def enrolling(training_class: TrainingClass, today: date) -> dict[str, str] | str:
    """Return whether units below may enrol, in words; the row comes with ``people``."""
    if training_class.enrol_until is None or training_class.state != ClassState.PLANNED:
        return ""
    if not is_open_below(training_class, today):
        return {"word": _("报名已截止"), "tone": "ended"}
    left = training_class.capacity > getattr(training_class, "people", 0)
    word = _("%(left)s，%(day)s 截止") % {
        "left": places_left(training_class),
        "day": f"{training_class.enrol_until:%m-%d}",
    }
    return {"word": word, "tone": "valid" if left else "attention"}


def class_title(training_class: TrainingClass) -> str:
    """Return how a class is called."""
    return f"{training_class.programme.name}（{training_class.term}）"


def state_of(training_class: TrainingClass, today: date) -> dict[str, str]:
    """Return word and tone of a class's state; that it is running follows from its days."""
    if training_class.state == ClassState.PLANNED:
        if today < training_class.starts_on:
            return {"word": _("未开班"), "tone": "waiting"}
        if today <= training_class.ends_on:
            return {"word": _("进行中"), "tone": "waiting"}
    word, tone = CLASS_FACES[training_class.state]
    return {"word": _(word), "tone": tone}


def lateness(training_class: TrainingClass, today: date) -> dict[str, str] | str:
    """Return whether a class was or is handed in late, in words."""
    if training_class.is_late:
        return {"word": _("逾期报送"), "tone": "attention"}
    if training_class.state == ClassState.PLANNED and training_class.hand_in_due_on < today:
        return {"word": _("已逾期"), "tone": "broken"}
    return ""


def sessions_of(training_class: TrainingClass) -> list[ClassSession]:
    """Return the sessions in the order of time."""
    return list(training_class.sessions.order_by("held_on", "begins_at", "pk"))


def lesson_of(session: ClassSession) -> Lesson:
    """Return a session as the rules see it."""
    return Lesson(
        session.pk,
        session.subject,
        session.held_on,
        session.begins_at,
        session.ends_at,
        session.hours,
        session.teacher,
    )


def enrolments_of(training_class: TrainingClass, viewer: Actor | None = None) -> list[Enrolment]:
    """Return the people of a class by number; with ``viewer`` only those of the viewer's own scope."""
    rows = training_class.enrolments.select_related("officer__agency", "record").order_by("number")
    if viewer is not None:
        own = Officer.objects.visible_to(viewer, Permission.OFFICER_VIEW)
        rows = rows.filter(officer__in=own.values("pk"))
    return list(rows)


def marks_of(training_class: TrainingClass) -> dict[int, dict[int, str]]:
    """Return the marks by enrolment, then by session."""
    rows = Attendance.objects.filter(enrolment__training_class=training_class)
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for enrolment, session, mark in rows.values_list("enrolment_id", "session_id", "mark"):
        found[enrolment][session] = mark
    return found


def unmarked_by_day(
    sessions: Sequence[ClassSession],
    enrolments: Sequence[Enrolment],
    marks: Mapping[int, Mapping[int, str]],
    today: date,
) -> dict[date, int]:
    """Return how many marks each day of lessons up to ``today`` still lacks, by day."""
    lacking: dict[date, int] = {}
    for session in sessions:
        if session.held_on <= today:
            missing = sum(1 for one in enrolments if session.pk not in marks.get(one.pk, {}))
            lacking[session.held_on] = lacking.get(session.held_on, 0) + missing
    return lacking


@dataclass(frozen=True)
class Earned:
    """What one person of a class has earned so far. ``unmarked``: sessions held without a mark."""

    enrolment: Enrolment
    marks: Mapping[int, str]
    by_subject: Mapping[str, int]
    unmarked: int

    @property
    def hours(self) -> int:
        """The class hours in all."""
        return sum(self.by_subject.values())


def earned_in(
    training_class: TrainingClass, sessions: Sequence[ClassSession], enrolments: Sequence[Enrolment]
) -> list[Earned]:
    """Return what each person has earned by the rules of the class, in the order of ``enrolments``."""
    rules = rules_of(training_class)
    marks = marks_of(training_class)
    lessons = [lesson_of(session) for session in sessions]
    found = []
    for enrolment in enrolments:
        own = marks.get(enrolment.pk, {})
        missing = sum(1 for lesson in lessons if lesson.pk not in own)
        found.append(Earned(enrolment, own, credited(rules, lessons, own), missing))
    return found


def finished_officers(viewer: Actor, class_pk: int) -> QuerySet[Officer]:
    """Return the officers who earned hours in a confirmed class that the viewer may see, by name: candidates, say.

    Raises:
        NotFound: there is no such class in reach.
    """
    found = class_for(viewer, class_pk)
    done = (
        found.enrolments.filter(record__hours__gt=0)
        if found.state == ClassState.CONFIRMED
        else Enrolment.objects.none()
    )
    rows: QuerySet[Officer] = Officer.objects.visible_to(viewer, Permission.OFFICER_VIEW)
    return rows.filter(pk__in=done.values("officer_id")).order_by("sort_key", "pk")


def confirmed_classes(viewer: Actor) -> QuerySet[TrainingClass]:
    """Return the confirmed classes in the viewer's scope, the latest first."""
    rows = classes_for(viewer).filter(state=ClassState.CONFIRMED.value)
    return rows.order_by("-ends_on", "-pk")


_FIELDS = (
    "pk",
    "state",
    "term",
    "programme__name",
    "organiser__name",
    "ends_on",
    "planned_at",
    "handed_in_at",
    "hand_in_due_on",
)


def _hand_in_item(row: TrainingClass) -> WorkItem:
    is_late = row.hand_in_due_on < clock.today()
    return WorkItem(
        kind="training-class",
        title=_("报送培训班：%(title)s") % {"title": class_title(row)},
        detail=_("应在 %(day)s 前报送") % {"day": row.hand_in_due_on},
        url=reverse("class-detail", args=[row.pk]),
        waiting_since=waits_from(row.ends_on + timedelta(days=1), row.planned_at),
        tone="broken" if is_late else "attention" if row.state == ClassState.RETURNED else "waiting",
        due=_("已退回") if row.state == ClassState.RETURNED else "",
        action=_("报送"),
    )


def _confirm_item(row: TrainingClass) -> WorkItem:
    return WorkItem(
        kind="training-class",
        title=_("确认培训班：%(title)s") % {"title": class_title(row)},
        detail=row.organiser.name,
        url=reverse("class-detail", args=[row.pk]),
        waiting_since=row.handed_in_at or row.planned_at,
        action=_("核对"),
    )


def _correction_item(row: HoursCorrection) -> WorkItem:
    return WorkItem(
        kind="hours-correction",
        title=_("决定学时更正：%(title)s") % {"title": class_title(row.training_class)},
        detail=row.reason,
        url=reverse("hours-correction", args=[row.pk]),
        waiting_since=row.asked_at,
        action=_("核对"),
    )


def work_queues(viewer: Actor) -> list[Queue]:
    """Return the classes that the viewer can hand in, and classes and corrections of hours that the province decides."""
    queues = []
    if viewer.has_anywhere(Permission.TRAINING_RECORD):
        over = TrainingClass.objects.visible_to(viewer, Permission.TRAINING_RECORD).filter(
            state__in=OPEN, ends_on__lt=clock.today()
        )
        queues.append(Queue(over.order_by("ends_on", "planned_at", "pk"), _FIELDS, _hand_in_item))
    if viewer.has_anywhere(Permission.TRAINING_CONFIRM):
        waiting = TrainingClass.objects.visible_to(viewer, Permission.TRAINING_CONFIRM).filter(
            state=ClassState.HANDED_IN.value
        )
        waiting = waiting.exclude(handed_in_by_id=viewer.account_id)
        queues.append(Queue(waiting.order_by("handed_in_at", "pk"), _FIELDS, _confirm_item))
        asked = HoursCorrection.objects.visible_to(viewer, Permission.TRAINING_CONFIRM).filter(
            state=HoursCorrectionState.ASKED.value
        )
        asked = asked.exclude(asked_by_id=viewer.account_id)
        asked = asked.exclude(training_class__handed_in_by_id=viewer.account_id)
        fields = ("pk", "reason", "asked_at", "training_class__term", "training_class__programme__name")
        queues.append(Queue(asked.order_by("asked_at", "pk"), fields, _correction_item))
    return queues
