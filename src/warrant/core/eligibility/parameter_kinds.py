"""What a rule's parameters may be: the kinds, how each is read from a regulation, and the words for a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from warrant.core.errors import N_, InvalidInput

MOST_WORDS = 40
LONGEST_WORD = 40


class ParameterKind(StrEnum):
    """How a parameter is written."""

    WHOLE = "whole"
    FLAG = "flag"
    CHOICE = "choice"
    CHOICES = "choices"
    WORDS = "words"
    HOURS = "hours"
    DAY = "day"


@dataclass(frozen=True)
class Parameter:
    """One parameter of a check. ``label`` and the words of ``choices`` are msgids.

    A whole number lies between ``least`` and ``most``; it or a day is ``None`` only where ``may_be_open`` says so.
    """

    kind: ParameterKind
    label: str
    least: int = 0
    most: int = 1000
    choices: Mapping[str, str] = field(default_factory=dict)
    may_be_open: bool = False

    def read(self, value: object, place: str) -> Any:
        """Return the value as checks take it: numbers, flags, texts, tuples of texts, hours by subject, or days.

        Raises:
            InvalidInput: it is of another type or out of bounds; ``place`` names it.
        """
        if self.kind is ParameterKind.WHOLE:
            return self._whole(value, place)
        if self.kind is ParameterKind.FLAG and isinstance(value, bool):
            return value
        if self.kind is ParameterKind.CHOICE and isinstance(value, str) and value in self.choices:
            return value
        if self.kind in (ParameterKind.CHOICES, ParameterKind.WORDS) and isinstance(value, (list, tuple)):
            return self._words(value, place)
        if self.kind is ParameterKind.HOURS and isinstance(value, Mapping):
            return self._hours(value, place)
        if self.kind is ParameterKind.DAY:
            return self._day(value, place)
        raise InvalidInput("bad-parameter", N_("“%(label)s”填写不正确"), place=place, label=self.label)

    def _whole(self, value: object, place: str) -> int | None:
        if value is None and self.may_be_open:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not self.least <= value <= self.most:
            raise InvalidInput(
                "bad-number",
                N_("“%(label)s”应为 %(least)s 到 %(most)s 之间的整数"),
                place=place,
                label=self.label,
                least=self.least,
                most=self.most,
            )
        return value

    def _day(self, value: object, place: str) -> date | None:
        if value is None and self.may_be_open:
            return None
        try:
            return date.fromisoformat(value if isinstance(value, str) else "")
        except ValueError:
            raise InvalidInput(
                "bad-day", N_("“%(label)s”应为日期，如 2026-01-31"), place=place, label=self.label
            ) from None

    def _words(self, value: list[object] | tuple[object, ...], place: str) -> tuple[str, ...]:
        found = []
        for word in value:
            is_word = isinstance(word, str) and 0 < len(word.strip()) <= LONGEST_WORD
            if not is_word or (self.kind is ParameterKind.CHOICES and word not in self.choices):
                raise InvalidInput(
                    "bad-word",
                    N_("“%(label)s”中的“%(word)s”不能用"),
                    place=place,
                    label=self.label,
                    word=str(word)[:LONGEST_WORD],
                )
            found.append(str(word).strip())
        if len(found) > MOST_WORDS:
            raise InvalidInput(
                "too-many-words",
                N_("“%(label)s”最多 %(most)s 项"),
                place=place,
                label=self.label,
                most=MOST_WORDS,
            )
        return tuple(found)

    def _hours(self, value: Mapping[object, object], place: str) -> Mapping[str, int]:
        hours = {}
        for subject, count in value.items():
            if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_WORD:
                raise InvalidInput(
                    "bad-subject", N_("“%(label)s”的科目不正确"), place=place, label=self.label
                )
            hours[subject] = self._whole(count, f"{place}.{subject}") or 0
        return hours


def whole(label: str, least: int, most: int, *, may_be_open: bool = False) -> Parameter:
    """Return a parameter that is a whole number."""
    return Parameter(ParameterKind.WHOLE, label, least, most, may_be_open=may_be_open)


def flag(label: str) -> Parameter:
    """Return a parameter that is yes or no."""
    return Parameter(ParameterKind.FLAG, label)


def words(label: str) -> Parameter:
    """Return a parameter that is a list of free words."""
    return Parameter(ParameterKind.WORDS, label)
