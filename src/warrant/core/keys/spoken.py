"""Fingerprints that two people compare over the telephone: one reads aloud, the other types what was heard.

Eight groups of five decimal digits: four of the fingerprint, the fifth checks them. A slip of the ear or the finger is
so found at its group; what is well-formed and still differs is no slip. 32 digits are 106 bits, more than anybody can
search for a second key or package with the same number.

Source: ISO/IEC 7064, MOD 11,10 (the fifth digit); the form is ours (assumption K7).
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from warrant.core.crypto.digest import sha256
from warrant.core.errors import N_, InvalidInput
from warrant.core.standards.certificate_number import check_digit

GROUPS: Final = 8
GROUP_LENGTH: Final = 5
TYPED_MAX: Final = 120
_BETWEEN: Final = re.compile(r"[\s,，.、-]+")
_DIGITS: Final = re.compile(rf"[0-9]{{{GROUPS * GROUP_LENGTH}}}", re.ASCII)
_DOMAIN: Final = b"warrant spoken fingerprint 1\x00"


class Spoken(StrEnum):
    """What a number is the fingerprint of; no number of the one can stand for the other."""

    RECEIVING_KEY = "receiving-key"
    PACKAGE = "package"


def spoken_fingerprint(subject: Spoken, digest: bytes) -> str:
    """Return what is read aloud of a SHA-256 digest: ``12345 ...``, eight groups."""
    number = int.from_bytes(sha256(_DOMAIN + subject.value.encode("ascii") + b"\x00" + digest))
    groups = []
    for _ in range(GROUPS):
        number, four = divmod(number, 10_000)
        groups.append(f"{four:04d}{check_digit(f'{four:04d}')}")
    return " ".join(groups)


def read_spoken(text: str, place: str) -> str:
    """Return what was typed in the form of :func:`spoken_fingerprint`; blanks, hyphens and commas do no harm.

    Raises: InvalidInput ``spoken-malformed``; ``spoken-slip`` with the number of the group that does not check.
    """
    digits = _BETWEEN.sub("", text[:TYPED_MAX])
    if _DIGITS.fullmatch(digits) is None:
        raise InvalidInput("spoken-malformed", N_("应为 8 组数字，每组 5 位"), place=place)
    groups = [digits[at : at + GROUP_LENGTH] for at in range(0, len(digits), GROUP_LENGTH)]
    for number, group in enumerate(groups, 1):
        if check_digit(group[:-1]) != group[-1]:
            raise InvalidInput(
                "spoken-slip",
                N_("第 %(group)s 组听错或输错：请对方重读这一组"),
                place=place,
                group=number,
            )
    return " ".join(groups)


__all__ = ["GROUPS", "GROUP_LENGTH", "TYPED_MAX", "Spoken", "read_spoken", "spoken_fingerprint"]
