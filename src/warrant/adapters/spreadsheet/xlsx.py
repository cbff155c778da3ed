"""What the reading library does not show of .xlsx files: formula cells, hidden rows, and how far the cells reach.

Most sheets are plain: a few searches through the bytes tell that no formula stands in them and how far they reach.
Whatever is written in an unusual way is followed cell by cell.
Source: ISO/IEC 29500-1, 18.3.1 (worksheets), 18.3.1.73 (row), 18.2.19 (sheets), 18.4.8 (shared strings).
"""

from __future__ import annotations

import posixpath
import re
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field

from warrant.adapters.spreadsheet.archive import Archive, too_large
from warrant.adapters.spreadsheet.bounds import (
    LARGEST_TEXT_BYTES,
    MOST_COLUMNS,
    MOST_FORMULAS,
    MOST_ROWS,
    MOST_SHARED_TEXTS,
    MOST_SHEETS,
    Extent,
    unreadable,
)
from warrant.adapters.spreadsheet.markup import scan
from warrant.core.roster.grid import RowMarks

Formulas = dict[tuple[int, int], str]
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_LETTERS = re.compile(rb'<c r="([A-Z]{1,3})[0-9]')
_ROWS = re.compile(rb'<c r="[A-Z]{1,3}([0-9]{1,7})"')
_SHARED = re.compile(rb"""t=["']s["'][^>]*>[^0-9]{0,40}?v>([0-9]{1,9})<""")
_ROW_TAG = re.compile(rb"<row\b[^>]*hidden[^>]*>")
_HIDDEN = re.compile(rb"""\shidden=["'](?:1|true)["']""")
_ROW_NUMBER = re.compile(rb"""\sr=["']([0-9]{1,7})["']""")
_LONGEST_TAG = 400


@dataclass
class Unseen:
    """What the library does not show of one sheet; places are zero-based."""

    formulas: Formulas = field(default_factory=dict)
    hidden_rows: RowMarks = field(default_factory=RowMarks)

    def hide(self, row: int) -> None:
        """Note a hidden row."""
        if 0 <= row < MOST_ROWS:
            self.hidden_rows.add(row)


def unseen_by_sheet(archive: Archive) -> dict[str, Unseen]:
    """Return what is not shown of every worksheet by its name, having checked that no filled cell is out of bounds.

    Raises: InvalidInput.
    """
    parts = _parts(archive)
    names = archive.names
    texts = [name for name in names if name.lower().endswith("sharedstrings.xml")]
    lengths = array("I")
    for name in texts:
        lengths.extend(_shared_lengths(archive, name))
    longest, text_bytes = max(lengths, default=0), 0
    extent = Extent()
    found: dict[str, Unseen] = {}
    measured = set(texts)
    for name, part in parts.items():
        if part in names and part not in measured:
            measured.add(part)
            found[name] = _unseen_of(archive, part, extent)
            extent.next_sheet()
            if extent.cells * longest > LARGEST_TEXT_BYTES:
                text_bytes += _shared_bytes(archive, part, lengths)
                if text_bytes > LARGEST_TEXT_BYTES:
                    raise too_large()
    archive.check_side_parts(measured)
    return found


def _parts(archive: Archive) -> dict[str, str]:
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
            if len(names) > MOST_SHEETS:
                raise too_large()

    scan(archive.chunks("xl/_rels/workbook.xml.rels"), relationship)
    scan(archive.chunks("xl/workbook.xml"), sheet)
    return {name: targets.get(identifier, "") for name, identifier in names.items()}


def _shared_lengths(archive: Archive, part: str) -> array[int]:
    """Return about how many bytes each shared text has; the markup around it counts too."""
    lengths = array("I")
    before = b""
    for chunk in archive.chunks(part):
        *texts, before = (before + chunk).split(b"</si>")
        if any(b"<!" in text for text in (texts[0] if texts else b"", before)) and b"<!DOCTYPE" in chunk:
            raise unreadable()
        lengths.extend(map(len, texts))
        if len(lengths) > MOST_SHARED_TEXTS:
            raise too_large()
    return lengths


