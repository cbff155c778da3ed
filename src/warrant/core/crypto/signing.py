"""Signatures in three suites behind one pair of types; keys and signatures are raw bytes.

===========  ==============================  ====================  =================
suite        standard                        public key            signature
===========  ==============================  ====================  =================
ed25519      RFC 8032                        32 bytes              64 bytes
es256        FIPS 186-5, P-256 with SHA-256  65 bytes, 04 | X | Y  64 bytes, r | s
sm2-sm3      GB/T 32918.2 with SM3           65 bytes, 04 | X | Y  64 bytes, r | s
===========  ==============================  ====================  =================
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from warrant.core.crypto import sm2
from warrant.core.crypto.secret import Secret
from warrant.core.errors import N_, InvalidInput

ED25519: Final = "ed25519"
ES256: Final = "es256"
SM2_SM3: Final = "sm2-sm3"
SUITES: Final = (ED25519, ES256, SM2_SM3)
SIGNATURE_LENGTH: Final = 64

_PUBLIC_LENGTH: Final = {ED25519: 32, ES256: 65, SM2_SM3: 65}
_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def _check_suite(suite: str) -> None:
    if suite not in SUITES:
        raise InvalidInput("signature-suite-unknown", N_("不支持签名算法“%(suite)s”。"), suite=suite)


@dataclass(frozen=True)
class PublicKey:
    """A public key that is known to be well formed: right length, and a point of its curve.

    Raises: InvalidInput ``signature-suite-unknown``, ``public-key-invalid``.
    """

    suite: str
    raw: bytes

    def __post_init__(self) -> None:
        _check_suite(self.suite)
        if len(self.raw) != _PUBLIC_LENGTH[self.suite]:
            raise _bad_public_key()
        if self.suite == ES256:
            _p256_public(self.raw)
        if self.suite == SM2_SM3 and not sm2.is_on_curve(self.raw):
            raise _bad_public_key()

    @property
    def key_id(self) -> bytes:
        """First 8 bytes of SHA-256 over suite, a zero byte and the key."""
        return hashlib.sha256(self.suite.encode("ascii") + b"\x00" + self.raw).digest()[:8]

    def verify(self, signature: bytes, message: bytes) -> None:
        """Return only if ``signature`` (64 bytes) is this key's over ``message``.

        Raises: InvalidInput ``signature-invalid``; Unavailable if SM2 is asked for and OpenSSL is missing.
        """
        if not self._is_valid(signature, message):
            raise InvalidInput("signature-invalid", N_("签名验证不通过。"))

    def _is_valid(self, signature: bytes, message: bytes) -> bool:
        if len(signature) != SIGNATURE_LENGTH:
            return False
        if self.suite == SM2_SM3:
            return sm2.is_valid(self.raw, signature, message)
        try:
            if self.suite == ED25519:
                ed25519.Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
            else:
                encoded = encode_dss_signature(
                    int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
                )
                _p256_public(self.raw).verify(encoded, message, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True

    def as_text(self) -> str:
        """Return ``suite:`` and the key in base64url without padding, for settings and pages."""
        return f"{self.suite}:{base64.urlsafe_b64encode(self.raw).rstrip(b'=').decode('ascii')}"

    @classmethod
    def from_text(cls, text: str) -> PublicKey:
        """Read what :meth:`as_text` wrote; only the one canonical spelling is accepted.

        Raises: InvalidInput ``public-key-invalid``, ``signature-suite-unknown``.
        """
        suite, separator, encoded = text.strip().partition(":")
        try:
            raw = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise _bad_public_key() from error
        key = cls(suite, raw)
        if not separator or key.as_text() != text.strip():
            raise _bad_public_key()
        return key


class Signer(Protocol):
    """Something that holds a private key and signs with it: software here, an HSM elsewhere."""

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies what :meth:`sign` returns."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return 64 raw bytes."""
        ...


class SoftwareSigner:
    """A :class:`Signer` whose private key (32 bytes in every suite) is in memory."""

    def __init__(self, public_key: PublicKey, private: Secret) -> None:
        self._public_key = public_key
        self._private = private

    @classmethod
    def generate(cls, suite: str) -> SoftwareSigner:
        """Make a new key pair. Raises: InvalidInput ``signature-suite-unknown``; Unavailable."""
        _check_suite(suite)
        if suite == ED25519:
            private = Secret(ed25519.Ed25519PrivateKey.generate().private_bytes_raw())
        elif suite == ES256:
            number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
            private = Secret(number.to_bytes(32, "big"))
        else:
            private = sm2.generate_private()
        return cls.from_private(suite, private)

    @classmethod
    def from_private(cls, suite: str, private: Secret) -> SoftwareSigner:
        """Take up a private key of 32 bytes (big-endian number, or Ed25519 seed).

        Raises: InvalidInput ``private-key-invalid``, ``signature-suite-unknown``; Unavailable.
        """
        _check_suite(suite)
        if len(private) != 32:
            raise InvalidInput("private-key-invalid", N_("私钥无效。"))
        if suite == ED25519:
            seed = ed25519.Ed25519PrivateKey.from_private_bytes(private.reveal())
            raw = seed.public_key().public_bytes_raw()
        elif suite == ES256:
            raw = (
                _p256_private(private)
                .public_key()
                .public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
            )
        else:
            raw = sm2.public_of(private)
        return cls(PublicKey(suite, raw), private)

    @property
    def public_key(self) -> PublicKey:
        """The key that verifies this signer's signatures."""
        return self._public_key

    def private(self) -> Secret:
        """Return the private key, for sealing it away."""
        return self._private

    def sign(self, message: bytes) -> bytes:
        """Return 64 raw bytes. Raises: Unavailable."""
        if self._public_key.suite == ED25519:
            return ed25519.Ed25519PrivateKey.from_private_bytes(self._private.reveal()).sign(message)
        if self._public_key.suite == ES256:
            encoded = _p256_private(self._private).sign(message, ec.ECDSA(hashes.SHA256()))
            r, s = decode_dss_signature(encoded)
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return sm2.sign(self._private, self._public_key.raw, message)

    def __repr__(self) -> str:
        return f"<SoftwareSigner {self._public_key.suite} {self._public_key.key_id.hex()}>"


def _bad_public_key() -> InvalidInput:
    return InvalidInput("public-key-invalid", N_("公钥格式不正确。"))


def _p256_public(raw: bytes) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError as error:
        raise _bad_public_key() from error


def _p256_private(private: Secret) -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(private.reveal(), "big")
    if not 0 < number < _P256_ORDER:
        raise InvalidInput("private-key-invalid", N_("私钥无效。"))
    return ec.derive_private_key(number, ec.SECP256R1())


__all__ = [
    "ED25519",
    "ES256",
    "SIGNATURE_LENGTH",
    "SM2_SM3",
    "SUITES",
    "PublicKey",
    "Signer",
    "SoftwareSigner",
]
