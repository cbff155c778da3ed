"""The process that does a node's background jobs: a child of its server, or one more beside it."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import threading
from types import FrameType

from warrant.apps.foundation.jobs import run_jobs
from warrant.nodes.serving import EMBEDDED_VARIABLE, die_with_parent

NICENESS = 5
"""Pages come first: the machine gives long work what they leave."""


def work(arguments: argparse.Namespace) -> int:
    """Do jobs until a signal ends the process; one that was begun is handed back first."""
    if server := os.environ.get(EMBEDDED_VARIABLE):
        die_with_parent(int(server))
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    os.nice(NICENESS)
    gc.freeze()  # what was imported stays: long work makes many rows, and each search for garbage would pass over it
    run_jobs(stop)
    return 0
