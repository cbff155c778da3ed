"""What the reading library does not show of .xls files: formula cells, hidden rows, how far cells reach, encryption.

Only the walk over the records is done here: a compound file is a chain of sectors, its ``Workbook`` stream a chain of
records of type, length and body. Source: [MS-CFB] 2.2-2.6; [MS-XLS] 2.3 (record numbers), 2.4.127 (Formula), 2.4.149
(LabelSst), 2.4.221 (Row), 2.4.265 (SST), 2.5.293 (XLUnicodeRichExtendedString).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from warrant.adapters.spreadsheet.archive import too_large
from warrant.adapters.spreadsheet.bounds import LARGEST_TEXT_BYTES, Extent, protected, unreadable
from warrant.adapters.spreadsheet.shared_texts import SharedTexts
from warrant.adapters.spreadsheet.xlsx import Unseen

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END_OF_CHAIN = 0xFFFFFFFA
_DIRECTORY_ENTRY_BYTES = 128
_BOF, _FILEPASS, _BOUNDSHEET, _FORMULA = 0x0809, 0x002F, 0x0085, 0x0006
_CELL_RECORDS = frozenset({0x0006, 0x00BD, 0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E})
_MULTIPLE_NUMBERS, _SHARED_TEXT = 0x00BD, 0x00FD
_ROW, _SST, _CONTINUE = 0x0208, 0x00FC, 0x003C
_ROW_IS_HIDDEN = 0x20
_ENCRYPTED_PACKAGE = "EncryptedPackage"


class CompoundFile:
    """A read-only compound file held in memory. Every malformed structure raises the same refusal."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        try:
            self._read_header()
        except (struct.error, ValueError, IndexError) as error:
            raise unreadable() from error

    def _read_header(self) -> None:
        header = self._content[:512]
        sector_shift, mini_shift = struct.unpack_from("<HH", header, 30)
        if sector_shift not in (9, 12) or mini_shift != 6:
            raise unreadable()
        self._sector_bytes = 1 << sector_shift
        directory_start, _, self._mini_cutoff, mini_table_start = struct.unpack_from("<IIII", header, 48)
        fat_sectors = [sector for sector in struct.unpack_from("<109I", header, 76) if sector < _END_OF_CHAIN]
        next_list = struct.unpack_from("<I", header, 68)[0]
        entries = self._sector_bytes // 4
        seen = 0
        while next_list < _END_OF_CHAIN and seen < 1000:
            words = struct.unpack(f"<{entries}I", self._sector(next_list))
            fat_sectors += [sector for sector in words[:-1] if sector < _END_OF_CHAIN]
            next_list = words[-1]
            seen += 1
        table = b"".join(self._sector(sector) for sector in fat_sectors)
        self._table = struct.unpack(f"<{len(table) // 4}I", table)
        directory = self._chain(directory_start)
        self._streams: dict[str, tuple[int, int]] = {}
        root = (0xFFFFFFFF, 0)
        for at in range(0, len(directory) - _DIRECTORY_ENTRY_BYTES + 1, _DIRECTORY_ENTRY_BYTES):
            entry = directory[at : at + _DIRECTORY_ENTRY_BYTES]
            name_bytes = struct.unpack_from("<H", entry, 64)[0]
            name = entry[: max(0, min(name_bytes, 64) - 2)].decode("utf-16-le", "replace")
            start, size = struct.unpack_from("<II", entry, 116)
            if entry[66] == 5:
                root = (start, size)
            elif entry[66] == 2:
                self._streams[name] = (start, size)
        self._mini = self._chain(root[0]) if root[0] < _END_OF_CHAIN else b""
        mini_table = self._chain(mini_table_start) if mini_table_start < _END_OF_CHAIN else b""
        self._mini_table = struct.unpack(f"<{len(mini_table) // 4}I", mini_table)

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._sector_bytes
        sector = self._content[start : start + self._sector_bytes]
        return sector.ljust(self._sector_bytes, b"\0") if sector else _fail()

    def _chain(self, first: int) -> bytes:
        parts: list[bytes] = []
        sector = first
        while sector < _END_OF_CHAIN:
            if len(parts) > len(self._table):
                raise unreadable()
            parts.append(self._sector(sector))
            sector = self._table[sector]
        return b"".join(parts)

    @property
    def is_encrypted_package(self) -> bool:
        """Say whether this wraps a workbook of the newer format under a password."""
        return _ENCRYPTED_PACKAGE in self._streams

    def workbook(self) -> bytes:
        """Return the ``Workbook`` stream.

        Raises: InvalidInput("file-unreadable").
        """
        found = self._streams.get("Workbook") or self._streams.get("Book")
        if found is None:
            raise unreadable()
        start, size = found
        try:
            if size >= self._mini_cutoff:
                return self._chain(start)[:size]
            parts: list[bytes] = []
            while start < _END_OF_CHAIN and len(parts) <= len(self._mini_table):
                parts.append(self._mini[start * 64 : start * 64 + 64])
                start = self._mini_table[start]
        except IndexError as error:
            raise unreadable() from error
        return b"".join(parts)[:size]


