"""What is printed on one card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class CardFace:
    """The content of one card, all text as it shall stand on the card.

    ``photo`` is the JPEG that :func:`warrant.adapters.photo.normalise` made; ``qr_text`` the signed credential,
    printed as given; the certificate is valid from ``valid_from`` until the day before ``valid_until``.
    """

    officer_name: str
    agency_name: str
    enforcement_categories: tuple[str, ...]
    enforcement_area: str
    certificate_number: str
    issuer: str
    valid_from: date
    valid_until: date
    qr_text: str
    photo: bytes
