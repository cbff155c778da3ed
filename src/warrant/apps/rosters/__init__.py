"""Rosters on their way in: read in any shape, mapped, checked, taken in behind the pages, and undone."""
