"""Draws hair: what falls behind head and shoulders before the face, the rest after it."""

from __future__ import annotations

from warrant.adapters.made_up_portraits.brush import Brush, Point, mixed
from warrant.adapters.made_up_portraits.features import Features

CENTRE = 206.5
SHEEN = (150, 140, 138)
SHADE = (120, 72, 52)


def draw_hair_behind(brush: Brush, features: Features) -> None:
    """Draw the hair that the face covers."""
    w = features.face_width

    def both(points: list[Point]) -> list[Point]:
        mirrored = [(-x, y) for x, y in reversed(points)]
        return [(CENTRE + x * w, y) for x, y in [*points, *mirrored]]

    if features.hair_style == "bob":
        outline = both(
            [(0, 78), (58, 88), (96, 138), (106, 220), (106, 300), (96, 352), (62, 362), (40, 330)]
        )
        brush.shape(outline, mixed(features.hair, (0, 0, 0), 0.25))
    elif features.hair_style in ("bun", "tied"):
        outline = both([(0, 82), (58, 92), (90, 140), (97, 210), (90, 262), (60, 280)])
        brush.shape(outline, mixed(features.hair, (0, 0, 0), 0.2))
    else:
        outline = both([(0, 84), (60, 94), (91, 140), (95, 206), (88, 250), (60, 260)])
        brush.shape(outline, mixed(features.hair, (0, 0, 0), 0.1))


def draw_hair_in_front(brush: Brush, features: Features) -> None:
    """Draw hairline, crown and sheen."""
    outline = _front_outline(features)
    # The hair throws a soft shadow on the forehead.
    brush.shape(
        [(x, y + 5) for x, y in outline], SHADE, soft=5, opacity=0.22, clip=brush.mask(_brow_area(features))
    )
    brush.shape(outline, features.hair, soft=0.8)
    clip = brush.mask(outline)
    w, side = features.face_width, features.parting
    brush.ellipse((CENTRE - 28, 122), (44, 13), SHEEN, soft=11, opacity=0.34, clip=clip)
    brush.ellipse((CENTRE + 44 * w, 132), (24, 10), SHEEN, soft=9, opacity=0.2, clip=clip)
    for index in range(9):
        lean = (index - 4) / 4
        strand = [
            (CENTRE + side * 34 + lean * 14, 90 + abs(lean) * 6),
            (CENTRE + lean * 62 * w + side * 10, 116 + abs(lean) * 10),
            (CENTRE + lean * 92 * w, 160 + abs(lean) * 28),
        ]
        tone = mixed(features.hair, SHEEN, 0.28) if index % 2 else mixed(features.hair, (0, 0, 0), 0.4)
        brush.stroke(strand, tone, widths=(0.6, 2.0, 0.6), soft=1.1, opacity=0.4, clip=clip)
    if features.hair_style == "bun":
        brush.ellipse((CENTRE, 76), (36, 25), features.hair, soft=0.8)
        brush.ellipse((CENTRE - 9, 68), (16, 7), SHEEN, soft=6, opacity=0.35)


def _brow_area(features: Features) -> list[Point]:
    w = features.face_width
    return [(CENTRE - 84 * w, 120), (CENTRE + 84 * w, 120), (CENTRE + 86 * w, 260), (CENTRE - 86 * w, 260)]


def _front_outline(features: Features) -> list[Point]:
    w, side = features.face_width, features.parting
    crown: list[Point]
    edge: list[Point]
    if features.hair_style == "short":
        crown = [
            (-94, 236),
            (-97, 190),
            (-92, 136),
            (-58, 92),
            (0, 80),
            (58, 92),
            (92, 136),
            (97, 190),
            (94, 236),
        ]
        edge = [
            (86, 226),
            (82, 192),
            (72, 168),
            (40, 158),
            (side * 12, 161),
            (-40, 158),
            (-72, 168),
            (-82, 192),
            (-86, 226),
        ]
    elif features.hair_style == "crop":
        crown = [
            (-92, 232),
            (-94, 190),
            (-88, 140),
            (-56, 100),
            (0, 90),
            (56, 100),
            (88, 140),
            (94, 190),
            (92, 232),
        ]
        edge = [
            (86, 218),
            (82, 180),
            (66, 152),
            (34, 142),
            (0, 140),
            (-34, 142),
            (-66, 152),
            (-82, 180),
            (-86, 218),
        ]
    elif features.hair_style == "parted":
        crown = [
            (-94, 238),
            (-98, 190),
            (-93, 132),
            (-60, 86),
            (0, 72),
            (60, 84),
            (94, 132),
            (98, 190),
            (94, 238),
        ]
        edge = [
            (86, 226),
            (82, 186),
            (70, 160),
            (48, 150),
            (30, 138),
            (-6, 158),
            (-46, 170),
            (-74, 184),
            (-84, 226),
        ]
        if side < 0:
            edge = [(-x, y) for x, y in reversed(edge)]
    elif features.hair_style == "bob":
        crown = [
            (-100, 316),
            (-106, 230),
            (-99, 142),
            (-60, 86),
            (0, 74),
            (60, 86),
            (99, 142),
            (106, 230),
            (100, 316),
        ]
        edge = [
            (84, 314),
            (86, 240),
            (80, 196),
            (56, 176),
            (22, 152),
            (-10, 170),
            (-52, 186),
            (-80, 204),
            (-86, 250),
            (-84, 314),
        ]
        if side < 0:
            edge = [(-x, y) for x, y in reversed(edge)]
    else:
        crown = [
            (-92, 244),
            (-96, 196),
            (-92, 138),
            (-58, 92),
            (0, 80),
            (58, 92),
            (92, 138),
            (96, 196),
            (92, 244),
        ]
        edge = [
            (85, 236),
            (82, 190),
            (66, 160),
            (36, 146),
            (side * 18, 140),
            (-36, 148),
            (-66, 160),
            (-82, 190),
            (-85, 236),
        ]
    return [(CENTRE + x * w, y) for x, y in [*crown, *edge]]
