"""Draws neck, ears and face: skin first, then soft shading, then eyes, brows, nose and mouth."""

from __future__ import annotations

from PIL import Image

from warrant.adapters.made_up_portraits.brush import Brush, Colour, Point, mixed
from warrant.adapters.made_up_portraits.features import Features

CENTRE = 206.5
EYE_LINE = 246.0
SHADE: Colour = (150, 92, 66)
LIGHT: Colour = (255, 240, 224)
BLUSH: Colour = (226, 130, 112)
DARK: Colour = (44, 28, 24)


def draw_head(brush: Brush, features: Features) -> None:
    """Draw neck, ears and face without hair."""
    _draw_neck(brush, features)
    for side in (-1, 1):
        _draw_ear(brush, features, side)
    outline = face_outline(features)
    clip = brush.mask(outline)
    brush.shape(outline, features.skin)
    _shade_face(brush, features, clip)
    for side in (-1, 1):
        _draw_eye(brush, features, side, clip)
        _draw_brow(brush, features, side)
    _draw_nose(brush, features, clip)
    _draw_mouth(brush, features, clip)
    if features.has_glasses:
        _draw_glasses(brush, features)


def chin_line(features: Features) -> float:
    """Return the height of the chin, in units from the top."""
    return EYE_LINE + 128 * features.face_length


def face_outline(features: Features) -> list[Point]:
    """Return the outline of the face from the crown round by the picture's right."""
    w, chin, jaw = features.face_width, chin_line(features), features.jaw
    right = [
        (46.0, 118.0),
        (76.0, 152.0),
        (88.0, 200.0),
        (87.0, 252.0),
        (82.0, 296.0),
        (70.0 * (0.5 + jaw / 2), chin - 40),
        (42.0 * jaw, chin - 11),
    ]
    left = [(-x, y) for x, y in reversed(right)]
    points = [(0.0, 108.0), *right, (0.0, chin), *left]
    return [(CENTRE + x * w, y) for x, y in points]


def _draw_neck(brush: Brush, features: Features) -> None:
    half = 53.0 if features.sex == "male" else 43.0
    neck = [
        (CENTRE - half, 320),
        (CENTRE - half - 1, 388),
        (CENTRE - half - 3, 412),
        (CENTRE, 438),
        (CENTRE + half + 3, 412),
        (CENTRE + half + 1, 388),
        (CENTRE + half, 320),
    ]
    clip = brush.mask(neck)
    brush.shape(neck, mixed(features.skin, SHADE, 0.16))
    chin = chin_line(features)
    brush.ellipse((CENTRE + 4, chin + 6), (70, 26), SHADE, soft=11, opacity=0.42, clip=clip)
    for side in (-1, 1):
        brush.ellipse((CENTRE + side * (half + 4), 390), (13, 60), SHADE, soft=10, opacity=0.4, clip=clip)
    brush.ellipse((CENTRE - 14, 416), (12, 22), LIGHT, soft=10, opacity=0.25, clip=clip)


def _draw_ear(brush: Brush, features: Features, side: int) -> None:
    w = features.face_width

    def at(x: float, y: float) -> Point:
        return CENTRE + side * x * w, y

    ear = [at(82, 232), at(94, 229), at(101, 242), at(98, 266), at(90, 290), at(80, 294)]
    clip = brush.mask(ear)
    brush.shape(ear, mixed(features.skin, SHADE, 0.1))
    brush.shape([at(86, 242), at(94, 241), at(93, 262), at(86, 276)], SHADE, soft=2.5, opacity=0.5, clip=clip)
    brush.stroke([at(84, 236), at(95, 234), at(97, 252)], LIGHT, widths=(1.5, 2, 1), soft=1.2, opacity=0.5)


