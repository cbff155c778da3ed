"""A real ``pcscd`` with the ``vpcd`` driver, started and stopped by the tests.

The driver listens on every address. Where the tests run as root the daemon therefore gets a network namespace of its
own with nothing but a loopback in it, and only the thread that plays the card enters that namespace. The daemon's
socket in the file system is seen from everywhere.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from warrant.adapters.pcsc.reader import PcscReader, pcsc_readers
from warrant.adapters.virtual_card.vpcd import DEFAULT_PORT, connect_to
from warrant.core.errors import Unavailable

RUN = Path("/run/pcscd")
DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
CLONE_NEWNET = 0x40000000
PATIENCE_S = 20.0


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    """Poll every 20 ms; fail after :data:`PATIENCE_S`."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.02)


class Daemon:
    """A running daemon with one driver: two slots, on ``port`` and the port after it."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, *, is_isolated: bool) -> None:
        self._process = process
        self._port = port
        self.is_isolated = is_isolated

    def command(self, *words: str) -> list[str]:
        """A command line that runs where the driver listens."""
        if not self.is_isolated:
            return [*words]
        return ["nsenter", f"--net=/proc/{self._process.pid}/ns/net", *words]

    def reader(self, slot: int = 0) -> PcscReader:
        return pcsc_readers()[slot]

    def connect(self, slot: int = 0) -> Callable[[], socket.socket]:
        """How a card reaches a slot. Call the result only in a thread that does nothing else."""
        connect = connect_to("127.0.0.1", self._port + slot)

        def connect_inside() -> socket.socket:
            if self.is_isolated:
                enter_network_of(self._process.pid)
            return connect()

        return connect_inside


def enter_network_of(pid: int) -> None:
    """Move the calling thread into the network namespace of a process."""
    libc = ctypes.CDLL(None, use_errno=True)
    namespace = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
    try:
        if libc.setns(namespace, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
    finally:
        os.close(namespace)


def clear_the_way() -> None:
    """Remove what a killed daemon left; fail if another one is alive: there can be only one on a machine."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(RUN / "pcscd.comm"))
        except (FileNotFoundError, ConnectionRefusedError):
            for name in ("pcscd.comm", "pcscd.pid"):
                (RUN / name).unlink(missing_ok=True)
            return
    raise AssertionError("another pcscd is running on this machine; stop it, the tests need their own")


@contextmanager
def running_daemon(folder: Path) -> Iterator[Daemon]:
    """Start a daemon, wait until its readers show, stop it."""
    program = shutil.which("pcscd") or "/usr/sbin/pcscd"
    if not DRIVER.exists() or not Path(program).exists():
        raise AssertionError("pcscd and the vpcd driver are not installed: see scripts/system-packages")
    configuration = folder / "readers"
    configuration.mkdir()
    (configuration / "vpcd").write_text(
        f'FRIENDLYNAME "Warrant Test Reader"\nDEVICENAME /dev/null:0x{DEFAULT_PORT:04X}\n'
        f"LIBPATH {DRIVER}\nCHANNELID 0x{DEFAULT_PORT:04X}\n",
        encoding="ascii",
    )
    is_isolated = os.geteuid() == 0
    command = [program, "-f", "-c", str(configuration)]
    if is_isolated:
        command = ["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$0" "$@"', *command]
    # One daemon per machine: whoever else runs these tests at the same time waits.
    with Path("/tmp/warrant-pcscd.lock").open("w") as lock, (folder / "pcscd.log").open("wb") as log:
        fcntl.flock(lock, fcntl.LOCK_EX)
        clear_the_way()
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_until(lambda: has_both_slots(process), "pcscd's readers")
            yield Daemon(process, DEFAULT_PORT, is_isolated=is_isolated)
        finally:
            process.terminate()
            process.wait(timeout=10)


def has_both_slots(process: subprocess.Popen[bytes]) -> bool:
    if process.poll() is not None:
        raise AssertionError(f"pcscd ended with status {process.returncode}")
    try:
        return len(pcsc_readers()) == 2
    except Unavailable:
        return False
