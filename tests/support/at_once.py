"""Acts of several people at the same moment: real threads, each with a connection of its own."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

from warrant.core.errors import WarrantError


@contextmanager
def shared_database(folder: Path) -> Iterator[None]:
    """Let threads meet in one database: PostgreSQL as it is, SQLite in a file as a node has it, not in memory."""
    if connection.vendor != "sqlite":
        yield
        return
    in_memory, setting = connection.connection, connection.settings_dict
    name, file = setting["NAME"], folder / "node.sqlite3"
    with closing(sqlite3.connect(file)) as copy:
        in_memory.backup(copy)
    connection.connection = None
    setting["NAME"] = str(file)
    try:
        yield
    finally:
        connection.close()
        setting["NAME"] = name
        connection.connection = in_memory


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do all acts at the same moment; return how each ended: ``done``, or the code of its refusal.

    Everything else that an act raises is raised here.
    """
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        try:
            start.wait(timeout=20)
            act()
        except WarrantError as error:
            return error.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as people:
        return list(people.map(run, acts, timeout=60))
