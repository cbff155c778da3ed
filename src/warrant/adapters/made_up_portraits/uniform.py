"""Draws the uniform: dark blue jacket, light shirt, tie, shoulder boards and a number plate."""

from __future__ import annotations

from PIL import Image

from warrant.adapters.made_up_portraits.brush import Brush, Colour, Point
from warrant.adapters.made_up_portraits.features import Features

CENTRE = 206.5
JACKET: Colour = (31, 44, 77)
JACKET_DARK: Colour = (17, 26, 50)
JACKET_LIGHT: Colour = (62, 80, 122)
SHIRT: Colour = (226, 234, 244)
SHIRT_SHADE: Colour = (178, 192, 212)
TIE: Colour = (22, 32, 60)
BOARD: Colour = (22, 32, 58)
SILVER: Colour = (206, 212, 222)


def draw_uniform(brush: Brush, features: Features) -> None:
    """Draw everything below the neck."""
    w = features.shoulder_width

    def at(x: float, y: float) -> Point:
        return CENTRE + x * w, y

    body = [
        at(-62, 428),
        at(-120, 450),
        at(-168, 474),
        at(-190, 510),
        at(-202, 560),
        at(-206, 640),
        at(206, 640),
        at(202, 560),
        at(190, 510),
        at(168, 474),
        at(120, 450),
        at(62, 428),
        at(0, 440),
    ]
    clip = brush.mask(body)
    brush.shape(body, JACKET)
    _shade_cloth(brush, clip, w)
    _draw_shirt_and_tie(brush)
    for side in (-1, 1):
        _draw_collar(brush, side)
        _draw_board(brush, side, w)
    _draw_plate(brush, features, w)


def _shade_cloth(brush: Brush, clip: Image.Image, w: float) -> None:
    brush.ellipse((CENTRE - 96 * w, 476), (62, 26), JACKET_LIGHT, soft=20, opacity=0.55, clip=clip)
    brush.ellipse((CENTRE + 100 * w, 482), (54, 22), JACKET_LIGHT, soft=20, opacity=0.3, clip=clip)
    for side in (-1, 1):
        # Shadow at the arm and the seam where the sleeve is set in.
        brush.ellipse((CENTRE + side * 202 * w, 560), (34, 90), JACKET_DARK, soft=16, opacity=0.75, clip=clip)
        seam = [
            (CENTRE + side * 156 * w, 478),
            (CENTRE + side * 146 * w, 520),
            (CENTRE + side * 148 * w, 590),
        ]
        brush.stroke(seam, JACKET_DARK, widths=(1.6, 1.8, 1.6), soft=0.6, opacity=0.8, clip=clip)
    brush.ellipse((CENTRE, 590), (90, 60), JACKET_DARK, soft=24, opacity=0.35, clip=clip)


def _draw_shirt_and_tie(brush: Brush) -> None:
    opening = [(CENTRE - 52, 424), (CENTRE - 40, 470), (CENTRE, 556), (CENTRE + 40, 470), (CENTRE + 52, 424)]
    brush.shape(opening, SHIRT, sharp=True)
    brush.ellipse((CENTRE, 424), (50, 18), SHIRT_SHADE, soft=8, opacity=0.9)
    knot = [(CENTRE - 13, 452), (CENTRE + 13, 452), (CENTRE + 9, 475), (CENTRE - 9, 475)]
    blade = [(CENTRE - 9, 474), (CENTRE + 9, 474), (CENTRE + 19, 560), (CENTRE, 580), (CENTRE - 19, 560)]
    brush.shape(blade, TIE, sharp=True)
    brush.shape(knot, TIE, sharp=True)
    brush.stroke([(CENTRE - 5, 456), (CENTRE - 3, 472)], JACKET_LIGHT, widths=(2.5, 2), soft=1.2, opacity=0.7)
    brush.stroke([(CENTRE - 4, 480), (CENTRE - 7, 540)], JACKET_LIGHT, widths=(2.5, 5), soft=2, opacity=0.45)
    brush.stroke([(CENTRE - 10, 475.5), (CENTRE + 10, 475.5)], JACKET_DARK, widths=(1.5, 1.5), soft=0.6)


def _draw_collar(brush: Brush, side: int) -> None:
    def at(x: float, y: float) -> Point:
        return CENTRE + side * x, y

    shirt_collar = [at(46, 404), at(57, 420), at(34, 478), at(9, 452), at(33, 434)]
    brush.shape([(x, y + 3) for x, y in shirt_collar], SHIRT_SHADE, sharp=True, soft=3, opacity=0.9)
    brush.shape(shirt_collar, (238, 243, 250), sharp=True)
    lapel = [
        at(56, 412),
        at(74, 434),
        at(92, 500),
        at(66, 506),
        at(72, 522),
        at(0, 600),
        at(0, 556),
        at(41, 470),
    ]
    brush.shape([(x, y + 3) for x, y in lapel], JACKET_DARK, sharp=True, soft=3.5, opacity=0.8)
    brush.shape(lapel, (37, 51, 88) if side < 0 else (33, 46, 80), sharp=True)
    brush.stroke(
        [at(92, 500), at(66, 506), at(72, 522)], JACKET_DARK, widths=(1.4, 1.4), soft=0.5, opacity=0.9
    )
    # A plain round stud; no emblem of any state body is imitated.
    brush.ellipse(at(72, 484), (5.2, 5.2), (150, 158, 172))
    brush.ellipse(at(71, 482.6), (3.6, 3.6), (226, 230, 238), soft=0.8)


def _draw_board(brush: Brush, side: int, w: float) -> None:
    def at(x: float, y: float) -> Point:
        return CENTRE + side * x * w, y

    board = [at(86, 441), at(96, 436), at(168, 466), at(178, 486), at(160, 484)]
    brush.shape([(x, y + 3) for x, y in board], JACKET_DARK, sharp=True, soft=3, opacity=0.8)
    brush.shape(board, BOARD, sharp=True)
    brush.stroke([at(90, 441), at(162, 477)], SILVER, widths=(1.5, 1.5), soft=0.3, opacity=0.85)
    brush.stroke([at(148, 462), at(143, 474)], SILVER, widths=(2.4, 2.4), soft=0.3, opacity=0.85)
    brush.stroke([at(158, 467), at(153, 479)], SILVER, widths=(2.4, 2.4), soft=0.3, opacity=0.85)
    brush.ellipse(at(99, 443), (3.4, 3.2), (222, 226, 234), soft=0.4)


def _draw_plate(brush: Brush, features: Features, w: float) -> None:
    x, y = CENTRE - 112 * w, 546.0
    plate = [(x - 30, y - 9), (x + 30, y - 9), (x + 30, y + 9), (x - 30, y + 9)]
    brush.shape([(px, py + 2) for px, py in plate], JACKET_DARK, sharp=True, soft=2.5)
    brush.shape(plate, SILVER, sharp=True)
    brush.shape(
        [(x - 30, y - 9), (x + 30, y - 9), (x + 30, y - 2), (x - 30, y - 2)], (234, 238, 244), sharp=True
    )
    brush.lettering(features.badge, (x, y), (36, 46, 74), size=13)
