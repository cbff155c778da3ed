"""Starting and stopping nodes: nobody is left behind, whoever is killed, and a failed step is named."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest
from tests.support.nodes import MARK_VARIABLE, ROOT, marked_processes

from warrant.nodes.group import Logins
from warrant.nodes.launcher import NodeGroup

STOP_SECONDS = 10.0
START_SECONDS = 300.0


@pytest.fixture
def mark(monkeypatch: pytest.MonkeyPatch) -> str:
    """A word that every process started by this test carries in its environment."""
    word = uuid.uuid4().hex
    monkeypatch.setenv(MARK_VARIABLE, word)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    return word


def wait_until_gone(mark: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while left := marked_processes(mark):
        assert time.monotonic() < deadline, f"still alive after {seconds} s: {left}"
        time.sleep(0.02)


@pytest.mark.journey
def test_a_server_killed_alone_takes_its_worker_with_it_and_its_successor_gets_the_port(
    mark: str, group: tuple[NodeGroup, Logins]
) -> None:
    node = group[0].nodes["public"]
    node.start()
    node.wait_until_ready()
    assert node.process is not None
    first = set(marked_processes(mark))
    assert len(first) >= 2, "the server has no worker of its own"
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    node.start()
    node.wait_until_ready()
    assert first.isdisjoint(marked_processes(mark))
    node.stop()
    wait_until_gone(mark, 2)


@pytest.mark.journey
def test_a_server_killed_alone_while_its_worker_starts_leaves_none(
    mark: str, group: tuple[NodeGroup, Logins]
) -> None:
    node = group[0].nodes["public"]
    node.start()
    assert node.process is not None
    deadline = time.monotonic() + START_SECONDS
    while len(marked_processes(mark)) < 2:
        assert time.monotonic() < deadline, "the server started no worker"
        time.sleep(0.01)
    os.kill(node.process.pid, signal.SIGKILL)
    node.process.wait()
    wait_until_gone(mark, 15)


def runners_of_jobs(mark: str) -> set[int]:
    """The marked processes that do background jobs."""
    found = set()
    for process in marked_processes(mark):
        try:
            words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"work" in words:
            found.add(process)
    return found


def wait_for_a_runner(mark: str, other_than: set[int]) -> set[int]:
    deadline = time.monotonic() + START_SECONDS
    while not (found := runners_of_jobs(mark) - other_than):
        assert time.monotonic() < deadline, "the server started no runner of jobs"
        time.sleep(0.02)
    return found


@pytest.mark.journey
@pytest.mark.parametrize("ending", ["stop", "kill"])
def test_a_server_that_ends_takes_its_runner_of_jobs_with_it(
    mark: str, group: tuple[NodeGroup, Logins], ending: str
) -> None:
    node = group[0].nodes["province"]
    node.start()
    node.wait_until_ready()
    assert node.process is not None
    first = wait_for_a_runner(mark, set())
    assert len(first) == 1
    for runner in first:
        os.kill(runner, signal.SIGKILL)  # a runner that dies is replaced
    wait_for_a_runner(mark, first)
    if ending == "stop":
        node.stop()
    else:
        os.kill(node.process.pid, signal.SIGKILL)
        node.process.wait()
    wait_until_gone(mark, 3)


@pytest.mark.journey
def test_ctrl_c_stops_everything_that_the_demonstration_started(mark: str, home: Path) -> None:
    (home / "walked").touch()
    demo = subprocess.Popen(
        [sys.executable, "-m", "warrant", "demo", "--home", str(home)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert demo.stdout is not None
        told = []
        for line in demo.stdout:
            told.append(line)
            if line.startswith("Ctrl-C"):
                break
        assert len(marked_processes(mark)) >= 7, "".join(told)
        at = time.monotonic()
        os.killpg(demo.pid, signal.SIGINT)
        rest, _ = demo.communicate(timeout=START_SECONDS)
        assert demo.returncode == 0
        assert rest.splitlines()[-1] == "stopped"
        assert time.monotonic() - at < STOP_SECONDS
        assert marked_processes(mark) == []
    finally:
        demo.kill()
        demo.wait()


@pytest.mark.journey
def test_a_journey_whose_step_fails_names_it_and_leaves_nothing_behind(mark: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / "roster-sample.xlsx").write_text("not a workbook", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "warrant", "journey"],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "src"), "TMPDIR": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=START_SECONDS,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("FAILED: step 1 (roster): 400 at http://127.0.0.1:")
    assert marked_processes(mark) == []
    assert list(tmp_path.glob("warrant-journey-*")) == []
