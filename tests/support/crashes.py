"""Work that dies at a chosen statement: before the database gets it, or when its answer is on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection


class Died(BaseException):
    """The process is gone: nothing of ours catches it, as nothing catches ``kill -9``."""


@dataclass
class Crash:
    """Where it dies: at which statement, counted from 1, and whether that one was still executed."""

    at: int
    is_after: bool
    seen: int = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.seen += 1
        if self.seen < self.at:
            return execute(sql, params, many, context)
        if self.is_after and self.seen == self.at:
            execute(sql, params, many, context)
        raise Died


@contextmanager
def dying(at: int, *, is_after: bool) -> Iterator[Crash]:
    """Let the work inside die at a statement; a dead process says nothing more to the database."""
    crash = Crash(at, is_after)
    with connection.execute_wrapper(crash):
        yield crash


def _drop_connection() -> None:
    """End what the dead process had begun, as the database does when the connection is gone."""
    if connection.vendor == "sqlite":
        connection.connection.rollback()  # closed, a database in memory would be gone
    else:
        connection.close()


def each_crash(begin: Callable[[], None], work: Callable[[], Any], mend: Callable[[], None]) -> int:
    """Let ``work`` die at its first statement, at its second, and so on until it comes through; return how many.

    ``begin`` makes something to do, ``mend`` is what happens after the restart: it ends the work and looks at what
    stands. Each place is tried before and after the statement.
    """
    at = 0
    while True:
        at += 1
        came_through = False
        for is_after in (False, True):
            begin()
            try:
                with dying(at, is_after=is_after):
                    work()
                came_through = True
            except Died:
                _drop_connection()
            mend()
        if came_through:
            return at - 1
