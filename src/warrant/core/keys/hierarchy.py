"""Master control key, provincial sub-key, card key: how each follows from the one above it.

Every usage has its own master control key, drawn at random; below it there are two steps of diversification::

    master control key --province factor--> provincial sub-key --certificate factor--> card key

Source: 2009 notice, 三(二) and 四(四); JT/T 825.8-2012 (the sister system's two levels); PBOC 2.0 (3DES form).
The SM4 form and the content of both factors are assumptions: no public text gives them.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, Literal, cast, get_args

from warrant.core.crypto import block
from warrant.core.crypto.secret import Secret
from warrant.core.errors import N_, InvalidInput

KeySuite = Literal["sm4", "3des"]
KEY_SUITES: Final[tuple[KeySuite, ...]] = get_args(KeySuite)
KEY_LENGTH: Final = 16
FACTOR_LENGTH: Final = 8
VERSION_MAX: Final = 255
"""The chip keeps a key version in one byte; 0 means the transport key."""

_PROVINCE_CODE: Final = re.compile(r"([1-9][0-9])(?:0000)?", re.ASCII)
_DIGITS: Final = re.compile(r"[0-9]{1,16}", re.ASCII)


class KeyUsage(StrEnum):
    """What a key is for; no key serves two purposes."""

    CARD_CONTROL = "card-control"
    MAINTENANCE = "maintenance"
    AUTHENTICITY = "authenticity"
    INSPECTION = "inspection"
    MAC = "mac"


def check_suite(suite: str) -> KeySuite:
    """Return ``suite`` if cards know it. Raises: InvalidInput ``cipher-suite-unknown``."""
    block.block_size(suite)
    return cast("KeySuite", suite)


def check_version(version: int) -> int:
    """Return ``version`` if it is 1 to 255. Raises: InvalidInput ``key-version-invalid``."""
    if not 1 <= version <= VERSION_MAX:
        raise InvalidInput("key-version-invalid", N_("密钥版本必须是 1 到 255 的整数。"), place="version")
    return version


def normal_province_code(code: str) -> str:
    """Return the two-digit province code of ``"32"`` or ``"320000"``.

    Raises: InvalidInput ``province-code-invalid``. Source: GB/T 2260.
    """
    match = _PROVINCE_CODE.fullmatch(code)
    if match is None:
        raise InvalidInput(
            "province-code-invalid",
            N_("省级行政区划代码“%(province)s”不正确。"),
            place="province",
            province=code,
        )
    return match[1]


def province_of_certificate(certificate_number: str) -> str:
    """Return the two-digit province code that an 11-digit certificate number begins with.

    Raises: InvalidInput ``certificate-number-invalid``, ``province-code-invalid``.
    """
    if len(certificate_number) != 11 or _DIGITS.fullmatch(certificate_number) is None:
        raise _bad_certificate_number(certificate_number)
    return normal_province_code(certificate_number[:2])


def province_factor(code: str) -> bytes:
    """Return 8 bytes: the six-digit division code as BCD, right-aligned (``32`` -> ``0000000000320000``).

    Raises: InvalidInput ``province-code-invalid``. Source: assumption.
    """
    return _bcd(normal_province_code(code) + "0000")


def certificate_factor(certificate_number: str) -> bytes:
    """Return 8 bytes: the number's decimal digits as BCD, right-aligned, zero-filled on the left.

    Raises: InvalidInput ``certificate-number-invalid``. Source: assumption, after PBOC 2.0 (rightmost 16 digits).
    """
    if _DIGITS.fullmatch(certificate_number) is None:
        raise _bad_certificate_number(certificate_number)
    return _bcd(certificate_number)


def diversify(suite: str, key: Secret, factor: bytes) -> Secret:
    """Return the 16-byte key below ``key`` for an 8-byte ``factor`` X.

    3DES: ``E(key, X) | E(key, NOT X)``. SM4: ``E(key, X | NOT X)`` in one block.
    Raises: InvalidInput ``factor-length-wrong``, ``cipher-suite-unknown``, ``key-length-wrong``.
    """
    if len(factor) != FACTOR_LENGTH:
        raise InvalidInput("factor-length-wrong", N_("分散因子必须是 8 字节。"))
    if len(key) != KEY_LENGTH:
        raise InvalidInput("key-length-wrong", N_("密钥长度不符合算法“%(suite)s”的要求。"), suite=suite)
    complement = bytes(byte ^ 0xFF for byte in factor)
    return Secret(block.encrypt_ecb(suite, key, factor + complement))


def _bcd(digits: str) -> bytes:
    return bytes.fromhex(digits.zfill(2 * FACTOR_LENGTH))


def _bad_certificate_number(text: str) -> InvalidInput:
    return InvalidInput(
        "certificate-number-invalid",
        N_("执法证件编号“%(number)s”不正确。"),
        place="certificate_number",
        number=text,
    )


__all__ = [
    "FACTOR_LENGTH",
    "KEY_LENGTH",
    "KEY_SUITES",
    "VERSION_MAX",
    "KeySuite",
    "KeyUsage",
    "certificate_factor",
    "check_suite",
    "check_version",
    "diversify",
    "normal_province_code",
    "province_factor",
    "province_of_certificate",
]
