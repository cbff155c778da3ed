"""How the name of an agency is compared: the spellings of one name, and nothing that could mean another."""

from __future__ import annotations

import unicodedata

from warrant.core.standards import divisions


def name_key(name: str) -> str:
    """Return the form in which names are compared: no blanks, one width, plain brackets."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def other_spellings(name: str) -> tuple[str, ...]:
    """Return keys that the same unit may stand under when its own key is not known.

    Left out or added by habit: the province before a city (江苏省苏州市…), the city before a county-level city
    (苏州市昆山市…), the city before a district (江宁区… for 南京市江宁区…; several cities may have such a district).
    """
    key = name_key(name)
    spellings: list[str] = []
    for province in divisions.provinces():
        if key.startswith(province.name):
            spellings += _within_province(key.removeprefix(province.name))
    spellings += _within_province(key)
    return tuple(dict.fromkeys(spelling for spelling in spellings if spelling and spelling != key))


def _within_province(key: str) -> list[str]:
    spellings = [key]
    for division in divisions.all_divisions():
        if division.level == "city" and key.startswith(division.name):
            rest = key.removeprefix(division.name)
            counties = divisions.children_of(division.code)
            spellings += [
                rest for county in counties if rest.startswith(county.name) and not county.is_district
            ]
        elif division.is_district and key.startswith(division.name):
            spellings.append(divisions.full_name(division) + key.removeprefix(division.name))
    return spellings
