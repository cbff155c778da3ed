"""What cards are computed with: block ciphers, diversification, signatures; from ``docs/card-format.md`` alone."""

from __future__ import annotations

import hashlib
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.hashes import SHA256, SM3, Hash

BLOCK: Final[dict[str, int]] = {"3des": 8, "sm4": 16}


def encrypt(suite: str, key: bytes, block: bytes) -> bytes:
    """E(K, B) of chapter 1."""
    algorithm = SM4(key) if suite == "sm4" else TripleDES(key + key[:8])
    encryptor = Cipher(algorithm, modes.ECB()).encryptor()
    return encryptor.update(block) + encryptor.finalize()


def diversify(suite: str, key: bytes, factor: str) -> bytes:
    """D(K, X) of chapter 4; the factor as digits."""
    right_aligned = bytes.fromhex(factor.zfill(16))
    inverted = bytes(0xFF - octet for octet in right_aligned)
    if suite == "sm4":
        return encrypt(suite, key, right_aligned + inverted)
    return encrypt(suite, key, right_aligned) + encrypt(suite, key, inverted)


def card_key(suite: str, master: bytes, province: str, certificate: str) -> bytes:
    return diversify(suite, diversify(suite, master, province), certificate)


# SM2 with the curve that GB/T 32918.5 recommends.
P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
SIGNER = b"1234567812345678"
Point = tuple[int, int] | None


def add(one: Point, other: Point) -> Point:
    if one is None or other is None:
        return other if one is None else one
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and (y1 + y2) % P == 0:
        return None
    rise, run = (3 * x1 * x1 + A, 2 * y1) if one == other else (y2 - y1, x2 - x1)
    slope = rise * pow(run, -1, P)
    x = (slope * slope - x1 - x2) % P
    return x, (slope * (x1 - x) - y1) % P


def times(factor: int, point: Point) -> Point:
    total: Point = None
    for bit in f"{factor:b}":
        total = add(total, total)
        if bit == "1":
            total = add(total, point)
    return total


def sm3(*parts: bytes) -> bytes:
    digest = Hash(SM3())
    for part in parts:
        digest.update(part)
    return digest.finalize()


def is_sm2_signature(public: bytes, message: bytes, signature: bytes) -> bool:
    """GB/T 32918.2, 7.1, with Z of 5.5."""
    x, y = (int.from_bytes(public[start : start + 32], "big") for start in (1, 33))
    if len(public) != 65 or public[0] != 4 or (y * y - x**3 - A * x - B) % P:
        return False
    curve = (number.to_bytes(32, "big") for number in (A, B, *G, x, y))
    z = sm3((8 * len(SIGNER)).to_bytes(2, "big"), SIGNER, *curve)
    e = int.from_bytes(sm3(z, message), "big")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < N and 0 < s < N and (r + s) % N):
        return False
    point = add(times(s, G), times((r + s) % N, (x, y)))
    return point is not None and (e + point[0]) % N == r


def is_signature(suite: str, public: bytes, message: bytes, signature: bytes) -> bool:
    """Chapter 6."""
    try:
        if suite == "sm2-sm3":
            return is_sm2_signature(public, message, signature)
        if suite == "ed25519":
            ed25519.Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
            return True
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
        key.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def key_identifier(suite: str, public: bytes) -> bytes:
    return hashlib.sha256(suite.encode() + b"\0" + public).digest()[:8]
