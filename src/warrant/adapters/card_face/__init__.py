"""Draws the printed face of the certificate card, front and back, as PDF at card size.

The package as a whole implements :class:`warrant.core.ports.CardFacePrinter`.
"""

from warrant.adapters.card_face.drawing import draw_cards, draw_common_face
from warrant.adapters.card_face.font import missing_characters

__all__ = ["draw_cards", "draw_common_face", "missing_characters"]
