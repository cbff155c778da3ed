"""Pages of the rosters app."""

from warrant.apps.rosters.views.mapping import roster_mapping
from warrant.apps.rosters.views.rosters import (
    roster_detail,
    roster_discard,
    roster_import,
    roster_list,
    roster_rejected,
    roster_undo,
)

__all__ = [
    "roster_detail",
    "roster_discard",
    "roster_import",
    "roster_list",
    "roster_mapping",
    "roster_rejected",
    "roster_undo",
]
