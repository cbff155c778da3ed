"""Commands on one node's database."""

from __future__ import annotations

import argparse

from django.core.management import call_command


def migrate(arguments: argparse.Namespace) -> int:
    """Bring the database up to date."""
    call_command("migrate", verbosity=0, interactive=False)
    return 0
