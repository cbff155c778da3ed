"""Makes the three pictures that the system keeps from one uploaded photo; none carries any metadata."""

from __future__ import annotations

import io

from PIL import Image, ImageOps

from warrant.adapters.photo.check import examine
from warrant.core.errors import InvalidInput

CARD_SIZE_PX = (295, 413)
PUBLIC_SIZE_PX = (240, 336)
CHIP_SIZES_PX = ((120, 168), (105, 147), (90, 126), (75, 105), (60, 84), (40, 56))
MAX_PUBLIC_BYTES = 12_000
# One photo file on the chip; the size is fixed by the card layout.
MAX_CHIP_BYTES = 1495  # the file of 1,500 bytes less its tag and length; core.chip.content.PHOTO_MAX_BYTES
# Below this quality a smaller picture is the clearer one.
LEAST_CHIP_QUALITY = 20


def normalise(raw: bytes) -> bytes:
    """Return the photo for card face and file: JPEG 295 x 413 px, sRGB, upright, no metadata.

    Cuts evenly to 5:7 where the ratio is a little off, keeping more of the top than of the bottom.

    Raises: InvalidInput with the first error of :func:`check_photo`.
    """
    return _as_jpeg(_portrait(raw, CARD_SIZE_PX), quality=92)


def for_public(raw: bytes) -> bytes:
    """Return the photo for the public answer: JPEG 240 x 336 px, at most 12,000 bytes.

    Raises: InvalidInput with the first error of :func:`check_photo`.
    """
    image = _portrait(raw, PUBLIC_SIZE_PX)
    for quality in (85, 78, 70, 60, 50, 40, 30, 20, 10):
        encoded = _as_jpeg(image, quality=quality)
        if len(encoded) <= MAX_PUBLIC_BYTES:
            return encoded
    return _as_jpeg(image.resize((120, 168), Image.Resampling.LANCZOS), quality=30)


def for_chip(raw: bytes) -> bytes:
    """Return the photo for the chip: WebP, at most 1,495 bytes, 120 x 168 px or smaller where needed.

    Raises: InvalidInput with the first error of :func:`check_photo`.
    """
    portrait = _portrait(raw, CARD_SIZE_PX)
    smallest = b""
    for size in CHIP_SIZES_PX:
        image = portrait.resize(size, Image.Resampling.LANCZOS)
        smallest = _as_webp(image, quality=LEAST_CHIP_QUALITY)
        if len(smallest) <= MAX_CHIP_BYTES:
            return _best_that_fits(image, smallest)
    return smallest


def _best_that_fits(image: Image.Image, fitting: bytes) -> bytes:
    """Raise the quality by halving as long as the result fits the chip; starts from one that does."""
    low, high, best = LEAST_CHIP_QUALITY, 90, fitting
    while high - low > 1:
        middle = (low + high) // 2
        encoded = _as_webp(image, quality=middle)
        if len(encoded) <= MAX_CHIP_BYTES:
            low, best = middle, encoded
        else:
            high = middle
    return best


def _portrait(raw: bytes, size: tuple[int, int]) -> Image.Image:
    check, image = examine(raw)
    if image is None or not check.is_acceptable:
        worst = check.findings[0]
        raise InvalidInput(worst.code, worst.message, place="photo", **worst.fields)
    return ImageOps.fit(image, size, Image.Resampling.LANCZOS, centering=(0.5, 0.35))


def _as_jpeg(image: Image.Image, *, quality: int) -> bytes:
    target = io.BytesIO()
    image.save(
        target, "JPEG", quality=quality, optimize=True, subsampling="4:2:0" if quality < 90 else "4:4:4"
    )
    return target.getvalue()


def _as_webp(image: Image.Image, *, quality: int) -> bytes:
    target = io.BytesIO()
    image.save(target, "WEBP", quality=quality, method=6)
    return target.getvalue()
