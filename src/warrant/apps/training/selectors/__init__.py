"""Reading training hours and examination results: of one officer, for pages and for the conditions."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import CharField, Count, DecimalField, QuerySet, Value
from django.utils.translation import gettext as _

from warrant.apps.foundation import clock
from warrant.apps.officers.models import COUNTING, Officer
from warrant.apps.officers.selectors.corrected import parted, past_line
from warrant.apps.officers.selectors.register import is_own
from warrant.apps.officers.types import ChainLink, ListAction, Panel
from warrant.apps.training.models import Enrolment, ExaminationRecord, TrainingAssignment, TrainingRecord
from warrant.apps.training.selectors.hours import hours_in_year, training_rules
from warrant.apps.training.types import PAPER_NAMES
from warrant.core.access import Actor, Permission, is_permitted
from warrant.core.eligibility import ExaminationFact, Paper
from warrant.core.errors import N_
from warrant.core.ports import PaperSection

ASSIGN_CHOSEN = ListAction(
    "assign-training", N_("指派培训"), Permission.TRAINING_RECORD, "training-assign", "graduation-cap"
)
"""What the list of officers offers for those chosen."""

HOURS_ASKED = 60
"""What the link of the chain counts against; the rule itself stands in core.eligibility."""


def _courses(officer: Officer) -> QuerySet[TrainingRecord]:
    """Return the courses that count, latest first."""
    return officer.trainings.filter(COUNTING).order_by("-finished_on", "-id")


def _results(officer: Officer) -> QuerySet[ExaminationRecord]:
    """Return the results that count, latest first."""
    return officer.examinations.filter(COUNTING).order_by("-sat_on", "-id")


def trainings_of(officer: Officer) -> list[TrainingRecord]:
    """Return the courses, latest first; the caller has checked that the viewer may see them."""
    return list(_courses(officer).select_related("proof", "recorded_by"))


def examinations_of(officer: Officer) -> list[ExaminationRecord]:
    """Return the results, latest first; the caller has checked that the viewer may see them."""
    return list(_results(officer).select_related("proof", "recorded_by"))


def open_assignments(officer: Officer) -> QuerySet[TrainingAssignment]:
    """Return the courses that the officer still has to take; the caller has checked that the viewer may see them."""
    return TrainingAssignment.objects.filter(officer=officer, done_by=None, withdrawn_at=None)


def hours_in(trainings: list[TrainingRecord], on: date) -> int:
    """Return the class hours finished by ``on``."""
    return sum(row.hours for row in trainings if row.finished_on <= on)


def passed_year(examinations: list[ExaminationRecord]) -> int:
    """Return the year of the last examination passed; 0 without one."""
    return max((row.sat_on.year for row in examinations if row.is_passed), default=0)


def examination_facts(examinations: list[ExaminationRecord]) -> tuple[ExaminationFact, ...]:
    """Return the results as the conditions take them."""
    return tuple(ExaminationFact(row.paper, row.sat_on, row.score, row.pass_mark) for row in examinations)


def paper_name(paper: str) -> str:
    """Return the name of a paper in the language of the request."""
    return _(PAPER_NAMES[Paper(paper)])


_USES: tuple[tuple[type[TrainingRecord | ExaminationRecord | TrainingAssignment | Enrolment], str], ...] = (
    (TrainingRecord, N_("%(count)s 次培训")),
    (ExaminationRecord, N_("%(count)s 次考试")),
    (TrainingAssignment, N_("%(count)s 项培训指派")),
    (Enrolment, N_("%(count)s 个培训班")),
)


def officer_uses(pks: Collection[int]) -> dict[int, str]:
    """Return for each of the officers with training or examinations how many of each, in words."""
    counts = [
        model.objects.filter(officer_id__in=pks)
        .order_by()
        .values("officer_id")
        .annotate(words=Value(words), count=Count("pk"))
        .values_list("officer_id", "words", "count")
        for model, words in _USES
    ]
    found: dict[int, list[str]] = {}
    for pk, words, count in counts[0].union(*counts[1:], all=True):
        found.setdefault(pk, []).append(_(words) % {"count": count})
    return {
        pk: _("有培训考试记录（%(records)s）") % {"records": ", ".join(parts)} for pk, parts in found.items()
    }


def can_record(viewer: Actor, officer: Officer) -> bool:
    """Tell whether the viewer may record training of this officer."""
    return is_permitted(viewer, Permission.TRAINING_RECORD, officer.place) and not is_own(viewer, officer)


def officer_panel(viewer: Actor, officer: Officer) -> Panel | None:
    """Return the box on the officer's page: courses and results with their proofs."""
    if not (is_own(viewer, officer) or is_permitted(viewer, Permission.OFFICER_VIEW, officer.place)):
        return None
    courses = officer.trainings.order_by("-finished_on", "-id").select_related("proof", "recorded_by")
    results = officer.examinations.order_by("-sat_on", "-id").select_related("proof", "recorded_by")
    trainings, past_trainings = parted(list(courses))
    examinations, past_examinations = parted(list(results))
    past = [past_line(old, f"{old.row.course} {old.row.hours}") for old in past_trainings]
    past += [
        past_line(old, f"{paper_name(old.row.paper)} {old.row.score} {old.row.sat_on}")
        for old in past_examinations
    ]
    on = clock.today()
    return Panel(
        title=_("培训与考试"),
        template="training/panel.jinja",
        context={
            "trainings": trainings,
            "examinations": [(row, paper_name(row.paper)) for row in examinations],
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
            "past": past,
        },
        order=40,
        count=len(trainings) + len(examinations),
        anchor="training",
    )


