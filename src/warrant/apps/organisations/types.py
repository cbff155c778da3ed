"""Plain values that the app hands to its pages."""

from __future__ import annotations

from dataclasses import dataclass, field


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
