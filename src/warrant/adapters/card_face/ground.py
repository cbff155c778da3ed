"""Paints the ground of both sides: pale blue, guilloche and micro-text."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from reportlab.lib.colors import Color, HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from warrant.adapters.card_face.guilloche import Band, Ring, rosette, wave_band
from warrant.adapters.card_face.lettering import text_width

MM = 72 / 25.4
# ISO/IEC 7810 ID-1: 85.60 x 53.98 mm.
WIDTH = 85.60 * MM
HEIGHT = 53.98 * MM

PALE = HexColor(0xEDF5FC)
PALER = HexColor(0xF9FCFF)
SKY = HexColor(0x9CC6E6)
AZURE = HexColor(0x7FB0DC)
LILAC = HexColor(0xB3B9E4)
TEAL = HexColor(0x9AD2D6)
DEEP = HexColor(0x12407C)
MICRO_TEXT = "交通运输行政执法"
MICRO_SIZE = 1.15

Pattern = tuple[tuple[PDFPathObject, Color, float], ...]


def paint_front(canvas: Canvas) -> None:
    """Paint the ground of the front."""
    _paint_wash(canvas, (WIDTH * 0.55, HEIGHT * 0.42))
    _stroke(canvas, _front_pattern())


def paint_back(canvas: Canvas) -> None:
    """Paint the ground of the back."""
    _paint_wash(canvas, (WIDTH * 0.2, HEIGHT * 0.45))
    _stroke(canvas, _back_pattern())


def paint_seal_rosette(canvas: Canvas, centre: tuple[float, float]) -> None:
    """Paint the dense rosette of the back; a pattern only, no emblem and no seal."""
    canvas.saveState()
    canvas.translate(*centre)
    _stroke(canvas, _seal_pattern())
    canvas.restoreState()


def micro_text_line(canvas: Canvas, left: float, right: float, level: float, font: str) -> None:
    """Draw a rule that is a line of tiny text: readable through a glass, a line to a copier."""
    unit = text_width(MICRO_TEXT, font, MICRO_SIZE)
    repeats = int((right - left) // unit)
    line = canvas.beginText(left, level)
    line.setFont(font, MICRO_SIZE)
    line.setFillColor(DEEP)
    # Stretched by a hair so that the line ends exactly where it should.
    line.setCharSpace((right - left - unit * repeats) / (repeats * len(MICRO_TEXT)))
    line.textOut(MICRO_TEXT * repeats)
    line.setCharSpace(0)
    canvas.drawText(line)


def _paint_wash(canvas: Canvas, light: tuple[float, float]) -> None:
    canvas.setFillColor(PALE)
    canvas.rect(0, 0, WIDTH, HEIGHT, stroke=0, fill=1)
    canvas.radialGradient(*light, WIDTH * 0.55, (PALER, PALE), extend=True)


def _stroke(canvas: Canvas, pattern: Pattern) -> None:
    canvas.saveState()
    canvas.setLineCap(1)
    canvas.setLineJoin(1)
    for path, colour, width in pattern:
        canvas.setStrokeColor(colour)
        canvas.setLineWidth(width)
        canvas.drawPath(path, stroke=1, fill=0)
    canvas.restoreState()


def _path(draw: Callable[[PDFPathObject], None]) -> PDFPathObject:
    path = PDFPathObject()
    draw(path)
    return path


@cache
def _front_pattern() -> Pattern:
    heart = (WIDTH * 0.53, HEIGHT * 0.36)

    def bands(path: PDFPathObject) -> None:
        for level, slope in ((0.16, 0.03), (0.5, -0.03), (0.84, 0.02)):
            wave_band(path, Band(-4, WIDTH + 4, HEIGHT * level, 30, 58, 118, 9, slope))

    def cross_bands(path: PDFPathObject) -> None:
        for level, slope in ((0.02, 0.05), (0.34, 0.02), (0.68, -0.04), (0.99, -0.02)):
            wave_band(path, Band(-4, WIDTH + 4, HEIGHT * level, 22, 37, 90, 7, slope))

    def large_rosette(path: PDFPathObject) -> None:
        rosette(path, heart, Ring(30, 56, 12, 8, 0.25, 6))

    def small_rosette(path: PDFPathObject) -> None:
        rosette(path, heart, Ring(7, 29, 9, 8, 0.3, 3))
        rosette(path, heart, Ring(55, 61, 36, 3))

    return (
        (_path(cross_bands), _pale(LILAC, 0.55), 0.16),
        (_path(bands), _pale(SKY, 0.75), 0.18),
        (_path(large_rosette), _pale(TEAL, 0.7), 0.18),
        (_path(small_rosette), _pale(AZURE, 0.6), 0.18),
    )


@cache
def _back_pattern() -> Pattern:
    def bands(path: PDFPathObject) -> None:
        for level, slope in ((0.1, -0.02), (0.42, 0.03), (0.78, -0.03)):
            wave_band(path, Band(-4, WIDTH + 4, HEIGHT * level, 32, 62, 126, 9, slope))

    def cross_bands(path: PDFPathObject) -> None:
        for level, slope in ((0.26, 0.03), (0.6, -0.04), (0.96, 0.02)):
            wave_band(path, Band(-4, WIDTH + 4, HEIGHT * level, 24, 41, 97, 7, slope))

    def corners(path: PDFPathObject) -> None:
        for corner in ((WIDTH, 0.0), (WIDTH, HEIGHT)):
            rosette(path, corner, Ring(12, 34, 12, 6, 0.2, 4))
            rosette(path, corner, Ring(33, 38, 36, 3))

    return (
        (_path(cross_bands), _pale(LILAC, 0.5), 0.16),
        (_path(bands), _pale(SKY, 0.7), 0.18),
        (_path(corners), _pale(TEAL, 0.65), 0.18),
    )


@cache
def _seal_pattern() -> Pattern:
    def outer(path: PDFPathObject) -> None:
        rosette(path, (0, 0), Ring(24, 31, 30, 4))
        rosette(path, (0, 0), Ring(31, 33, 60, 2))

    def middle(path: PDFPathObject) -> None:
        rosette(path, (0, 0), Ring(13, 25, 15, 6, 0.2, 5))

    def inner(path: PDFPathObject) -> None:
        rosette(path, (0, 0), Ring(4, 13.5, 12, 5))
        rosette(path, (0, 0), Ring(-4, 4.6, 6, 4))

    return (
        (_path(outer), HexColor(0x3F7FBF), 0.22),
        (_path(middle), HexColor(0x5A6FC0), 0.2),
        (_path(inner), HexColor(0x2F8FA8), 0.2),
    )


def _pale(colour: Color, opacity: float) -> Color:
    """Mix ``colour`` into the ground: real transparency is not safe on every card printer driver."""
    return Color(
        *(ground + (tint - ground) * opacity for tint, ground in zip(colour.rgb(), PALE.rgb(), strict=True))
    )
