"""The signed list of SAMs that no inspection device may use any more; a device fetches it and looks its own up.

Claims: issuer (1), name (2), end of validity (4), time of issue (6), serials of blocked chips in ascending order
(-65540, ours).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from warrant.core.credential.cbor import CborValue, decode, encode
from warrant.core.credential.cose import KIND_BLOCK_LIST, read_message, sign_message
from warrant.core.credential.moments import from_seconds, to_seconds
from warrant.core.credential.refusal import malformed
from warrant.core.credential.token import require_in_date
from warrant.core.crypto.signing import PublicKey, Signer

NAME: Final = "sam-block-list"
_SERIALS: Final = -65540
_MAX_LENGTH: Final = 1 << 20


@dataclass(frozen=True)
class BlockList:
    """An authentic list: whose, of when, until when (exclusive), and the chips' serials."""

    issuer: str
    issued_at: datetime
    expires_at: datetime
    serials: frozenset[bytes]


def issue_block_list(
    serials: Iterable[bytes], *, issuer: str, issued_at: datetime, expires_at: datetime, signer: Signer
) -> bytes:
    """Return the signed list. Raises: CredentialRefused (malformed) if the times make no sense."""
    issued, expires = to_seconds(issued_at, "issued_at"), to_seconds(expires_at, "expires_at")
    if not issued < expires:
        raise malformed("expires_at")
    claims: dict[int | str, CborValue] = {
        1: issuer,
        2: NAME,
        4: expires,
        6: issued,
        _SERIALS: sorted(set(serials)),
    }
    return sign_message(KIND_BLOCK_LIST, encode(claims), signer)


def read_block_list(message: bytes, keys: Mapping[bytes, PublicKey], *, at: datetime) -> BlockList:
    """Return an authentic list that has not expired.

    Raises: CredentialRefused (malformed, unknown-key, signature, expired, not-yet-valid).
    """
    signed = read_message(message, KIND_BLOCK_LIST, _MAX_LENGTH)
    signed.verify(keys)
    match decode(signed.payload, "claims"):
        case {1: str() as issuer, 2: str() as name, 4: int() as expires, 6: int() as issued, **others} if (
            name == NAME and set(others) == {_SERIALS}
        ):
            serials = others[_SERIALS]
            if isinstance(serials, tuple) and all(isinstance(serial, bytes) for serial in serials):
                found = BlockList(
                    issuer,
                    from_seconds(issued, "issued_at"),
                    from_seconds(expires, "expires_at"),
                    frozenset(serial for serial in serials if isinstance(serial, bytes)),
                )
                require_in_date(found.issued_at, found.expires_at, at)
                return found
    raise malformed("claims")