def _shared_bytes(archive: Archive, part: str, lengths: array[int]) -> int:
    """Return how many bytes the shared texts of a sheet have, each counted as often as it stands in a cell."""
    total, before = 0, b""
    for chunk in archive.chunks(part):
        text = before + chunk
        found = [int(number) for number in _SHARED.findall(text)]
        total += sum(lengths[number] for number in found if number < len(lengths))
        cut = text.rfind(b"<c")
        before = text[cut:] if cut >= 0 and not _SHARED.search(text, cut) else b""
        if total > LARGEST_TEXT_BYTES:
            break
    return total


def _unseen_of(archive: Archive, part: str, extent: Extent) -> Unseen:
    unseen = Unseen()
    reached = _plain_extent(archive, part, unseen)
    if reached is not None:
        if reached != (-1, -1):
            extent.reach(*reached)
        return unseen
    follower = _SheetScan(extent)
    scan(archive.chunks(part), follower.start, follower.end, follower.text)
    return follower.unseen


def _plain_extent(archive: Archive, part: str, unseen: Unseen) -> tuple[int, int] | None:
    """Return the last row and column of a plain sheet (-1 where there is none).

    None when a formula stands in it, when it is written in an unusual way, or when it seems to reach out of bounds:
    then empty cells with a style must be told from filled ones.
    """
    last_row, columns = -1, set[bytes]()
    before = b""
    for chunk in archive.chunks(part):
        text = before + chunk
        cut = text.rfind(b"<")
        text, before = (text[:cut], text[cut:]) if cut > 0 else (text, b"")
        if len(before) > _LONGEST_TAG and b">" not in before:
            return None
        if b"<f" in text or b"<!" in text or b":c " in text or b"<c>" in text or b"<c\n" in text:
            return None
        if b"hidden" in text and not _hidden_rows(text, unseen):
            return None
        letters = _LETTERS.findall(text)
        if len(letters) != text.count(b"<c "):
            return None
        columns.update(letters)
        rows = _ROWS.findall(text)
        if len(rows) != len(letters):
            return None
        if rows:
            last_row = max(last_row, int(max(rows, key=_as_number)) - 1)
        if last_row >= MOST_ROWS:
            return None
    last_column = max((column_index(letters.decode()) for letters in columns), default=-1)
    return None if last_column >= MOST_COLUMNS else (last_row, last_column)


def _hidden_rows(text: bytes, unseen: Unseen) -> bool:
    """Note the hidden rows among whole tags; say no when one has no number, and must be counted."""
    for tag in _ROW_TAG.findall(text):
        if _HIDDEN.search(tag):
            number = _ROW_NUMBER.search(tag)
            if number is None:
                return False
            unseen.hide(int(number.group(1)) - 1)
    return True


def _as_number(digits: bytes) -> tuple[int, bytes]:
    """Order numbers without leading zeros as their values are ordered."""
    return len(digits), digits


class _SheetScan:
    """Follows rows and cells; a missing reference means "the next one"."""

    def __init__(self, extent: Extent) -> None:
        self.unseen = Unseen()
        self.extent = extent
        self.row = -1
        self.column = -1
        self.formula: list[str] | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "row":
            number = attributes.get("r", "")
            self.row = int(number) - 1 if number.isdigit() and len(number) < 9 else self.row + 1
            self.column = -1
            if attributes.get("hidden") in ("1", "true"):
                self.unseen.hide(self.row)
        elif tag == "c":
            self._place(attributes.get("r", ""))
        elif tag == "f":
            self.formula = []
        elif tag in ("v", "is"):
            self.extent.reach(self.row, self.column)

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
            self.extent.reach(self.row, self.column)
            self.unseen.formulas[self.row, self.column] = "=" + ("".join(self.formula)[:200] or "…")
            self.formula = None
            if len(self.unseen.formulas) > MOST_FORMULAS:
                raise too_large()


def column_index(letters: str) -> int:
    """Return the zero-based index of a column named A, B … XFD."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1
