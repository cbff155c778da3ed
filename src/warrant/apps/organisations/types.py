"""Plain values that the app hands to its pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from warrant.core.access import Actor


@dataclass
class TreeNode:
    """One unit as the tree page shows it.

    ``count``: how many units stand directly under it. ``is_open``: shown unfolded, with those units in ``below``, by code.
    """

    code: str
    name: str
    count: int
    is_open: bool = False
    below: list[TreeNode] = field(default_factory=list)


@dataclass(frozen=True)
class UnitPanel:
    """One titled table on a unit's page: ``columns`` and ``rows`` as the table component takes them."""

    title: str
    columns: Sequence[Mapping[str, str]]
    rows: Sequence[Mapping[str, Any]]
    key: str


UnitPanelProvider = Callable[[Actor, Any], UnitPanel | None]
"""Takes the viewer and the ``Agency``; nothing where there is nothing for this viewer. Named in
``settings.WARRANT_UNIT_PANELS``."""
