"""The servers that are measured: our node, the bare floor, and the plain admin, each a process of its own."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from warrant.nodes.launcher import free_port

THREADS = 8


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise RuntimeError("a server to compare with did not start; see its output above")


@contextmanager
def granian(application: str, environment: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """Serve a WSGI application in one worker with Granian; yields its address and process id."""
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
            "--workers", "1", "--blocking-threads", str(THREADS), "--no-ws", "--log-level", "warning", application,
        ],
        env={**os.environ, **environment, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    try:
        _wait(port, process)
        time.sleep(1.5)  # the worker imports the application after the port is open
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def floor(database: str, statements: Path) -> Iterator[tuple[str, int]]:
    """Serve the bare floor."""
    with granian(
        "bench.floor:application", {"BENCH_DATABASE": database, "BENCH_FLOOR": str(statements)}
    ) as server:
        yield server


@contextmanager
def plain_admin(register_url: str, folder: Path) -> Iterator[tuple[str, int, str]]:
    """Serve the plain admin; yields its address, process id and the cookie of a signed-in session."""
    environment = {
        "BENCH_ADMIN_DATABASE": str(folder / "plain-admin.sqlite3"),
        "BENCH_REGISTER_URL": register_url,
    }
    cookie = subprocess.run(
        [sys.executable, "-m", "bench.plain_admin.wsgi"],
        env={**os.environ, **environment, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    with granian("bench.plain_admin.wsgi:application", environment) as (url, pid):
        yield url, pid, cookie
