"""Secure messaging: a MAC on a command, encryption of its field, and the two authentications.

Both suites follow the same steps; SM4 has blocks of 16 bytes where DES has 8, so its initial value is the
challenge filled with zeros to 16 (assumption: no published text gives the SM4 form).

Source: FMCOS 2.0 manual, 11.3 (MAC), 11.4 (encryption), 7.1 and 7.3 (authentications).
"""

from __future__ import annotations

from dataclasses import replace

from warrant.core.chip.apdu import Command
from warrant.core.crypto.block import block_size, encrypt_ecb, mac4
from warrant.core.crypto.secret import Secret

MAC_LENGTH = 4
CHALLENGE_LENGTH = 4


def initial_value(suite: str, challenge: bytes) -> bytes:
    """Return the challenge (4 or 8 bytes) zero-filled on the right to one block."""
    return challenge.ljust(block_size(suite), b"\x00")


def pad_if_needed(suite: str, field: bytes) -> bytes:
    """Append 80 00… only if ``field`` is no multiple of the block (unlike the MAC, which always pads)."""
    size = block_size(suite)
    if len(field) % size == 0:
        return field
    return field + b"\x80" + bytes(-(len(field) + 1) % size)


def encrypt_field(suite: str, key: Secret, field: bytes) -> bytes:
    """Return E(length byte ‖ field ‖ padding), block by block."""
    return encrypt_ecb(suite, key, pad_if_needed(suite, bytes((len(field),)) + field))


def with_mac(suite: str, key: Secret, challenge: bytes, command: Command) -> Command:
    """Return the command with its 4-byte MAC behind the field; Lc in the MAC counts the MAC itself."""
    header = bytes((command.cla, command.ins, command.p1, command.p2, len(command.field) + MAC_LENGTH))
    code = mac4(suite, key, initial_value(suite, challenge), header + command.field)
    return replace(command, field=command.field + code)


def with_encryption_and_mac(suite: str, key: Secret, challenge: bytes, command: Command) -> Command:
    """Return the command with its field encrypted, then the MAC over the encrypted field."""
    encrypted = replace(command, field=encrypt_field(suite, key, command.field))
    return with_mac(suite, key, challenge, encrypted)


def authentication_cryptogram(suite: str, key: Secret, challenge: bytes) -> bytes:
    """Return what EXTERNAL AUTHENTICATE sends: the encrypted challenge, one block."""
    return encrypt_ecb(suite, key, initial_value(suite, challenge))
