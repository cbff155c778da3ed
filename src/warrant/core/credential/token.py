"""The signed credential of one certificate: a CWT small enough for a QR code on a plastic card.

Claims, labels and places (never change the meaning of one; a new claim takes a new label):

=======  ==================================================================================================
label    meaning
=======  ==================================================================================================
1 iss    code of the issuing province, text
2 sub    certificate number, 11 digits, text
4 exp    first second at which it is no longer valid
6 iat    second of issue
-65537   array of our own claims: name, agency, array of enforcement categories, area, photo digest
65535    ``{"status_list": {"idx": place in the list, "uri": name of the list}}``
=======  ==================================================================================================

Our own texts are compact: a text string (UTF-8) where that is not longer, else a byte string holding UTF-16BE,
which gives a Chinese character two bytes instead of three. Only the shorter of the two is accepted.

The list's ``uri`` is the caller's. A short stable name (``tsl:32-1``) keeps the code at version 12 and outlives a
change of the site's address; an absolute address costs one or two versions more.

Source: RFC 8392, 3; draft-ietf-oauth-status-list, "Referenced Token in COSE"; private labels: our own decision.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from warrant.core.credential.cbor import CborValue, decode, encode
from warrant.core.credential.cose import KIND_CREDENTIAL, read_message, sign_message
from warrant.core.credential.moments import CLOCK_LEEWAY, from_seconds, to_seconds
from warrant.core.credential.refusal import CredentialRefused, RefusalReason, malformed
from warrant.core.crypto.digest import sha256
from warrant.core.crypto.signing import PublicKey, Signer

MAX_TOKEN_LENGTH: Final = 1024
PHOTO_DIGEST_LENGTH: Final = 16

_ISS, _SUB, _EXP, _IAT = 1, 2, 4, 6
_OWN: Final = -65537
_STATUS: Final = 65535

_ISSUER = re.compile(r"[0-9A-Z]{2,9}")
_CERTIFICATE_NUMBER = re.compile(r"[0-9]{11}")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]{1,200}")
_MAX_TEXT: Final = 120
_MAX_CATEGORIES: Final = 16


@dataclass(frozen=True)
class CredentialClaims:
    """What the issuing province says of one certificate; a value of this class is well formed.

    ``photo_digest`` is the first 16 bytes of SHA-256 over the photo file on the chip; ``expires_at`` is exclusive.

    Raises: CredentialRefused (malformed), ``place`` naming the field.
    """

    issuer: str
    certificate_number: str
    issued_at: datetime
    expires_at: datetime
    name: str
    agency: str
    categories: tuple[str, ...]
    area: str
    photo_digest: bytes
    status_index: int
    status_uri: str

    def __post_init__(self) -> None:
        _require(_ISSUER.fullmatch(self.issuer) is not None, "issuer")
        _require(_CERTIFICATE_NUMBER.fullmatch(self.certificate_number) is not None, "certificate_number")
        issued, expires = to_seconds(self.issued_at, "issued_at"), to_seconds(self.expires_at, "expires_at")
        _require(issued < expires, "expires_at")
        for field in ("name", "agency", "area"):
            _require(_is_plain_text(getattr(self, field)), field)
        _require(1 <= len(self.categories) <= _MAX_CATEGORIES, "categories")
        _require(all(_is_plain_text(category) for category in self.categories), "categories")
        _require(len(set(self.categories)) == len(self.categories), "categories")
        _require(len(self.photo_digest) == PHOTO_DIGEST_LENGTH, "photo_digest")
        _require(0 <= self.status_index < 1 << 32, "status_index")
        _require(_URI.fullmatch(self.status_uri) is not None, "status_uri")


def photo_digest(photo: bytes) -> bytes:
    """Return the 16 bytes that bind a photo file to a credential."""
    return sha256(photo)[:PHOTO_DIGEST_LENGTH]


def issue_credential(claims: CredentialClaims, signer: Signer) -> bytes:
    """Return the signed token, a tagged COSE_Sign1 of about 240 bytes."""
    own: list[CborValue] = [
        _pack_text(claims.name),
        _pack_text(claims.agency),
        [_pack_text(category) for category in claims.categories],
        _pack_text(claims.area),
        claims.photo_digest,
    ]
    payload: dict[int | str, CborValue] = {
        _ISS: claims.issuer,
        _SUB: claims.certificate_number,
        _EXP: to_seconds(claims.expires_at, "expires_at"),
        _IAT: to_seconds(claims.issued_at, "issued_at"),
        _STATUS: {"status_list": {"idx": claims.status_index, "uri": claims.status_uri}},
        _OWN: own,
    }
    return sign_message(KIND_CREDENTIAL, encode(payload), signer)


def open_credential(token: bytes, keys: Mapping[bytes, PublicKey]) -> CredentialClaims:
    """Return the claims of an authentic token, whether or not it is still in date.

    Raises: CredentialRefused (malformed, unknown-key, signature).
    """
    message = read_message(token, KIND_CREDENTIAL, MAX_TOKEN_LENGTH)
    message.verify(keys)
    return _read_claims(decode(message.payload, "claims"))


def verify_credential(token: bytes, keys: Mapping[bytes, PublicKey], at: datetime) -> CredentialClaims:
    """Return the claims of a token that is authentic and in date at ``at``.

    ``keys`` maps key ids to keys. This function cannot know which province a key belongs to: give it the keys of one
    issuer, or use ``KeyDirectory.open_credential``.

    Raises: CredentialRefused.
    """
    claims = open_credential(token, keys)
    require_in_date(claims.issued_at, claims.expires_at, at)
    return claims


def require_in_date(issued_at: datetime, expires_at: datetime, at: datetime) -> None:
    """Raises: CredentialRefused (not-yet-valid, expired) unless ``at`` lies in between, end exclusive."""
    if at + CLOCK_LEEWAY < issued_at:
        raise CredentialRefused(RefusalReason.NOT_YET_VALID, "issued_at")
    if at >= expires_at:
        raise CredentialRefused(RefusalReason.EXPIRED, "expires_at")


def _read_claims(payload: CborValue) -> CredentialClaims:
    if not isinstance(payload, Mapping) or set(payload) != {_ISS, _SUB, _EXP, _IAT, _STATUS, _OWN}:
        raise malformed("claims")
    match payload[_ISS], payload[_SUB], payload[_OWN], payload[_STATUS]:
        case (
            str() as issuer,
            str() as certificate_number,
            (name, agency, tuple() as categories, area, bytes() as digest),
            {"status_list": {"idx": int() as index, "uri": str() as uri, **more_keys}, **more_mechanisms},
        ) if not more_keys and not more_mechanisms:
            return CredentialClaims(
                issuer=issuer,
                certificate_number=certificate_number,
                issued_at=from_seconds(payload[_IAT], "issued_at"),
                expires_at=from_seconds(payload[_EXP], "expires_at"),
                name=_unpack_text(name, "name"),
                agency=_unpack_text(agency, "agency"),
                categories=tuple(_unpack_text(category, "categories") for category in categories),
                area=_unpack_text(area, "area"),
                photo_digest=digest,
                status_index=index,
                status_uri=uri,
            )
    raise malformed("claims")


def _pack_text(text: str) -> str | bytes:
    wide = text.encode("utf-16-be")
    return text if len(text.encode("utf-8")) <= len(wide) else wide


def _unpack_text(packed: CborValue, place: str) -> str:
    if not isinstance(packed, str | bytes):
        raise malformed(place)
    try:
        text = packed if isinstance(packed, str) else packed.decode("utf-16-be")
    except UnicodeDecodeError:
        raise malformed(place) from None
    _require(_pack_text(text) == packed, place)
    return text


def _is_plain_text(text: str) -> bool:
    """Tell whether ``text`` is one line that can be shown as it is: nothing invisible, no half of a pair."""
    return 0 < len(text) <= _MAX_TEXT and text.isprintable() and text.strip() == text


def _require(holds: bool, place: str) -> None:
    if not holds:
        raise malformed(place)


__all__ = [
    "MAX_TOKEN_LENGTH",
    "PHOTO_DIGEST_LENGTH",
    "CredentialClaims",
    "issue_credential",
    "open_credential",
    "photo_digest",
    "require_in_date",
    "verify_credential",
]
