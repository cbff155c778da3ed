"""What somebody typed into the one search box: a name, a certificate number, or (a part of) an ID number."""

from __future__ import annotations

import re
from enum import Enum

from warrant.core.roster.text import half_width, is_ideograph, without_blanks

LONGEST_TOKEN = 60
LAST_CHARACTER = "\U0010ffff"

_ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
_ID_TAIL = re.compile(r"[0-9]{3}[0-9X]")
_CERTIFICATE_NUMBER = re.compile(r"[0-9]{11}")


class Typed(Enum):
    """What a typed text is taken for."""

    NOTHING = "nothing"
    NAME = "name"
    CERTIFICATE_NUMBER = "certificate-number"
    ID_NUMBER = "id-number"
    ID_TAIL = "id-tail"


def search_form(text: str) -> str:
    """Return typed text in the form of the tokens: no blanks, dots or apostrophes, letters in lower case."""
    folded = "".join(
        character for character in text.casefold() if character.isalnum() or is_ideograph(character)
    )
    return folded.replace("ü", "v")[:LONGEST_TOKEN]


def id_number_form(text: str) -> str:
    """Return typed text in the normal form of ID numbers."""
    return half_width(without_blanks(text)).upper()


def kind_of(text: str) -> Typed:
    """Tell what ``text`` is; four characters of which three or four are digits are the end of an ID number."""
    plain = id_number_form(text)
    if not plain:
        return Typed.NOTHING
    if _ID_NUMBER.fullmatch(plain):
        return Typed.ID_NUMBER
    if _ID_TAIL.fullmatch(plain):
        return Typed.ID_TAIL
    if _CERTIFICATE_NUMBER.fullmatch(plain.replace("-", "")):
        return Typed.CERTIFICATE_NUMBER
    return Typed.NAME
