"""A signer whose private key stays in the token."""

from __future__ import annotations

import hashlib
from typing import Final

from pkcs11 import Mechanism

from warrant.adapters.pkcs11_vault.token import Token
from warrant.core.crypto.signing import ED25519, ES256, PublicKey

SIGNATURES: Final = {ES256: Mechanism.ECDSA, ED25519: Mechanism.EDDSA}
"""The mechanism of each signature suite that tokens have."""


class TokenSigner:
    """A signer whose private key stays in the token."""

    def __init__(self, token: Token, label: str, public_key: PublicKey) -> None:
        self._token = token
        self._label = label
        self._public_key = public_key

    @property
    def public_key(self) -> PublicKey:
        """Return the public half."""
        return self._public_key

    def sign(self, message: bytes) -> bytes:
        """Return 64 raw bytes."""
        suite = self._public_key.suite
        data = hashlib.sha256(message).digest() if suite == ES256 else message
        return self._token.sign(self._label, data, SIGNATURES[suite])

    def __repr__(self) -> str:
        return f"<signer {self._public_key.suite} {self._public_key.key_id.hex()}>"


__all__ = ["SIGNATURES", "TokenSigner"]
