"""Portrait photos: checked on the way in, and brought into the forms that card, chip and public page need.

The package as a whole implements :class:`warrant.core.ports.PhotoDesk`.
"""

from warrant.adapters.photo.check import check_photo
from warrant.adapters.photo.renditions import for_chip, for_public, normalise

__all__ = ["check_photo", "for_chip", "for_public", "normalise"]