def record_sheet_sections(officer: Officer, on: date) -> list[tuple[int, PaperSection]]:
    """Return the courses and results of the record sheet, as far as they lie on or before the day."""
    courses = [
        (row.started_on.isoformat(), row.finished_on.isoformat(), row.course, row.organiser, str(row.hours))
        for row in trainings_of(officer)
        if row.finished_on <= on
    ]
    results = [
        (
            row.sat_on.isoformat(),
            paper_name(row.paper),
            row.organiser,
            f"{row.score} / {row.pass_mark}",
            _("合格") if row.is_passed else _("不合格"),
        )
        for row in examinations_of(officer)
        if row.sat_on <= on
    ]
    course_heads = (_("开始日期"), _("结束日期"), _("培训班"), _("主办单位"), _("学时"))
    result_heads = (_("考试日期"), _("科目"), _("组织单位"), _("成绩 / 合格线"), _("结果"))
    return [
        (30, PaperSection(_("培训"), course_heads, (3, 3, 7, 6, 2), courses)),
        (40, PaperSection(_("考试"), result_heads, (3, 5, 6, 4, 2), results)),
    ]


class _Achieved(NamedTuple):
    """A course (``paper`` is empty) or a result, as far as the chain needs it."""

    paper: str
    hours: int
    score: Decimal
    pass_mark: Decimal
    on: date
    organiser: str
    recorded_at: datetime
    person: str
    pk: int


_RECORDED = ("organiser", "recorded_at", "recorded_by__display_name", "pk")
_NO_MARK = Value(Decimal(0), output_field=DecimalField(max_digits=5, decimal_places=1))


def _achieved_by(officer: Officer) -> list[_Achieved]:
    """Return courses and results, latest first, in one query: many pages show the chain."""
    courses = _courses(officer).order_by()
    results = _results(officer).order_by()
    rows = courses.values_list(
        Value("", output_field=CharField()), "hours", _NO_MARK, _NO_MARK, "finished_on", *_RECORDED
    ).union(
        results.values_list("paper", Value(0), "score", "pass_mark", "sat_on", *_RECORDED),
        all=True,
    )
    return sorted((_Achieved(*row) for row in rows), key=lambda row: (row.on, row.pk), reverse=True)


def chain_links(officer: Officer) -> list[ChainLink]:
    """Return the link "qualified": whole once the hours and both papers are there."""
    achieved = _achieved_by(officer)
    trainings = [row for row in achieved if not row.paper]
    examinations = [row for row in achieved if row.paper]
    hours = sum(row.hours for row in trainings)
    passed = {row.paper: row for row in reversed(examinations) if row.score >= row.pass_mark}
    title = _("培训考试")
    if hours >= HOURS_ASKED and len(passed) == len(Paper):
        last = max([*passed.values(), *trainings], key=lambda row: row.recorded_at)
        day = max(row.on for row in (*passed.values(), *trainings))
        return [ChainLink(title, "whole", at=day, unit=last.organiser, person=last.person, order=20)]
    if not achieved:
        return [ChainLink(title, "pending", order=20)]
    lacking = [paper_name(paper) for paper in Paper if paper not in passed]
    parts = [_("%(hours)s/60 学时") % {"hours": hours}] if hours < HOURS_ASKED else []
    parts += [_("%(paper)s未通过") % {"paper": name} for name in lacking]
    return [ChainLink(title, "current", note="；".join(parts), order=20)]


__all__ = [
    "ASSIGN_CHOSEN",
    "can_record",
    "chain_links",
    "examination_facts",
    "examinations_of",
    "hours_in",
    "officer_panel",
    "officer_uses",
    "open_assignments",
    "paper_name",
    "record_sheet_sections",
    "trainings_of",
]
