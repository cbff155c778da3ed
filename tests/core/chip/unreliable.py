"""A connection whose card leaves at a chosen command, before or after the card has acted on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from warrant.adapters.virtual_card.chip import VirtualCard
from warrant.adapters.virtual_card.reader import VirtualConnection
from warrant.core.errors import N_, Unavailable


class UnreliableConnection:
    """Passes ``lives`` commands, then the card is gone; ``acts`` says whether it still did the fatal one."""

    def __init__(self, card: VirtualCard, lives: int, *, acts: bool) -> None:
        self._connection = VirtualConnection(card)
        self._lives = lives
        self._acts = acts
        self.atr = card.atr

    def transmit(self, apdu: bytes) -> bytes:
        if self._lives == 0:
            if self._acts:
                self._connection.transmit(apdu)
            raise Unavailable("card-removed", N_("卡片已被取出"), place="reader")
        self._lives -= 1
        return self._connection.transmit(apdu)

    def reset(self) -> None:
        self._connection.reset()

    def close(self) -> None:
        self._connection.close()


class CountingConnection:
    """Counts commands."""

    def __init__(self, card: VirtualCard) -> None:
        self._connection = VirtualConnection(card)
        self.count = 0
        self.sent: list[bytes] = []
        self.atr = card.atr

    def transmit(self, apdu: bytes) -> bytes:
        self.count += 1
        self.sent.append(apdu)
        return self._connection.transmit(apdu)

    def reset(self) -> None:
        self._connection.reset()

    def close(self) -> None:
        self._connection.close()


@contextmanager
def card_removed() -> Iterator[None]:
    """Expect the card to be gone."""
    with pytest.raises(Unavailable) as caught:
        yield
    assert caught.value.code == "card-removed"
