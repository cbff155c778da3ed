"""Portrait photos: checked on the way in, and brought into the forms that card, chip and public page need."""

from warrant.adapters.photo.check import PhotoCheck, PhotoFinding, check_photo
from warrant.adapters.photo.renditions import for_chip, for_public, normalise

__all__ = ["PhotoCheck", "PhotoFinding", "check_photo", "for_chip", "for_public", "normalise"]
