"""What is handed to the services of examinations, and how states are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from warrant.core.errors import N_
from warrant.core.lifecycle import ClaimState, SittingState

SEATS = (1, 2, 3)
"""The first and the second person who enter the scores; the third looks where the two differ."""

MOST_CANDIDATES = 500
"""How many one sitting may have at the most."""

STATE_FACES: Mapping[str, tuple[str, str]] = {
    SittingState.PLANNED.value: (N_("待登记成绩"), "waiting"),
    SittingState.RECORDED.value: (N_("成绩已入册"), "valid"),
    SittingState.CANCELLED.value: (N_("已取消"), "ended"),
}
CLAIM_FACES: Mapping[str, tuple[str, str]] = {
    ClaimState.ASKED.value: (N_("待他人确认"), "waiting"),
    ClaimState.CONFIRMED.value: (N_("已确认"), "valid"),
    ClaimState.REFUSED.value: (N_("不同意"), "ended"),
}


@dataclass(frozen=True)
class SittingPlan:
    """A sitting as it is planned; ``organiser`` is the primary key of a unit.

    ``enrol_until``: the last day on which units below enrol their own people; without one they do not.
    ``begins_at``: when the paper is handed out, if that is settled already.
    """

    paper: str
    sat_on: date
    venue: str
    organiser: int
    capacity: int = MOST_CANDIDATES
    enrol_until: date | None = None
    begins_at: time | None = None


@dataclass(frozen=True)
class ExaminationEntry:
    """One result in points of 100; without ``pass_mark`` the mark of the day counts."""

    paper: str
    sat_on: date
    organiser: str
    score: Decimal
    pass_mark: Decimal | None = None
