"""Telling records that count from those that were corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from warrant.apps.officers.models import Correctable

Row = TypeVar("Row", bound=Correctable)


@dataclass(frozen=True)
class Corrected(Generic[Row]):
    """A record that no longer counts, and the one in its place."""

    row: Row
    by: Row


def parted(rows: Sequence[Row]) -> tuple[list[Row], list[Corrected[Row]]]:
    """Return the rows of one officer that count, and those that were corrected, each in the order given."""
    later = {row.corrects_id: row for row in rows if row.corrects_id}
    return (
        [row for row in rows if row.pk not in later],
        [Corrected(row, later[row.pk]) for row in rows if row.pk in later],
    )


def past_line(found: Corrected[Any], summary: str) -> dict[str, Any]:
    """Return a corrected record as the lists of past records show it; ``summary`` says what it was."""
    return {
        "summary": summary,
        "proof_id": found.row.proof_id,
        "reason": found.by.correction_reason,
        "at": found.by.recorded_at,
        "person": found.by.recorded_by.display_name,
    }
