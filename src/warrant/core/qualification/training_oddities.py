"""What is odd about classes: for whoever supervises them. Nothing here forbids anything. Source: assumption."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from warrant.core.errors import N_
from warrant.core.qualification.training import Lesson
from warrant.core.regulation import WorkCalendar

LEAST_MARKS = 100
"""So many marks of one organiser, all present, are odd; fewer may well be so."""

ODD_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "more-than-held": N_("计入学时多于课程学时"),
        "person-twice": N_("学员同时在两个班上课"),
        "teacher-twice": N_("教师同时在两处授课"),
        "day-off": N_("课程排在休息日"),
        "short-of-programme": N_("课程学时少于大纲"),
        "late": N_("逾期报送"),
        "always-present": N_("出勤率始终为 100%%"),
    }
)


@dataclass(frozen=True)
class HeldLesson:
    """A lesson with the class that it belongs to and the people enrolled in that class."""

    class_pk: int
    lesson: Lesson
    people: frozenset[int]


@dataclass(frozen=True)
class HeldClass:
    """What is known of one class. ``most_credited``: the most hours that one person was credited."""

    pk: int
    organiser: int
    planned_hours: int
    most_credited: int
    is_late: bool
    present: int
    marked: int


def _clashes(lessons: Iterable[HeldLesson]) -> dict[int, set[str]]:
    """Return the classes of which two lessons hold the same person or teacher at one time."""
    by_day: dict[object, list[HeldLesson]] = defaultdict(list)
    for one in lessons:
        by_day[one.lesson.held_on].append(one)
    found: dict[int, set[str]] = defaultdict(set)
    for held in by_day.values():
        held.sort(key=lambda one: one.lesson.begins_at)
        for place, first in enumerate(held):
            for second in held[place + 1 :]:
                if second.lesson.begins_at >= first.lesson.ends_at:
                    break
                if first.class_pk == second.class_pk:
                    continue
                if first.people & second.people:
                    found[first.class_pk].add("person-twice")
                    found[second.class_pk].add("person-twice")
                if first.lesson.teacher == second.lesson.teacher:
                    found[first.class_pk].add("teacher-twice")
                    found[second.class_pk].add("teacher-twice")
    return found


def odd_classes(
    classes: Sequence[HeldClass], lessons: Sequence[HeldLesson], calendar: WorkCalendar
) -> dict[int, list[str]]:
    """Return for each class with something odd what it is, by the names of ``ODD_WORDS`` in their order."""
    found: dict[int, set[str]] = defaultdict(set, _clashes(lessons))
    held_hours: dict[int, int] = defaultdict(int)
    for one in lessons:
        held_hours[one.class_pk] += one.lesson.hours
        if not calendar.is_workday(one.lesson.held_on):
            found[one.class_pk].add("day-off")
    marked: dict[int, int] = defaultdict(int)
    present: dict[int, int] = defaultdict(int)
    for one_class in classes:
        marked[one_class.organiser] += one_class.marked
        present[one_class.organiser] += one_class.present
    for one_class in classes:
        held = held_hours[one_class.pk]
        if one_class.most_credited > held:
            found[one_class.pk].add("more-than-held")
        if held < one_class.planned_hours:
            found[one_class.pk].add("short-of-programme")
        if one_class.is_late:
            found[one_class.pk].add("late")
        if present[one_class.organiser] == marked[one_class.organiser] >= LEAST_MARKS and one_class.marked:
            found[one_class.pk].add("always-present")
    return {pk: [name for name in ODD_WORDS if name in names] for pk, names in found.items() if names}
