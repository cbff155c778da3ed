"""A programme, and a class of two days with three lessons, as the tests of classes use them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from types import SimpleNamespace
from typing import Any

from tests.apps.training.people import PDF
from warrant.apps.officers.models import Officer
from warrant.apps.training.models import Programme, TrainingClass
from warrant.apps.training.services.closing import hand_in_class
from warrant.apps.training.services.enrolling import add_participants, mark_attendance
from warrant.apps.training.services.planning import add_session, make_programme, plan_class
from warrant.apps.training.types import ClassPlan, ProgrammePlan, Proof, SessionPlan
from warrant.core.access import Actor

SHEET = Proof(PDF, "考勤表.pdf")
FIRST, LAST = date(2026, 11, 10), date(2026, 11, 11)
LESSONS = ((FIRST, 8, "practice", 4), (FIRST, 14, "conduct", 2), (LAST, 8, "practice", 4))


def programme_plan(tree: SimpleNamespace, **changes: Any) -> ProgrammePlan:
    return ProgrammePlan(
        **{
            "name": "执法实务提高班",
            "kind": "in-service",
            "organiser": tree.suzhou.pk,
            "hours": {"practice": 8, "conduct": 2},
            **changes,
        }
    )


def class_plan(tree: SimpleNamespace, programme: Programme, **changes: Any) -> ClassPlan:
    return ClassPlan(
        **{
            "programme": programme.pk,
            "organiser": tree.suzhou.pk,
            "term": "第一期",
            "starts_on": FIRST,
            "ends_on": LAST,
            "venue": "苏州市执法培训基地",
            "teacher": "陆老师",
            "capacity": 3,
            **changes,
        }
    )


def session_plan(day: date, hour: int, subject: str, hours: int, **changes: Any) -> SessionPlan:
    return SessionPlan(
        **{
            "held_on": day,
            "begins_at": time(hour),
            "ends_at": time(hour + 3, 30),
            "subject": subject,
            "hours": hours,
            **changes,
        }
    )


def make_class(actor: Actor, tree: SimpleNamespace, now: datetime, **changes: Any) -> TrainingClass:
    """A class twelve days ago with its three lessons, ten hours, and nobody in it."""
    programme = Programme.system.filter(closed_at=None).first()
    programme = programme or make_programme(actor, programme_plan(tree), now=now)
    made = plan_class(actor, class_plan(tree, programme, **changes), now=now)
    for day, hour, subject, hours in LESSONS:
        if made.starts_on <= day <= made.ends_on:
            add_session(actor, made.pk, session_plan(day, hour, subject, hours), now=now)
    return made


def fill_class(actor: Actor, made: TrainingClass, officers: Sequence[Officer], *, now: datetime) -> None:
    """Enrol the officers, all present everywhere."""
    assert [one.problem for one in add_participants(actor, made.pk, officers, now=now)] == [None] * len(
        officers
    )
    mark_all(actor, made, "present", now=now)


def mark_all(actor: Actor, made: TrainingClass, mark: str, *, now: datetime) -> None:
    cells = {
        (session, enrolment): mark
        for session in made.sessions.values_list("pk", flat=True)
        for enrolment in made.enrolments.values_list("pk", flat=True)
    }
    mark_attendance(actor, made.pk, cells, now=now)


def handed_in(
    actor: Actor, tree: SimpleNamespace, officers: Sequence[Officer], now: datetime
) -> TrainingClass:
    made = make_class(actor, tree, now)
    fill_class(actor, made, officers, now=now)
    return hand_in_class(actor, made.pk, SHEET, now=now)
