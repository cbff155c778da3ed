"""What is handed to the services of training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

from warrant.core.errors import N_, WarrantError
from warrant.core.lifecycle import ClassState, HoursCorrectionState

CLASS_FACES: Mapping[str, tuple[str, str]] = {
    ClassState.PLANNED.value: (N_("未报送"), "waiting"),
    ClassState.HANDED_IN.value: (N_("待省级确认"), "waiting"),
    ClassState.RETURNED.value: (N_("已退回"), "attention"),
    ClassState.CONFIRMED.value: (N_("已确认"), "valid"),
    ClassState.CANCELLED.value: (N_("已取消"), "ended"),
}

CORRECTION_FACES: Mapping[str, tuple[str, str]] = {
    HoursCorrectionState.ASKED.value: (N_("待省级决定"), "waiting"),
    HoursCorrectionState.CONFIRMED.value: (N_("已更正"), "valid"),
    HoursCorrectionState.REFUSED.value: (N_("不同意"), "broken"),
    HoursCorrectionState.WITHDRAWN.value: (N_("已撤回"), "ended"),
}


@dataclass(frozen=True)
class Proof:
    """An uploaded file as it came."""

    raw: bytes
    file_name: str


@dataclass(frozen=True)
class TrainingEntry:
    """One finished course; ``hours`` are class hours."""

    course: str
    organiser: str
    hours: int
    started_on: date
    finished_on: date


@dataclass(frozen=True)
class ProgrammePlan:
    """A programme as it is drawn up. ``organiser``: primary key of a unit; ``hours``: class hours by subject."""

    name: str
    kind: str
    organiser: int
    hours: Mapping[str, int]


@dataclass(frozen=True)
class ClassPlan:
    """A class as it is planned. ``programme`` and ``organiser`` are primary keys.

    ``enrol_until``: the last day on which units below enrol their own people; without one the organiser enrols alone.
    """

    programme: int
    organiser: int
    term: str
    starts_on: date
    ends_on: date
    venue: str
    teacher: str
    capacity: int
    enrol_until: date | None = None


@dataclass(frozen=True)
class SessionPlan:
    """A lesson as it is planned; an empty ``venue`` or ``teacher`` is the class's."""

    held_on: date
    begins_at: time
    ends_at: time
    subject: str
    hours: int
    teacher: str = ""
    venue: str = ""


@dataclass(frozen=True)
class HoursChange:
    """What somebody of a class is to be credited: ``enrolment`` by primary key, class hours by subject."""

    enrolment: int
    hours: Mapping[str, int]


@dataclass(frozen=True)
class Typed:
    """One pasted line: the officer's primary key, or why nobody was found. ``shown`` never holds an ID number."""

    number: int
    shown: str
    officer_pk: int | None = None
    problem: WarrantError | None = None
