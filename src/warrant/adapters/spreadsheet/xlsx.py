"""What the reading library does not show of .xlsx files: formula cells, and how far the cells reach.

Source: ISO/IEC 29500-1, 18.3.1 (worksheets), 18.2.19 (sheets).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from zipfile import ZipFile

from warrant.adapters.spreadsheet.bounds import check_place, unreadable
from warrant.adapters.spreadsheet.markup import scan

Formulas = dict[tuple[int, int], str]
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


def formulas_by_sheet(archive: ZipFile) -> dict[str, Formulas]:
    """Return the formulas of every worksheet by its name, having checked that no filled cell lies out of bounds.

    Raises: InvalidInput.
    """
    return {
        name: _scan_sheet(archive, part)
        for name, part in _parts(archive).items()
        if part in archive.NameToInfo
    }


def _parts(archive: ZipFile) -> dict[str, str]:
    targets: dict[str, str] = {}
    names: dict[str, str] = {}

    def relationship(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "Relationship" and "Id" in attributes:
            target = attributes.get("Target", "")
            absolute = target[1:] if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            targets[attributes["Id"]] = absolute

    def sheet(tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "sheet" and "name" in attributes:
            names[attributes["name"]] = attributes.get("id", "")

    try:
        with archive.open("xl/_rels/workbook.xml.rels") as stream:
            scan(stream, relationship)
        with archive.open("xl/workbook.xml") as stream:
            scan(stream, sheet)
    except KeyError as error:
        raise unreadable() from error
    return {name: targets.get(identifier, "") for name, identifier in names.items()}


class _SheetScan:
    """Follows rows and cells; a missing reference means "the next one"."""

    def __init__(self) -> None:
        self.formulas: Formulas = {}
        self.row = -1
        self.column = -1
        self.is_filled = False
        self.formula: list[str] | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "row":
            number = attributes.get("r", "")
            self.row = int(number) - 1 if number.isdigit() else self.row + 1
            self.column = -1
        elif tag == "c":
            self._place(attributes.get("r", ""))
        elif tag == "f":
            self.formula = []
        elif tag in ("v", "is"):
            check_place(self.row, self.column)

    def _place(self, reference: str) -> None:
        found = _REFERENCE.fullmatch(reference)
        if found is None:
            self.column += 1
            return
        self.row = int(found.group(2)) - 1
        self.column = column_index(found.group(1))

    def text(self, text: str) -> None:
        if self.formula is not None:
            self.formula.append(text)

    def end(self, tag: str) -> None:
        if tag == "f" and self.formula is not None:
            check_place(self.row, self.column)
            self.formulas[self.row, self.column] = "=" + ("".join(self.formula) or "…")
            self.formula = None


def column_index(letters: str) -> int:
    """Return the zero-based index of a column named A, B … XFD."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def _scan_sheet(archive: ZipFile, part: str) -> Formulas:
    follower = _SheetScan()
    with archive.open(part) as stream:
        scan(stream, follower.start, follower.end, follower.text)
    return follower.formulas
