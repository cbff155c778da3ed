"""``warrant node rebuild-statistics``: facts and summary cells anew from the versions of the register."""

from __future__ import annotations

import argparse
import sys
import time

from warrant.apps.foundation import clock
from warrant.apps.supervision.services import rebuild_statistics


def rebuild(arguments: argparse.Namespace) -> int:
    """Count everything anew, say how far it is, and how long it took."""
    begun = time.monotonic()

    def say(line: str) -> None:
        sys.stdout.write(f"{time.monotonic() - begun:7.1f} s  {line}\n")
        sys.stdout.flush()

    officers = rebuild_statistics(now=clock.now(), progress=lambda done: say(f"{done} officers"))
    say(f"done: {officers} officers")
    return 0
