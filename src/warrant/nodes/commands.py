"""The command line ``warrant``: every command, its arguments, and what it calls."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from warrant.nodes.translations import compile_catalogues

Command = Callable[[argparse.Namespace], int]


def _translations(arguments: argparse.Namespace) -> int:
    compile_catalogues()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="warrant", description="Register of officers and their certificates"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("translations", help="compile the translation catalogues").set_defaults(
        run=_translations
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    chosen = _parser().parse_args(arguments)
    run: Command = chosen.run
    return run(chosen)


def run_from_shell() -> None:
    """Run and leave with the status."""
    sys.exit(main())
