"""What a check says: the outcome, what was found, and the words for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """Whether a condition holds; the value is stored. Only ``met`` and ``waived`` let a case pass."""

    MET = "met"
    NOT_MET = "not-met"
    UNKNOWN = "unknown"
    WAIVED = "waived"


@dataclass(frozen=True)
class Finding:
    """One answer. ``message`` is a gettext msgid, ``fields`` fills it: texts, whole numbers, days, decimals."""

    outcome: Outcome
    message: str
    fields: Mapping[str, object] = field(default_factory=dict)


def met(message: str, **fields: object) -> Finding:
    """Say that the condition holds."""
    return Finding(Outcome.MET, message, fields)


def failed(message: str, **fields: object) -> Finding:
    """Say that the condition does not hold."""
    return Finding(Outcome.NOT_MET, message, fields)


def unknown(message: str, **fields: object) -> Finding:
    """Say that it cannot be told."""
    return Finding(Outcome.UNKNOWN, message, fields)
