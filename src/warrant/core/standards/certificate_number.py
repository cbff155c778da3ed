"""Certificate numbers: 11 digits: two of the issuing province, eight of serial, one check digit.

Source: assumption (the official format was not found); check digit ISO/IEC 7064, MOD 11,10.
"""

from __future__ import annotations

from warrant.core.errors import N_, InvalidInput

LENGTH = 11
LARGEST_SERIAL = 99_999_999


def check_digit(body: str) -> str:
    """Return the check digit for the first ten digits. Source: ISO/IEC 7064:2003, 9.2 (MOD 11,10)."""
    remainder = 10
    for digit in body:
        remainder = (remainder + int(digit)) % 10 or 10
        remainder = remainder * 2 % 11
    return str((11 - remainder) % 10)


def make(province: str, serial: int) -> str:
    """Make the number from the two-digit province code and a serial from 1 to 99,999,999.

    Raises: InvalidInput: "certificate-number-province", "certificate-number-serial".
    """
    if len(province) != 2 or not (province.isascii() and province.isdigit()):
        raise InvalidInput(
            "certificate-number-province", N_("省级代码 %(value)s 应为两位数字"), value=province
        )
    if not 1 <= serial <= LARGEST_SERIAL:
        raise InvalidInput(
            "certificate-number-serial", N_("证件流水号 %(value)s 超出 1 至 99999999"), value=serial
        )
    body = f"{province}{serial:08d}"
    return body + check_digit(body)


def check(text: str) -> str:
    """Return the number as 11 ASCII digits; blanks, hyphens and full-width digits are accepted on input.

    Raises: InvalidInput("certificate-number-invalid").
    """
    digits = "".join(
        chr(ord(character) - 0xFEE0) if "\uff10" <= character <= "\uff19" else character
        for character in text
        if not character.isspace() and character not in "-‐–—"
    )
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdigit()):
        raise InvalidInput("certificate-number-invalid", N_("证件编号应为 11 位数字；请对照证件核对"))
    if check_digit(digits[:10]) != digits[10]:
        raise InvalidInput("certificate-number-invalid", N_("证件编号至少有一位有误；请对照证件逐位核对"))
    return digits
