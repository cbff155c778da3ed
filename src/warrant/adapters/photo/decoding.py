"""Turns accepted picture bytes into upright sRGB pixels; every way to fail is one error."""

from __future__ import annotations

import io
import struct

from PIL import Image, ImageCms

from warrant.adapters.photo.header import PictureHeader
from warrant.adapters.photo.metadata import UPRIGHT, exif_orientation, strip_jpeg
from warrant.core.errors import N_, InvalidInput

WHITE = (255, 255, 255)
# Everything that Pillow's JPEG and PNG decoders were seen to raise on broken files.
DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    OverflowError,
    ZeroDivisionError,
    struct.error,
    MemoryError,
    Image.DecompressionBombError,
)
# From the EXIF orientation to what brings the picture upright. Source: CIPA DC-008 (Exif 2.32), 4.6.4 A.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def decode(raw: bytes, header: PictureHeader) -> Image.Image:
    """Return the whole picture: mode RGB, upright by its EXIF orientation, transparency on white.

    The caller has checked the size in ``header``; a file whose decoder sees another size is refused.

    Raises: InvalidInput ``photo-damaged``.
    """
    bare, orientation = strip_jpeg(raw) if header.kind == "JPEG" else (raw, UPRIGHT)
    try:
        with Image.open(io.BytesIO(bare), formats=[header.kind]) as opened:
            if opened.size != (header.width, header.height):
                raise _damaged()
            opened.load()
            if header.kind == "PNG":
                orientation = exif_orientation(opened.info.get("exif", b""))
            return _as_rgb(_upright(opened, orientation))
    except DECODER_ERRORS as error:
        raise _damaged() from error


def _damaged() -> InvalidInput:
    return InvalidInput("photo-damaged", N_("照片文件已损坏，无法打开。请重新导出后再上传。"), place="photo")


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    turn = TURNS.get(orientation)
    return image.copy() if turn is None else image.transpose(turn)


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):
        # 16-bit grey: Pillow's own conversion cuts off at 255 in place of scaling.
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("RGB", "CMYK"):
        image = _in_srgb(image)
    if image.has_transparency_data:
        layered = image.convert("RGBA")
        ground = Image.new("RGBA", layered.size, (*WHITE, 255))
        return Image.alpha_composite(ground, layered).convert("RGB")
    return image.convert("RGB")


def _in_srgb(image: Image.Image) -> Image.Image:
    """Apply an embedded colour profile, so that telephone photos do not turn pale when it is stripped."""
    profile = image.info.get("icc_profile")
    if not profile:
        return image
    try:
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGB",
        )
    except (ImageCms.PyCMSError, *DECODER_ERRORS):
        return image
    return converted or image
