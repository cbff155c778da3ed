"""Serving a node: one process with threads, the relay among them, and beside it one that does the long work."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from warrant.nodes.config import NodeConfig, config_from_environment

BLOCKING_THREADS = 64
IDLE_SECONDS = 600
"""How long a thread without work is kept: with it goes its connection, and a new one costs 2 ms."""
STOP_SECONDS = 2
RUNNER_PAUSE_SECONDS = 5.0
DIE_WITH_PARENT_VARIABLE = "WARRANT_DIE_WITH_PARENT"
EMBEDDED_VARIABLE = "WARRANT_EMBEDDED"
_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int = 0) -> None:
    """Ask the kernel to end this process when its parent is gone, also after ``kill -9``.

    ``parent`` is the process id that the parent must still have: if it died before we asked, nobody would tell us any
    more, and we end at once. Without it the worker would live on, hold the port and keep on serving beside its successor. Linux only; other systems
    stop the process group.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if hasattr(libc, "prctl"):
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent and os.getppid() != parent:
        os._exit(1)


class JobRunner:
    """Keeps the process of background jobs running beside the server, and ends it with the server.

    The thread that starts the child lives as long as the server: the kernel ends the child with that thread.
    """

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep_running, name="job-runner", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join(2 * STOP_SECONDS)

    def _keep_running(self) -> None:
        while not self._stop.is_set():
            # The server forks its worker at this time. With close_fds the child is made through a pipe that such a
            # worker inherits and holds open, and this thread would wait for its end for ever; posix_spawn has none.
            child = subprocess.Popen(
                [sys.executable, "-m", "warrant", "node", "work"], stdin=subprocess.DEVNULL, close_fds=False
            )
            while child.poll() is None and not self._stop.wait(0.2):
                pass
            child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(STOP_SECONDS)
            child.kill()
            child.wait()
            self._stop.wait(RUNNER_PAUSE_SECONDS)


def serve() -> NodeConfig:
    """Serve the node that the environment names until a signal ends it."""
    node = config_from_environment()
    os.environ[EMBEDDED_VARIABLE] = str(os.getpid())
    if os.environ.get(DIE_WITH_PARENT_VARIABLE):
        die_with_parent()
    # The public site has no accounts, and nobody on it starts long work.
    with contextlib.nullcontext() if node.kind == "public" else JobRunner():
        _serve_pages(node)
    return node


def _serve_pages(node: NodeConfig) -> None:
    Server(
        "warrant.nodes.wsgi:application",
        address=node.host,
        port=node.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=BLOCKING_THREADS,
        blocking_threads_idle_timeout=IDLE_SECONDS,
        websockets=False,
        log_access=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    ).serve()
