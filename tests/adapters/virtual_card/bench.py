"""Drives a virtual card by written-out hex, with a challenge that the test chooses."""

from __future__ import annotations

from collections.abc import Callable

from warrant.adapters.virtual_card.chip import VirtualCard
from warrant.core.crypto.secret import Secret

TRANSPORT_KEY = Secret(b"\xff" * 16)


class Bench:
    """A card on the bench. ``challenges`` are handed out in turn."""

    def __init__(self, make: Callable[[Callable[[int], bytes]], VirtualCard]) -> None:
        self.challenges: list[str] = []
        self.card = make(self._next)

    def _next(self, length: int) -> bytes:
        challenge = bytes.fromhex(self.challenges.pop(0)) if self.challenges else bytes(range(length))
        assert len(challenge) == length
        return challenge

    def sw(self, apdu: str) -> str:
        return self.card.transmit(bytes.fromhex(apdu))[-2:].hex().upper()

    def field(self, apdu: str) -> str:
        response = self.card.transmit(bytes.fromhex(apdu)).hex().upper()
        assert response.endswith("9000"), response
        return response[:-4]

    def ok(self, *apdus: str) -> None:
        for apdu in apdus:
            assert self.sw(apdu) == "9000", apdu

    def challenge(self, challenge: str) -> None:
        self.challenges.append(challenge)
        self.ok(f"00840000{len(challenge) // 2:02X}")


def factory_bench(suite: str = "3des") -> Bench:
    """A chip without a master file."""
    return Bench(lambda random_bytes: VirtualCard.factory(suite, random_bytes=random_bytes))


def open_bench(suite: str = "3des") -> Bench:
    """A chip with an MF that grants everything, and a key file in it that anybody may add keys to."""
    bench = factory_bench(suite)
    bench.ok("80E03F000D38FFFFF0F001FFFFFFFFFFFFFF", "80E00000073F010001F0FFFF")
    return bench


def blank_bench(suite: str = "3des") -> Bench:
    """A card as delivered, under the transport key."""
    return Bench(lambda random_bytes: VirtualCard.blank(suite, TRANSPORT_KEY, random_bytes=random_bytes))