def _shade_face(brush: Brush, features: Features, clip: Image.Image) -> None:
    w, chin = features.face_width, chin_line(features)
    # Light comes from the upper left of the picture, so the right side takes more shade.
    for side, strength in ((-1, 0.3), (1, 0.44)):
        brush.ellipse((CENTRE + side * 96 * w, 280), (22, 100), SHADE, soft=14, opacity=strength, clip=clip)
        brush.ellipse((CENTRE + side * 58 * w, chin - 14), (34, 22), SHADE, soft=14, opacity=0.3, clip=clip)
        brush.ellipse((CENTRE + side * 52 * w, 296), (22, 15), BLUSH, soft=13, opacity=0.3, clip=clip)
        brush.ellipse((CENTRE + side * 50 * w, 278), (20, 9), LIGHT, soft=9, opacity=0.42, clip=clip)
        brush.ellipse(
            (CENTRE + side * 37 * features.eye_gap, EYE_LINE - 8),
            (25, 13),
            SHADE,
            soft=8,
            opacity=0.22,
            clip=clip,
        )
    brush.ellipse((CENTRE - 6, 190), (52, 24), LIGHT, soft=18, opacity=0.5, clip=clip)
    brush.ellipse((CENTRE, chin - 20), (18, 10), LIGHT, soft=8, opacity=0.35, clip=clip)
    brush.ellipse((CENTRE, chin + 4), (50, 9), SHADE, soft=7, opacity=0.35, clip=clip)
    if features.sex == "male":
        brush.ellipse((CENTRE, chin - 22), (54, 40), (120, 110, 112), soft=18, opacity=0.12, clip=clip)
    if features.age > 0.45:
        depth = (features.age - 0.45) * 0.75
        for side in (-1, 1):
            fold = [(CENTRE + side * 26, 292), (CENTRE + side * 37, 312), (CENTRE + side * 40, 328)]
            brush.stroke(fold, SHADE, widths=(1, 2.6, 1), soft=1.6, opacity=depth, clip=clip)
            bag = [(CENTRE + side * 22, 264), (CENTRE + side * 38, 268), (CENTRE + side * 53, 262)]
            brush.stroke(bag, SHADE, widths=(0.8, 2, 0.8), soft=1.6, opacity=depth, clip=clip)


def _draw_eye(brush: Brush, features: Features, side: int, clip: Image.Image) -> None:
    x, y = CENTRE + side * 38.5 * features.eye_gap, EYE_LINE
    s = features.eye_size

    def at(dx: float, dy: float) -> Point:
        return x + side * dx * s, y + dy * s

    # dx counts outwards from the nose: the inner corner lies a little lower.
    lid = [
        at(-18, 3.5),
        at(-9, -4.2),
        at(2, -6.6),
        at(12, -4.2),
        at(19.5, 1.2),
        at(10, 5.6),
        at(0, 6.8),
        at(-10, 6),
    ]
    eye = brush.mask(lid)
    brush.shape(lid, (244, 240, 236))
    brush.ellipse(at(0.5, -0.6), (8.2 * s, 8.2 * s), features.iris, soft=0.5, clip=eye)
    brush.ellipse(
        at(0.5, 2.6), (5.4 * s, 3.6 * s), mixed(features.iris, (150, 96, 60), 0.5), soft=1.6, clip=eye
    )
    brush.ellipse(at(0.5, -0.6), (3.9 * s, 3.9 * s), (12, 9, 9), clip=eye)
    brush.shape(
        [at(-18, 3), at(-8, -7), at(12, -8), at(20, 0), at(10, -2), at(-6, -1.4)],
        DARK,
        soft=2,
        opacity=0.4,
        clip=eye,
    )
    brush.ellipse((x - 2.4 * s, y - 3.0 * s), (1.8 * s, 1.8 * s), (255, 255, 255), soft=0.3)
    lash = 2.6 if features.sex == "male" else 3.4
    upper = [at(-18.5, 3.8), at(-9, -4.6), at(2, -7.0), at(12, -4.6), at(20.5, 0.8)]
    brush.stroke(upper, DARK, widths=(0.8, lash * 0.8, lash, lash, 1.0), soft=0.4, opacity=0.95)
    crease = [at(-14, -4.5), at(-4, -11.5), at(8, -11), at(19, -4.5)]
    brush.stroke(crease, SHADE, widths=(0.6, 1.5, 1.5, 0.8), soft=0.8, opacity=0.6, clip=clip)
    lower = [at(-14, 6), at(0, 8), at(13, 5.6)]
    brush.stroke(lower, SHADE, widths=(0.5, 1.2, 0.8), soft=0.7, opacity=0.55)


def _draw_brow(brush: Brush, features: Features, side: int) -> None:
    x, y = CENTRE + side * 39 * features.eye_gap, EYE_LINE - 25
    tilt = features.brow_tilt
    line = [
        (x - side * 23, y + 3 + tilt * 0.6),
        (x - side * 6, y - 3),
        (x + side * 12, y - 5 - tilt * 0.5),
        (x + side * 28, y + 3 - tilt * 0.3),
    ]
    colour = mixed(features.hair, (70, 50, 42), 0.35)
    thick = 8.2 * features.brow_weight
    brush.stroke(line, colour, widths=(thick * 0.7, thick, thick * 0.85, 1.0), soft=1.6, opacity=0.62)
    brush.stroke(line, colour, widths=(thick * 0.35, thick * 0.6, thick * 0.5, 0.8), soft=0.9, opacity=0.55)


