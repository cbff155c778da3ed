"""The steps of the journey."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from warrant.nodes.group import Logins
from warrant.nodes.launcher import NodeGroup


@dataclass
class Walk:
    """What the steps share."""

    group: NodeGroup
    logins: Logins
    folder: Path


STEPS: tuple[tuple[str, Callable[[Walk], str]], ...] = ()
