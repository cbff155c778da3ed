"""Looking at nodes that run as processes: their rows, and who of them is still alive."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from warrant.nodes.launcher import NodeProcess, node_environment

ROOT = Path(__file__).resolve().parents[2]
MARK_VARIABLE = "WARRANT_TEST_MARK"


def rows(node: NodeProcess, query: str, *values: object) -> list[tuple[Any, ...]]:
    """Read the database of a node on SQLite while the node runs or lies dead."""
    with closing(sqlite3.connect(node.node_file.parent / "node.sqlite3", timeout=20)) as database:
        return database.execute(query, values).fetchall()


def run_as(node: NodeProcess, module: str, *arguments: str) -> Any:
    """Run ``python -m MODULE ARGUMENTS`` as the node and return the JSON that it printed."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env={**node_environment(node.node_file), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def prepare_cases(province: NodeProcess, count: int) -> list[str]:
    """Enter cases that wait for the provincial approver; return their application numbers."""
    numbers: list[str] = run_as(province, "tests.journeys.filing_rehearsal.cases", str(count))
    return numbers


def wait_until(what: str, holds: Callable[[], bool], nodes: tuple[NodeProcess, ...], seconds: float) -> None:
    """Fail with the ends of the nodes' logs if it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            logs = [node.log_file.read_text(encoding="utf-8")[-2000:] for node in nodes]
            pytest.fail(f"{what}: not within {seconds} s\n" + "\n".join(logs))
        time.sleep(0.05)


def marked_processes(mark: str) -> list[int]:
    """Return the living processes that were started, by whatever way, with ``WARRANT_TEST_MARK`` set to ``mark``."""
    sought = f"{MARK_VARIABLE}={mark}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if sought in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
        except OSError:
            continue  # it ended while we looked, or is not ours
    return found
