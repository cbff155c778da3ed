"""What differs by place and time: regulations as dated content, and the calendar of working days."""

from warrant.core.regulation.calendar import NATIONAL_CALENDAR, WorkCalendar
from warrant.core.regulation.document import (
    Content,
    canonical,
    difference,
    digest,
    lines_of,
    resolve,
)
from warrant.core.regulation.fields import compare
from warrant.core.regulation.kinds import KIND_NAMES, NATIONAL_ONLY, RegulationKind, kind_named

__all__ = [
    "KIND_NAMES",
    "NATIONAL_CALENDAR",
    "NATIONAL_ONLY",
    "Content",
    "RegulationKind",
    "WorkCalendar",
    "canonical",
    "compare",
    "difference",
    "digest",
    "kind_named",
    "lines_of",
    "resolve",
]
