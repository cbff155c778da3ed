"""Instants inside signed messages: whole seconds since 1970, UTC. Source: RFC 8392, 2 (NumericDate)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from warrant.core.credential.cbor import CborValue
from warrant.core.credential.refusal import malformed

CLOCK_LEEWAY: Final = timedelta(minutes=5)
"""How far in the future a time of issue may lie, because phones' clocks are not exact."""

_END_OF_9999: Final = 253402300800


def to_seconds(instant: datetime, place: str) -> int:
    """Return whole seconds, rounded down. Raises: CredentialRefused (malformed) without a time zone."""
    if instant.tzinfo is None:
        raise malformed(place)
    return int(instant.timestamp() // 1)


def from_seconds(seconds: CborValue | None, place: str) -> datetime:
    """Return the instant in UTC. Raises: CredentialRefused (malformed) if it is no second of a four-digit year."""
    if not isinstance(seconds, int) or not 0 <= seconds < _END_OF_9999:
        raise malformed(place)
    return datetime.fromtimestamp(seconds, UTC)


__all__ = ["CLOCK_LEEWAY", "from_seconds", "to_seconds"]
