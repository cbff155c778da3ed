"""Serving a node: one process with threads, the relay among them."""

from __future__ import annotations

import ctypes
import os
import signal

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from warrant.nodes.config import NodeConfig, config_from_environment

BLOCKING_THREADS = 64
STOP_SECONDS = 2
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


def serve() -> NodeConfig:
    """Serve the node that the environment names until a signal ends it."""
    node = config_from_environment()
    os.environ[EMBEDDED_VARIABLE] = str(os.getpid())
    if os.environ.get(DIE_WITH_PARENT_VARIABLE):
        die_with_parent()
    Server(
        "warrant.nodes.wsgi:application",
        address=node.host,
        port=node.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=BLOCKING_THREADS,
        websockets=False,
        log_access=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    ).serve()
    return node
