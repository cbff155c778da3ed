"""Reading training hours: of one officer, for pages and for the conditions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from warrant.apps.foundation import clock
from warrant.apps.officers.models import COUNTING, Officer
from warrant.apps.officers.selectors.corrected import parted, past_line
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.selectors.uses import counted
from warrant.apps.officers.types import ListAction, Panel
from warrant.apps.training.models import Enrolment, TrainingAssignment, TrainingRecord
from warrant.apps.training.selectors.hours import hours_in_year, training_rules
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.errors import N_
from warrant.core.ports import PaperSection

ASSIGN_CHOSEN = ListAction(
    "assign-training", N_("指派培训"), Permission.TRAINING_RECORD, "training-assign", "graduation-cap"
)
"""What the list of officers offers for those chosen."""


def courses_of(officer: Officer) -> QuerySet[TrainingRecord]:
    """Return the courses that count, latest first."""
    return officer.trainings.filter(COUNTING).order_by("-finished_on", "-id")


def trainings_of(officer: Officer) -> list[TrainingRecord]:
    """Return the courses, latest first; the caller has checked that the viewer may see them."""
    return list(courses_of(officer).select_related("proof", "recorded_by"))


def open_assignments(officer: Officer) -> QuerySet[TrainingAssignment]:
    """Return the courses that the officer still has to take; the caller has checked that the viewer may see them."""
    return TrainingAssignment.objects.filter(officer=officer, done_by=None, withdrawn_at=None)


def hours_in(trainings: list[TrainingRecord], on: date) -> int:
    """Return the class hours finished by ``on``."""
    return sum(row.hours for row in trainings if row.finished_on <= on)


def officer_uses(pks: Collection[int]) -> list[QuerySet[Any, Any]]:
    """Ask how much training each of the officers has."""
    return [
        counted(TrainingRecord.objects.filter(officer_id__in=pks), N_("有 %(count)s 次培训")),
        counted(TrainingAssignment.objects.filter(officer_id__in=pks), N_("有 %(count)s 项培训指派")),
        counted(Enrolment.objects.filter(officer_id__in=pks), N_("编入 %(count)s 个培训班")),
    ]


def can_record(viewer: Actor, officer: Officer) -> bool:
    """Tell whether the viewer may record training of this officer."""
    return is_permitted(viewer, Permission.TRAINING_RECORD, officer.place) and not is_own(viewer, officer)


def officer_panel(viewer: Actor, officer: Officer) -> Panel | None:
    """Return the box on the officer's page: courses with their proofs, and what is to be taken."""
    if not (is_own(viewer, officer) or is_permitted(viewer, Permission.OFFICER_VIEW, officer.place)):
        return None
    courses = officer.trainings.order_by("-finished_on", "-id").select_related("proof", "recorded_by")
    enrolment = Enrolment.objects.filter(record=OuterRef("pk"))
    courses = courses.annotate(
        class_pk=Subquery(enrolment.values("training_class_id")[:1]),
        enrolment_pk=Subquery(enrolment.values("pk")[:1]),
    )
    trainings, past_trainings = parted(list(courses))
    past = [past_line(old, f"{old.row.course} {old.row.hours}") for old in past_trainings]
    on = clock.today()
    return Panel(
        title=_("培训"),
        template="training/panel.jinja",
        context={
            "trainings": trainings,
            "total_hours": sum(row.hours for row in trainings),
            "hours_this_year": hours_in_year(trainings, on.year),
            "hours_needed": training_rules(on).hours_asked(on.year),
            "assignments": [
                (
                    row,
                    {"word": _("已逾期"), "tone": "broken"}
                    if row.due_on < on
                    else {"word": _("待完成"), "tone": "waiting"},
                )
                for row in open_assignments(officer).select_related("assigned_by").order_by("due_on", "id")
            ],
            "can_record": can_record(viewer, officer),
            "can_correct_classes": is_permitted(viewer, Permission.TRAINING_CONFIRM, officer.place),
            "past": past,
        },
        order=40,
        count=len(trainings),
        anchor="training",
    )


def record_sheet_sections(officer: Officer, on: date) -> list[tuple[int, PaperSection]]:
    """Return the courses of the record sheet, as far as they lie on or before the day."""
    courses = [
        (row.started_on.isoformat(), row.finished_on.isoformat(), row.course, row.organiser, str(row.hours))
        for row in trainings_of(officer)
        if row.finished_on <= on
    ]
    course_heads = (_("开始日期"), _("结束日期"), _("培训班"), _("主办单位"), _("学时"))
    return [(30, PaperSection(_("培训"), course_heads, (3, 3, 7, 6, 2), courses))]


__all__ = [
    "ASSIGN_CHOSEN",
    "can_record",
    "courses_of",
    "hours_in",
    "officer_panel",
    "officer_uses",
    "open_assignments",
    "record_sheet_sections",
    "trainings_of",
]
