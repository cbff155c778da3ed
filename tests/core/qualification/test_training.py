"""The rules of training: what a programme and a session must have, what hours somebody earns."""

from __future__ import annotations

import copy
from contextlib import suppress
from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.errors import InvalidInput
from warrant.core.qualification.training import (
    NATIONAL,
    Lesson,
    Mark,
    check_lesson,
    check_programme,
    credited,
    parse,
)

RULES = parse(NATIONAL)
DAY = date(2026, 11, 10)
FULL = {"basic-law": 16, "transport-law": 20, "practice": 20, "conduct": 4}


def lesson(pk: int = 1, begins: str = "08:30", ends: str = "11:30", hours: int = 4, **changes: Any) -> Lesson:
    return Lesson(
        **{
            "pk": pk,
            "subject": "practice",
            "held_on": DAY,
            "begins_at": time.fromisoformat(begins),
            "ends_at": time.fromisoformat(ends),
            "hours": hours,
            **changes,
        }
    )


def changed(path: str, value: object) -> dict[str, Any]:
    content: Any = copy.deepcopy(dict(NATIONAL))
    holder = content
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in way:
        holder = holder[part]
    holder[last] = value
    return dict(content)


def test_the_shipped_subjects_make_sixty_hours_together():
    assert {code: one.pre_job_hours for code, one in RULES.subjects.items()} == FULL
    assert sum(FULL.values()) == 60


def test_a_year_asks_what_was_last_set_before_it():
    rules = parse(changed("in_service", [{"from_year": 2027, "hours": 90}, {"from_year": 2010, "hours": 60}]))
    assert [rules.hours_asked(year) for year in (2009, 2010, 2026, 2027, 2030)] == [0, 60, 60, 90, 90]


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("in_service", [], "in_service"),
        ("in_service", [7], "in_service.0"),
        ("in_service", [{"from_year": 2026, "hours": 60}] * 2, "in_service.1.from_year"),
        ("in_service.0.hours", -1, "in_service.0.hours"),
        ("in_service.0.hours", True, "in_service.0.hours"),
        ("late_counts", "yes", "late_counts"),
        ("hand_in_within_workdays", 0, "hand_in_within_workdays"),
        ("minutes_per_hour", 29, "minutes_per_hour"),
        ("lines", [], "lines"),
        ("lines.2.pre_job_hours", None, "lines.2.pre_job_hours"),
        ("lines.1.title", {"zh": "只有中文"}, "lines.1.title.en"),
        ("lines.1.basis", "", "lines.1.basis.zh"),
        ("lines.0.id", "x" * 33, "lines.0.id"),
    ],
)
def test_what_cannot_be_understood_is_named(path: str, value: object, place: str):
    with pytest.raises(InvalidInput) as raised:
        parse(changed(path, value))
    assert raised.value.place == place


@given(
    st.dictionaries(
        st.sampled_from(sorted(NATIONAL)), st.none() | st.integers() | st.text() | st.lists(st.none())
    )
)
def test_any_content_is_read_or_refused(differences: dict[str, object]):
    with suppress(InvalidInput):
        assert parse({**NATIONAL, **differences}).subjects


@pytest.mark.parametrize(
    ("kind", "hours", "place"),
    [
        ("pre-job", FULL, None),
        ("pre-job", {**FULL, "conduct": 3}, "hours-conduct"),
        ("in-service", {"conduct": 3}, None),
        ("in-service", {}, "name"),
        ("in-service", {"practice": 401}, "name"),
        ("in-service", {"cooking": 4}, "hours-cooking"),
    ],
)
def test_a_programme_has_the_least_hours_of_its_kind(kind: str, hours: dict[str, int], place: str | None):
    if place is None:
        check_programme(RULES, kind, hours)
        return
    with pytest.raises(InvalidInput) as raised:
        check_programme(RULES, kind, hours)
    assert raised.value.place == place


@pytest.mark.parametrize(
    ("one", "place"),
    [
        (lesson(), None),
        (lesson(held_on=date(2026, 11, 9)), "held_on"),
        (lesson(held_on=date(2026, 11, 13)), "held_on"),
        (lesson(begins="11:30", ends="11:30", hours=1), "ends_at"),
        (lesson(hours=0), "hours"),
        (lesson(hours=5), "hours"),
        (lesson(begins="14:59", ends="17:00", hours=2), "begins_at"),
        (lesson(begins="15:00", ends="17:15", hours=3), None),
        (lesson(pk=2, begins="13:00", ends="15:00", hours=2), None),
    ],
)
def test_a_session_stands_within_its_class_and_beside_the_others(one: Lesson, place: str | None):
    others = [lesson(pk=2, begins="13:00", ends="15:00", hours=2)]
    if place is None:
        check_lesson(RULES, one, others, DAY, date(2026, 11, 12))
        return
    with pytest.raises(InvalidInput) as raised:
        check_lesson(RULES, one, others, DAY, date(2026, 11, 12))
    assert raised.value.place == place


def test_only_sessions_attended_are_credited_and_late_by_the_regulation():
    lessons = [lesson(1), lesson(2, subject="conduct", hours=2), lesson(3), lesson(4), lesson(5)]
    marks = {1: "present", 2: "late", 3: "absent", 4: "excused"}
    assert credited(RULES, lessons, marks) == {"practice": 4, "conduct": 2}
    assert credited(parse(changed("late_counts", False)), lessons, marks) == {"practice": 4}


@given(st.dictionaries(st.integers(1, 8), st.sampled_from(list(Mark))))
def test_nobody_is_credited_more_than_was_held(marks: dict[int, Mark]):
    lessons = [lesson(pk, hours=pk) for pk in range(1, 7)]
    assert sum(credited(RULES, lessons, marks).values()) <= 21
