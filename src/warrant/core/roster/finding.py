"""Findings: what is wrong, doubtful or was repaired in one cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """``error`` keeps the row out; ``warn`` lets it in, visibly; ``fix`` was repaired and shows what was done."""

    ERROR = "error"
    WARN = "warn"
    FIX = "fix"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. ``row`` is the spreadsheet row, from 1; ``column`` is the heading as written, or empty.

    ``message`` is a gettext msgid whose places are filled from ``fields``.
    """

    sheet: str
    row: int
    column: str
    severity: Severity
    code: str
    message: str
    fields: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The message in Chinese, filled."""
        return self.message % self.fields
