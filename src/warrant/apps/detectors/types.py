"""What a detector finds before it is written down, and how findings are called and coloured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from warrant.core.errors import N_
from warrant.core.lifecycle import FindingState
from warrant.core.qualification.detection import FindingFact

F = FindingState

STATE_FACES: Mapping[FindingState, tuple[str, str]] = {
    F.OPEN: (N_("待分派"), "attention"),
    F.ASSIGNED: (N_("办理中"), "waiting"),
    F.CLOSED: (N_("已说明"), "ended"),
    F.RESOLVED: (N_("已消除"), "valid"),
}
"""Word and tone."""

SHOWN: Mapping[str, str] = {
    "pending": N_("未办结"),
    "overdue": N_("已逾期"),
    "mine": N_("交我办理"),
    "closed": N_("已说明"),
    "resolved": N_("已消除"),
}
"""What of the findings can be listed."""

ENTRY_LABELS: Mapping[str, str] = {
    "assign": N_("交人办理"),
    "put-back": N_("退回待分派"),
    "close": N_("说明情况并办结"),
    "resolve": N_("情况消除，自动办结"),
    "reopen": N_("情况仍在，重新列出"),
    "raise": N_("逾期，转上一级督办"),
}

SHORTEST_REASON = 5
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody or something that a detector points at on a day, before it is held against what is written down.

    ``subject`` is ``officer:PK`` or ``certificate:NUMBER`` or ``card:SERIAL``; ``place`` are the ids of province,
    city, county and agency unit.
    """

    subject: str
    officer_id: int
    place: tuple[int | None, int | None, int | None, int | None]
    facts: Sequence[FindingFact]
    certificate_id: int | None = None


@dataclass(frozen=True)
class ScanResult:
    """What one look of a detector came to."""

    holding: int
    opened: int
    reopened: int
    resolved: int


@dataclass(frozen=True)
class Deadline:
    """By when a finding is to be dealt with: words beside a tone."""

    on: date
    word: str
    tone: str
