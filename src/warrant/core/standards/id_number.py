"""Citizen identity numbers: 18 characters, of which the last is a check character.

Source: GB 11643-1999.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from warrant.core.errors import N_, InvalidInput

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
LENGTH = 18
OLD_LENGTH = 15
_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_IN_TEXT = re.compile(
    r"(?<![0-9A-Za-z])([1-9][0-9]{5})((?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{2})"
    r"([0-9][0-9Xx])(?![0-9A-Za-z])"
)


@dataclass(frozen=True)
class IdNumber:
    """A checked identity number and what it says. ``sex_code`` is of GB/T 2261.1 (1 male, 2 female)."""

    text: str
    born_on: date
    sex_code: str

    @property
    def area_code(self) -> str:
        """Six digits of where the number was first given. May be a retired code: never rejected."""
        return self.text[:6]

    @property
    def masked(self) -> str:
        """The form for screens: first six and last two characters, ten stars between."""
        return f"{self.text[:6]}{'*' * 10}{self.text[-2:]}"


def check_character(body: str) -> str:
    """Return the check character for the first 17 digits."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body, strict=True))
    return CHECK_CHARACTERS[total % 11]


def without_id_numbers(text: str) -> str:
    """Return ``text`` with the middle of everything starred that reads like an ID number, its check character or not.

    For texts that people type freely and for lines of logs: a number may slip into either.
    """
    return _IN_TEXT.sub(lambda found: f"{found[1]}{'*' * len(found[2])}{found[3]}", text)


def check(text: str) -> IdNumber:
    """Check a number that is already normalised (ASCII, upper-case X, no blanks): length, form, date, check character.

    The area code is not looked up: numbers with retired areas, and 81/82/83 residence permits, are valid.

    Raises: InvalidInput: "id-length", "id-characters", "id-date", "id-checksum".
    """
    if len(text) == OLD_LENGTH and text.isascii() and text.isdigit():
        raise InvalidInput(
            "id-length",
            N_("身份证号码 %(value)s 是 15 位旧号码，已停止使用；请按现行居民身份证填写 18 位号码"),
            value=text,
        )
    if len(text) != LENGTH:
        raise InvalidInput(
            "id-length",
            N_("身份证号码 %(value)s 有 %(length)s 位，应为 18 位；请对照居民身份证补正"),
            value=text,
            length=len(text),
        )
    if not _SHAPE.fullmatch(text):
        raise InvalidInput(
            "id-characters",
            N_("身份证号码 %(value)s 含有不允许的字符；前 17 位只能是数字，末位是数字或 X"),
            value=text,
        )
    try:
        born_on = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError as error:
        raise InvalidInput(
            "id-date",
            N_("身份证号码 %(value)s 第 7 至 14 位 %(digits)s 不是真实日期；请对照居民身份证改正"),
            value=text,
            digits=text[6:14],
        ) from error
    if check_character(text[:17]) != text[17]:
        raise InvalidInput(
            "id-checksum",
            N_("身份证号码 %(value)s 校验位不符，至少有一位录错；请对照居民身份证逐位核对"),
            value=text,
        )
    return IdNumber(text=text, born_on=born_on, sex_code="1" if int(text[16]) % 2 else "2")
