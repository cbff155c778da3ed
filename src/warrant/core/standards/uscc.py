"""Unified social credit codes of organisations: 18 characters, the last of which checks the others.

Source: GB 32100-2015.
"""

from __future__ import annotations

from warrant.core.errors import N_, InvalidInput

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
LENGTH = 18


def check_character(body: str) -> str:
    """Return the check character for the first 17 characters."""
    total = sum(weight * ALPHABET.index(character) for weight, character in zip(WEIGHTS, body, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def check(text: str) -> str:
    """Return the code in upper case without blanks.

    Raises: InvalidInput: "uscc-length", "uscc-characters", "uscc-checksum".
    """
    code = "".join(text.split()).upper()
    if len(code) != LENGTH:
        raise InvalidInput(
            "uscc-length",
            N_("统一社会信用代码 %(value)s 有 %(length)s 位，应为 18 位"),
            value=code,
            length=len(code),
        )
    if any(character not in ALPHABET for character in code):
        raise InvalidInput(
            "uscc-characters",
            N_("统一社会信用代码 %(value)s 含有不允许的字符（不使用 I、O、S、V、Z）"),
            value=code,
        )
    if check_character(code[:17]) != code[17]:
        raise InvalidInput(
            "uscc-checksum", N_("统一社会信用代码 %(value)s 校验位不符；请对照证书核对"), value=code
        )
    return code
