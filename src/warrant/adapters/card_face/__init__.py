"""Draws the printed face of the certificate card, front and back, as a PDF at card size."""

from warrant.adapters.card_face.drawing import draw_card
from warrant.adapters.card_face.face import CardFace
from warrant.adapters.card_face.font import missing_characters

__all__ = ["CardFace", "draw_card", "missing_characters"]
