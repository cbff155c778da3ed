"""One writer at a time on SQLite."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

_append_lock = threading.Lock()


@contextmanager
def append_transaction() -> Iterator[None]:
    """Run one transaction that appends to a mirrored log.

    SQLite's waiting for the write lock is not fair: with dozens of provinces sending at once, single requests starved
    past ten seconds. Queueing the appends of this process cures it; PostgreSQL needs no such queue.
    """
    if connection.vendor != "sqlite":
        with transaction.atomic():
            yield
        return
    with _append_lock, transaction.atomic():
        yield
