"""``warrant key``: what a custodian needs beside the pages. No command reads or changes the keys of a node."""

from __future__ import annotations

import argparse
import sys

from warrant.core.crypto.block import check_value
from warrant.core.keys.hierarchy import check_suite
from warrant.core.keys.parts import draw_component, write_line


def draw(arguments: argparse.Namespace) -> int:
    """Print a component drawn at random, five lines with their check values, to be written down and typed once.

    Meant for a machine of the custodian's own without a network; nothing is kept.
    """
    suite = check_suite(arguments.suite)
    component = draw_component(1)
    for usage, key in component.keys.items():
        sys.stdout.write(f"{usage.value:<14} {write_line(key)}   {check_value(suite, key)}\n")
    return 0
