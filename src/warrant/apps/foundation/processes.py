"""Reading that is too much for one core: its parts are worked out in processes beside this one.

Each is begun anew as a Python of its own, not forked: connections and locks of this process are none of theirs.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

import django
from django.db import DEFAULT_DB_ALIAS, connection, connections

Part = TypeVar("Part")
Result = TypeVar("Result")

MOST_PROCESSES = 4
"""However many cores there are: people's pages come first."""


def cores() -> int:
    """Return how many processes are worth starting here."""
    return min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1, MOST_PROCESSES)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _begin(database: Mapping[str, Any]) -> None:
    """Make ready to read the database that the parent reads, and end when it ends, also after ``kill -9``."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to all; the parent decides
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    django.setup()
    connections.settings[DEFAULT_DB_ALIAS].update(database)


def in_processes(
    function: Callable[[Part], Result], parts: Sequence[Part], processes: int
) -> Generator[Result]:
    """Yield ``function`` of each part, in their order, worked out by ``processes`` at once.

    The function, its parts and its results are pickled; the function finds Django set up, a connection of its own,
    and what was committed before. Whoever closes the generator ends the processes; parts at
    work are finished first.
    """
    executor = ProcessPoolExecutor(
        processes, multiprocessing.get_context("spawn"), _begin, (dict(connection.settings_dict),)
    )
    try:
        yield from executor.map(function, parts)
    finally:
        executor.shutdown(cancel_futures=True)
