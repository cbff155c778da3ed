"""The content of a regulation as single values: what a form asks, what a page shows, what two versions differ in.

A value lies at a path, written with dots: ``parameters.years``, ``holidays.2.from``. What kind of field it is follows
from the value itself, unless the kind's own module says it (``describe``).
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from warrant.core.regulation.document import LINES, Content, lines_of

SPARE_ROWS = 2
LONG_TEXT_FROM = 48
_LONG_NAMES = frozenset({"basis", "cure"})
"""Texts that need room in either language."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAY_NAMES = ("from", "until", "on")

Path = tuple[str | int, ...]
Names = tuple[str, ...]
"""A path without the numbers of rows: what the labels and the kinds of fields are asked by."""


class FieldKind(StrEnum):
    """How a value is entered."""

    TEXT = "text"
    LONG_TEXT = "long-text"
    WHOLE = "whole"
    FLAG = "flag"
    DAY = "day"
    CHOICE = "choice"
    CHOICES = "choices"
    WORDS = "words"
    COUNTS = "counts"


@dataclass(frozen=True)
class Field:
    """What a form asks. ``label`` and the words of ``choices`` are msgids; an empty label takes the common one.

    ``WORDS`` is a list of texts, ``COUNTS`` an object of whole numbers by free names.
    """

    kind: FieldKind
    label: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    may_be_empty: bool = False


Describer = Callable[[Content, Names], Field | None]
"""Says what kind of field lies at a path of a line; nothing where the value itself tells."""


@dataclass(frozen=True)
class Leaf:
    """One value with its place."""

    path: Path
    field: Field
    value: Any

    @property
    def name(self) -> str:
        """The path written with dots, as the places of errors are."""
        return ".".join(str(part) for part in self.path)

    @property
    def names(self) -> Names:
        """The path without the numbers of rows."""
        return tuple(part for part in self.path if isinstance(part, str))


def by_value(_line: Content, _names: Names) -> Field | None:
    """Describe nothing: every value tells its own kind."""
    return None


def _guess(value: object, names: Names) -> Field | None:
    """Return the kind of field of a single value, nothing for what has parts of its own."""
    name = names[-1]
    if isinstance(value, bool):
        return Field(FieldKind.FLAG)
    if isinstance(value, int):
        return Field(FieldKind.WHOLE)
    if value is None:
        is_day = name.rsplit("_", 1)[-1] in _DAY_NAMES
        return Field(FieldKind.DAY if is_day else FieldKind.WHOLE, may_be_empty=True)
    if isinstance(value, str):
        if _DAY.fullmatch(value) or name.rsplit("_", 1)[-1] in _DAY_NAMES:
            return Field(FieldKind.DAY, may_be_empty=name.endswith("until"))
        is_long = len(value) >= LONG_TEXT_FROM or not _LONG_NAMES.isdisjoint(names)
        return Field(FieldKind.LONG_TEXT if is_long else FieldKind.TEXT)
    if isinstance(value, Sequence) and all(isinstance(one, str) for one in value):
        return Field(FieldKind.WORDS, may_be_empty=True)
    return None


def leaves(line: Content, describe: Describer = by_value) -> list[Leaf]:
    """Return the single values of a line in their order; its ``id`` is none of them."""
    return [leaf for leaf in _walk(line, line, (), describe) if leaf.path != ("id",)]


def _walk(line: Content, value: Any, path: Path, describe: Describer) -> Iterator[Leaf]:
    if path:
        names = tuple(part for part in path if isinstance(part, str))
        found = describe(line, names) or _guess(value, names)
        if found is not None:
            yield Leaf(path, found, value)
            return
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _walk(line, inner, (*path, name), describe)
    elif isinstance(value, Sequence):
        for count, inner in enumerate(value):
            yield from _walk(line, inner, (*path, count), describe)


def row_lists(line: Content, blanks: Mapping[str, Content]) -> list[str]:
    """Return the names at the top of a line whose value is a list of rows: by ``blanks``, or because it holds objects."""
    return [
        name
        for name, value in line.items()
        if isinstance(value, Sequence)
        and not isinstance(value, str)
        and (name in blanks or any(isinstance(one, Mapping) for one in value))
    ]


def _blank(value: Any) -> Any:
    """Return a value of the same shape in which nothing is entered."""
    if isinstance(value, Mapping):
        return {name: _blank(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return []
    if isinstance(value, bool):
        return False
    return "" if isinstance(value, str) else None


def with_spare_rows(line: Content, blanks: Mapping[str, Content], count: int = SPARE_ROWS) -> dict[str, Any]:
    """Return the line with ``count`` empty rows at the end of each list of rows: room to enter more.

    ``blanks`` holds an empty row by the list's name; without one the list's first row shows the shape.
    """
    roomy = copy.deepcopy(dict(line))
    for name in row_lists(line, blanks):
        shape = blanks.get(name) or _blank(roomy[name][0])
        roomy[name] = [*roomy[name], *(copy.deepcopy(dict(shape)) for _ in range(count))]
    return roomy


def _is_blank(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(_is_blank(inner) for inner in value.values())
    return value is None or value is False or value in ("", [])


def assemble(roomy: Content, values: Mapping[str, Any], blanks: Mapping[str, Content]) -> dict[str, Any]:
    """Return the line with new values by their dotted names; rows in which nothing is entered fall away."""
    made = copy.deepcopy(dict(roomy))
    for name, value in values.items():
        holder: Any = made
        *way, last = [int(part) if part.isdigit() else part for part in name.split(".")]
        for part in way:
            holder = holder[part]
        holder[last] = value
    for name in row_lists(roomy, blanks):
        made[name] = [row for row in made[name] if not _is_blank(row)]
    return made


class ChangeKind(StrEnum):
    """What became of a line from one version to the next."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Difference:
    """One value that differs; ``None`` where there was or is none."""

    path: Path
    before: Any
    after: Any


@dataclass(frozen=True)
class LineChange:
    """One line that differs. ``identity`` is empty for what stands beside the lines; ``line`` is the newer one, if any."""

    kind: ChangeKind
    identity: str
    line: Content
    differences: tuple[Difference, ...] = ()


def _flat(value: Content) -> dict[Path, Any]:
    return {leaf.path: leaf.value for leaf in _walk(value, value, (), by_value)}


def _differences(before: Content, after: Content) -> tuple[Difference, ...]:
    old, new = _flat(before), _flat(after)
    return tuple(
        Difference(path, old.get(path), new.get(path))
        for path in dict.fromkeys((*old, *new))
        if old.get(path) != new.get(path) or (path in old) != (path in new)
    )


def compare(before: Content, after: Content) -> list[LineChange]:
    """Return what differs, line by line: what stands beside the lines first, then changed and added, then removed lines."""
    changes = []
    beside = _differences(*({n: v for n, v in one.items() if n != LINES} for one in (before, after)))
    if beside:
        changes.append(LineChange(ChangeKind.CHANGED, "", after, beside))
    old, new = lines_of(before), lines_of(after)
    for identity, line in new.items():
        if identity not in old:
            changes.append(LineChange(ChangeKind.ADDED, identity, line))
        elif found := _differences(old[identity], line):
            changes.append(LineChange(ChangeKind.CHANGED, identity, line, found))
    changes += [
        LineChange(ChangeKind.REMOVED, identity, line)
        for identity, line in old.items()
        if identity not in new
    ]
    return changes
