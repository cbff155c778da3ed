"""Training as a regulation: subjects and their least hours before the post, hours a year in service, what counts.

One line for each subject; beside the lines stands what holds for all. What a condition asks of a person stands in
``core.eligibility``; here stands what a course and a year must have. Source: 2009 notice, 二(二); 交通运输行政执法证件
管理规定 (2011, order 16); the numbers by subject are assumptions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any

from warrant.core.errors import N_, InvalidInput
from warrant.core.regulation.document import LINES, Content, lines_of
from warrant.core.regulation.fields import Field, FieldKind
from warrant.core.regulation.parsing import flag, whole, words

MOST_HOURS = 400
MOST_SESSION_HOURS = 12
FIRST_YEAR = 1990
LAST_YEAR = 2100


class ProgrammeKind(StrEnum):
    """What a programme is for; the value is stored."""

    PRE_JOB = "pre-job"
    IN_SERVICE = "in-service"


PROGRAMME_KINDS: Mapping[str, str] = MappingProxyType(
    {ProgrammeKind.PRE_JOB.value: N_("岗前培训"), ProgrammeKind.IN_SERVICE.value: N_("在岗培训")}
)


class Mark(StrEnum):
    """Whether somebody was there at a session; the value is stored."""

    PRESENT = "present"
    LATE = "late"
    ABSENT = "absent"
    EXCUSED = "excused"


MARKS: Mapping[str, str] = MappingProxyType(
    {
        Mark.PRESENT.value: N_("出勤"),
        Mark.LATE.value: N_("迟到"),
        Mark.ABSENT.value: N_("缺勤"),
        Mark.EXCUSED.value: N_("请假"),
    }
)
"""In the order in which a keyboard offers them: 1 to 4."""


@dataclass(frozen=True)
class Subject:
    """One subject. ``pre_job_hours``: the least class hours of it in a course before the post."""

    code: str
    title: Mapping[str, str]
    pre_job_hours: int
    basis: Mapping[str, str]
    is_assumption: bool


@dataclass(frozen=True)
class TrainingRules:
    """What counts in training.

    ``asked_from``: pairs of a year and the class hours that every year from it on asks, ordered by year.
    ``hand_in_within_workdays``: after the last day of a class. ``minutes_per_hour``: of one class hour.
    """

    subjects: Mapping[str, Subject]
    asked_from: tuple[tuple[int, int], ...]
    late_counts: bool
    hand_in_within_workdays: int
    minutes_per_hour: int

    @cached_property
    def pre_job_hours(self) -> tuple[tuple[str, int], ...]:
        """Pairs of a subject and the class hours that a course before the post must have of it, where it asks any."""
        return tuple(
            (code, subject.pre_job_hours) for code, subject in self.subjects.items() if subject.pre_job_hours
        )

    def hours_asked(self, year: int) -> int:
        """Return the class hours that a calendar year in service asks; 0 before the first year that asks any."""
        return next((hours for since, hours in reversed(self.asked_from) if since <= year), 0)


@dataclass(frozen=True)
class Lesson:
    """One session as the rules see it; ``pk`` tells two apart, ``hours`` are class hours."""

    pk: int
    subject: str
    held_on: date
    begins_at: time
    ends_at: time
    hours: int
    teacher: str = ""

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        span = datetime.combine(self.held_on, self.ends_at) - datetime.combine(self.held_on, self.begins_at)
        return int(span.total_seconds() // 60)

    def overlaps(self, other: Lesson) -> bool:
        """Tell whether nobody can be at both; one that begins when the other ends does not."""
        return (
            self.pk != other.pk
            and self.held_on == other.held_on
            and self.begins_at < other.ends_at
            and other.begins_at < self.ends_at
        )


def check_programme(rules: TrainingRules, kind: str, hours: Mapping[str, int]) -> None:
    """Return if a programme may have these class hours by subject.

    Raises:
        InvalidInput: a subject is unknown, none has hours, or a course before the post has too few of one; ``place``
            is ``hours-`` and the subject.
    """
    for code in hours:
        if code not in rules.subjects:
            raise InvalidInput("unknown-subject", N_("现行培训要求中没有这个科目"), place=f"hours-{code}")
    if not sum(hours.values()):
        raise InvalidInput("no-hours", N_("请至少填写一个科目的学时"), place="name")
    if sum(hours.values()) > MOST_HOURS:
        raise InvalidInput("hours-out-of-range", N_("总学时最多 %(most)s"), place="name", most=MOST_HOURS)
    if kind != ProgrammeKind.PRE_JOB:
        return
    for code, subject in rules.subjects.items():
        if hours.get(code, 0) < subject.pre_job_hours:
            raise InvalidInput(
                "subject-short",
                N_("岗前培训的这一科目至少 %(least)s 学时"),
                place=f"hours-{code}",
                least=subject.pre_job_hours,
            )


def check_lesson(
    rules: TrainingRules, lesson: Lesson, others: Sequence[Lesson], first: date, last: date
) -> None:
    """Return if a session may stand in a class from ``first`` to ``last`` beside ``others``.

    Raises:
        InvalidInput: outside the class, no time for its hours, or at the same time as another; ``place`` names the field.
    """
    if not first <= lesson.held_on <= last:
        raise InvalidInput(
            "outside-class",
            N_("上课日期应在 %(first)s 至 %(last)s 之间"),
            place="held_on",
            first=first,
            last=last,
        )
    if lesson.ends_at <= lesson.begins_at:
        raise InvalidInput("time-order", N_("下课时间应晚于上课时间"), place="ends_at")
    if not 1 <= lesson.hours <= MOST_SESSION_HOURS:
        raise InvalidInput(
            "hours-out-of-range", N_("每课学时应为 1 至 %(most)s"), place="hours", most=MOST_SESSION_HOURS
        )
    room = lesson.minutes // rules.minutes_per_hour
    if lesson.hours > room:
        raise InvalidInput(
            "hours-exceed-time",
            N_("这段时间最多 %(room)s 学时（每学时 %(minutes)s 分钟）"),
            place="hours",
            room=room,
            minutes=rules.minutes_per_hour,
        )
    if any(lesson.overlaps(other) for other in others):
        raise InvalidInput("lessons-overlap", N_("与本班同一天的另一课时间重叠"), place="begins_at")


def credited(rules: TrainingRules, lessons: Sequence[Lesson], marks: Mapping[int, str]) -> dict[str, int]:
    """Return the class hours by subject that somebody earned; ``marks`` by the session's key, missing means absent."""
    counting = {Mark.PRESENT, Mark.LATE} if rules.late_counts else {Mark.PRESENT}
    earned: dict[str, int] = {}
    for lesson in lessons:
        if marks.get(lesson.pk) in counting:
            earned[lesson.subject] = earned.get(lesson.subject, 0) + lesson.hours
    return earned


