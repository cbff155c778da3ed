"""Ports that belong to no standard: photo and card face, each with what passes through it.

The ports of the key vault, the card connection and the roster stand beside their rules
(``core.keys``, ``core.chip``, ``core.roster``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol


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


class CardFacePrinter(Protocol):
    """Draws the two sides of a card."""

    def draw_card(self, face: CardFace) -> bytes:
        """Return a PDF of two pages (front, back) in CR80 size.

        Raises:
            InvalidInput: a character has no glyph, or a text does not fit.
        """
        ...

    def missing_characters(self, text: str) -> str:
        """Return the characters of ``text`` that the font cannot print, in order, each once."""
        ...
