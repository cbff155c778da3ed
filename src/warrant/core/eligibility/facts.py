"""What is known of one officer when the conditions are checked. ``None`` is "not known", and never counts as met."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Paper(StrEnum):
    """The two papers of the examination; the value is stored and sent."""

    SPECIAL_LAW = "special-law"
    GENERAL_LAW = "general-law"


@dataclass(frozen=True)
class ExaminationFact:
    """One result. ``score`` and ``pass_mark`` are points of 100."""

    paper: str
    sat_on: date
    score: Decimal
    pass_mark: Decimal

    @property
    def is_passed(self) -> bool:
        """Tell whether the score reaches the mark that was needed."""
        return self.score >= self.pass_mark


@dataclass(frozen=True)
class Facts:
    """The facts that the rules ask for; each may be unknown.

    ``sex`` is GB/T 2261.1, ``education`` GB/T 4658, ``staffing`` a code of our own table; ``training_hours`` the class
    hours finished so far; ``live_certificate``, ``revoked_certificate`` and ``other_open_application`` the number, or empty if
    there is none.
    """

    birth_on: date | None = None
    sex: str | None = None
    education: str | None = None
    staffing: str | None = None
    has_photo: bool | None = None
    has_education_proof: bool | None = None
    training_hours: int | None = None
    examinations: tuple[ExaminationFact, ...] | None = None
    statement: str | None = None
    live_certificate: str | None = None
    revoked_certificate: str | None = None
    other_open_application: str | None = None
