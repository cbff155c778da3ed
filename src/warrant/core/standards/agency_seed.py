"""The organisation tree as shipped: the ministry, every provincial-rank authority, and Jiangsu complete.

Authorities are listed by name; in Jiangsu each city and county has its transport bureau and, below it, its enforcement
agency (and each city two development centres), by the naming rule of the province's 2018-2020 reform.
Source: 2009 notice (addressees); GB/T 2260; names of single units: assumption, to be corrected by each province.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from warrant.core.standards import divisions
from warrant.core.standards.agency_names import name_key, other_spellings

DETAILED_PROVINCE = "32"


@dataclass(frozen=True)
class SeedAgency:
    """One unit. ``level`` is ministry, province, city, county or agency; ``division_code`` has six digits or none."""

    code: str
    level: str
    division_code: str
    parent_code: str
    name: str


def _listed() -> list[SeedAgency]:
    source = resources.files(__package__).joinpath("tables", "agencies.csv").read_text(encoding="utf-8")
    return [
        SeedAgency(
            code=line["code"],
            level=line["level"],
            division_code=line["division"],
            parent_code=line["parent"],
            name=line["name"],
        )
        for line in csv.DictReader(source.splitlines())
    ]


def _by_rule() -> list[SeedAgency]:
    made: list[SeedAgency] = []
    for city in divisions.children_of(DETAILED_PROVINCE):
        made.append(
            SeedAgency(
                city.full_code, "city", city.full_code, f"{DETAILED_PROVINCE}0000", f"{city.name}交通运输局"
            )
        )
        for number, ending in (
            (1, "交通运输综合行政执法支队"),
            (2, "港航事业发展中心"),
            (3, "公路事业发展中心"),
        ):
            made.append(_below(city.full_code, number, city.name + ending))
        for county in divisions.children_of(city.code):
            name = divisions.full_name(county)
            made.append(SeedAgency(county.code, "county", county.code, city.full_code, f"{name}交通运输局"))
            made.append(_below(county.code, 1, f"{name}交通运输综合行政执法大队"))
    return made


def _below(authority_code: str, number: int, name: str) -> SeedAgency:
    return SeedAgency(f"{authority_code}-{number:02d}", "agency", authority_code, authority_code, name)


@cache
def seed_agencies() -> tuple[SeedAgency, ...]:
    """Return every unit, each after its parent."""
    everything = {agency.code: agency for agency in [*_listed(), *_by_rule()]}
    depth = {"": 0}

    def depth_of(code: str) -> int:
        if code not in depth:
            depth[code] = depth_of(everything[code].parent_code) + 1
        return depth[code]

    return tuple(sorted(everything.values(), key=lambda agency: (depth_of(agency.code), agency.code)))


def seed_agency_finder() -> Callable[[str], str | None]:
    """Return a lookup of the shipped tree by name; it answers with the unit's code, or None."""
    return name_finder({name_key(agency.name): {agency.code} for agency in seed_agencies()})


def name_finder(codes_by_key: dict[str, set[str]]) -> Callable[[str], str | None]:
    """Return a lookup: the exact name first, then its other spellings; a name that fits several units finds none."""

    def find(name: str) -> str | None:
        exact = codes_by_key.get(name_key(name), set())
        found = exact or set().union(*(codes_by_key.get(key, set()) for key in other_spellings(name)))
        return next(iter(found)) if len(found) == 1 else None

    return find
