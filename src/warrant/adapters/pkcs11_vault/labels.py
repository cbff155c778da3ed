"""How the keys of a token are named, and what is computed with keys that cannot be read."""

from __future__ import annotations

from collections.abc import Callable

from warrant.core.crypto.block import block_size
from warrant.core.keys.hierarchy import KeySuite, KeyUsage
from warrant.core.keys.vault import CheckValues

Encrypt = Callable[[KeyUsage, bytes], bytes]
"""Encrypts whole blocks under the key of a usage."""


def both(factor: bytes) -> bytes:
    """Return a factor and its complement: the two blocks of a diversification."""
    return factor + bytes(byte ^ 0xFF for byte in factor)


def check_values_by(suite: KeySuite, encrypt: Encrypt) -> CheckValues:
    """Return the check values of keys that can only be used."""
    zeros = bytes(block_size(suite))
    return {usage: encrypt(usage, zeros)[:3].hex().upper() for usage in KeyUsage}


def complete(
    labels: frozenset[str], kind: str, length: int, *, wanted: int = len(KeyUsage)
) -> set[tuple[str, ...]]:
    """Return the names of the key sets of a kind that have keys for that many usages."""
    usages: dict[tuple[str, ...], int] = {}
    for label in labels:
        parts = tuple(label.split("/"))
        if parts[:2] == ("warrant", kind) and len(parts) == length + 3:
            usages[parts[2:-1]] = usages.get(parts[2:-1], 0) + 1
    return {name for name, count in usages.items() if count >= wanted}


def master_label(suite: str, version: int, usage: KeyUsage) -> str:
    """Return the label of a master control key."""
    return f"warrant/master/{suite}/{version}/{usage.value}"


def sub_label(suite: str, version: int, province_code: str, usage: KeyUsage) -> str:
    """Return the label of a provincial sub-key."""
    return f"warrant/sub/{suite}/{version}/{province_code}/{usage.value}"


__all__ = ["Encrypt", "both", "check_values_by", "complete", "master_label", "sub_label"]
