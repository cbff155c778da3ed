"""Setting Chinese text in lines of a given width, in the one embedded font."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from reportlab.pdfbase import pdfmetrics

_PIECES = re.compile(r"[!-~]+| |[^!-~ ]")
"""What a line may be broken between: runs of Latin letters and digits stay together, Han characters do not."""
_NEVER_FIRST = frozenset("，。、；：！？）》”’】〉％℃,.;:!?)]}%")


@dataclass
class Measure:
    """Widths of texts in one font; a roster asks for the same units and posts over and over."""

    font: str
    _known: dict[tuple[str, float], float] = field(default_factory=dict)

    def width(self, text: str, size: float) -> float:
        """Return the width of ``text`` in points."""
        key = (text, size)
        if key not in self._known:
            self._known[key] = pdfmetrics.stringWidth(text, self.font, size)
        return self._known[key]

    def lines(self, text: str, size: float, width: float) -> list[str]:
        """Break ``text`` into lines of at most ``width`` points; a piece that is wider still is cut through."""
        broken: list[str] = []
        for paragraph in text.split("\n"):
            broken.extend(self._paragraph(paragraph, size, width))
        return broken

    def _paragraph(self, text: str, size: float, width: float) -> list[str]:
        if self.width(text, size) <= width:
            return [text]
        lines: list[str] = []
        line, used = "", 0.0
        for piece in self._pieces(text, size, width):
            advance = self.width(piece, size)
            if line and used + advance > width and piece not in _NEVER_FIRST:
                lines.append(line.rstrip())
                line, used = "", 0.0
                if piece == " ":
                    continue
            line += piece
            used += advance
        return [*lines, line] if line else lines

    def _pieces(self, text: str, size: float, width: float) -> list[str]:
        pieces: list[str] = []
        for piece in _PIECES.findall(text):
            if self.width(piece, size) <= width:
                pieces.append(piece)
            else:
                pieces.extend(piece)
        return pieces