def _fail() -> bytes:
    raise unreadable()


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield at, kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def unseen_in_order(content: bytes) -> list[Unseen]:
    """Return what is not shown of every sheet in the order of the workbook, having checked bounds.

    The formula's own text is stored compiled, so every formula reads ``=…``.
    Raises: InvalidInput: "file-protected", "file-too-large", "sheet-too-large", "file-unreadable".
    """
    file = CompoundFile(content)
    if file.is_encrypted_package:
        raise protected()
    walk = _Walk()
    try:
        for at, kind, body in _records(file.workbook()):
            walk.take(at, kind, body)
    except (struct.error, IndexError) as error:
        raise unreadable() from error
    return walk.in_order()


class _Walk:
    """Follows the records of a workbook: the shared texts first, then sheet after sheet."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._by_start: dict[int, Unseen] = {}
        self._current = Unseen()
        self._extent = Extent()
        self._depth = 0
        self._texts = SharedTexts()
        self._text_bytes = 0
        self._before = 0

    def take(self, at: int, kind: int, body: bytes) -> None:
        """Take the next record, which begins at ``at``."""
        if kind == _FILEPASS:
            raise protected()
        if kind == _BOUNDSHEET:
            self._starts.append(struct.unpack_from("<I", body)[0])
        elif kind == _SST:
            self._texts.begin(body)
        elif kind == _CONTINUE and self._before == _SST:
            self._texts.go_on(body)
            return
        elif kind == _BOF:
            self._depth += 1
            if self._depth == 1:
                self._current = self._by_start.setdefault(at, Unseen())
                self._extent.next_sheet()
        elif kind == 0x000A:
            self._depth = max(0, self._depth - 1)
        elif self._depth == 1 and kind == _ROW:
            if body[12] & _ROW_IS_HIDDEN:
                self._current.hide(struct.unpack_from("<H", body)[0])
        elif self._depth == 1 and kind in _CELL_RECORDS:
            self._cell(kind, body)
        self._before = kind

    def _cell(self, kind: int, body: bytes) -> None:
        row, column = struct.unpack_from("<HH", body)
        further = (len(body) - 6) // 6 - 1 if kind == _MULTIPLE_NUMBERS else 0
        self._extent.reach(row, column + max(0, further))
        if kind == _FORMULA:
            self._current.formulas[row, column] = "=…"
        elif kind == _SHARED_TEXT:
            self._text_bytes += self._texts.size_of(struct.unpack_from("<I", body, 6)[0])
            if self._text_bytes > LARGEST_TEXT_BYTES:
                raise too_large()

    def in_order(self) -> list[Unseen]:
        """Return the sheets in the order of the workbook."""
        return [self._by_start.get(start, Unseen()) for start in self._starts]
