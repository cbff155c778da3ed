"""``warrant generate``: the made-up nation into the node that ``WARRANT_NODE_FILE`` names."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import date

from warrant.nodes.generation.nation import AS_OF, NotForGenerationError, generate_nation

MOST_OFFICERS = 2_000_000


def generate(arguments: argparse.Namespace) -> int:
    """Generate and say how far it is and how long it took; 1 if the node is not fit, 2 for a wrong argument."""
    try:
        on = date.fromisoformat(arguments.on) if arguments.on else AS_OF
    except ValueError:
        sys.stderr.write(f"warrant generate: --on {arguments.on} is no day; write it as 2026-11-01\n")
        return 2
    if not 1 <= arguments.officers <= MOST_OFFICERS:
        sys.stderr.write(f"warrant generate: --officers takes 1 to {MOST_OFFICERS}\n")
        return 2
    begun = time.monotonic()

    def say(line: str) -> None:
        sys.stdout.write(f"{time.monotonic() - begun:7.1f} s  {line}\n")
        sys.stdout.flush()

    try:
        nation = generate_nation(arguments.officers, arguments.seed, on, say)
    except NotForGenerationError as error:
        sys.stderr.write(f"warrant generate: {error}\n")
        return 1
    say(f"done: {nation.officers} officers in {nation.units} units, {nation.versions} versions")
    return 0
