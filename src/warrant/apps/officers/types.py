"""What other apps add to an officer's page: panels, links of the chain, and the marks beside the name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from warrant.core.access import Actor

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


@dataclass(frozen=True)
class Mark:
    """One state beside the officer's name: a word and its tone."""

    word: str
    tone: str


PanelProvider = Callable[[Actor, Any], Panel | None]
"""Takes the viewer and the ``Officer``. Named in ``settings.WARRANT_OFFICER_PANELS``; returns nothing where there is nothing for this viewer.

The viewer may be the officer themselves (``actor.officer_uid == str(officer.uid)``), who holds no other permission.
"""

ChainProvider = Callable[[Any], list[ChainLink]]
"""Takes the ``Officer``. Named in ``settings.WARRANT_CHAIN_PROVIDERS``; the page puts the links of all providers in order."""
