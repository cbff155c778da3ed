"""Plain values that the app hands to its pages."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class TreeNode:
    """One unit as the tree page shows it. ``is_open``: shown unfolded; ``below`` are the units under it, by code."""

    code: str
    name: str
    level: str
    is_open: bool = False
    below: list[TreeNode] = field(default_factory=list)
