"""Writing rosters: checked first, then taken in or given up, and undone while nothing stands on them."""

from warrant.apps.rosters.services.checking import (
    check_again,
    check_rows,
    decide_plan,
    discard_roster,
    preview_roster,
    receive_roster,
)
from warrant.apps.rosters.services.importing import import_roster
from warrant.apps.rosters.services.jobs import start_check, start_check_again, start_import, start_undo
from warrant.apps.rosters.services.undoing import undo_roster

__all__ = [
    "check_again",
    "check_rows",
    "decide_plan",
    "discard_roster",
    "import_roster",
    "preview_roster",
    "receive_roster",
    "start_check",
    "start_check_again",
    "start_import",
    "start_undo",
    "undo_roster",
]
