"""Model instances by the hundred thousand, without what Django does for one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models
from django.db.models.base import ModelState

M = TypeVar("M", bound=models.Model)


def made_row(
    model: type[M], values: Mapping[str, Any], *, is_saved: bool = False, **related: models.Model
) -> M:
    """Return an instance of ``model`` with ``values`` for every column, as ``model(...)`` would, ten times faster.

    ``values`` are by attribute (``agency_id``), complete, of the types that the columns have; nothing is converted,
    no signal is sent. ``related`` are the objects behind foreign keys that are at hand.
    """
    row = model.__new__(model)
    row._state = ModelState()
    row._state.adding = not is_saved
    row.__dict__.update(values)
    row._state.fields_cache.update(related)
    return row
