"""How findings, entries and plans are kept as JSON, and made of it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from warrant.core.roster.checking import SheetPlan
from warrant.core.roster.columns import Column
from warrant.core.roster.dates import PartialDate
from warrant.core.roster.entry import RosterEntry
from warrant.core.roster.finding import Finding, Severity

_EMPTY = RosterEntry()
_FIELDS = RosterEntry.__slots__


def stored_finding(finding: Finding) -> dict[str, Any]:
    """Return a finding as it is kept: its msgid and fields, so that it can be read in every language."""
    return {
        "column": finding.column,
        "severity": finding.severity.value,
        "code": finding.code,
        "message": finding.message,
        "fields": {
            name: value if isinstance(value, int) else str(value) for name, value in finding.fields.items()
        },
    }


def finding_again(sheet: str, row: int, stored: dict[str, Any]) -> Finding:
    """Return the finding that :func:`stored_finding` kept."""
    return Finding(
        sheet,
        row,
        stored["column"],
        Severity(stored["severity"]),
        stored["code"],
        stored["message"],
        stored["fields"],
    )


def stored_entry(entry: RosterEntry) -> dict[str, Any]:
    """Return what an entry holds, empty values left out; dates as text, partial ones as ``[year, month, day]``."""
    stored: dict[str, Any] = {}
    for name in _FIELDS:
        value = getattr(entry, name)
        if not value:
            continue
        if isinstance(value, date):
            value = value.isoformat()
        elif isinstance(value, PartialDate):
            value = [value.year, value.month, value.day]
        stored[name] = value
    return stored


def entry_again(stored: Mapping[str, Any]) -> RosterEntry:
    """Return the entry that :func:`stored_entry` kept."""
    values = {name: value for name, value in stored.items() if name in _FIELDS and value is not None}
    for name in ("working_from", "enforcing_from"):
        known = values.get(name)
        if known:
            values[name] = PartialDate(**known) if isinstance(known, dict) else PartialDate(*known)
    if values.get("born_on"):
        values["born_on"] = date.fromisoformat(values["born_on"])
    if "category_codes" in values:
        values["category_codes"] = tuple(values["category_codes"])
    return RosterEntry(**values)


def plans_of(stored: Mapping[str, Any]) -> dict[str, SheetPlan]:
    """Return what was decided about each sheet, by its name."""
    return {
        sheet: SheetPlan(
            is_read=bool(plan.get("is_read", True)),
            places=None
            if plan.get("columns") is None
            else {Column(name): int(place) for name, place in plan["columns"].items()},
            constants={Column(name): str(text) for name, text in plan.get("constants", {}).items()},
        )
        for sheet, plan in stored.items()
    }
