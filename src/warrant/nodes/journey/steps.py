"""The steps of the journey in their order, each by the right person, from the pages that they would use."""

from __future__ import annotations

from collections.abc import Callable

from warrant.nodes.journey.cards import card, face, keys
from warrant.nodes.journey.holding import hand_over, lifecycle, public_check
from warrant.nodes.journey.qualification import application, approval, filing, roster
from warrant.nodes.journey.walk import Walk

STEPS: tuple[tuple[str, Callable[[Walk], str]], ...] = (
    ("roster", roster),
    ("qualification application", application),
    ("review, verification, approval", approval),
    ("filing with the ministry", filing),
    ("keys", keys),
    ("card job", card),
    ("card face", face),
    ("hand-over", hand_over),
    ("public check", public_check),
    ("lost, found, withheld, cancelled", lifecycle),
)
