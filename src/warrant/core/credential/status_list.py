"""One signed list tells the present state of every certificate of an issuer: two bits each, at a random place.

Source: draft-ietf-oauth-status-list, "Status List" and "Status List Token in CWT Format". The values 0 to 2 are the
draft's; 3 is left to the application there and means *lost* here.
"""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

from warrant.core.credential.cbor import CborValue, decode, encode
from warrant.core.credential.cose import KIND_STATUS_LIST, read_message, sign_message
from warrant.core.credential.moments import CLOCK_LEEWAY, from_seconds, to_seconds
from warrant.core.credential.refusal import malformed
from warrant.core.credential.token import require_in_date
from warrant.core.crypto.signing import PublicKey, Signer
from warrant.core.errors import N_, Conflict

DEFAULT_SIZE: Final = 1 << 20
MAX_SIZE: Final = 1 << 22
MAX_MESSAGE_LENGTH: Final = 2 << 20

_ISS, _SUB, _EXP, _IAT = 1, 2, 4, 6
_STATUS_LIST, _TTL = 65533, 65534
_MAX_OCTETS: Final = MAX_SIZE
_TRIES: Final = 200


class Status(IntEnum):
    """What two bits say of one certificate."""

    VALID = 0
    INVALID = 1
    SUSPENDED = 2
    LOST = 3


