"""Line patterns of the card's ground, computed: rosettes, wave bands, and the ring of fine lines on the back.

The official anti-counterfeit pattern is not public. This ground is our own, carries no state emblem, and the
card stock of a card centre may bring its own instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from reportlab.pdfgen.pathobject import PDFPathObject

Curve = Callable[[float], tuple[float, float]]
TURN = 2 * math.pi


@dataclass(frozen=True)
class Ring:
    """One ring of a rosette: ``strands`` lines that swing between two radii, ``lobes`` times a turn."""

    inner: float
    outer: float
    lobes: int
    strands: int
    # A second, slower swing lets the strands cross in more than one figure; 0 gives a plain braid.
    flutter: float = 0.0
    flutter_lobes: int = 0


@dataclass(frozen=True)
class Band:
    """One band of waves from ``left`` to ``right`` around ``level``; lengths in points."""

    left: float
    right: float
    level: float
    height: float
    wavelength: float
    swell: float
    strands: int
    slope: float = 0.0


def rosette(path: PDFPathObject, centre: tuple[float, float], ring: Ring) -> None:
    """Add the strands of ``ring`` to ``path``."""
    middle, swing = (ring.inner + ring.outer) / 2, (ring.outer - ring.inner) / 2
    for strand in range(ring.strands):
        phase = TURN * strand / ring.strands

        def curve(t: float, phase: float = phase) -> tuple[float, float]:
            beat = 1 - ring.flutter + ring.flutter * math.cos(ring.flutter_lobes * t)
            radius = middle + swing * beat * math.sin(ring.lobes * t + phase)
            return centre[0] + radius * math.cos(t), centre[1] + radius * math.sin(t)

        _trace(path, curve, 0, TURN, segments=ring.lobes * 6 + ring.flutter_lobes * 4)


def wave_band(path: PDFPathObject, band: Band) -> None:
    """Add the strands of ``band`` to ``path``."""
    length = band.right - band.left
    for strand in range(band.strands):
        share = strand / band.strands

        def curve(t: float, share: float = share) -> tuple[float, float]:
            x = band.left + t
            envelope = 1 + 0.45 * math.sin(TURN * t / band.swell)
            wave = math.sin(TURN * (t / band.wavelength + share))
            drift = math.sin(TURN * t / (band.swell * 1.7) + 1.1) * band.height * 0.35
            return x, band.level + band.slope * t + drift + band.height / 2 * envelope * wave

        _trace(path, curve, 0, length, segments=max(8, round(length / band.wavelength * 6)))


def _trace(path: PDFPathObject, curve: Curve, start: float, end: float, *, segments: int) -> None:
    """Follow ``curve`` with cubic segments that agree with it in place and direction at every joint."""
    step = (end - start) / segments
    nudge = step * 1e-3

    def direction(t: float) -> tuple[float, float]:
        (x0, y0), (x1, y1) = curve(t - nudge), curve(t + nudge)
        return (x1 - x0) / (2 * nudge), (y1 - y0) / (2 * nudge)

    x, y = curve(start)
    dx, dy = direction(start)
    path.moveTo(round(x, 2), round(y, 2))
    for index in range(1, segments + 1):
        t = start + index * step
        to_x, to_y = curve(t)
        to_dx, to_dy = direction(t)
        third = step / 3
        controls = (x + dx * third, y + dy * third, to_x - to_dx * third, to_y - to_dy * third, to_x, to_y)
        # A hundredth of a point is finer than any printer; more digits only make the file larger.
        path.curveTo(*(round(value, 2) for value in controls))
        x, y, dx, dy = to_x, to_y, to_dx, to_dy
