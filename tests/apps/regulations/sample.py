"""A made-up kind of regulation: hours for each subject, and the least of them all."""

from __future__ import annotations

from typing import Any

from warrant.core.errors import InvalidInput
from warrant.core.regulation import Content, lines_of

NATIONAL: Content = {
    "least": 10,
    "lines": [
        {"id": "law", "title": {"zh": "法律基础", "en": "Law"}, "hours": 20, "valid_until": None},
        {"id": "practice", "title": {"zh": "执法实务", "en": "Practice"}, "hours": 40, "valid_until": None},
    ],
}


def parse(content: Content) -> dict[str, int]:
    """Return the hours by subject; none may be below the least."""
    hours: dict[str, Any] = {}
    for count, (identity, line) in enumerate(lines_of(content).items()):
        if not isinstance(line.get("hours"), int) or line["hours"] < content["least"]:
            raise InvalidInput("too-few-hours", "学时太少", place=f"lines.{count}.hours")
        hours[identity] = line["hours"]
    return hours