class StatusList:
    """A byte array of ``size`` statuses, ``bits`` (1 or 2) each, filled from the least significant bit."""

    def __init__(self, octets: bytes | bytearray, bits: int = 2) -> None:
        if bits not in (1, 2) or not 0 < len(octets) <= _MAX_OCTETS:
            raise malformed("status_list")
        self.bits = bits
        self._octets = bytearray(octets)

    @classmethod
    def of_size(cls, size: int = DEFAULT_SIZE, bits: int = 2) -> StatusList:
        """Return a list of at least ``size`` places, all zero (valid)."""
        return cls(bytearray(-(-size * bits // 8)), bits)

    @property
    def size(self) -> int:
        """Number of places."""
        return len(self._octets) * 8 // self.bits

    def __getitem__(self, index: int) -> Status:
        octet, shift = self._locate(index)
        return Status(self._octets[octet] >> shift & self._mask)

    def __setitem__(self, index: int, status: Status) -> None:
        octet, shift = self._locate(index)
        if status & ~self._mask:
            raise malformed("status")
        self._octets[octet] = self._octets[octet] & ~(self._mask << shift) | status << shift

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, StatusList):
            return NotImplemented
        return (self.bits, self._octets) == (other.bits, other._octets)

    __hash__ = None  # type: ignore[assignment]  # it can be changed, so it cannot be a key

    @property
    def _mask(self) -> int:
        return (1 << self.bits) - 1

    def _locate(self, index: int) -> tuple[int, int]:
        """Raises: CredentialRefused (malformed): a place outside the list says nothing, least of all *valid*."""
        if not 0 <= index < self.size:
            raise malformed("status_index")
        octet, place = divmod(index * self.bits, 8)
        return octet, place

    def compressed(self) -> bytes:
        """Return the byte array as a ZLIB stream at the highest level."""
        return zlib.compress(bytes(self._octets), 9)

    def as_structure(self) -> Mapping[int | str, CborValue]:
        """Return the draft's StatusList structure, ready to be encoded."""
        return {"bits": self.bits, "lst": self.compressed()}

    @classmethod
    def from_structure(cls, structure: CborValue | None) -> StatusList:
        """Read the draft's StatusList structure; 4 and 8 bits are not ours and are refused.

        Raises: CredentialRefused (malformed), also for a stream that would swell over ``MAX_SIZE``.
        """
        match structure:
            case {"bits": int() as bits, "lst": bytes() as stream, **others} if set(others) <= {
                "aggregation_uri"
            }:
                return cls(_inflate(stream), bits)
        raise malformed("status_list")


@dataclass(frozen=True)
class StatusListToken:
    """An authentic list with its times; ``expires_at`` exclusive, ``ttl`` how long a copy may be used."""

    uri: str
    issuer: str
    issued_at: datetime
    expires_at: datetime
    ttl: timedelta
    statuses: StatusList
    key_id: bytes

    def age(self, at: datetime) -> timedelta:
        """Return how old what the list says is at ``at``, never negative."""
        return max(at - self.issued_at, timedelta(0))

    def is_fresh(self, at: datetime) -> bool:
        """Tell whether the list still speaks for ``at``: issued, within its ttl and before its end."""
        until = min(self.expires_at, self.issued_at + self.ttl)
        return self.issued_at - CLOCK_LEEWAY <= at < until


def issue_status_list(
    statuses: StatusList,
    *,
    uri: str,
    issuer: str,
    issued_at: datetime,
    expires_at: datetime,
    ttl: timedelta,
    signer: Signer,
) -> bytes:
    """Return the signed list (``application/statuslist+cwt``); ``uri`` is the one inside the credentials.

    Raises: CredentialRefused (malformed) if the times make no sense.
    """
    issued, expires, ttl_s = (
        to_seconds(issued_at, "issued_at"),
        to_seconds(expires_at, "expires_at"),
        int(ttl.total_seconds()),
    )
    if not issued < expires or ttl_s <= 0:
        raise malformed("expires_at")
    claims: dict[int | str, CborValue] = {
        _ISS: issuer,
        _SUB: uri,
        _EXP: expires,
        _IAT: issued,
        _STATUS_LIST: statuses.as_structure(),
        _TTL: ttl_s,
    }
    return sign_message(KIND_STATUS_LIST, encode(claims), signer)


def open_status_list(message: bytes, keys: Mapping[bytes, PublicKey]) -> StatusListToken:
    """Return an authentic list, whatever its age.

    Raises: CredentialRefused (malformed, unknown-key, signature).
    """
    signed = read_message(message, KIND_STATUS_LIST, MAX_MESSAGE_LENGTH)
    key = signed.verify(keys)
    match decode(signed.payload, "claims"):
        case {
            1: str() as issuer,
            2: str() as uri,
            4: int() as expires,
            6: int() as issued,
            65533: structure,
            65534: int() as ttl_s,
            **others,
        } if not others and 0 < ttl_s <= 1 << 31:
            return StatusListToken(
                uri=uri,
                issuer=issuer,
                issued_at=from_seconds(issued, "issued_at"),
                expires_at=from_seconds(expires, "expires_at"),
                ttl=timedelta(seconds=ttl_s),
                statuses=StatusList.from_structure(structure),
                key_id=key.key_id,
            )
    raise malformed("claims")


def read_status_list(
    message: bytes, keys: Mapping[bytes, PublicKey], *, uri: str, at: datetime
) -> StatusListToken:
    """Return an authentic list named ``uri`` that has not expired; see ``is_fresh`` for its ttl.

    Raises: CredentialRefused.
    """
    token = open_status_list(message, keys)
    if token.uri != uri:
        raise malformed("uri")
    require_in_date(token.issued_at, token.expires_at, at)
    return token


def allocate_index(
    is_taken: Callable[[int], bool],
    size: int = DEFAULT_SIZE,
    random_below: Callable[[int], int] = secrets.randbelow,
) -> int:
    """Return a free place chosen at random, so that places tell nothing about the order of issue.

    A place is never given twice, also not after its certificate has ended. The caller writes it under a unique
    constraint and asks again if another was faster.

    Raises: Conflict ``status-list-full`` when free places have become so rare that a new list must be opened.
    """
    for _ in range(_TRIES):
        index = random_below(size)
        if not is_taken(index):
            return index
    raise Conflict("status-list-full", N_("状态列表已接近用满，请启用新的状态列表。"))


def _inflate(stream: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        octets = inflater.decompress(stream, _MAX_OCTETS + 1)
    except zlib.error:
        raise malformed("status_list") from None
    if not inflater.eof or inflater.unused_data or len(octets) > _MAX_OCTETS:
        raise malformed("status_list")
    return octets


__all__ = [
    "DEFAULT_SIZE",
    "MAX_SIZE",
    "Status",
    "StatusList",
    "StatusListToken",
    "allocate_index",
    "issue_status_list",
    "open_status_list",
    "read_status_list",
]
