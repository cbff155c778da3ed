"""The card's typeface: only the glyphs of one document, in the outline kind that ReportLab can embed.

The bundled Noto Sans CJK has PostScript outlines and 65,535 glyphs; ReportLab embeds TrueType outlines only.
So the few glyphs of a document are converted and put into a small TrueType font. One glyph takes about
0.3 ms, converting the whole font would take half a minute.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont as OutlineFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont, TTFontFace

FONT_PACKAGE = "noto_cjk_sans_otc"
FONT_FILE = "NotoSansCJK-Regular.ttc"
FONT_NAME = "WarrantCardSans"
# Simplified Chinese forms; the same file also holds Japanese, Korean, Taiwan and Hong Kong forms.
FACE_NAME = "Noto Sans CJK SC"
FACES_IN_FILE = 10
# Largest deviation of the converted outline, in 1/1000 of the type size: invisible at card size.
TOLERANCE = 1.0
ALWAYS_EMBEDDED = "".join(map(chr, range(32, 127)))


class _EmbeddedFont(TTFont):  # type: ignore[misc]  # ReportLab has no types
    """ReportLab's font, with names that hold characters beyond U+FFFF still copied out of the PDF correctly.

    ReportLab writes such a code point as five digits, of which readers take four: 𬭎 comes out as another
    character. PDF wants UTF-16. Source: ISO 32000-1, 9.10.3.
    """

    def addObjects(self, doc: Any) -> None:
        """Add the font's objects to the PDF, then mend the tables from codes to characters."""
        subsets = [list(subset) for subset in self.state[doc].subsets]
        super().addObjects(doc)
        tables = [entry for key, entry in doc.idToObject.items() if key.startswith("toUnicodeCMap:")]
        for subset, table in zip(subsets, tables, strict=True):
            for code, character in enumerate(subset):
                if character > 0xFFFF:
                    units = chr(character).encode("utf-16-be").hex().upper()
                    table.content = table.content.replace(
                        f"<{code:02X}> <{character:04X}>", f"<{code:02X}> <{units}>"
                    )


@dataclass(frozen=True)
class _Source:
    glyph_names: dict[int, str]
    glyphs: Any
    units_per_em: int
    ascent: int
    descent: int


# ReportLab knows fonts by name in one table for the whole process, so only one document at a time can
# have this name mean its own glyphs. Reading glyphs out of the shared file is not safe in parallel either.
_one_document_at_a_time = threading.Lock()


def missing_characters(text: str) -> str:
    """Return the characters of ``text`` that the card's typeface does not have, each once, in order."""
    known = _source().glyph_names
    return "".join(dict.fromkeys(character for character in text if ord(character) not in known))


@contextmanager
def embedded_font(text: str) -> Iterator[str]:
    """Make a font with every character of ``text`` available to ReportLab; yields its name.

    Only inside the block may a document that uses the font be drawn and saved. Characters that the
    typeface lacks are left out: ask :func:`missing_characters` first.
    """
    with _one_document_at_a_time:
        registered = _registered_font()
        registered.face = TTFontFace(io.BytesIO(_small_font({*ALWAYS_EMBEDDED, *text})))
        yield FONT_NAME


@cache
def _source() -> _Source:
    path = str(files(FONT_PACKAGE) / FONT_FILE)
    for number in range(FACES_IN_FILE):
        font = OutlineFont(path, fontNumber=number, lazy=True)
        if font["name"].getDebugName(4) == FACE_NAME:
            source = _Source(
                glyph_names=font.getBestCmap(),
                glyphs=font.getGlyphSet(),
                units_per_em=font["head"].unitsPerEm,
                ascent=font["hhea"].ascent,
                descent=font["hhea"].descent,
            )
            # Every table that a glyph needs is in memory by now; the file need not stay open.
            font.close()
            return source
        font.close()
    raise RuntimeError(f"{path} holds no face {FACE_NAME}")


@cache
def _registered_font() -> _EmbeddedFont:
    font = _EmbeddedFont(FONT_NAME, io.BytesIO(_small_font(set(ALWAYS_EMBEDDED))), shapable=False)
    pdfmetrics.registerFont(font)
    return font


@cache
def _glyph(name: str) -> tuple[Any, int]:
    """Return outline (quadratic, TrueType direction) and advance width of one glyph."""
    source = _source()
    pen = TTGlyphPen(None)
    glyph = source.glyphs[name]
    # PostScript outlines run the other way round than TrueType outlines.
    glyph.draw(Cu2QuPen(pen, TOLERANCE, reverse_direction=True))
    return pen.glyph(), int(glyph.width)


def _small_font(characters: set[str]) -> bytes:
    source = _source()
    names = {
        ord(character): source.glyph_names[ord(character)]
        for character in sorted(characters)
        if ord(character) in source.glyph_names
    }
    order = [".notdef", *dict.fromkeys(names.values())]
    outlines = {name: _glyph(name) for name in order}
    # No time stamps: the same card must give the same bytes.
    builder = FontBuilder(source.units_per_em, isTTF=True)
    builder.updateHead(created=0, modified=0)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(names)
    builder.setupGlyf({name: outline for name, (outline, _) in outlines.items()})
    left_bearing = builder.font["glyf"]
    builder.setupHorizontalMetrics(
        {name: (width, getattr(left_bearing[name], "xMin", 0)) for name, (_, width) in outlines.items()}
    )
    builder.setupHorizontalHeader(ascent=source.ascent, descent=source.descent)
    builder.setupNameTable({"familyName": FONT_NAME, "styleName": "Regular", "psName": FONT_NAME})
    builder.setupOS2(sTypoAscender=source.ascent, sTypoDescender=source.descent)
    builder.setupPost()
    target = io.BytesIO()
    builder.save(target)
    return target.getvalue()
