"""Changing the organisation tree, and telling the ministry of it."""

from warrant.apps.organisations.services.changing import (
    LEVELS_BELOW,
    SEED_VALID_FROM,
    close_agency,
    merge_agencies,
    open_agency,
    rename_agency,
    seed_organisations,
)

__all__ = [
    "LEVELS_BELOW",
    "SEED_VALID_FROM",
    "close_agency",
    "merge_agencies",
    "open_agency",
    "rename_agency",
    "seed_organisations",
]
