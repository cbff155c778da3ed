"""Breaks each write of an act in turn, as the database sees them, and tells whether anything of the act remains."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

_WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
MOST_WRITES = 400


class WriteBrokenError(Exception):
    """Stands for whatever may stop a write; nobody catches it."""


@dataclass
class _Writes:
    """The tables that were written to, in order; the write of number ``breaks`` (from 0) does not happen."""

    breaks: int
    tables: list[str] = field(default_factory=list)
    has_broken: bool = False

    def __call__(self, execute: Callable[..., Any], sql: str, values: Any, many: bool, context: Any) -> Any:
        found = _WRITE.match(sql)
        if found is not None:
            self.tables.append(found[1])
            if len(self.tables) > self.breaks:
                self.has_broken = True
                raise WriteBrokenError(found[1])
        return execute(sql, values, many, context)


@contextmanager
def _breaking(number: int) -> Iterator[_Writes]:
    writes = _Writes(number)
    with connection.execute_wrapper(writes):
        yield writes


def rows_of_table(name: str) -> list[str]:
    """Return every row of a table as text, in an order of its own."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{name}"')
        return sorted(
            repr([bytes(cell) if isinstance(cell, memoryview) else cell for cell in row]) for row in cursor
        )


def whole_database() -> dict[str, list[str]]:
    """Return every row of every table."""
    return {name: rows_of_table(name) for name in connection.introspection.table_names()}


def tables_of_whole_act(act: Callable[[], object]) -> set[str]:
    """Carry ``act`` out with its first write broken, then its second, until it comes through; return what it wrote to.

    After each broken one every table that the act had reached holds what it held before, to the byte.
    """
    before = whole_database()
    for number in range(MOST_WRITES):
        with _breaking(number) as writes:
            try:
                act()
            except WriteBrokenError:
                pass
            else:
                assert not writes.has_broken, f"somebody went on after {writes.tables[-1]} was not written"
                return set(writes.tables)
        for name in dict.fromkeys(writes.tables):
            assert rows_of_table(name) == before[name], (
                f"write {number + 1} ({writes.tables[-1]}) was broken, and something remained in {name}"
            )
    raise AssertionError(f"more than {MOST_WRITES} writes")
