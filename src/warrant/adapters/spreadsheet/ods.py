"""What the reading library does not show of .ods files: formulas, hidden rows, merged cells, how far cells reach, and encryption.

Source: OASIS OpenDocument 1.2 part 1, 9.1 (tables), 19.642 (table:formula), 19.749 (table:visibility), 19.675-19.677 (repetition), 19.676 and
19.678 (spanning); part 3, 4 (manifest).
"""

from __future__ import annotations

from collections.abc import Mapping

from warrant.adapters.spreadsheet.archive import Archive, too_large
from warrant.adapters.spreadsheet.bounds import (
    LARGEST_TEXT_BYTES,
    MOST_FORMULAS,
    MOST_ROWS,
    MOST_SHEETS,
    Extent,
    protected,
)
from warrant.adapters.spreadsheet.markup import scan
from warrant.adapters.spreadsheet.xlsx import Unseen
from warrant.core.roster.grid import MergedRange


def check_unprotected(archive: Archive) -> None:
    """Raises: InvalidInput("file-protected") when the manifest lists an encrypted part."""

    def start(tag: str, _: Mapping[str, str]) -> None:
        if tag == "encryption-data":
            raise protected()

    if "META-INF/manifest.xml" in archive.names:
        scan(archive.chunks("META-INF/manifest.xml"), start)


class _ContentScan:
    """Follows tables, rows and cells with their repetitions."""

    def __init__(self) -> None:
        self.by_sheet: dict[str, Unseen] = {}
        self.merged: dict[str, list[MergedRange]] = {}
        self.extent = Extent()
        self.formula_count = 0
        self.sheet = ""
        self.row = 0
        self.row_repeats = 1
        self.column = 0
        self.cell_repeats = 1
        self.text_bytes = 0

    def text(self, text: str) -> None:
        """Count text as often as its cell is repeated."""
        self.text_bytes += 3 * len(text) * self.cell_repeats * self.row_repeats
        if self.text_bytes > LARGEST_TEXT_BYTES:
            raise too_large()

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "table":
            self.extent.next_sheet()
            self.sheet = attributes.get("name", "")
            self.by_sheet[self.sheet], self.merged[self.sheet] = Unseen(), []
            self.row = 0
            if len(self.by_sheet) > MOST_SHEETS:
                raise too_large()
        elif tag == "table-row":
            self.column = 0
            self.row_repeats = _repeats(attributes, "number-rows-repeated")
            if attributes.get("visibility") in ("collapse", "filter") and self.sheet in self.by_sheet:
                for row in range(self.row, min(self.row + self.row_repeats, MOST_ROWS)):
                    self.by_sheet[self.sheet].hide(row)
        elif tag in ("table-cell", "covered-table-cell"):
            self._cell(attributes)

    def _cell(self, attributes: Mapping[str, str]) -> None:
        repeats = _repeats(attributes, "number-columns-repeated")
        self.cell_repeats = repeats if "value-type" in attributes else 1
        if "value-type" in attributes or "formula" in attributes:
            self.extent.reach(self.row + self.row_repeats - 1, self.column + repeats - 1)
        formula = attributes.get("formula", "")
        if formula and self.sheet in self.by_sheet:
            self._formula("=" + formula.partition("=")[2][:200], repeats)
        across, down = (_repeats(attributes, f"number-{way}-spanned") for way in ("columns", "rows"))
        if (across > 1 or down > 1) and self.sheet in self.merged:
            self.merged[self.sheet].append(
                (self.row, self.column, self.row + down - 1, self.column + across - 1)
            )
        self.column += repeats

    def _formula(self, shown: str, repeats: int) -> None:
        self.formula_count += self.row_repeats * repeats
        if self.formula_count > MOST_FORMULAS:
            raise too_large()
        for row in range(self.row, self.row + self.row_repeats):
            for column in range(self.column, self.column + repeats):
                self.by_sheet[self.sheet].formulas[row, column] = shown

    def end(self, tag: str) -> None:
        if tag == "table-row":
            self.row += self.row_repeats


def _repeats(attributes: Mapping[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def tables_of(archive: Archive) -> tuple[dict[str, Unseen], dict[str, list[MergedRange]]]:
    """Return what is not shown and merged ranges of every table by its name; no filled cell lies out of bounds.

    Raises: InvalidInput.
    """
    follower = _ContentScan()
    scan(archive.chunks("content.xml"), follower.start, follower.end, follower.text)
    archive.check_side_parts({"content.xml"})
    return follower.by_sheet, follower.merged
