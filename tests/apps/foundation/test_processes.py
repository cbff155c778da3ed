"""Work divided over processes: none outlives the one that began it, however that ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

_WORK = """
import time
import django
django.setup()
from warrant.apps.foundation.processes import in_processes
list(in_processes(time.sleep, [120, 120], 2))
"""


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    command = {int(child): Path(f"/proc/{child}/cmdline").read_bytes() for child in listed.split()}
    return [child for child, line in command.items() if b"spawn_main" in line]


def _wait_for(seen: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if seen():
            return True
        time.sleep(0.05)
    return False


def test_processes_end_with_one_that_was_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", _WORK], env=dict(os.environ))
    try:
        assert _wait_for(lambda: len(_children(parent.pid)) == 2)
        children = _children(parent.pid)
        time.sleep(1.5)  # they are past their start, asleep in their part
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    assert _wait_for(lambda: not any(Path(f"/proc/{child}").exists() for child in children))
