"""The ministry's signed list of who may issue: one key set for everybody, checked with one pinned key.

The payload is a CWT: 1 iss, 4 exp, 6 iat and -65538, an array of COSE_Key maps (a COSE_KeySet). Each key has, beside
1 kty, 2 kid, 3 alg and its curve and coordinates, three labels of ours from the private range: -65537 issuer,
-65538 valid from, -65539 valid until (exclusive). SM2 is kty EC2 with the private curve -65701.

Source: RFC 9052, 7; RFC 9053, 7.1 and 7.2.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from warrant.core.credential.cbor import CborValue, decode, encode
from warrant.core.credential.cose import (
    ALGORITHM_OF_SUITE,
    KIND_CREDENTIAL,
    KIND_KEY_DIRECTORY,
    read_message,
    sign_message,
)
from warrant.core.credential.moments import from_seconds, to_seconds
from warrant.core.credential.refusal import CredentialRefused, RefusalReason, malformed
from warrant.core.credential.status_list import StatusListToken, open_status_list
from warrant.core.credential.token import (
    MAX_TOKEN_LENGTH,
    CredentialClaims,
    open_credential,
    require_in_date,
)
from warrant.core.crypto.signing import PublicKey, Signer
from warrant.core.errors import InvalidInput

MAX_DIRECTORY_LENGTH: Final = 1 << 18

_ISS, _EXP, _IAT, _KEYS = 1, 4, 6, -65538
_KTY, _KID, _ALG, _CRV, _X, _Y = 1, 2, 3, -1, -2, -3
_ISSUER, _VALID_FROM, _VALID_UNTIL = -65537, -65538, -65539

_KTY_OKP, _KTY_EC2 = 1, 2
_CURVE_OF_SUITE: Final = {"es256": 1, "ed25519": 6, "sm2-sm3": -65701}
_SUITE_OF_ALGORITHM: Final = {number: suite for suite, number in ALGORITHM_OF_SUITE.items()}
_JOSE_NAMES: Final = {
    "es256": ("ES256", "EC", "P-256"),
    "ed25519": ("EdDSA", "OKP", "Ed25519"),
    "sm2-sm3": ("SM2-SM3", "EC", "SM2"),
}


@dataclass(frozen=True)
class IssuerKey:
    """A key that may sign credentials and status lists of one issuer, from ``valid_from`` until ``valid_until``.

    Raises: CredentialRefused (malformed) if the interval is empty.
    """

    issuer: str
    public_key: PublicKey
    valid_from: datetime
    valid_until: datetime

    def __post_init__(self) -> None:
        if to_seconds(self.valid_from, "valid_from") >= to_seconds(self.valid_until, "valid_until"):
            raise malformed("valid_until")


@dataclass(frozen=True)
class KeyDirectory:
    """All issuer keys, ordered by issuer and start; old keys stay as long as certificates signed with them live."""

    authority: str
    issued_at: datetime
    expires_at: datetime
    entries: tuple[IssuerKey, ...]

    def __post_init__(self) -> None:
        if len({entry.public_key.key_id for entry in self.entries}) != len(self.entries):
            raise malformed("entries")

    def keys(self) -> Mapping[bytes, PublicKey]:
        """Return every key by its key id."""
        return {entry.public_key.key_id: entry.public_key for entry in self.entries}

    def keys_of(self, issuer: str) -> Mapping[bytes, PublicKey]:
        """Return the keys of one issuer by key id."""
        return {entry.public_key.key_id: entry.public_key for entry in self.entries if entry.issuer == issuer}

    def open_credential(self, token: bytes) -> CredentialClaims:
        """Return the claims of an authentic token whose key belonged to that very issuer when it signed.

        Raises: CredentialRefused (malformed, unknown-key, signature, issuer).
        """
        claims = open_credential(token, self.keys())
        key_id = read_message(token, KIND_CREDENTIAL, MAX_TOKEN_LENGTH).key_id
        self._require_in_force(key_id, claims.issuer, claims.issued_at)
        return claims

    def open_status_list(self, message: bytes) -> StatusListToken:
        """Return an authentic list whose key belonged to that very issuer when it signed.

        Raises: CredentialRefused (malformed, unknown-key, signature, issuer).
        """
        token = open_status_list(message, self.keys())
        self._require_in_force(token.key_id, token.issuer, token.issued_at)
        return token

    def _require_in_force(self, key_id: bytes, issuer: str, at: datetime) -> None:
        """A province's key is worth nothing under another province's name, or outside its own time."""
        for entry in self.entries:
            is_the_issuers = entry.public_key.key_id == key_id and entry.issuer == issuer
            if is_the_issuers and entry.valid_from <= at < entry.valid_until:
                return
        raise CredentialRefused(RefusalReason.ISSUER, "issuer")

    def as_json_keys(self) -> dict[str, list[dict[str, str | int]]]:
        """Return the keys in the form of a JSON Web Key Set, for other people's clients.

        ``iss``, ``nbf`` and ``exp`` are extra members; the SM2 names are ours, JOSE has none. The JSON is not signed:
        it is a convenience over HTTPS, the CBOR form is the proof. Source: RFC 7517, RFC 7518, 6.2; RFC 8037, 2.
        """
        return {"keys": [_json_key(entry) for entry in self.entries]}


def issue_key_directory(
    entries: Sequence[IssuerKey],
    *,
    authority: str,
    issued_at: datetime,
    expires_at: datetime,
    signer: Signer,
) -> bytes:
    """Return the signed directory; ``signer`` is the ministry's, whose public key verifiers have pinned."""
    ordered = sorted(entries, key=lambda entry: (entry.issuer, entry.valid_from, entry.public_key.key_id))
    directory = KeyDirectory(authority, issued_at, expires_at, tuple(ordered))
    if to_seconds(issued_at, "issued_at") >= to_seconds(expires_at, "expires_at"):
        raise malformed("expires_at")
    payload: dict[int | str, CborValue] = {
        _ISS: authority,
        _EXP: to_seconds(expires_at, "expires_at"),
        _IAT: to_seconds(issued_at, "issued_at"),
        _KEYS: [_cose_key(entry) for entry in directory.entries],
    }
    return sign_message(KIND_KEY_DIRECTORY, encode(payload), signer)


