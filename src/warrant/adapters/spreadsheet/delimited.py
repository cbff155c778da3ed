"""CSV and tab-separated text in the encodings that offices use."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from warrant.adapters.spreadsheet.bounds import Extent, unreadable
from warrant.core.roster.grid import Cells, Sheet, StreamedRows

_QUOTED_AS_FORMULA = re.compile(r'="([^"]*)"')
"""The usual trick to keep a long number as text in CSV; it is quoting, not a formula."""


SEPARATORS = ",\t;，|"
HEAD_CHARACTERS = 20_000


def decode(content: bytes) -> str:
    """Decode by byte-order mark, else as UTF-16 where every other byte is empty, else as UTF-8, else as GB18030.

    Raises: InvalidInput("file-unreadable") when none fits, or the content is binary.
    """
    candidates = ["utf-8-sig", "gb18030"]
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif b"\0" in content[:HEAD_CHARACTERS]:
        head = content[:HEAD_CHARACTERS]
        is_little = head[1::2].count(0) > head[::2].count(0)
        candidates = ["utf-16-le" if is_little else "utf-16-be"]
    for encoding in candidates:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and not _has_controls(text[:HEAD_CHARACTERS]):
            return text
    raise unreadable()


def _has_controls(text: str) -> bool:
    """Say whether there are control characters that no text has: then it is no text."""
    return _CONTROLS.search(text) is not None


_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def read_delimited(content: bytes, sheet_name: str) -> Sheet:
    """Read one sheet; the separator is the one that cuts most of the first lines into equally many cells.

    Raises: InvalidInput: "file-unreadable", "sheet-too-large".
    """
    text = decode(content)
    separator = _separator(text[:HEAD_CHARACTERS])
    extent = Extent()
    length = 0
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            extent.reach(length, max(0, len(cells) - 1))
            length += 1
    except csv.Error as error:
        raise unreadable() from error
    return Sheet(name=sheet_name, rows=StreamedRows(lambda: _rows(text, separator), length))


def _rows(text: str, separator: str) -> Iterator[Cells]:
    for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
        yield [_QUOTED_AS_FORMULA.sub(r"\1", cell) if cell[:1] == "=" else cell for cell in cells]


def _separator(head: str) -> str:
    """Return the separator under which most lines have the same number of cells, the more cells the better."""

    def sense(separator: str) -> tuple[int, int]:
        try:
            rows = list(csv.reader(io.StringIO(head, newline=""), delimiter=separator))[:40]
        except csv.Error:
            return (0, 0)
        widths = Counter(len(row) for row in rows if len(row) > 1)
        width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(0, 0))
        return (count * min(width, 6), width)

    return max(SEPARATORS, key=sense)
