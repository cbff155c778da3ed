"""Ports that belong to no standard: photo, card face, tables and paper forms, each with what passes through it.

The ports of the key vault, the card connection and the roster stand beside their rules
(``core.keys``, ``core.chip``, ``core.roster``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import BinaryIO, Protocol

from warrant.core.credential.face_design import FaceDesign


@dataclass(frozen=True)
class PhotoFinding:
    """One thing found in a photo. ``severity`` is ``error`` or ``warn``; ``message`` is a msgid with fields."""

    severity: str
    code: str
    message: str
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class PhotoCheck:
    """What was found in a photo; ``width`` and ``height`` are pixels, 0 where it could not be opened."""

    width: int
    height: int
    findings: tuple[PhotoFinding, ...] = ()

    @property
    def is_acceptable(self) -> bool:
        """Tell whether no finding is an error."""
        return all(finding.severity != "error" for finding in self.findings)


class PhotoDesk(Protocol):
    """Checks photos and makes the forms in which they are kept, shown and put on a chip."""

    def check_photo(self, raw: bytes) -> PhotoCheck:
        """Examine ``raw``; never raises for what is in the bytes."""
        ...

    def normalise(self, raw: bytes) -> bytes:
        """Return the JPEG to keep: 295 x 413 pixels, no metadata."""
        ...

    def for_chip(self, raw: bytes) -> bytes:
        """Return at most 1,495 bytes, still recognisable."""
        ...

    def for_public(self, raw: bytes) -> bytes:
        """Return a JPEG of at most 12,000 bytes."""
        ...


@dataclass(frozen=True)
class CardFace:
    """What is printed on one card. ``photo`` is JPEG or PNG bytes; ``valid_until`` is the last valid day."""

    certificate_number: str
    holder_name: str
    agency_name: str
    categories: tuple[str, ...]
    area_name: str
    issuer_name: str
    valid_from: date
    valid_until: date
    photo: bytes
    qr_text: str


class FacePart(StrEnum):
    """What of a card is drawn: all of it, or only what the pre-printed stock does not carry yet."""

    WHOLE = "whole"
    PERSONAL = "personal"


class CardFacePrinter(Protocol):
    """Draws the two sides of cards."""

    def draw_cards(
        self,
        faces: Sequence[CardFace],
        design: FaceDesign,
        part: FacePart = FacePart.WHOLE,
        shift: tuple[float, float] = (0.0, 0.0),
    ) -> bytes:
        """Return a PDF in CR80 size, front and back of each card in turn; ``shift`` in millimetres, right and up.

        Raises:
            InvalidInput: a character has no glyph, a text does not fit, there are too many cards.
        """
        ...

    def draw_common_face(self, design: FaceDesign) -> bytes:
        """Return a PDF of the common face, front and back, with crop marks for the printing house."""
        ...

    def missing_characters(self, text: str) -> str:
        """Return the characters of ``text`` that the font cannot print, in order, each once."""
        ...


class CellKind(StrEnum):
    """What the cells of a column are, so that a spreadsheet can order them and count with them."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    INSTANT = "instant"


@dataclass(frozen=True)
class TableColumn:
    """One column on its way out. ``width`` is in Latin characters; a Han character takes two."""

    label: str
    kind: CellKind = CellKind.TEXT
    width: int = 12


@dataclass(frozen=True)
class Table:
    """A list on its way out of the system, every text in its final words.

    ``watermark`` is one line that stands above everything. ``rows`` can be read once; each has a value a column:
    text, int, ``date``, a ``datetime`` without a zone, or nothing. ``about`` is asked when the rows have been
    written, and says as pairs what they are: who took them, by which filter, how many.
    """

    title: str
    watermark: str
    columns: Sequence[TableColumn]
    rows: Iterable[Sequence[object]]
    about: Callable[[], Sequence[tuple[str, str]]]
    about_title: str


class TableWriter(Protocol):
    """Writes tables as files that offices open. No cell ever is a formula."""

    def write_workbook(self, table: Table, target: BinaryIO) -> None:
        """Write an .xlsx: the table, and a second sheet that says what it is."""
        ...

    def write_delimited(self, table: Table, target: BinaryIO, encoding: str) -> None:
        """Write CSV in ``utf-8-sig`` or ``gb18030``."""
        ...


@dataclass(frozen=True)
class PaperSection:
    """A titled table within a form; ``shares`` are the columns' parts of the width. Empty rows leave a blank line."""

    title: str
    columns: Sequence[str]
    shares: Sequence[int]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class RecordSheet:
    """An officer's record sheet, every text in its final words; ``photo`` is JPEG or PNG bytes.

    ``pairs`` are label and value in the order of the paper form, two a line; those in ``wide`` (labels) take a whole
    line. ``signatures`` are the words beside the places for stamp and signature; ``foot`` stands on every page.
    """

    title: str
    subtitle: str
    photo: bytes | None
    photo_label: str
    pairs: Sequence[tuple[str, str]]
    wide: frozenset[str]
    sections: Sequence[PaperSection]
    signatures: Sequence[str]
    foot: str
    page_label: str
    nothing: str


@dataclass(frozen=True)
class PaperLetter:
    """A notice to somebody. ``paragraphs`` may hold line breaks; ``signed`` stands at the lower right, line by line."""

    title: str
    subtitle: str
    addressee: str
    paragraphs: Sequence[str]
    sections: Sequence[PaperSection]
    signed: Sequence[str]
    foot: str
    page_label: str
    nothing: str


@dataclass(frozen=True)
class PaperRoster:
    """A list as the official roster form. ``facts`` stand under the title, ``signatures`` after the last row.

    ``number_label`` is the head of the first column, in which the rows are counted.
    """

    table: Table
    facts: Sequence[str]
    signatures: Sequence[str]
    foot: str
    page_label: str
    number_label: str


class PaperPrinter(Protocol):
    """Draws paper forms as PDF. ``page_label`` holds ``%(page)s`` and ``%(pages)s``."""

    def print_roster(self, roster: PaperRoster, target: BinaryIO) -> None:
        """Write A4 landscape, the head repeated on every page."""
        ...

    def print_record_sheet(self, sheet: RecordSheet, target: BinaryIO) -> None:
        """Write A4 portrait."""
        ...

    def print_letter(self, letter: PaperLetter, target: BinaryIO) -> None:
        """Write A4 portrait, in the larger letters of a notice."""
        ...
