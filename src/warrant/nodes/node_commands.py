"""Commands on one node's database."""

from __future__ import annotations

import argparse
import sys

from django.core.checks import Tags
from django.core.management import call_command
from django.core.management.base import SystemCheckError


def migrate(arguments: argparse.Namespace) -> int:
    """Check the database and bring it up to date; 1 if it cannot serve a node, with what to do about it."""
    try:
        call_command("check", tags=[Tags.database], databases=["default"], verbosity=0)
    except SystemCheckError as error:
        sys.stderr.write(f"warrant node migrate: {error}\n")
        return 1
    call_command("migrate", verbosity=0, interactive=False)
    return 0
