"""What is handed to the services of training, and how the papers are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from warrant.core.eligibility import Paper
from warrant.core.errors import N_

PAPER_NAMES: Mapping[Paper, str] = {
    Paper.SPECIAL_LAW: N_("专门法律知识"),
    Paper.GENERAL_LAW: N_("通用法律知识"),
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
class ExaminationEntry:
    """One result in points of 100; without ``pass_mark`` the mark of the day counts."""

    paper: str
    sat_on: date
    organiser: str
    score: Decimal
    pass_mark: Decimal | None = None
