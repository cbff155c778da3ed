"""Bytes that never print: keys and passphrases travel through the code in this type."""

from __future__ import annotations

import hmac
from typing import Never


class Secret:
    """Immutable bytes that show only their length.

    They come out only through :meth:`reveal`, which is easy to search for. Neither ``str``, ``repr``, ``bytes``,
    ``pickle`` nor ``json`` gives them away; comparing takes constant time; they cannot be a key of a dict.
    """

    __slots__ = ("_value",)

    def __init__(self, value: bytes | bytearray | memoryview) -> None:
        self._value = bytes(value)

    def reveal(self) -> bytes:
        """Return the bytes themselves; the caller must not log, store or print them."""
        return self._value

    def __len__(self) -> int:
        return len(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value, other._value)

    def __repr__(self) -> str:
        return f"<Secret {len(self._value)} bytes>"

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, _memo: dict[int, object]) -> Secret:
        return self

    def __reduce_ex__(self, _protocol: object) -> Never:
        raise TypeError("a Secret cannot be pickled")


__all__ = ["Secret"]
