"""Counting facts in one pass: what each holds is packed into one number, and equal numbers are counted.

SQLite sorts the rows for each GROUP BY; handing the numbers over as one text and counting them here takes a fifth of
the time for a province of 24,000 (measured: 4 ms instead of 20).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection

_BASE = 1 << 14
"""More than any value of a fact: years, masks of categories and small codes; four of them fit into 56 bits."""

MOST_COLUMNS = 4

Held = dict[tuple[int, ...], int]
"""How many hold each combination of values, in the order of the columns asked for."""


def _packed(columns: Sequence[str]) -> str:
    number = f"CAST({columns[0]} AS bigint)"
    for column in columns[1:]:
        number = f"({number} * {_BASE} + {column})"
    return number


def tally_facts(scope_column: str, unit_id: int, columns: Sequence[str], day: date) -> Held:
    """Count the facts of a unit that hold on a day by the values of one to four ``columns``; one query, one pass.

    ``scope_column`` is empty for everybody.
    """
    number = _packed(columns)
    scope = f"{scope_column} = %s AND " if scope_column else ""
    rows = f"FROM officer_fact WHERE {scope}valid_from <= %s AND valid_until > %s"
    on = connection.ops.adapt_datefield_value(day)
    values = [*([unit_id] if scope_column else []), on, on]
    counts: Mapping[Any, int]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"SELECT group_concat({number}) {rows}", values)
            text = cursor.fetchone()[0]
            counts = Counter(text.split(",")) if text else {}
        else:
            cursor.execute(f"SELECT {number} AS held, COUNT(*) {rows} GROUP BY held", values)
            counts = dict(cursor.fetchall())
    return {_unpacked(int(packed), len(columns)): count for packed, count in counts.items()}


def _unpacked(packed: int, width: int) -> tuple[int, ...]:
    held = []
    for _ in range(width):
        packed, value = divmod(packed, _BASE)
        held.append(value)
    return tuple(reversed(held))
