"""What custodians carry: components and shares of a version of keys, five lines each, one per usage.

A *component* is combined with the others by XOR: all are needed. A *share* is one of Shamir's: any ``threshold`` are
enough. Both are written alike: for every usage 16 bytes as 32 hex digits, and the check value of these 16 bytes taken
as a key, so that a slip of the pen is found line by line.

Source: PCI PIN requirement 6 and ISO 11568 (components, check values); Shamir: see ``sharing.py``.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from warrant.core.crypto.block import check_value
from warrant.core.crypto.secret import Secret
from warrant.core.errors import N_, InvalidInput
from warrant.core.keys.hierarchy import KEY_LENGTH, KeyUsage
from warrant.core.keys.sharing import Share, combine, split

COMPONENTS_MIN: Final = 2
COMPONENTS_MAX: Final = 3
PART_LENGTH: Final = KEY_LENGTH * len(KeyUsage)
LINE_LENGTH_MAX: Final = 80
_HEX: Final = re.compile(r"[0-9A-F]{32}", re.ASCII)
_CHECK: Final = re.compile(r"[0-9A-F]{6}", re.ASCII)
_BETWEEN: Final = re.compile(r"[\s-]+")

Keys = Mapping[KeyUsage, Secret]


class KeyPart(NamedTuple):
    """One component or share: ``number`` from 1, and 16 bytes for every usage."""

    number: int
    keys: Keys


def draw_component(number: int) -> KeyPart:
    """Draw a component at random."""
    return KeyPart(number, {usage: Secret(secrets.token_bytes(KEY_LENGTH)) for usage in KeyUsage})


def read_line(suite: str, text: str, check: str, place: str) -> Secret:
    """Return the 16 bytes of a typed line; blanks, hyphens and small letters do no harm.

    Raises: InvalidInput ``part-malformed``, ``part-check-malformed``, ``part-check-differs``; none of them repeats
    what was typed.
    """
    digits, wanted = _plain(text), _plain(check)
    if _HEX.fullmatch(digits) is None:
        raise InvalidInput("part-malformed", N_("应为 32 位十六进制数字（0-9、A-F）"), place=place)
    if _CHECK.fullmatch(wanted) is None:
        raise InvalidInput("part-check-malformed", N_("应为 6 位十六进制校验值"), place=f"{place}_check")
    value = Secret(bytes.fromhex(digits))
    if check_value(suite, value) != wanted:
        raise InvalidInput(
            "part-check-differs", N_("与校验值不符：请逐组核对这一行，也核对校验值"), place=place
        )
    return value


def write_line(value: Secret) -> str:
    """Return 16 bytes as people read them aloud: eight groups of four hex digits."""
    digits = value.reveal().hex().upper()
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def add_components(suite: str, parts: Sequence[KeyPart]) -> dict[KeyUsage, Secret]:
    """Return the keys that two or three components make together.

    Raises: InvalidInput ``components-count``, ``component-repeated``, ``key-weak``.
    """
    if not COMPONENTS_MIN <= len(parts) <= COMPONENTS_MAX:
        raise InvalidInput("components-count", N_("分量须有 2 到 3 份"), place="holders")
    keys: dict[KeyUsage, Secret] = {}
    for usage in KeyUsage:
        lines = [part.keys[usage] for part in parts]
        if any(line == other for at, line in enumerate(lines) for other in lines[:at]):
            raise InvalidInput("component-repeated", N_("两名保管员输入了相同的分量：请重新产生分量"))
        total = bytes(KEY_LENGTH)
        for line in lines:
            total = bytes(left ^ right for left, right in zip(total, line.reveal(), strict=True))
        keys[usage] = Secret(total)
        _check_strong(suite, keys[usage])
    if any(keys[one] == keys[two] for one in KeyUsage for two in KeyUsage if one != two):
        raise _weak()
    return keys


def share_out(keys: Keys, threshold: int, count: int) -> tuple[KeyPart, ...]:
    """Split the keys into shares. Raises: InvalidInput ``share-plan-invalid``."""
    whole = split(to_secret(keys), threshold, count)
    return tuple(KeyPart(share.number, from_secret(share.value)) for share in whole)


def put_together(parts: Sequence[KeyPart], threshold: int) -> dict[KeyUsage, Secret]:
    """Return the keys of enough shares. Raises: InvalidInput ``shares-too-few``, ``share-repeated``, ``shares-differ``."""
    return from_secret(combine([Share(part.number, to_secret(part.keys)) for part in parts], threshold))


def to_secret(keys: Keys) -> Secret:
    """Return the 80 bytes of five lines, in the order of :class:`KeyUsage`."""
    return Secret(b"".join(keys[usage].reveal() for usage in KeyUsage))


def from_secret(whole: Secret) -> dict[KeyUsage, Secret]:
    """Return the five lines of 80 bytes. Raises: InvalidInput ``part-malformed``."""
    if len(whole) != PART_LENGTH:
        raise InvalidInput("part-malformed", N_("应为 32 位十六进制数字（0-9、A-F）"))
    raw = whole.reveal()
    return {usage: Secret(raw[KEY_LENGTH * at : KEY_LENGTH * (at + 1)]) for at, usage in enumerate(KeyUsage)}


def _plain(text: str) -> str:
    return _BETWEEN.sub("", text).upper()


def _check_strong(suite: str, key: Secret) -> None:
    """Refuse zeros, and a triple DES key whose halves are one key: it would be single DES."""
    raw = key.reveal()
    halves = {bytes(byte & 0xFE for byte in half) for half in (raw[:8], raw[8:])}
    if raw == bytes(KEY_LENGTH) or (suite == "3des" and len(halves) == 1):
        raise _weak()


def _weak() -> InvalidInput:
    return InvalidInput("key-weak", N_("这些分量合成的密钥太弱：请重新产生分量"))


__all__ = [
    "COMPONENTS_MAX",
    "COMPONENTS_MIN",
    "LINE_LENGTH_MAX",
    "PART_LENGTH",
    "KeyPart",
    "Keys",
    "add_components",
    "draw_component",
    "from_secret",
    "put_together",
    "read_line",
    "share_out",
    "to_secret",
    "write_line",
]
