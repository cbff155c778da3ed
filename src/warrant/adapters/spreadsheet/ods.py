"""What the reading library does not show of .ods files: formula cells, how far cells reach, and encryption.

Source: OASIS OpenDocument 1.2 part 1, 9.1 (tables), 19.642 (table:formula), 19.675-19.677 (repetition); part 3, 4 (manifest).
"""

from __future__ import annotations

from collections.abc import Mapping
from zipfile import ZipFile

from warrant.adapters.spreadsheet.bounds import check_place, protected, unreadable
from warrant.adapters.spreadsheet.markup import scan
from warrant.adapters.spreadsheet.xlsx import Formulas


def check_unprotected(archive: ZipFile) -> None:
    """Raises: InvalidInput("file-protected") when the manifest lists an encrypted part."""

    def start(tag: str, _: Mapping[str, str]) -> None:
        if tag == "encryption-data":
            raise protected()

    if "META-INF/manifest.xml" in archive.NameToInfo:
        with archive.open("META-INF/manifest.xml") as stream:
            scan(stream, start)


class _ContentScan:
    """Follows tables, rows and cells with their repetitions."""

    def __init__(self) -> None:
        self.by_sheet: dict[str, Formulas] = {}
        self.sheet = ""
        self.row = 0
        self.row_repeats = 1
        self.column = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "table":
            self.sheet = attributes.get("name", "")
            self.by_sheet[self.sheet] = {}
            self.row = 0
        elif tag == "table-row":
            self.column = 0
            self.row_repeats = _repeats(attributes, "number-rows-repeated")
        elif tag in ("table-cell", "covered-table-cell"):
            self._cell(attributes)

    def _cell(self, attributes: Mapping[str, str]) -> None:
        repeats = _repeats(attributes, "number-columns-repeated")
        if "value-type" in attributes or "formula" in attributes:
            check_place(self.row + self.row_repeats - 1, self.column + repeats - 1)
        formula = attributes.get("formula", "")
        if formula and self.sheet in self.by_sheet:
            shown = "=" + formula.partition("=")[2]
            for row in range(self.row, self.row + self.row_repeats):
                for column in range(self.column, self.column + repeats):
                    self.by_sheet[self.sheet][row, column] = shown
        self.column += repeats

    def end(self, tag: str) -> None:
        if tag == "table-row":
            self.row += self.row_repeats


def _repeats(attributes: Mapping[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def formulas_by_sheet(archive: ZipFile) -> dict[str, Formulas]:
    """Return the formulas of every table by its name, having checked that no filled cell lies out of bounds.

    Raises: InvalidInput.
    """
    follower = _ContentScan()
    if "content.xml" not in archive.NameToInfo:
        raise unreadable()
    with archive.open("content.xml") as stream:
        scan(stream, follower.start, follower.end)
    return follower.by_sheet
