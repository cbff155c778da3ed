"""Administrative divisions: all province-level codes and the whole of Jiangsu; the rest of the nation apart.

Codes are kept short (two, four or six digits by level); :attr:`Division.full_code` gives the six digits of the standard.
Source: GB/T 2260 with the changes published up to 2026-01-01.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Division:
    """One division. ``code`` has two digits for a province, four for a city, six for a county."""

    code: str
    name: str

    @property
    def level(self) -> str:
        """``province``, ``city`` or ``county``."""
        return {2: "province", 4: "city", 6: "county"}[len(self.code)]

    @property
    def full_code(self) -> str:
        """Six digits, zero-filled on the right."""
        return self.code.ljust(6, "0")

    @property
    def parent_code(self) -> str:
        """The code one level up; empty for a province."""
        return self.code[:-2]

    @property
    def is_district(self) -> bool:
        """A district is named after its city (南京市江宁区); a county or county-level city stands alone."""
        return self.level == "county" and self.name.endswith("区")


@cache
def all_divisions() -> tuple[Division, ...]:
    """Return every division on file, each below its parent, ordered by code within a parent."""
    source = resources.files(__package__).joinpath("tables", "divisions.txt").read_text(encoding="utf-8")
    lines = (line.split(maxsplit=1) for line in source.splitlines() if line and not line.startswith("#"))
    return tuple(Division(code=code, name=name) for code, name in lines)


@cache
def divisions_elsewhere() -> tuple[Division, ...]:
    """Return the cities and counties outside Jiangsu as they stood in mid-2023, ordered by code.

    They name no agency by themselves: what a unit there is called, its province enters. A county's city is on file
    only where there is one: the districts of a municipality and what a province runs itself stand alone.
    Source: GB/T 2260.
    """
    source = (
        resources.files(__package__).joinpath("tables", "divisions-elsewhere.csv").read_text(encoding="utf-8")
    )
    return tuple(
        Division(code=line["code"], name=line["name"]) for line in csv.DictReader(source.splitlines())
    )


@cache
def _by_code() -> dict[str, Division]:
    return {division.code: division for division in all_divisions()}


def find(code: str) -> Division | None:
    """Return the division with this code, short or zero-filled to six digits; None when it is not on file."""
    return _by_code().get(short_code(code))


def short_code(code: str) -> str:
    """Return a six-digit code without the pairs of zeros that fill it: 321000 gives 3210, 500000 gives 50."""
    while len(code) > 2 and code.endswith("00"):
        code = code[:-2]
    return code


def provinces() -> tuple[Division, ...]:
    """Return the 34 province-level divisions."""
    return tuple(division for division in all_divisions() if division.level == "province")


def children_of(code: str) -> tuple[Division, ...]:
    """Return the divisions directly below ``code`` (a short code), in code order."""
    return tuple(division for division in all_divisions() if division.parent_code == code)


def full_name(division: Division) -> str:
    """Return the name as an agency's name begins: a district after its city, everything else alone."""
    if division.is_district:
        return _by_code()[division.parent_code].name + division.name
    return division.name