def _asked_from(content: Content) -> tuple[tuple[int, int], ...]:
    rows = content.get("in_service")
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not rows:
        raise InvalidInput("years-missing", N_("请至少填写一行在岗年度学时"), place="in_service")
    found: dict[int, int] = {}
    for count, row in enumerate(rows):
        place = f"in_service.{count}"
        if not isinstance(row, Mapping):
            raise InvalidInput("not-a-row", N_("请填写年度和学时"), place=place)
        year = whole(row, "from_year", FIRST_YEAR, LAST_YEAR, place)
        if year in found:
            raise InvalidInput("year-twice", N_("这一年度填了两行"), place=f"{place}.from_year")
        found[year] = whole(row, "hours", 0, MOST_HOURS, place)
    return tuple(sorted(found.items()))


def _subject(code: str, line: Mapping[str, Any], place: str) -> Subject:
    if len(code) > 32:
        raise InvalidInput("too-long", N_("最多 %(most)s 个字"), place=f"{place}.id", most=32)
    return Subject(
        code=code,
        title=words(line, "title", place),
        pre_job_hours=whole(line, "pre_job_hours", 0, MOST_HOURS, place),
        basis=words(line, "basis", place),
        is_assumption=flag(line, "is_assumption", place, missing=False),
    )


def parse(content: Content) -> TrainingRules:
    """Return the rules that ``content`` describes, one line for each subject.

    Raises:
        InvalidInput: something cannot be understood, or there is no subject; ``place`` is the way there.
    """
    subjects = {
        code: _subject(code, line, f"{LINES}.{count}")
        for count, (code, line) in enumerate(lines_of(content).items())
    }
    if not subjects:
        raise InvalidInput("subject-missing", N_("至少要有一个培训科目"), place=LINES)
    return TrainingRules(
        subjects=MappingProxyType(subjects),
        asked_from=_asked_from(content),
        late_counts=flag(content, "late_counts", missing=False),
        hand_in_within_workdays=whole(content, "hand_in_within_workdays", 1, 120),
        minutes_per_hour=whole(content, "minutes_per_hour", 30, 60),
    )


LABELS: Mapping[str, str] = {
    "pre_job_hours": N_("岗前培训最少学时"),
    "in_service": N_("在岗每年学时"),
    "from_year": N_("自哪一年起"),
    "hours": N_("每年学时"),
    "late_counts": N_("迟到是否计学时"),
    "hand_in_within_workdays": N_("培训班报送期限（工作日）"),
    "minutes_per_hour": N_("一学时分钟数"),
}
BLANK_ROWS: Mapping[str, Content] = {"in_service": {"from_year": None, "hours": None}}


def describe(_line: Content, names: tuple[str, ...]) -> Field | None:
    """Say what kind of field lies at a path: numbers that are not filled in yet are numbers."""
    if names and names[-1] in ("from_year", "hours"):
        return Field(FieldKind.WHOLE, may_be_empty=True)
    return None


_BASIS = {
    "zh": "交通运输行政执法证件管理规定（2011年第16号令）：岗前培训不少于60学时；分科目数值为假定",
    "en": "Order 16 of 2011 on enforcement certificates: at least 60 hours before the post; hours by subject assumed",
}


def _line(code: str, zh: str, en: str, hours: int) -> dict[str, object]:
    return {
        "id": code,
        "title": {"zh": zh, "en": en},
        "pre_job_hours": hours,
        "basis": _BASIS,
        "is_assumption": True,
    }


NATIONAL: Content = {
    "in_service": [{"from_year": 2009, "hours": 60}],
    "late_counts": True,
    "hand_in_within_workdays": 10,
    "minutes_per_hour": 45,
    "lines": [
        _line("basic-law", "公共法律知识", "Public law", 16),
        _line("transport-law", "交通运输法律法规", "Transport law", 20),
        _line("practice", "执法程序与实务", "Procedure and practice", 20),
        _line("conduct", "职业道德与执法风纪", "Ethics and conduct", 4),
    ],
}
"""What ships; a province lays its differences over it."""
