"""Waiting until a log has grown: one look at the database serves all who wait in this process."""

from __future__ import annotations

import threading
import time

from warrant.apps.foundation.models import LogStream
from warrant.apps.foundation.outbox import OUTBOX_PREFIX, outbox_stream

LOOK_SECONDS = 0.1


class LogSizes:
    """The sizes of all outgoing logs, read at most ten times a second however many peers wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sizes: dict[str, int] = {}
        self._read_at = -LOOK_SECONDS

    def size_of(self, stream: str) -> int:
        """Return the size of ``stream``, at most a tenth of a second old."""
        with self._lock:
            if time.monotonic() - self._read_at >= LOOK_SECONDS:
                rows = LogStream.objects.filter(name__startswith=OUTBOX_PREFIX).values_list("name", "size")
                self._sizes = dict(rows)
                self._read_at = time.monotonic()
            return self._sizes.get(stream, 0)


_sizes = LogSizes()


def wait_for_more(peer: str, size: int, *, until: float) -> None:
    """Return when this node's log to ``peer`` is larger than ``size``, or at ``until`` (monotonic seconds)."""
    stream = outbox_stream(peer)
    if time.monotonic() >= until:
        return
    while _sizes.size_of(stream) <= size:
        left = until - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(LOOK_SECONDS, left))
