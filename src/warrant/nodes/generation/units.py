"""The units of the made-up nation: the shipped tree, and the rest of the country by its division codes."""

from __future__ import annotations

from random import Random

from warrant.core.standards import divisions
from warrant.core.standards.agency_seed import SeedAgency, seed_agencies
from warrant.core.standards.divisions import Division

_PROVINCE_SHARE = {
    "31": 1.3,
    "44": 1.35,
    "37": 1.25,
    "41": 1.2,
    "51": 0.9,
    "54": 0.35,
    "63": 0.5,
    "65": 0.7,
    "15": 0.8,
}
"""How strongly a county of a province is staffed beside the average county."""

_RANK_SHARE = {"county": 1.0, "city": 0.35, "brigade": 4.5, "province": 1.4, "elsewhere": 6.0}


def nation_units() -> tuple[SeedAgency, ...]:
    """Return every unit, each after its parent: about 3,500.

    Outside Jiangsu a county has its bureau, a city its bureau and one enforcement detachment below it.
    """
    shipped = seed_agencies()
    cities = {
        division.code: division for division in divisions.divisions_elsewhere() if division.level == "city"
    }
    made: list[SeedAgency] = []
    for city in cities.values():
        made.append(_bureau(city, city.name, "city", f"{city.parent_code}0000"))
        made.append(
            SeedAgency(
                f"{city.full_code}-01",
                "agency",
                city.full_code,
                city.full_code,
                f"{city.name}交通运输综合行政执法支队",
            )
        )
    for county in divisions.divisions_elsewhere():
        if county.level == "county":
            above = cities.get(county.parent_code)
            made.append(
                _bureau(
                    county,
                    f"{above.name if above else _province_name(county)}{county.name}"
                    if county.is_district
                    else county.name,
                    "county",
                    above.full_code if above else f"{county.code[:2]}0000",
                )
            )
    known = {unit.code for unit in shipped}
    return (*shipped, *(unit for unit in made if unit.code not in known))


def _province_name(division: Division) -> str:
    province = divisions.find(division.code[:2])
    return province.name if province else ""


def _bureau(division: Division, name: str, level: str, parent_code: str) -> SeedAgency:
    return SeedAgency(division.full_code, level, division.full_code, parent_code, f"{name}交通运输局")


def staffed_units(units: tuple[SeedAgency, ...], random: Random) -> list[tuple[SeedAgency, float]]:
    """Return the units that have officers, each with its share of all officers (the shares add up to 1)."""
    has_agency = {unit.parent_code for unit in units if unit.level == "agency"}
    weighted = []
    for unit in units:
        if unit.level == "ministry":
            continue
        if unit.level == "agency":
            rank = "county" if unit.code[4:6] != "00" else "brigade"
        elif unit.level == "province":
            rank = "province" if unit.division_code else "elsewhere"
        else:
            rank = unit.level
        weight = _RANK_SHARE[rank] * _PROVINCE_SHARE.get(unit.code[:2], 1.0) * random.lognormvariate(0, 0.35)
        if unit.level == "county" and unit.code in has_agency:
            weight *= 0.15  # nearly all of a bureau's people work in its enforcement agency
        weighted.append((unit, weight))
    total = sum(weight for _unit, weight in weighted)
    return [(unit, weight / total) for unit, weight in weighted]


def heads_by_unit(shares: list[tuple[SeedAgency, float]], officers: int) -> list[tuple[SeedAgency, int]]:
    """Share ``officers`` out over the units, largest remainder first, so that the heads add up exactly."""
    exact = [(unit, share * officers) for unit, share in shares]
    heads = [int(number) for _unit, number in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: (heads[place] - exact[place][1], place))
    for place in by_remainder[: officers - sum(heads)]:
        heads[place] += 1
    return [(unit, number) for (unit, _number), number in zip(exact, heads, strict=True) if number]
