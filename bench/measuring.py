"""CPU of the server's processes and its database's per request, latency, and many people at once."""

from __future__ import annotations

import contextlib
import http.client
import os
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode, urlsplit

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_ROUNDS = 5
_ROUND_CPU_SECONDS = 0.12
_MOST_SECONDS = 8.0
_WARMING = 30
"""The server hands requests to its threads in turn, and each opens its own connection for its first one."""

_SECRET = "b" * 32
_QUIET_SECONDS = 2.0
_QUIET_CPU = 0.05
_MOST_SETTLING_SECONDS = 150.0


def _parent_and_ended(pid: str) -> tuple[int, int] | None:
    """Return the parent of a process, and the clock ticks that its children used who have ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    # After the name: state, parent, … utime, stime, and those of children that have ended.
    fields = text.rpartition(")")[2].split()
    return int(fields[1]), int(fields[13]) + int(fields[14])


def _nanoseconds(pid: int) -> int:
    """Return what the kernel has counted for the threads of a process."""
    spent = 0
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with contextlib.suppress(OSError):  # the thread has ended
            spent += int(task.read_text(encoding="ascii").split()[0])
    return spent


def cpu_seconds(roots: Sequence[int]) -> float:
    """Return the CPU time (user and system) that the processes ``roots`` and all below them have used."""
    known = {
        int(entry.name): found
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and (found := _parent_and_ended(entry.name))
    }
    inside = set(roots)
    while more := {pid for pid, found in known.items() if found[0] in inside and pid not in inside}:
        inside |= more
    ended = sum(known[pid][1] for pid in inside if pid in known) / _TICKS_A_SECOND
    return ended + sum(map(_nanoseconds, inside)) / 1e9


def settle(roots: Sequence[int]) -> None:
    """Wait until the processes do nothing of their own accord for two seconds in a row.

    A node that has just started makes up for what fell due while it stood still (the day's look of the detectors, the
    watch over the cases); that work is no page's.
    """
    deadline = time.monotonic() + _MOST_SETTLING_SECONDS
    while time.monotonic() < deadline:
        before = cpu_seconds(roots)
        time.sleep(_QUIET_SECONDS)
        if cpu_seconds(roots) - before < _QUIET_CPU * _QUIET_SECONDS:
            return
    raise RuntimeError(f"a server was still busy by itself after {_MOST_SETTLING_SECONDS:.0f} s")


@dataclass(frozen=True)
class Measured:
    """What one address costs: milliseconds, bytes, and how many requests that was measured on."""

    cpu_ms: float
    p50_ms: float
    p95_ms: float
    size: int
    requests: int
    status: int

    def as_json(self) -> dict[str, float]:
        """Return the figures rounded for the report."""
        return {
            "cpu_ms": round(self.cpu_ms, 2),
            "p50_ms": round(self.p50_ms, 2),
            "p95_ms": round(self.p95_ms, 2),
            "bytes": self.size,
            "requests": self.requests,
            "status": self.status,
        }


@dataclass
class Visitor:
    """One person's browser: a connection that is kept, and the session's cookie."""

    base_url: str
    headers: Mapping[str, str]
    secret_name: str = ""
    connection: http.client.HTTPConnection = field(init=False)

    def _headers(self) -> dict[str, str]:
        """What a browser sends with every page: the session's cookie, and that of the cross-site check."""
        if not self.secret_name:
            return dict(self.headers)
        cookies = f"{self.headers.get('Cookie', '')}; {self.secret_name}={_SECRET}"
        return {**self.headers, "Cookie": cookies}

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url)
        self.connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=60)

    def get(self, path: str, typed: str = "") -> tuple[int, int]:
        """Fetch a page, or post ``typed`` into its search box; return its status and size in bytes."""
        if typed:
            headers = {
                **self._headers(),
                "Content-Type": "application/x-www-form-urlencoded",
                "X-CSRFToken": _SECRET,
            }
            self.connection.request("POST", path, body=urlencode({"q": typed}), headers=headers)
        else:
            self.connection.request("GET", path, headers=self._headers())
        response = self.connection.getresponse()
        return response.status, len(response.read())


def _ninety_fifth(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


def measure(visitor: Visitor, path: str, roots: Sequence[int], typed: str = "") -> Measured:
    """Fetch ``path`` again and again and return what a request costs; the first ones only warm up.

    The cost is that of the round that other work on the machine disturbed least: a core that is shared makes the same
    instructions cost up to twice the time.
    """
    status, size = 0, 0
    for _ in range(_WARMING):
        status, size = visitor.get(path, typed)
    waits: list[float] = []
    rounds: list[float] = []
    begun = time.monotonic()
    while len(rounds) < _ROUNDS and (time.monotonic() - begun < _MOST_SECONDS or not rounds):
        before, used, requests = cpu_seconds(roots), 0.0, 0
        while used < _ROUND_CPU_SECONDS:
            for _ in range(10):
                at = time.perf_counter()
                status, size = visitor.get(path, typed)
                waits.append((time.perf_counter() - at) * 1000)
            requests += 10
            used = cpu_seconds(roots) - before
        rounds.append(used / requests * 1000)
    return Measured(min(rounds), median(waits), _ninety_fifth(waits), size, len(waits), status)


@dataclass(frozen=True)
class Crowd:
    """Eight people at once: requests a second, waits in milliseconds, and answers that were not 200."""

    requests_a_second: float
    p50_ms: float
    p95_ms: float
    errors: int


def measure_crowd(visitors: Sequence[Visitor], paths: Sequence[str], seconds: float) -> Crowd:
    """Let every visitor fetch ``paths`` round and round for so long."""
    waits: list[list[float]] = [[] for _ in visitors]
    errors = [0] * len(visitors)
    end = time.monotonic() + seconds

    def visit(place: int) -> None:
        number = place
        while time.monotonic() < end:
            at = time.perf_counter()
            try:
                status, _size = visitors[place].get(paths[number % len(paths)])
            except (OSError, http.client.HTTPException):
                status = 0
                visitors[place].connection.close()
            waits[place].append((time.perf_counter() - at) * 1000)
            errors[place] += status != 200
            number += 1

    begun = time.monotonic()
    threads = [threading.Thread(target=visit, args=(place,)) for place in range(len(visitors))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - begun
    together = [wait for one in waits for wait in one]
    return Crowd(len(together) / took, median(together), _ninety_fifth(together), sum(errors))
