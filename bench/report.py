"""The table at the end: what was asked, what was measured, and whether that is enough."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One target with its measurement."""

    database: str
    name: str
    target: str
    measured: str
    passed: bool
    remark: str = ""

    def as_text(self) -> str:
        """The line as it is printed."""
        mark = "ok  " if self.passed else "MISS"
        return (
            f"{mark} {self.database:<10} {self.name:<42} {self.measured:<46} ({self.target})  {self.remark}"
        )


def print_table(lines: Sequence[Line]) -> None:
    """Print all lines and how many targets were met."""
    for line in lines:
        sys.stdout.write(line.as_text().rstrip() + "\n")
    met = sum(line.passed for line in lines)
    sys.stdout.write(f"{met} of {len(lines)} targets met\n")
