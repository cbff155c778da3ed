"""The profession of an officer, from the wording of the major.

Source: the groups and the words: assumption (GB/T 16835 has no table by profession of the force).
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources


@cache
def _words() -> tuple[tuple[str, str], ...]:
    """Return word and group, longest word first; of equal length, in the order of the table."""
    source = resources.files(__package__).joinpath("tables", "professions.csv").read_text(encoding="utf-8")
    lines = [(line["word"], line["group"]) for line in csv.DictReader(source.splitlines())]
    return tuple(sorted(lines, key=lambda line: -len(line[0])))


@cache
def _group_of_wording(plain: str) -> str:
    if plain.endswith("法"):
        return "law"
    return next((group for word, group in _words() if word in plain), "other")


def profession_of(major: str) -> str:
    """Return ``law``, ``transport``, ``engineering``, ``management`` or ``other``; empty where nothing is recorded.

    The longest word of the table that stands in the major decides.
    """
    plain = "".join(major.split())
    return _group_of_wording(plain) if plain else ""
