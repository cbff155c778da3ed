"""Paints the ground of both sides: pale blue, guilloche and micro-text."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from reportlab.lib.colors import Color, HexColor
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from warrant.adapters.card_face.guilloche import Band, Ring, rosette, wave_band
from warrant.adapters.card_face.lettering import text_width
from warrant.core.credential.face_design import FacePattern

MM = 72 / 25.4
# ISO/IEC 7810 ID-1: 85.60 x 53.98 mm.
WIDTH = 85.60 * MM
HEIGHT = 53.98 * MM

SEAL_TINTS = (HexColor(0x3F7FBF), HexColor(0x5A6FC0), HexColor(0x2F8FA8))
MICRO_SIZE = 1.15
# Lines run on over the edge, so that a cut that is a little off shows no white.
OVER = 12.0

Pattern = tuple[tuple[PDFPathObject, Color, float], ...]


def paint_front(canvas: Canvas, design: FacePattern) -> None:
    """Paint the ground of the front, a little over the edge on all sides."""
    _paint_wash(canvas, design, (WIDTH * 0.55, HEIGHT * 0.42))
    _stroke(canvas, _front_pattern(design))


def paint_back(canvas: Canvas, design: FacePattern) -> None:
    """Paint the ground of the back, a little over the edge on all sides."""
    _paint_wash(canvas, design, (WIDTH * 0.2, HEIGHT * 0.45))
    _stroke(canvas, _back_pattern(design))


def paint_seal_rosette(canvas: Canvas, centre: tuple[float, float]) -> None:
    """Paint the dense rosette of the back; a pattern only, no emblem and no seal."""
    canvas.saveState()
    canvas.translate(*centre)
    _stroke(canvas, _seal_pattern())
    canvas.restoreState()


def micro_text_line(
    canvas: Canvas, design: FacePattern, between: tuple[float, float], level: float, font: str
) -> None:
    """Draw a rule that is a line of tiny text: readable through a glass, a line to a copier."""
    left, right = between
    unit = text_width(design.micro_text, font, MICRO_SIZE)
    repeats = int((right - left) // unit)
    line = canvas.beginText(left, level)
    line.setFont(font, MICRO_SIZE)
    line.setFillColor(HexColor(design.letter_tint))
    # Stretched by a hair so that the line ends exactly where it should.
    line.setCharSpace((right - left - unit * repeats) / (repeats * len(design.micro_text)))
    line.textOut(design.micro_text * repeats)
    line.setCharSpace(0)
    canvas.drawText(line)


def _paint_wash(canvas: Canvas, design: FacePattern, light: tuple[float, float]) -> None:
    pale, paler = HexColor(design.ground), HexColor(design.light)
    canvas.saveState()
    edge = canvas.beginPath()
    edge.rect(-OVER, -OVER, WIDTH + 2 * OVER, HEIGHT + 2 * OVER)
    canvas.clipPath(edge, stroke=0, fill=0)
    canvas.setFillColor(pale)
    canvas.rect(-OVER, -OVER, WIDTH + 2 * OVER, HEIGHT + 2 * OVER, stroke=0, fill=1)
    canvas.radialGradient(*light, WIDTH * 0.55, (paler, pale), extend=True)
    canvas.restoreState()


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
def _front_pattern(design: FacePattern) -> Pattern:
    heart = (WIDTH * 0.53, HEIGHT * 0.36)

    def bands(path: PDFPathObject) -> None:
        for level, slope in ((0.16, 0.03), (0.5, -0.03), (0.84, 0.02)):
            wave_band(
                path,
                Band(
                    -OVER,
                    WIDTH + OVER,
                    HEIGHT * level,
                    30,
                    design.band_wavelength,
                    118,
                    design.band_strands,
                    slope,
                ),
            )

    def cross_bands(path: PDFPathObject) -> None:
        for level, slope in ((0.02, 0.05), (0.34, 0.02), (0.68, -0.04), (0.99, -0.02)):
            wave_band(
                path,
                Band(
                    -OVER,
                    WIDTH + OVER,
                    HEIGHT * level,
                    22,
                    design.cross_wavelength,
                    90,
                    design.cross_strands,
                    slope,
                ),
            )

    def large_rosette(path: PDFPathObject) -> None:
        rosette(path, heart, Ring(30, 56, design.rosette_lobes, 8, 0.25, 6))

    def small_rosette(path: PDFPathObject) -> None:
        rosette(path, heart, Ring(7, 29, design.heart_lobes, 8, 0.3, 3))
        rosette(path, heart, Ring(55, 61, 36, 3))

    return (
        (_path(cross_bands), _pale(design, design.cross_tint, 0.55), 0.16),
        (_path(bands), _pale(design, design.band_tint, 0.75), 0.18),
        (_path(large_rosette), _pale(design, design.rosette_tint, 0.7), 0.18),
        (_path(small_rosette), _pale(design, design.heart_tint, 0.6), 0.18),
    )


@cache
def _back_pattern(design: FacePattern) -> Pattern:
    def bands(path: PDFPathObject) -> None:
        for level, slope in ((0.1, -0.02), (0.42, 0.03), (0.78, -0.03)):
            wave_band(
                path,
                Band(
                    -OVER,
                    WIDTH + OVER,
                    HEIGHT * level,
                    32,
                    design.band_wavelength + 4,
                    126,
                    design.band_strands,
                    slope,
                ),
            )

    def cross_bands(path: PDFPathObject) -> None:
        for level, slope in ((0.26, 0.03), (0.6, -0.04), (0.96, 0.02)):
            wave_band(
                path,
                Band(
                    -OVER,
                    WIDTH + OVER,
                    HEIGHT * level,
                    24,
                    design.cross_wavelength + 4,
                    97,
                    design.cross_strands,
                    slope,
                ),
            )

    def corners(path: PDFPathObject) -> None:
        for corner in ((WIDTH, 0.0), (WIDTH, HEIGHT)):
            rosette(path, corner, Ring(12, 34, design.rosette_lobes, 6, 0.2, 4))
            rosette(path, corner, Ring(33, 38, 36, 3))

    return (
        (_path(cross_bands), _pale(design, design.cross_tint, 0.5), 0.16),
        (_path(bands), _pale(design, design.band_tint, 0.7), 0.18),
        (_path(corners), _pale(design, design.rosette_tint, 0.65), 0.18),
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
        (_path(outer), SEAL_TINTS[0], 0.22),
        (_path(middle), SEAL_TINTS[1], 0.2),
        (_path(inner), SEAL_TINTS[2], 0.2),
    )


def _pale(design: FacePattern, tint: str, opacity: float) -> Color:
    """Mix ``tint`` into the ground: real transparency is not safe on every card printer driver."""
    pairs = zip(HexColor(tint).rgb(), HexColor(design.ground).rgb(), strict=True)
    return Color(*(ground + (line - ground) * opacity for line, ground in pairs))
