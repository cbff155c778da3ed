"""Time limits in working days: the due day, the day of the warning, and how a case stands towards them.

The day on which a stay begins never counts; the limit ends with its last working day. Source: 民法典 第二百零一条,
第二百零三条 (the day of beginning does not count, a period ends on a working day).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from warrant.core.regulation.calendar import WorkCalendar

LEAST_LEFT = 2
"""Working days that are left at least when a stay goes on after a correction: assumption."""


class Stage(StrEnum):
    """How near the due day is."""

    IN_TIME = "in-time"
    WARNING = "warning"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class Term:
    """A stay's due day, its last day in time, and the first day of the warning."""

    warn_on: date
    due_on: date


@dataclass(frozen=True)
class Standing:
    """``workdays`` are left where the stage is in time or a warning, and over where it is overdue; never negative."""

    stage: Stage
    workdays: int


def left_of(limit: int, used: int) -> int:
    """Return how many of ``limit`` working days are left after ``used``: never fewer than ``LEAST_LEFT``, nor than the limit."""
    return max(limit - used, min(limit, LEAST_LEFT))


def term_of(calendar: WorkCalendar, begun_on: date, limit: int, warning: int = 0, used: int = 0) -> Term:
    """Return the term of a stay that begins on ``begun_on``.

    ``limit`` and ``warning`` are working days; ``used`` are those that ran before the clock was stopped.
    """
    left = left_of(limit, used)
    return Term(
        warn_on=calendar.add_workdays(begun_on, max(left - warning, 0)),
        due_on=calendar.add_workdays(begun_on, left),
    )


def standing_of(calendar: WorkCalendar, term: Term, today: date) -> Standing:
    """Return how a stay stands on ``today``; on the due day itself it is still in time."""
    if today > term.due_on:
        return Standing(Stage.OVERDUE, calendar.workdays_between(term.due_on, today))
    stage = Stage.WARNING if today >= term.warn_on else Stage.IN_TIME
    return Standing(stage, calendar.workdays_between(today, term.due_on))
