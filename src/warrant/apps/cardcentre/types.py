"""What the card centre asks of the readers of its node, and how it speaks of its own rules."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from warrant.core.chip.connection import CardReader
from warrant.core.crypto.secret import Secret

CARD_READERS_PORT = "card_readers"
TRANSPORT_KEY_LABEL = "card-transport-key"
"""The vault's secret under which blanks come from the card maker, 16 bytes."""
ISSUER_LABEL = "issuer"
"""The vault's signing key of credentials, status lists and chips."""


class KeyActKind(StrEnum):
    """What custodians can do together; the value is stored."""

    GENERATE_MASTER = "generate-master"
    HAND_OVER_SUB_KEYS = "hand-over-sub-keys"
    IMPORT_SUB_KEYS = "import-sub-keys"


class CardReaders(Protocol):
    """The readers at this node's stations."""

    def names(self) -> list[str]:
        """Return the names of the readers that are connected now."""
        ...

    def reader(self, name: str) -> CardReader:
        """Return a reader. Raises: NotFound ``reader-unknown``."""
        ...


@dataclass(frozen=True)
class BoxCard:
    """A virtual card: its chip serial (hex, upper case), cipher suite, and the reader in which it lies, or none."""

    serial: str
    suite: str
    reader_name: str = ""


@runtime_checkable
class VirtualCardReaders(CardReaders, Protocol):
    """Readers in software, into which a page instead of a hand puts the cards."""

    def cards(self) -> list[BoxCard]:
        """Return every card of the box, by serial."""
        ...

    def put_in(self, reader_name: str, serial: str) -> None:
        """Put a card of the box into a reader. Raises: NotFound, Conflict ``reader-occupied``."""
        ...

    def take_out(self, reader_name: str) -> None:
        """Take the card out; does nothing if there is none. Raises: NotFound ``reader-unknown``."""
        ...

    def add_blank(self, serial: str, suite: str, transport_key: Secret) -> None:
        """Make a blank card as the card maker delivers it. Raises: Conflict ``card-exists``."""
        ...


@dataclass(frozen=True)
class ReaderState:
    """One reader as the station shows it: ``empty``, ``card`` (with the chip's serial) or ``trouble``."""

    name: str
    state: str
    serial: str = ""
    message: str = ""
