"""What is pointed out about classes, and what is not."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from warrant.core.qualification.training import Lesson
from warrant.core.qualification.training_oddities import HeldClass, HeldLesson, odd_classes
from warrant.core.regulation import NATIONAL_CALENDAR

CALENDAR = NATIONAL_CALENDAR
TUESDAY, SATURDAY = date(2026, 11, 10), date(2026, 11, 14)


def held(
    pk: int, begins: int = 8, day: date = TUESDAY, people: tuple[int, ...] = (), **changes: Any
) -> HeldLesson:
    fields = {"pk": pk * 10, "subject": "practice", "held_on": day, "hours": 4, "teacher": f"教师{pk}"}
    lesson = Lesson(**{**fields, "begins_at": time(begins), "ends_at": time(begins + 3), **changes})
    return HeldLesson(pk, lesson, frozenset(people))


def one(pk: int = 1, **changes: Any) -> HeldClass:
    fields = {
        "organiser": 7,
        "planned_hours": 4,
        "most_credited": 4,
        "is_late": False,
        "present": 9,
        "marked": 10,
    }
    return HeldClass(**{"pk": pk, **fields, **changes})


def test_a_class_as_planned_is_not_odd():
    assert odd_classes([one()], [held(1)], CALENDAR) == {}


def test_hours_are_compared_with_lessons_and_programme():
    assert odd_classes([one(most_credited=5)], [held(1)], CALENDAR) == {1: ["more-than-held"]}
    assert odd_classes([one(planned_hours=8)], [held(1)], CALENDAR) == {1: ["short-of-programme"]}
    assert odd_classes([one(is_late=True)], [held(1)], CALENDAR) == {1: ["late"]}


def test_a_lesson_on_a_day_off_is_odd_and_on_a_worked_weekend_is_not():
    assert odd_classes([one()], [held(1, day=SATURDAY)], CALENDAR) == {1: ["day-off"]}
    assert odd_classes([one()], [held(1, day=date(2026, 10, 10))], CALENDAR) == {}
    assert odd_classes([one()], [held(1, day=date(2026, 10, 1))], CALENDAR) == {1: ["day-off"]}


def test_nobody_is_at_two_places_at_once():
    pair = [one(1), one(2)]
    assert odd_classes(pair, [held(1, people=(5, 6)), held(2, 10, people=(6,))], CALENDAR) == {
        1: ["person-twice"],
        2: ["person-twice"],
    }
    assert odd_classes(pair, [held(1, people=(5,)), held(2, 11, people=(5,))], CALENDAR) == {}
    assert odd_classes(pair, [held(1, teacher="陆老师"), held(2, 9, teacher="陆老师")], CALENDAR) == {
        1: ["teacher-twice"],
        2: ["teacher-twice"],
    }
    assert (
        odd_classes(
            pair, [held(1, teacher="陆老师"), held(2, 9, day=date(2026, 11, 11), teacher="陆老师")], CALENDAR
        )
        == {}
    )


def test_a_hundred_marks_without_one_absence_are_odd():
    classes = [one(1, present=60, marked=60), one(2, present=40, marked=40)]
    lessons = [held(1), held(2)]
    assert odd_classes(classes, lessons, CALENDAR) == {1: ["always-present"], 2: ["always-present"]}
    assert odd_classes([classes[0], one(2, present=39, marked=40)], lessons, CALENDAR) == {}
    assert odd_classes(classes[:1], lessons[:1], CALENDAR) == {}
