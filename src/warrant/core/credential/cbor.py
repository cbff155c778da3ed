"""The strict part of CBOR that our signed messages use: integers, strings, arrays and maps, nothing else.

A general decoder takes more than one spelling of the same message, repeated map keys, trailing bytes and tags that
build objects. What comes from a stranger's QR code is read here instead: shortest lengths only, definite
lengths only, no tag, float or simple value, no key twice, nothing left over. Map order is free, because the
published status lists are not sorted, and every map is inside a signature.

Source: RFC 8949, 3 and 4.2.1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import cbor2

from warrant.core.credential.refusal import malformed

CborValue = int | bytes | str | Sequence["CborValue"] | Mapping["int | str", "CborValue"]

MAX_DEPTH: Final = 6

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP = range(6)
_LENGTH_FOLLOWS: Final = {24: 1, 25: 2, 26: 4, 27: 8}
_SMALLEST_FOR: Final = {24: 24, 25: 1 << 8, 26: 1 << 16, 27: 1 << 32}


def encode(value: CborValue) -> bytes:
    """Return the shortest encoding of ``value``; maps keep the order they were written in."""
    return bytes(cbor2.dumps(value))


def decode(encoded: bytes, place: str) -> CborValue:
    """Return the one value that ``encoded`` holds.

    Raises: CredentialRefused (malformed, at ``place``) for anything that :func:`encode` would not write.
    """
    decoder = _Decoder(encoded, place)
    value = decoder.read_value(0)
    if decoder.position != len(encoded):
        raise malformed(place)
    return value


class _Decoder:
    """A cursor over the bytes of one message."""

    def __init__(self, encoded: bytes, place: str) -> None:
        self._encoded = encoded
        self._place = place
        self.position = 0

    def read_value(self, depth: int) -> CborValue:
        if depth > MAX_DEPTH:
            raise malformed(self._place)
        kind, argument = self._read_head()
        if kind == _UNSIGNED:
            return argument
        if kind == _NEGATIVE:
            return -1 - argument
        if kind == _BYTES:
            return self._take(argument)
        if kind == _TEXT:
            return self._read_text(argument)
        if kind == _ARRAY:
            return tuple(self.read_value(depth + 1) for _ in range(self._count(argument)))
        if kind == _MAP:
            return self._read_map(argument, depth)
        raise malformed(self._place)

    def _read_head(self) -> tuple[int, int]:
        initial = self._take(1)[0]
        kind, short = initial >> 5, initial & 0x1F
        if short < 24:
            return kind, short
        if short not in _LENGTH_FOLLOWS:
            raise malformed(self._place)
        argument = int.from_bytes(self._take(_LENGTH_FOLLOWS[short]), "big")
        if argument < _SMALLEST_FOR[short]:
            raise malformed(self._place)
        return kind, argument

    def _read_text(self, length: int) -> str:
        try:
            return self._take(length).decode("utf-8")
        except UnicodeDecodeError:
            raise malformed(self._place) from None

    def _read_map(self, pairs: int, depth: int) -> Mapping[int | str, CborValue]:
        entries: dict[int | str, CborValue] = {}
        for _ in range(self._count(pairs)):
            key = self.read_value(depth + 1)
            if not isinstance(key, int | str) or key in entries:
                raise malformed(self._place)
            entries[key] = self.read_value(depth + 1)
        return entries

    def _count(self, announced: int) -> int:
        """Refuse a count that the remaining bytes cannot hold, before anything is built for it."""
        if announced > len(self._encoded) - self.position:
            raise malformed(self._place)
        return announced

    def _take(self, length: int) -> bytes:
        end = self.position + length
        if end > len(self._encoded):
            raise malformed(self._place)
        taken = self._encoded[self.position : end]
        self.position = end
        return taken


__all__ = ["MAX_DEPTH", "CborValue", "decode", "encode"]
