"""What other apps add to an officer's page (panels, links of the chain)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

from warrant.core.access import Actor, Permission
from warrant.core.errors import InvalidInput
from warrant.core.lifecycle.officer import ChangeKind

LinkTone = Literal["whole", "current", "pending", "broken"]

TABS = ("", "additional", "qualification", "certificates", "documents", "history")
"""The tabs of an officer's page: basic data, additional data, the way to the qualification, certificates, files, and
what happened. What stands nowhere else stands on ``qualification``."""


DEFAULT_TAB = "qualification"

ERASED_NAME = "—"
"""The name of nobody: of a record whose content was erased."""


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
class NextStep:
    """Something that may be done next about an officer: translated words and where.

    ``is_waiting`` says that it is somebody else's to do: the words then name who, and ``url`` only leads to the case.
    """

    label: str
    url: str = ""
    is_waiting: bool = False
    icon: str = ""


@dataclass(frozen=True)
class ListAction:
    """Something that can be done with the officers chosen in a list.

    ``label`` is a msgid; ``permission`` is what the viewer must hold somewhere to be offered it; the list posts the
    chosen primary keys (field ``pk``, repeated; or ``all=1`` with the listing's parameters in field ``listing`` for
    all that match) to the page ``url_name``, which shows what it is about to do and for whom. Named in
    ``settings.WARRANT_LIST_ACTIONS``.
    """

    key: str
    label: str
    permission: Permission
    url_name: str
    icon: str = ""


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

Named in ``settings.WARRANT_OFFICER_PANELS``, with its tab in front where that is not ``qualification``:
``additional:dotted.path``. Only the providers of the tab that is open are asked.

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


class KeptState(Protocol):
    """The state of a list as an address says it."""

    def as_params(self) -> dict[str, str]:
        """Return what stands in the address."""

    def kept_params(self) -> dict[str, str]:
        """Return what of it a saved view may hold."""


@dataclass(frozen=True)
class KeptList:
    """A list of which people keep views and columns. ``name`` is stored; ``title`` is a msgid.

    ``urls`` is how its URLs begin: ``officer`` for ``officer-list``, ``officer-views``, ``officer-view-save``,
    ``officer-view-delete`` and ``officer-columns``. ``read`` returns the state of an address, and what is wrong in it.
    """

    name: str
    title: str
    permission: Permission
    urls: str
    default_columns: tuple[str, ...]
    read: Callable[[Mapping[str, str]], tuple[KeptState, Mapping[str, InvalidInput]]]