def _draw_nose(brush: Brush, features: Features, clip: Image.Image) -> None:
    tip = EYE_LINE + 53 * features.nose_length
    half = 18.5 * features.nose_width
    brush.shape(
        [
            (CENTRE + 7, EYE_LINE - 12),
            (CENTRE + 12, EYE_LINE + 20),
            (CENTRE + half + 2, tip - 6),
            (CENTRE + 6, tip - 4),
        ],
        SHADE,
        soft=6,
        opacity=0.26,
        clip=clip,
    )
    brush.stroke(
        [(CENTRE - 3, EYE_LINE - 10), (CENTRE - 2.5, tip - 22), (CENTRE - 1, tip - 8)],
        LIGHT,
        widths=(6, 6, 10),
        soft=4,
        opacity=0.55,
        clip=clip,
    )
    brush.ellipse((CENTRE, tip + 5), (half * 1.1, 5), SHADE, soft=5, opacity=0.4, clip=clip)
    for side in (-1, 1):
        wing = [
            (CENTRE + side * (half - 1), tip - 13),
            (CENTRE + side * (half + 2), tip - 5),
            (CENTRE + side * (half - 2.5), tip + 1.5),
        ]
        brush.stroke(wing, SHADE, widths=(0.8, 2.2, 1.4), soft=1.0, opacity=0.62, clip=clip)
        brush.ellipse(
            (CENTRE + side * 8.5, tip + 0.8), (5, 2.2), (96, 50, 40), soft=1.2, opacity=0.72, clip=clip
        )
    brush.stroke(
        [(CENTRE - 5, tip + 2.5), (CENTRE, tip + 4), (CENTRE + 5, tip + 2.5)],
        SHADE,
        widths=(1, 1.6, 1),
        soft=1,
        opacity=0.5,
        clip=clip,
    )


def _draw_mouth(brush: Brush, features: Features, clip: Image.Image) -> None:
    y = EYE_LINE + 83 * features.face_length
    half, up, full = 31 * features.mouth_width, features.smile, features.lip_fullness
    lip = (190, 104, 96) if features.sex == "male" else (200, 88, 90)
    lip = mixed(lip, features.skin, 0.3 if features.sex == "male" else 0.12)
    upper = [
        (CENTRE - half, y - up),
        (CENTRE - 14, y - 5.5 * full),
        (CENTRE - 5, y - 8 * full),
        (CENTRE, y - 6.2 * full),
        (CENTRE + 5, y - 8 * full),
        (CENTRE + 14, y - 5.5 * full),
        (CENTRE + half, y - up),
        (CENTRE + 12, y + 1),
        (CENTRE, y + 1.5),
        (CENTRE - 12, y + 1),
    ]
    lower = [
        (CENTRE - half + 2, y - up),
        (CENTRE - 12, y + 0.5),
        (CENTRE, y + 1),
        (CENTRE + 12, y + 0.5),
        (CENTRE + half - 2, y - up),
        (CENTRE + 17, y + 9 * full),
        (CENTRE, y + 12.5 * full),
        (CENTRE - 17, y + 9 * full),
    ]
    brush.shape(upper, mixed(lip, SHADE, 0.2), soft=0.7)
    brush.shape(lower, lip, soft=0.8)
    brush.ellipse((CENTRE - 3, y + 6.5 * full), (11, 2.4), (255, 226, 216), soft=2.4, opacity=0.4)
    line = [
        (CENTRE - half - 1, y - up - 0.5),
        (CENTRE - 13, y + 0.4),
        (CENTRE, y + 1.2),
        (CENTRE + 13, y + 0.4),
        (CENTRE + half + 1, y - up - 0.5),
    ]
    brush.stroke(line, (112, 48, 44), widths=(0.9, 1.7, 1.5, 1.7, 0.9), soft=0.5, opacity=0.85)
    brush.ellipse((CENTRE, y + 18 * full), (20, 4.5), SHADE, soft=4.5, opacity=0.4, clip=clip)
    for side in (-1, 1):
        brush.ellipse(
            (CENTRE + side * (half + 4), y - up), (3.2, 3.8), SHADE, soft=2.6, opacity=0.34, clip=clip
        )


def _draw_glasses(brush: Brush, features: Features) -> None:
    frame: Colour = (40, 40, 46)
    for side in (-1, 1):
        x, y = CENTRE + side * 39.5 * features.eye_gap, EYE_LINE + 3
        lens = [
            (x - 29, y - 17),
            (x, y - 19.5),
            (x + 29, y - 17),
            (x + 30.5, y),
            (x + 24, y + 19),
            (x, y + 22.5),
            (x - 24, y + 19),
            (x - 30.5, y),
        ]
        brush.shape(lens, (250, 252, 255), opacity=0.08)
        brush.outline(lens, frame, width=2.2)
        temple = [(x + side * 29, y - 11), (CENTRE + side * 90 * features.face_width, y - 13)]
        brush.stroke(temple, frame, widths=(2.6, 2.6), soft=0.3, opacity=0.92)
    bridge = [(CENTRE - 10, EYE_LINE - 3), (CENTRE, EYE_LINE - 7), (CENTRE + 10, EYE_LINE - 3)]
    brush.stroke(bridge, frame, widths=(2.3, 2.3), soft=0.3, opacity=0.92)
