"""Serves the rehearsal's node as ``warrant serve`` serves a real one."""

from __future__ import annotations

import os

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from warrant.nodes.config import config_from_environment
from warrant.nodes.serving import BLOCKING_THREADS, EMBEDDED_VARIABLE, die_with_parent

if __name__ == "__main__":
    node = config_from_environment()
    os.environ[EMBEDDED_VARIABLE] = str(os.getpid())
    die_with_parent()
    Server(
        "tests.journeys.exchange_rehearsal.wsgi:application",
        address=node.host,
        port=node.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=BLOCKING_THREADS,
        websockets=False,
        log_access=False,
        log_level=LogLevels.warning,
    ).serve()
