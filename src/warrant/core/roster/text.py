"""Repairs of text, each told apart so that every one can be shown: hidden characters, width, blanks, dots, quotes."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime

from warrant.core.roster.grid import CellValue

NAME_DOT = "·"
"""U+00B7, the one dot that joins the parts of a name (GB/T 15834 and identity cards use the same)."""

DOT_LOOKALIKES = frozenset("•.・‧∙⋅･．。▪●⸱ᐧ﹒｡·･・⦁◦˙")
APOSTROPHES = "'‘’`´＇ʼ′\"“”"
X_LOOKALIKES = frozenset("xXχХх×✕ＸｘⅩⅹ*")
PLACEHOLDERS = frozenset(
    {"无", "/", "\\", "-", "--", "—", "——", "－", "暂无", "空", "N/A", "n/a", "NA", "#N/A"}
)
"""What people type to say "nothing here"."""

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf"})
_LINE_BREAKS = frozenset("\n\r\t")
_UNUSUAL = re.compile(r"[^\n\r\t -~\u00b7\u2014\u2018-\u201d\u3000-\u3020\u4e00-\u9fff\uff01-\uff5e]")
"""What may be hidden stands among these; looking for it first spares most texts a look at every character."""
_FULL_WIDTH = re.compile(r"[\uff01-\uff5e]")
_BLANK_TEXTS = frozenset({"", *PLACEHOLDERS})
_SOLID = frozenset("0123456789男女公事大本汉江苏")
"""Characters with which no sign for "nothing" begins; many cells begin with one of them."""


def text_of(value: CellValue) -> str:
    """Return the cell as the text a person sees: whole floats without ``.0``, dates in ISO form, nothing as empty."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        at_midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if at_midnight else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def is_blank(value: CellValue) -> bool:
    """Say whether a cell holds nothing, or a sign that stands for nothing."""
    if type(value) is str:
        return value in _BLANK_TEXTS or (
            value[0] not in _SOLID and without_hidden(value).strip() in _BLANK_TEXTS
        )
    return value is None or without_hidden(text_of(value)).strip() in _BLANK_TEXTS


def without_hidden(text: str) -> str:
    """Drop characters that cannot be seen: zero-width ones, marks of direction, control characters, variation selectors."""
    if _UNUSUAL.search(text) is None:
        return text
    return "".join(character for character in text if not _is_hidden(character))


def _is_hidden(character: str) -> bool:
    if character in _LINE_BREAKS:
        return False
    if unicodedata.category(character) in _HIDDEN_CATEGORIES:
        return True
    point = ord(character)
    return 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF or point in (0x115F, 0x3164, 0x2800)


def without_blanks(text: str) -> str:
    """Drop every kind of blank, also full-width and no-break ones."""
    return "".join(text.split())


def half_width(text: str) -> str:
    """Turn full-width ASCII (U+FF01 to U+FF5E) into plain ASCII; nothing else."""
    if _FULL_WIDTH.search(text) is None:
        return text
    return "".join(
        chr(ord(character) - 0xFEE0) if 0xFF01 <= ord(character) <= 0xFF5E else character
        for character in text
    )


def with_name_dots(text: str) -> str:
    """Turn every look-alike of the name dot into U+00B7."""
    return "".join(NAME_DOT if character in DOT_LOOKALIKES else character for character in text)


def is_ideograph(character: str) -> bool:
    """Say whether the character is a Chinese one, including extensions A to J and the compatibility block."""
    point = ord(character)
    return (
        0x3400 <= point <= 0x4DBF
        or 0x4E00 <= point <= 0x9FFF
        or 0xF900 <= point <= 0xFAFF
        or 0x20000 <= point <= 0x3FFFF
        or point == 0x3007
    )


def is_private_use(character: str) -> bool:
    """Say whether the character has a meaning only on the machine that typed it."""
    return unicodedata.category(character) == "Co"


def heading_form(text: str) -> str:
    """Return a heading in the form in which headings are compared: no blanks, marks or remarks in brackets."""
    plain = unicodedata.normalize("NFKC", without_hidden(text))
    plain = without_blanks(plain)
    while plain.endswith(")") and "(" in plain[1:]:
        plain = plain[: plain.rindex("(")]
    return re.sub(r"^[*★※:_-]+|[*★※:_-]+$", "", plain).replace("/", "").replace("、", "")
