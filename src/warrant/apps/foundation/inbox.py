"""What a receiving app gets: one event of another node, verified, with the proof that it stands in that node's log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from warrant.core.ledger.event import Event

_TYPE_PREFIX = "cn.warrant."
_TYPE_SUFFIX = ".v1"


def event_kind(type_: str) -> str:
    """Return the kind of a CloudEvents type: ``cn.warrant.filing.decided.v1`` -> ``filing.decided``.

    Empty for a type of another vendor or of a version that this node does not know.
    """
    if not (type_.startswith(_TYPE_PREFIX) and type_.endswith(_TYPE_SUFFIX)):
        return ""
    return type_.removeprefix(_TYPE_PREFIX).removesuffix(_TYPE_SUFFIX)


@dataclass(frozen=True)
class ReceivedEvent:
    """One event on its way into the register.

    ``node`` is the peer's code (``ministry``, ``320000``); ``event.node`` is the name of its log. ``receipt`` is
    ``core.ledger.receipt.Receipt``, encoded: the event, its audit path and the checkpoint that the peer signed.
    """

    event: Event
    node: str
    receipt: bytes = b""

    @property
    def kind(self) -> str:
        """The event type without prefix and version: ``filing.decided``."""
        return event_kind(self.event.type)


class InboxHandler(Protocol):
    """A service that applies one kind of event; the node lists it in ``WARRANT_INBOX[kind]`` by its dotted path.

    It runs in the transaction that stores the event and moves the position, so the event comes exactly once. It
    raises a ``WarrantError`` if the event cannot be applied: everything it wrote is undone, the event becomes a dead
    letter and its subject is parked; other subjects go on.
    """

    def __call__(self, received: ReceivedEvent, *, now: datetime) -> None:
        """Apply ``received`` in the running transaction."""
        ...


__all__ = ["InboxHandler", "ReceivedEvent", "event_kind"]
