"""Loading many rows at once, past the ORM: COPY on PostgreSQL, one prepared statement on SQLite.

Ten to thirty times faster than ``bulk_create``. Nothing follows such a row by itself: the caller loads children,
versions and search tokens too, and calls whoever observes the model.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.transaction import TransactionManagementError

_ROWS_AT_ONCE = 1000
_LOADING = {"cache_size": -65_536, "wal_autocheckpoint": 0, "synchronous": 1}
"""Settings of SQLite's connection: 64 MiB of pages, no checkpoint by itself, no waiting for the disk at a commit."""

Conversion = Callable[[Any], Any]


def _require_transaction(what: str) -> None:
    if not connection.in_atomic_block:
        raise TransactionManagementError(f"{what} belongs into the caller's transaction.atomic()")


def _as_json(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _as_sqlite_instant(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")


def _as_sqlite_day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _as_sqlite_uuid(value: UUID | None) -> str | None:
    return None if value is None else value.hex


def _conversion(field: models.Field[Any, Any]) -> Conversion | None:
    """Return what turns a Python value of ``field`` into what the driver stores; nothing where it already is."""
    if isinstance(field, models.JSONField):
        return _as_json
    if connection.vendor != "sqlite":
        return None
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(target, models.DateTimeField):
        return _as_sqlite_instant
    if isinstance(target, models.DateField):
        return _as_sqlite_day
    if isinstance(target, models.UUIDField):
        return _as_sqlite_uuid
    return None


def _converted(
    rows: Iterable[Sequence[Any]], conversions: Sequence[tuple[int, Conversion]]
) -> Iterator[list[Any]]:
    for row in rows:
        cells = list(row)
        for place, convert in conversions:
            cells[place] = convert(cells[place])
        yield cells


def _copy(statement: str, rows: Iterable[Sequence[Any]]) -> int:
    count = 0
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def _insert(statement: str, rows: Iterable[Sequence[Any]]) -> int:
    count = 0
    remaining = iter(rows)
    with connection.cursor() as cursor:
        while chunk := list(islice(remaining, _ROWS_AT_ONCE)):
            cursor.executemany(statement, chunk)
            count += len(chunk)
    return count


def ready_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> list[list[Any]]:
    """Return ``rows`` as the driver stores them, for :func:`bulk_load`: work that needs no transaction.

    ``columns`` and values are those of :func:`bulk_load`. Plain numbers and texts (ids that are not known yet) may
    still be set in what is returned.
    """
    return list(_converted(rows, _conversions(_fields(model, columns))))


def _fields(model: type[models.Model], columns: Sequence[str]) -> list[models.Field[Any, Any]]:
    by_attribute = {field.attname: field for field in model._meta.concrete_fields}
    return [by_attribute[column] for column in columns]


def _conversions(fields: Sequence[models.Field[Any, Any]]) -> list[tuple[int, Conversion]]:
    return [(place, made) for place, field in enumerate(fields) if (made := _conversion(field))]


def bulk_load(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    are_ready: bool = False,
) -> int:
    """Insert ``rows`` into the model's table in the running transaction, and return how many there were.

    ``columns`` are field names as a model instance has them (``agency_id`` for a foreign key); every row holds one
    value for each, in that order. Values are those of a model instance: ``date``, aware ``datetime``, ``UUID``,
    ``bytes``, ``Decimal``, ``bool``, ``None``; a JSON column takes lists and dictionaries, or text that is JSON
    already. Columns left out take the database's default: there is none for most, so name all that must not be null.
    Rows are read one after another and never kept, so ``rows`` may be a generator of any length; on SQLite it may
    read the database meanwhile, on PostgreSQL it may not. ``are_ready`` says that they come from :func:`ready_rows`.

    Raises:
        TransactionManagementError: there is no transaction.
        django.db.IntegrityError: a row breaks a constraint; the transaction can only be rolled back.
    """
    _require_transaction("bulk_load")
    fields = _fields(model, columns)
    conversions = [] if are_ready else _conversions(fields)
    if conversions:
        rows = _converted(rows, conversions)
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    names = ", ".join(quote(str(field.column)) for field in fields)
    if connection.vendor == "postgresql":
        return _copy(f"COPY {table} ({names}) FROM STDIN", rows)
    marks = ", ".join(["%s"] * len(fields))
    return _insert(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608 - names of our own models


@contextmanager
def loading_at_length() -> Iterator[None]:
    """Set SQLite's connection up for many large transactions; PostgreSQL needs nothing. Outside of a transaction.

    More pages are kept at hand. A commit neither waits for the disk nor brings anything into the database file:
    :func:`settle_log`, which the caller calls after each, does both when the write lock is given back. What power
    takes away in between is the end of the work, never its middle; whoever loads at length goes on where it stopped.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        before = [(name, _pragma(cursor, name)) for name in _LOADING]
        for name, value in _LOADING.items():
            cursor.execute(f"PRAGMA {name} = {value}")
    try:
        yield
    finally:
        settle_log()
        with connection.cursor() as cursor:
            for name, value in before:
                cursor.execute(f"PRAGMA {name} = {value}")


def _pragma(cursor: Any, name: str) -> int:
    cursor.execute(f"PRAGMA {name}")
    return int(cursor.fetchone()[0])


def keeps_writers_out() -> bool:
    """Tell whether a transaction that writes keeps everybody else from writing: on SQLite it does."""
    return connection.vendor == "sqlite"


def settle_log() -> None:
    """Have the disk keep SQLite's write-ahead log, and bring it into the database file; nobody waits for it."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
            cursor.fetchone()


def reserve_ids(model: type[models.Model], count: int) -> Sequence[int]:
    """Take ``count`` ids of ``model`` out of circulation, ascending, so that parents and children can be loaded apart.

    On PostgreSQL they come from the table's sequence and may have gaps while others write; on SQLite they follow the
    largest id ever given, under the write lock that the transaction holds.

    Raises:
        TransactionManagementError: there is no transaction.
    """
    _require_transaction("reserve_ids")
    if count < 1:
        return range(0)
    table, column = model._meta.db_table, str(model._meta.pk.column)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [connection.ops.quote_name(table), column, count],
            )
            return sorted(row[0] for row in cursor.fetchall())
        quote = connection.ops.quote_name
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        given = cursor.fetchone()
        cursor.execute(f"SELECT MAX({quote(column)}) FROM {quote(table)}")  # noqa: S608 - names of our own models
        largest = cursor.fetchone()[0]
        first = max(given[0] if given else 0, largest or 0) + 1
        last = first + count - 1
        if given:
            cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [last, table])
        else:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])
        return range(first, last + 1)
