"""SM4 and triple DES as cards use them: raw blocks, the FMCOS message code and check values.

Suites are named ``"sm4"`` (16-byte keys and blocks) and ``"3des"`` (8-byte blocks; a 16-byte key is two-key EDE,
an 8-byte key is single DES, which cards as delivered still use for their transport key). Nothing here pads
except :func:`mac4`.

Source: GB/T 32907-2016 (SM4); FIPS 46-3; ISO/IEC 9797-1, algorithms 1 and 3, padding method 2.
"""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4

from warrant.core.crypto.secret import Secret
from warrant.core.errors import N_, InvalidInput

SUITES: Final = ("sm4", "3des")
_BLOCK_SIZE: Final = {"sm4": 16, "3des": 8}
_KEY_LENGTHS: Final = {"sm4": (16,), "3des": (8, 16)}


def block_size(suite: str) -> int:
    """Return the block length in bytes: 16 for SM4, 8 for triple DES.

    Raises: InvalidInput ``cipher-suite-unknown``.
    """
    if suite not in _BLOCK_SIZE:
        raise InvalidInput("cipher-suite-unknown", N_("不支持加密算法“%(suite)s”。"), suite=suite)
    return _BLOCK_SIZE[suite]


def encrypt_ecb(suite: str, key: Secret, blocks: bytes) -> bytes:
    """Encrypt whole blocks, each by itself.

    Raises: InvalidInput ``cipher-suite-unknown``, ``key-length-wrong``, ``block-length-wrong``.
    """
    return _encrypt(suite, key, modes.ECB(), blocks)  # noqa: S305 - cards prescribe ECB


def decrypt_ecb(suite: str, key: Secret, blocks: bytes) -> bytes:
    """Undo :func:`encrypt_ecb`; raises the same."""
    return _decrypt(suite, key, modes.ECB(), blocks)  # noqa: S305 - cards prescribe ECB


def encrypt_cbc(suite: str, key: Secret, initial: bytes, blocks: bytes) -> bytes:
    """Encrypt whole blocks as a chain from ``initial`` (one block, or shorter and zero-filled on the right).

    Raises: InvalidInput ``cipher-suite-unknown``, ``key-length-wrong``, ``block-length-wrong``.
    """
    return _encrypt(suite, key, modes.CBC(_initial_block(suite, initial)), blocks)


def decrypt_cbc(suite: str, key: Secret, initial: bytes, blocks: bytes) -> bytes:
    """Undo :func:`encrypt_cbc`; raises the same."""
    return _decrypt(suite, key, modes.CBC(_initial_block(suite, initial)), blocks)


def pad(suite: str, message: bytes) -> bytes:
    """Append 80 and zeros up to a whole block, always: a whole message gets one more block.

    Source: ISO/IEC 9797-1, padding method 2.
    """
    size = block_size(suite)
    return message + b"\x80" + bytes(-(len(message) + 1) % size)


def mac4(suite: str, key: Secret, initial: bytes, message: bytes) -> bytes:
    """Return the first 4 bytes of the message code over ``message``, which is padded here.

    ``initial`` is the card's challenge, zero-filled on the right to one block. 3DES with a 16-byte key chains with
    the left half only and runs the last block through all of EDE (ISO/IEC 9797-1 algorithm 3); an 8-byte key is
    single DES throughout; SM4 is a plain CBC code (assumption: no published text gives the card's SM4 form).

    Raises: InvalidInput ``cipher-suite-unknown``, ``key-length-wrong``, ``block-length-wrong``.
    """
    padded = pad(suite, message)
    if suite == "3des" and len(key) == 16:
        left = Secret(key.reveal()[:8])
        chained = encrypt_cbc(suite, left, initial, padded)[-8:]
        return encrypt_ecb(suite, key, decrypt_ecb(suite, left, chained))[:4]
    return encrypt_cbc(suite, key, initial, padded)[-block_size(suite) :][:4]


def check_value(suite: str, key: Secret) -> str:
    """Return 6 upper-case hex digits that two custodians can compare: the first 3 bytes of E(key, zeros).

    Raises: InvalidInput ``cipher-suite-unknown``, ``key-length-wrong``.
    """
    return encrypt_ecb(suite, key, bytes(block_size(suite)))[:3].hex().upper()


def _cipher(
    suite: str, key: Secret, mode: modes.ECB | modes.CBC, blocks: bytes
) -> Cipher[modes.ECB | modes.CBC]:
    if len(blocks) % block_size(suite):
        raise _wrong_length(suite)
    if len(key) not in _KEY_LENGTHS[suite]:
        raise InvalidInput("key-length-wrong", N_("密钥长度不符合算法“%(suite)s”的要求。"), suite=suite)
    value = key.reveal()
    if suite == "sm4":
        return Cipher(SM4(value), mode)
    # The library takes 24 bytes only: K1 K2 K1, and for single DES K1 K1 K1.
    return Cipher(TripleDES(value + value + value if len(value) == 8 else value + value[:8]), mode)


def _encrypt(suite: str, key: Secret, mode: modes.ECB | modes.CBC, blocks: bytes) -> bytes:
    encryptor = _cipher(suite, key, mode, blocks).encryptor()
    return encryptor.update(blocks) + encryptor.finalize()


def _decrypt(suite: str, key: Secret, mode: modes.ECB | modes.CBC, blocks: bytes) -> bytes:
    decryptor = _cipher(suite, key, mode, blocks).decryptor()
    return decryptor.update(blocks) + decryptor.finalize()


def _initial_block(suite: str, initial: bytes) -> bytes:
    size = block_size(suite)
    if len(initial) > size:
        raise _wrong_length(suite)
    return initial.ljust(size, b"\x00")


def _wrong_length(suite: str) -> InvalidInput:
    return InvalidInput("block-length-wrong", N_("数据长度不是算法“%(suite)s”分组的整数倍。"), suite=suite)


__all__ = [
    "SUITES",
    "block_size",
    "check_value",
    "decrypt_cbc",
    "decrypt_ecb",
    "encrypt_cbc",
    "encrypt_ecb",
    "mac4",
    "pad",
]