def read_key_directory(message: bytes, pinned: PublicKey, at: datetime) -> KeyDirectory:
    """Return the directory if the pinned ministry key signed it and it is in date at ``at``.

    Raises: CredentialRefused.
    """
    signed = read_message(message, KIND_KEY_DIRECTORY, MAX_DIRECTORY_LENGTH)
    signed.verify({pinned.key_id: pinned})
    match decode(signed.payload, "claims"):
        case {1: str() as authority, 4: expires, 6: issued, -65538: tuple() as keys, **others} if not others:
            directory = KeyDirectory(
                authority=authority,
                issued_at=from_seconds(issued, "issued_at"),
                expires_at=from_seconds(expires, "expires_at"),
                entries=tuple(_read_cose_key(key) for key in keys),
            )
        case _:
            raise malformed("claims")
    require_in_date(directory.issued_at, directory.expires_at, at)
    return directory


def _cose_key(entry: IssuerKey) -> Mapping[int | str, CborValue]:
    key = entry.public_key
    is_edwards = key.suite == "ed25519"
    cose_key: dict[int | str, CborValue] = {
        _KTY: _KTY_OKP if is_edwards else _KTY_EC2,
        _KID: key.key_id,
        _ALG: ALGORITHM_OF_SUITE[key.suite],
        _CRV: _CURVE_OF_SUITE[key.suite],
        _X: key.raw if is_edwards else key.raw[1:33],
    }
    if not is_edwards:
        cose_key[_Y] = key.raw[33:]
    cose_key[_ISSUER] = entry.issuer
    cose_key[_VALID_FROM] = to_seconds(entry.valid_from, "valid_from")
    cose_key[_VALID_UNTIL] = to_seconds(entry.valid_until, "valid_until")
    return cose_key


def _read_cose_key(cose_key: CborValue) -> IssuerKey:
    if not isinstance(cose_key, Mapping):
        raise malformed("key")
    match cose_key:
        case {3: int() as algorithm, -2: bytes() as x, -65537: str() as issuer}:
            suite = _SUITE_OF_ALGORITHM.get(algorithm)
        case _:
            raise malformed("key")
    y = cose_key.get(_Y, b"")
    if suite is None or not isinstance(y, bytes):
        raise malformed("key")
    try:
        public_key = PublicKey(suite, x if suite == "ed25519" else b"\x04" + x + y)
    except InvalidInput:
        raise malformed("key") from None
    entry = IssuerKey(
        issuer=issuer,
        public_key=public_key,
        valid_from=from_seconds(cose_key.get(_VALID_FROM), "valid_from"),
        valid_until=from_seconds(cose_key.get(_VALID_UNTIL), "valid_until"),
    )
    # Every other label (kty, kid, curve) follows from these: what we would write must be what was there.
    if dict(_cose_key(entry)) != dict(cose_key):
        raise malformed("key")
    return entry


def _json_key(entry: IssuerKey) -> dict[str, str | int]:
    key = entry.public_key
    algorithm, key_type, curve = _JOSE_NAMES[key.suite]
    json_key: dict[str, str | int] = {
        "kty": key_type,
        "crv": curve,
        "alg": algorithm,
        "use": "sig",
        "kid": _base64url(key.key_id),
        "x": _base64url(key.raw if key_type == "OKP" else key.raw[1:33]),
    }
    if key_type == "EC":
        json_key["y"] = _base64url(key.raw[33:])
    json_key["iss"] = entry.issuer
    json_key["nbf"] = to_seconds(entry.valid_from, "valid_from")
    json_key["exp"] = to_seconds(entry.valid_until, "valid_until")
    return json_key


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


__all__ = [
    "MAX_DIRECTORY_LENGTH",
    "IssuerKey",
    "KeyDirectory",
    "issue_key_directory",
    "read_key_directory",
]
