"""Starting and stopping nodes as processes of their own, each in its own process group."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import httpx

from warrant.nodes.config import NODE_FILE_VARIABLE
from warrant.nodes.serving import DIE_WITH_PARENT_VARIABLE

START_SECONDS = 40.0
STOP_SECONDS = 8.0


class NodeDidNotStartError(RuntimeError):
    """A node process ended or did not answer in time; the message holds the end of its log."""


def free_port(preferred: int = 0) -> int:
    """Return a free TCP port on loopback: ``preferred`` if it is free, any other otherwise."""
    for wanted in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on loopback")


def node_environment(node_file: Path) -> dict[str, str]:
    """Return the environment of a process that runs as the node of ``node_file``."""
    return {
        **os.environ,
        NODE_FILE_VARIABLE: str(node_file),
        "PYTHONUNBUFFERED": "1",
        DIE_WITH_PARENT_VARIABLE: "1",
    }


def run_for_node(node_file: Path, *arguments: str) -> str:
    """Run ``warrant ARGUMENTS`` as the node and return what it printed.

    Raises:
        NodeDidNotStartError: it failed.
    """
    done = subprocess.run(
        [sys.executable, "-m", "warrant", *arguments],
        env=node_environment(node_file),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise NodeDidNotStartError(f"warrant {' '.join(arguments)}: {done.stderr[-3000:]}")
    return done.stdout


@dataclass
class NodeProcess:
    """One node: its file, its address, and its process while it runs."""

    name: str
    node_file: Path
    url: str
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def log_file(self) -> Path:
        """Where the process writes what it has to say."""
        return self.node_file.parent / "node.log"

    def start(self) -> None:
        """Start the process; :meth:`wait_until_ready` waits for it."""
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "warrant", "serve"],
                env=node_environment(self.node_file),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_ready(self, seconds: float = START_SECONDS) -> None:
        """Return when the node answers.

        Raises:
            NodeDidNotStartError: it ended, or did not answer in time.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/healthz", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.05)
        tail = self.log_file.read_text(encoding="utf-8", errors="replace")[-3000:]
        raise NodeDidNotStartError(f"{self.name} did not start; the end of {self.log_file}:\n{tail}")

    def kill(self) -> None:
        """End the whole process group at once, as a power cut would."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        """Ask the process to end, and end it if it does not."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(STOP_SECONDS)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            pass
        self.kill()


@dataclass
class NodeGroup:
    """Several nodes that start and stop together."""

    nodes: dict[str, NodeProcess]

    def __enter__(self) -> NodeGroup:
        try:
            for node in self.nodes.values():
                node.start()
            for node in self.nodes.values():
                node.wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop every node that runs."""
        for node in self.nodes.values():
            node.stop()
