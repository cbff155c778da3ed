"""Taking a table's indexes away while millions of rows come in, and making them again as they were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction

_SQLITE_INDEXES = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = %s"
)
_CONSTRAINTS = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = %s::regclass AND contype IN ('u', 'f') ORDER BY contype DESC, conname
"""
_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes
    WHERE tablename = %s AND schemaname = current_schema()
      AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""


def _settle(cursor: Any) -> None:
    """Check on PostgreSQL what waits for the end of the transaction: no table with such checks can be altered."""
    if connection.vendor == "postgresql":
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _taken_away(table: str) -> list[str]:
    """Drop what follows each row of ``table`` and return the statements that make it again."""
    quote = connection.ops.quote_name
    again: list[str] = []
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(_SQLITE_INDEXES, [table])
            for name, statement in cursor.fetchall():
                cursor.execute(f"DROP INDEX {quote(name)}")
                again.append(statement)
            return again
        _settle(cursor)
        cursor.execute(_CONSTRAINTS, [quote(table)])
        for name, definition in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {quote(table)} DROP CONSTRAINT {quote(name)}")
            again.append(f"ALTER TABLE {quote(table)} ADD CONSTRAINT {quote(name)} {definition}")
        cursor.execute(_INDEXES, [table])
        for name, definition in cursor.fetchall():
            cursor.execute(f"DROP INDEX {quote(name)}")
            again.append(definition)
    return again


@contextmanager
def indexes_made_afterwards(tables: Sequence[type[models.Model]]) -> Iterator[None]:
    """Load into ``tables`` without their indexes and, on PostgreSQL, without their foreign and unique keys.

    They are made again at the end, also after a failure; a key that the new rows break is an error then.
    """
    with transaction.atomic():
        again = [statement for model in tables for statement in _taken_away(model._meta.db_table)]
    try:
        yield
    finally:
        for statement in again:
            with transaction.atomic(), connection.cursor() as cursor:
                _settle(cursor)
                cursor.execute(statement)
