"""COSE_Sign1 with the algorithm, the key and the kind of content under the signature.

Four kinds are signed, sometimes with the same key. Their protected headers differ, and the reader says which
header it wants, so that one kind can never pass for another.

Source: RFC 9052, 4.2 to 4.4; RFC 9053, 2; RFC 9596 (typ). SM2 with SM3 has no registered algorithm number; -65701
is ours, from the private range.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from warrant.core.credential.cbor import CborValue, decode, encode
from warrant.core.credential.refusal import CredentialRefused, RefusalReason, malformed
from warrant.core.crypto.signing import PublicKey, Signer
from warrant.core.errors import InvalidInput

ALGORITHM_OF_SUITE: Final = {"es256": -7, "ed25519": -8, "sm2-sm3": -65701}

HEADER_ALGORITHM: Final = 1
HEADER_CONTENT_TYPE: Final = 3
HEADER_KEY_ID: Final = 4
HEADER_TYPE: Final = 16

KIND_CREDENTIAL: Final[Mapping[int, CborValue]] = {HEADER_CONTENT_TYPE: 61}
"""CoAP Content-Format 61 is application/cwt: three bytes, because these travel in a QR code."""
KIND_STATUS_LIST: Final[Mapping[int, CborValue]] = {HEADER_TYPE: "application/statuslist+cwt"}
KIND_KEY_DIRECTORY: Final[Mapping[int, CborValue]] = {HEADER_TYPE: "application/warrant-keys+cwt"}
KIND_BLOCK_LIST: Final[Mapping[int, CborValue]] = {HEADER_TYPE: "application/warrant-blocked+cwt"}

_TAG_SIGN1: Final = b"\xd2"
_SIGNATURE_LENGTH: Final = 64


@dataclass(frozen=True)
class SignedMessage:
    """A COSE_Sign1 taken apart; nothing in it is believed until :meth:`verify` has returned."""

    protected: bytes
    algorithm: int
    key_id: bytes
    payload: bytes
    signature: bytes

    def verify(self, keys: Mapping[bytes, PublicKey]) -> PublicKey:
        """Return the key out of ``keys`` that made the signature.

        Raises: CredentialRefused (unknown-key, signature); Unavailable if SM2 cannot be computed here.
        """
        key = keys.get(self.key_id)
        if key is None:
            raise CredentialRefused(RefusalReason.UNKNOWN_KEY)
        if ALGORITHM_OF_SUITE[key.suite] != self.algorithm or key.key_id != self.key_id:
            raise CredentialRefused(RefusalReason.SIGNATURE)
        try:
            key.verify(self.signature, signed_bytes(self.protected, self.payload))
        except InvalidInput:
            raise CredentialRefused(RefusalReason.SIGNATURE) from None
        return key


def signed_bytes(protected: bytes, payload: bytes) -> bytes:
    """Return the Sig_structure of a COSE_Sign1 without external data. Source: RFC 9052, 4.4."""
    return encode(["Signature1", protected, b"", payload])


def sign_message(kind: Mapping[int, CborValue], payload: bytes, signer: Signer) -> bytes:
    """Return a tagged COSE_Sign1 of ``payload`` with alg, kid and ``kind`` in the protected header."""
    header: dict[int, CborValue] = {
        HEADER_ALGORITHM: ALGORITHM_OF_SUITE[signer.public_key.suite],
        HEADER_KEY_ID: signer.public_key.key_id,
        **kind,
    }
    protected = encode({label: header[label] for label in sorted(header)})
    signature = signer.sign(signed_bytes(protected, payload))
    return _TAG_SIGN1 + encode([protected, {}, payload, signature])


def read_message(message: bytes, kind: Mapping[int, CborValue], max_length: int) -> SignedMessage:
    """Take a COSE_Sign1 of this ``kind`` apart without believing it.

    Raises: CredentialRefused (malformed) if it is too long, of another kind, or has any unsigned header.
    """
    if len(message) > max_length or message[:1] != _TAG_SIGN1:
        raise malformed("message")
    match decode(message[1:], "message"):
        case (bytes() as protected, {**unprotected}, bytes() as payload, bytes() as signature):
            if unprotected or len(signature) != _SIGNATURE_LENGTH:
                raise malformed("message")
        case _:
            raise malformed("message")
    header = decode(protected, "header")
    if not isinstance(header, Mapping) or set(header) != {HEADER_ALGORITHM, HEADER_KEY_ID, *kind}:
        raise malformed("header")
    algorithm, key_id = header[HEADER_ALGORITHM], header[HEADER_KEY_ID]
    if not isinstance(algorithm, int) or not isinstance(key_id, bytes):
        raise malformed("header")
    if any(header[label] != value for label, value in kind.items()):
        raise malformed("header")
    return SignedMessage(protected, algorithm, key_id, payload, signature)


__all__ = [
    "ALGORITHM_OF_SUITE",
    "KIND_BLOCK_LIST",
    "KIND_CREDENTIAL",
    "KIND_KEY_DIRECTORY",
    "KIND_STATUS_LIST",
    "SignedMessage",
    "read_message",
    "sign_message",
    "signed_bytes",
]
