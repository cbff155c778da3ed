"""Puts a made-up portrait together: hair behind, uniform, head, hair in front."""

from __future__ import annotations

import io

from warrant.adapters.made_up_portraits.brush import Brush
from warrant.adapters.made_up_portraits.face import draw_head
from warrant.adapters.made_up_portraits.features import Sex, features_for
from warrant.adapters.made_up_portraits.hair import draw_hair_behind, draw_hair_in_front
from warrant.adapters.made_up_portraits.uniform import draw_uniform

WIDTH_PX = 413
HEIGHT_PX = 579
# Head and shoulders are drawn with a long neck between them and then moved together.
HEAD_DROP = 8.0
SHOULDER_LIFT = 16.0


def portrait(seed: int, sex: Sex) -> bytes:
    """Draw the made-up person ``seed``: JPEG, 413 x 579 px (two-inch photo at 300 dpi), white ground.

    The same seed and sex give the same picture.
    """
    features = features_for(seed, sex)
    brush = Brush(WIDTH_PX, HEIGHT_PX)
    brush.lift(-HEAD_DROP)
    draw_hair_behind(brush, features)
    brush.lift(SHOULDER_LIFT)
    draw_uniform(brush, features)
    brush.lift(-HEAD_DROP)
    draw_head(brush, features)
    draw_hair_in_front(brush, features)
    target = io.BytesIO()
    brush.finish().save(target, "JPEG", quality=92, optimize=True, dpi=(300, 300))
    return target.getvalue()
