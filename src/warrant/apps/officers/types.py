"""What other apps add to an officer's page (panels, links of the chain)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

from warrant.core.access import Actor
from warrant.core.lifecycle.officer import ChangeKind

LinkTone = Literal["whole", "current", "pending", "broken"]


@dataclass(frozen=True)
class Panel:
    """One titled box on the officer's page.

    ``template`` is rendered with ``context`` plus ``officer``; ``order`` sorts the boxes, lowest first (own boxes
    stand at 10, 20, 30); ``count`` stands beside the title when there is one; ``anchor`` is the id of the box.
    """

    title: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    order: int = 100
    count: int | None = None
    anchor: str = ""


@dataclass(frozen=True)
class ChainLink:
    """One link of an officer's authority, as the chain component shows it.

    ``title`` is translated text; ``at`` an instant, a day or nothing; ``note`` says what is wrong or next and
    ``cure`` what to do about it, with ``cure_url`` where. ``order`` is the link's place in the chain: recorded 10,
    qualified 20, reviewed 30, verified 40, approved 50, filed 60, card made 70, handed over 80, reviewed this
    year 90.
    """

    title: str
    tone: LinkTone = "pending"
    at: datetime | date | None = None
    unit: str = ""
    person: str = ""
    note: str = ""
    cure: str = ""
    cure_url: str = ""
    order: int = 100


PanelProvider = Callable[[Actor, Any], Panel | None]
"""Takes the viewer and the ``Officer``; returns nothing where there is nothing for this viewer.

Named in ``settings.WARRANT_OFFICER_PANELS``.

The viewer may be the officer themselves (``actor.officer_uid == str(officer.uid)``), who holds no other permission.
"""

ChainProvider = Callable[[Any], list[ChainLink]]
"""Takes the ``Officer``. Named in ``settings.WARRANT_CHAIN_PROVIDERS``; the page orders the links of all."""


@dataclass(frozen=True)
class OfficerWrite:
    """One change of one officer, as everybody who follows the register is told it.

    ``officer`` is the row as saved, ``before`` the versioned columns as they stood (JSON values; nothing for a new
    officer), ``version`` the ``OfficerVersion`` that keeps it.
    """

    officer: Any
    before: Mapping[str, Any] | None
    kind: ChangeKind
    effective_on: date
    changed_fields: tuple[str, ...]
    version: Any


class OfficerObserver(Protocol):
    """Follows the register in the transaction of the change. Named in ``settings.WARRANT_OFFICER_OBSERVERS``."""

    def __call__(self, writes: Sequence[OfficerWrite], *, now: datetime) -> None:
        """Take note of changes, at most some hundreds at once, in the order in which they were made."""
        ...
