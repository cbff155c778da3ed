"""Chooses by seed what a made-up person looks like."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

Colour = tuple[int, int, int]
Sex = Literal["male", "female"]
HairStyle = Literal["short", "parted", "crop", "bob", "bun", "tied"]

SKINS: tuple[Colour, ...] = (
    (244, 208, 178),
    (238, 198, 166),
    (231, 188, 153),
    (222, 176, 140),
    (247, 214, 188),
    (213, 166, 130),
)
HAIRS: tuple[Colour, ...] = ((28, 25, 26), (36, 30, 29), (22, 22, 26), (46, 37, 33))
GREYING: tuple[Colour, ...] = ((84, 82, 83), (66, 63, 63))
IRISES: tuple[Colour, ...] = ((52, 34, 26), (40, 28, 24), (64, 42, 30))


@dataclass(frozen=True)
class Features:
    """One made-up face. Lengths are factors around 1, offsets are in units of the 413 x 579 picture."""

    sex: Sex
    skin: Colour
    hair: Colour
    iris: Colour
    hair_style: HairStyle
    has_glasses: bool
    age: float
    face_width: float
    jaw: float
    face_length: float
    eye_gap: float
    eye_size: float
    brow_weight: float
    brow_tilt: float
    nose_length: float
    nose_width: float
    mouth_width: float
    smile: float
    lip_fullness: float
    shoulder_width: float
    parting: float
    badge: str


def features_for(seed: int, sex: Sex) -> Features:
    """Return the face of ``seed``; the same seed and sex always give the same face."""
    chance = random.Random(f"{seed}/{sex}")  # noqa: S311 - chooses noses, not secrets
    man = sex == "male"
    age = chance.random()
    styles: tuple[HairStyle, ...] = ("short", "parted", "crop") if man else ("bob", "bun", "tied")
    return Features(
        sex=sex,
        skin=chance.choice(SKINS),
        hair=chance.choice(GREYING) if age > 0.85 else chance.choice(HAIRS),
        iris=chance.choice(IRISES),
        hair_style=chance.choice(styles),
        has_glasses=chance.random() < 0.28,
        age=age,
        face_width=chance.uniform(0.95, 1.06) * (1.0 if man else 0.955),
        jaw=chance.uniform(0.86, 1.0) if man else chance.uniform(0.72, 0.86),
        face_length=chance.uniform(0.965, 1.04),
        eye_gap=chance.uniform(0.95, 1.06),
        eye_size=chance.uniform(0.92, 1.08) * (0.95 if man else 1.06),
        brow_weight=chance.uniform(0.85, 1.25) * (1.0 if man else 0.66),
        brow_tilt=chance.uniform(-2.0, 2.5),
        nose_length=chance.uniform(0.94, 1.08),
        nose_width=chance.uniform(0.9, 1.12) * (1.0 if man else 0.88),
        mouth_width=chance.uniform(0.9, 1.08) * (1.0 if man else 0.93),
        smile=chance.uniform(1.5, 5.0),
        lip_fullness=chance.uniform(0.85, 1.15) * (0.9 if man else 1.12),
        shoulder_width=chance.uniform(0.96, 1.04) * (1.0 if man else 0.9),
        parting=chance.choice((-1.0, 1.0)),
        badge=f"{chance.randrange(100_000, 1_000_000)}",
    )
