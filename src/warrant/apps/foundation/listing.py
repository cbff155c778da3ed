"""What lists have in common: filters and columns as tables, and the address that says the whole state of a list."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from warrant.core.errors import N_, InvalidInput

NONE = "none"
"""As a value of a filter: those of whom nothing is known there."""
LONGEST_TEXT = 60
_HIDDEN_CHARACTERS = re.compile(r"[\x00-\x1f]")


@dataclass(frozen=True)
class ListFilter:
    """One filter: ``label`` is a msgid, ``check`` returns the normal form of a value or raises ``ValueError``.

    ``narrow`` takes rows, the value and the day as of which the list is read.
    """

    label: str
    check: Callable[[str], str]
    narrow: Callable[[Any, str, date], Any]


@dataclass(frozen=True)
class ListColumn:
    """One column. ``label`` is a msgid.

    ``text`` takes a row (a model, or a named tuple of ``fields``) and returns what the cell says in the language of
    the request, empty where nothing is known. ``sort`` is the column of the table that orders it, with ``-`` where the
    order of the words is the opposite of the order of the values (a high age is an early birth date); nothing where it
    cannot be ordered by. ``kind``: ``number``, ``clip`` (long, cut off), ``state``. ``is_varied``: nearly every row has
    another value, so that remembering how it is worded would gain nothing.
    """

    label: str
    text: Callable[[Any], str]
    fields: tuple[str, ...]
    sort: str | None = None
    is_default: bool = False
    kind: str = ""
    tone: Callable[[Any], str] | None = None
    is_varied: bool = False

    @property
    def default(self) -> bool:
        """Tell whether the column is shown where nobody has chosen."""
        return self.is_default


def plain_text(value: str) -> str:
    """Return what was typed without hidden characters, at most ``LONGEST_TEXT`` long."""
    return _HIDDEN_CHARACTERS.sub("", value).strip()[:LONGEST_TEXT]


def several(known: Container[str], most: int = 40) -> Callable[[str], str]:
    """Check codes joined by commas; ``known`` is whatever can tell whether a code is in it."""

    def check(value: str) -> str:
        given = list(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
        if len(given) > most or not all(part == NONE or part in known for part in given):
            raise ValueError(value)
        return ",".join(given)

    return check


def one_of(*known: str) -> Callable[[str], str]:
    """Check one code."""
    return several(known, most=1)


def number_up_to(most: int) -> Callable[[str], str]:
    """Check a whole number."""

    def check(value: str) -> str:
        number = int(value) if value.isascii() and value.isdigit() and len(value) < 12 else -1
        if not 0 <= number <= most:
            raise ValueError(value)
        return str(number)

    return check


def iso_day(value: str) -> str:
    """Return an ISO day in its normal form; ``ValueError`` for anything else."""
    return date.fromisoformat(value).isoformat()


def read_values(
    params: Mapping[str, str], filters: Mapping[str, ListFilter]
) -> tuple[dict[str, str], dict[str, InvalidInput]]:
    """Return the filters of an address in their normal form, and what cannot be used, by name; that is left out."""
    values: dict[str, str] = {}
    errors: dict[str, InvalidInput] = {}
    for name, one in filters.items():
        given = (params.get(name) or "").strip()
        if not given:
            continue
        try:
            values[name] = one.check(given)
        except ValueError:
            errors[name] = unusable(name, given)
    return values, errors


def unusable(name: str, given: str) -> InvalidInput:
    """Return what is said of a filter that cannot be used."""
    return InvalidInput(
        "bad-filter", N_("“%(value)s”不是可用的筛选条件；请重新选择"), place=name, value=given[:40]
    )


def read_sort(
    params: Mapping[str, str], columns: Mapping[str, ListColumn], default: str
) -> tuple[str, InvalidInput | None]:
    """Return the order of an address: the key of a column, with ``-`` where it descends; and what is wrong with it."""
    sort = params.get("sort") or default
    column = columns.get(sort.removeprefix("-"))
    if column is not None and column.sort is not None:
        return sort, None
    error = InvalidInput(
        "bad-sort", N_("不能按“%(value)s”排序；请点列标题选择"), place="sort", value=sort[:40]
    )
    return default, error


def read_columns(text: str, columns: Mapping[str, ListColumn], default: tuple[str, ...]) -> tuple[str, ...]:
    """Return the known columns that ``text`` names, in its order; the first column of all always stands first."""
    first = default[0]
    named = list(dict.fromkeys(key for key in text.split(",") if key in columns and key != first))
    return (first, *named) if named else default


def sort_field(sort: str, columns: Mapping[str, ListColumn]) -> str:
    """Return the column of the table that orders a list, with ``-`` where it descends."""
    column = columns[sort.removeprefix("-")].sort or ""
    is_reversed = sort.startswith("-")
    bare = column.removeprefix("-")
    return f"-{bare}" if is_reversed != column.startswith("-") else bare


def headings(
    keys: Sequence[str], columns: Mapping[str, ListColumn], sort: str, address: str, params: Mapping[str, str]
) -> list[dict[str, str]]:
    """Return the heads of a table: label, kind, the address that orders by the column, and how it is ordered now."""
    found = []
    for key in keys:
        column = columns[key]
        is_sorted = sort.removeprefix("-") == key
        is_descending = sort.startswith("-")
        turned = f"-{key}" if is_sorted and not is_descending else key
        found.append(
            {
                "key": key,
                "label": _(column.label),
                "kind": column.kind,
                "url": f"{address}?{urlencode({**params, 'sort': turned})}" if column.sort else "",
                "sorted": ("descending" if is_descending else "ascending") if is_sorted else "",
            }
        )
    return found


def column_choices(
    shown: Sequence[str], columns: Mapping[str, ListColumn], first: str
) -> tuple[tuple[str, str, bool], ...]:
    """Return key, label and whether it is shown: the shown ones first, in their order; ``first`` cannot be left out."""
    chosen = [key for key in shown if key != first]
    others = [key for key in columns if key not in shown]
    return tuple((key, _(columns[key].label), key in chosen) for key in (*chosen, *others))
