"""Who writes movements shares the books; who closes or folds them has them alone.

Movements are appended, never updated, so writers never wait for each other. On SQLite the write lock of the
transaction does the same by itself.
"""

from __future__ import annotations

from django.db import connection

_BOOKS = 7_205_112  # an arbitrary number of our own: PostgreSQL's advisory locks have numbers, not names


def share_books() -> None:
    """Keep the books from being closed or folded until the running transaction ends."""
    _lock("pg_advisory_xact_lock_shared")


def hold_books() -> None:
    """Wait until nobody writes movements, and keep everybody from it until the running transaction ends."""
    _lock("pg_advisory_xact_lock")


def _lock(function: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [_BOOKS])
