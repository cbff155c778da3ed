"""Digests, and the keyed index by which an encrypted column is found again."""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives import hashes

from warrant.core.crypto.secret import Secret


def sha256(message: bytes) -> bytes:
    """Return the 32-byte digest. Source: FIPS 180-4."""
    return hashlib.sha256(message).digest()


def sm3(message: bytes) -> bytes:
    """Return the 32-byte digest. Source: GB/T 32905-2016."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(message)
    return digest.finalize()


def blind_index(key: Secret, text: str) -> bytes:
    """Return 16 bytes that are equal for equal text and say nothing to somebody without ``key``.

    HMAC-SHA-256 over the UTF-8 bytes, cut to 16. The caller brings the text into its one normal form first.
    Source: RFC 2104; FIPS 198-1 (truncation).
    """
    return hmac.digest(key.reveal(), text.encode("utf-8"), "sha256")[:16]


__all__ = ["blind_index", "sha256", "sm3"]
