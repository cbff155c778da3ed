"""What is measured, as the node prepares it and the measuring process takes it up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

EXPORTER = "bench-exporter"
"""Who takes a list along."""


@dataclass(frozen=True)
class Case:
    """One thing that is measured. ``at_most_floor`` is how many times the floor it may cost, ``at_most_ms`` how much CPU."""

    name: str
    viewer: str
    path: str
    at_most_floor: float = 10.0
    body: str = ""
    at_most_ms: float = 12.0


@dataclass
class Prepared:
    """What the measuring process needs: cookies by viewer, the cases, and by case the SQL and number of queries."""

    cookies: dict[str, str] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)
    statements: dict[str, list[tuple[str, Any]]] = field(default_factory=dict)
    queries: dict[str, int] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)
    """What was measured while preparing."""
    database: str = ""
    secret_name: str = ""
