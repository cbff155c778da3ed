"""Authenticated encryption of stored values: AES-256-GCM with a random nonce.

A sealed value is ``01 | nonce (12 bytes) | ciphertext and tag (length + 16)``; the first byte is the version of
this layout and never changes its meaning. ``associated`` is authenticated but not stored: it ties the value to
its place (table, column, row), so that a sealed value copied elsewhere does not open.

Source: NIST SP 800-38D.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from warrant.core.crypto.secret import Secret
from warrant.core.errors import N_, InvalidInput

KEY_LENGTH: Final = 32
OVERHEAD: Final = 1 + 12 + 16
_VERSION: Final = b"\x01"


def seal(key: Secret, plaintext: bytes, associated: bytes) -> bytes:
    """Encrypt ``plaintext`` under a 32-byte key. Raises: InvalidInput ``key-length-wrong``."""
    cipher = _cipher(key)
    nonce = secrets.token_bytes(12)
    return _VERSION + nonce + cipher.encrypt(nonce, plaintext, _VERSION + associated)


def open_sealed(key: Secret, sealed: bytes, associated: bytes) -> bytes:
    """Return the plaintext of what :func:`seal` made with the same key and the same ``associated``.

    Raises: InvalidInput ``sealed-damaged`` (wrong key, wrong place or altered: they cannot be told apart),
    ``key-length-wrong``.
    """
    return opener(key)(sealed, associated)


def opener(key: Secret) -> Callable[[bytes, bytes], bytes]:
    """Return what opens many values sealed under one key, as :func:`open_sealed` opens one; the key is set up once.

    Raises: InvalidInput ``key-length-wrong``; what is returned raises ``sealed-damaged``.
    """
    decrypt = _cipher(key).decrypt

    def open_one(sealed: bytes, associated: bytes) -> bytes:
        if len(sealed) < OVERHEAD or sealed[:1] != _VERSION:
            raise _damaged()
        try:
            return decrypt(sealed[1:13], sealed[13:], _VERSION + associated)
        except InvalidTag as error:
            raise _damaged() from error

    return open_one


def _cipher(key: Secret) -> AESGCM:
    if len(key) != KEY_LENGTH:
        raise InvalidInput(
            "key-length-wrong", N_("密钥长度不符合算法“%(suite)s”的要求。"), suite="aes-256-gcm"
        )
    return AESGCM(key.reveal())


def _damaged() -> InvalidInput:
    return InvalidInput("sealed-damaged", N_("加密内容已损坏，或者密钥不符。"))


__all__ = ["KEY_LENGTH", "OVERHEAD", "open_sealed", "opener", "seal"]
