"""CSV and tab-separated text in the encodings that offices use."""

from __future__ import annotations

import codecs
import csv
import io
import re

from warrant.adapters.spreadsheet.bounds import check_place, unreadable
from warrant.core.roster.grid import CellValue, Sheet

_QUOTED_AS_FORMULA = re.compile(r'="([^"]*)"')
"""The usual trick to keep a long number as text in CSV; it is quoting, not a formula."""


def decode(content: bytes) -> str:
    """Decode by byte-order mark, else as UTF-8, else as GB18030.

    Raises: InvalidInput("file-unreadable") when none fits, or the content is binary.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8-sig", "gb18030"]
    for encoding in candidates:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise unreadable()


def read_delimited(content: bytes, sheet_name: str) -> Sheet:
    """Read one sheet; the separator is the one of comma, tab and semicolon that the first lines use most.

    Raises: InvalidInput: "file-unreadable", "sheet-too-large".
    """
    text = decode(content)
    head = "\n".join(text.splitlines()[:20])
    separator = max(",\t;", key=head.count)
    rows: list[list[CellValue]] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            check_place(len(rows), max(0, len(cells) - 1))
            rows.append([_QUOTED_AS_FORMULA.sub(r"\1", cell) for cell in cells])
    except csv.Error as error:
        raise unreadable() from error
    return Sheet(name=sheet_name, rows=rows)
