"""Port: a reader and the card in it. Adapters drive PC/SC readers and the virtual card.

Source: ISO/IEC 7816-3 (answer to reset), ISO/IEC 7816-4 (command and response pairs).
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class CardConnection(Protocol):
    """One card under power, used by one caller at a time.

    Every method but ``close`` raises :class:`~warrant.core.errors.Unavailable` with the code
    ``card-removed`` once the card has left the reader; the connection never recovers, connect again.
    """

    @property
    def atr(self) -> bytes:
        """Answer to reset, 2 to 33 bytes."""
        ...

    def transmit(self, apdu: bytes) -> bytes:
        """Send one short command APDU; return response field ‖ SW1 ‖ SW2 (at least 2 bytes)."""
        ...

    def reset(self) -> None:
        """Reset the card: its security state and selected file are as after power-on."""
        ...

    def close(self) -> None:
        """Take power off the card and give the reader free. Calling it twice does nothing."""
        ...


@runtime_checkable
class CardReader(Protocol):
    """A place where one card can lie."""

    @property
    def name(self) -> str:
        """The reader's name as the operator sees it."""
        ...

    def is_card_present(self) -> bool:
        """Whether a card lies in the reader now."""
        ...

    def connect(self) -> CardConnection:
        """Power the card up.

        Raises: Unavailable ``card-absent`` if there is none, ``card-in-use`` if somebody else drives it.
        """
        ...
