"""Writing rosters: previewed first, then taken in or given up."""

from warrant.apps.rosters.services.importing import discard_roster, import_roster, preview_roster

__all__ = ["discard_roster", "import_roster", "preview_roster"]
