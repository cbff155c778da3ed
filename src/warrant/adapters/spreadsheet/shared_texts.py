"""How long the shared texts of an .xls file are, without making them: one that stands in many cells is made as often.

Source: [MS-XLS] 2.4.265 (SST), 2.4.58 (Continue), 2.5.293 (XLUnicodeRichExtendedString).
"""

from __future__ import annotations

import struct
from array import array

from warrant.adapters.spreadsheet.archive import too_large
from warrant.adapters.spreadsheet.bounds import MOST_SHARED_TEXTS

_WIDE, _EXTENDED, _RICH = 0x01, 0x04, 0x08
_BYTES_A_CHARACTER = 3
"""At most, in UTF-8."""


class SharedTexts:
    """The lengths of the shared texts, read record after record.

    A table that is not laid out as described is not followed further: the texts behind count as long as all that
    follows, which no text can exceed.
    """

    def __init__(self) -> None:
        self._sizes = array("I")
        self._rest = b""
        self._characters = 0
        self._skip = 0
        self._trailing = 0
        self._unfollowed = 0
        self._is_lost = False

    def begin(self, body: bytes) -> None:
        """Take the record that begins the table: two counts, then texts."""
        self._take(body[8:])

    def go_on(self, body: bytes) -> None:
        """Take a record that continues it; within the characters of a text it begins with their width anew."""
        if self._characters:
            wide, body = bool(body[:1] and body[0] & _WIDE), body[1:]
            self._unfollowed += len(body)
            body = self._without_characters(body, wide=wide)
            if self._characters:
                return
            self._end_characters()
            self._read(body)
            return
        self._take(self._rest + body)

    def _take(self, body: bytes) -> None:
        self._unfollowed += len(body) - len(self._rest)
        self._rest = b""
        self._read(body)

    def _read(self, body: bytes) -> None:
        """Follow whole texts; what is left of a head or of what trails a text waits for the next record."""
        while body:
            if self._skip:
                skipped = min(self._skip, len(body))
                self._skip -= skipped
                body = body[skipped:]
                continue
            if self._is_lost:
                return
            head = _head_bytes(body)
            if len(body) < head:
                self._rest = body
                return
            characters, flags = struct.unpack_from("<HB", body)
            runs = struct.unpack_from("<H", body, 3)[0] if flags & _RICH else 0
            extra = (
                struct.unpack_from("<I", body, 3 + (2 if flags & _RICH else 0))[0] if flags & _EXTENDED else 0
            )
            self._sizes.append(_BYTES_A_CHARACTER * characters)
            if len(self._sizes) > MOST_SHARED_TEXTS:
                raise too_large()
            self._characters, self._trailing = characters, 4 * runs + extra
            body = self._without_characters(body[head:], wide=bool(flags & _WIDE))
            if self._characters:
                return
            self._end_characters()

    def _without_characters(self, body: bytes, *, wide: bool) -> bytes:
        width = 2 if wide else 1
        here = min(self._characters, len(body) // width)
        self._characters -= here
        if self._characters and len(body) != here * width:
            self._is_lost, self._characters = True, 0
            return b""
        return body[here * width :]

    def _end_characters(self) -> None:
        self._skip, self._trailing = self._trailing, 0

    def size_of(self, number: int) -> int:
        """Return how many bytes a text has at most once it is made."""
        if number < len(self._sizes):
            return self._sizes[number]
        return _BYTES_A_CHARACTER * self._unfollowed if self._is_lost else 0


def _head_bytes(body: bytes) -> int:
    """Return how many bytes stand before the characters: length, flags, and what the flags announce."""
    if len(body) < 3:
        return 3
    flags = body[2]
    return 3 + (2 if flags & _RICH else 0) + (4 if flags & _EXTENDED else 0)
