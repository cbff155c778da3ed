"""Takes metadata off a picture before the decoder sees it, keeping only which way is up.

Pillow's own EXIF reader warns on every broken tag and the decoder calls it unasked; telephones write many
broken tags. The one value that is needed, the orientation, is read here.
"""

from __future__ import annotations

from typing import Literal

from warrant.adapters.photo.header import JPEG_SCAN, jpeg_segments

JPEG_APP0, JPEG_APP1, JPEG_APP2, JPEG_APP14, JPEG_APP15 = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
JPEG_COMMENT = 0xFE
EXIF_START = b"Exif\x00\x00"
ICC_START = b"ICC_PROFILE\x00"
ORIENTATION_TAG = 0x0112
UPRIGHT = 1


def strip_jpeg(raw: bytes) -> tuple[bytes, int]:
    """Return the JPEG without metadata, and its EXIF orientation (1 to 8).

    Colour profile and Adobe's colour marker stay, because the colours cannot be understood without them.
    """
    kept = [raw[:2]]
    orientation = UPRIGHT
    end = 2
    for segment in jpeg_segments(raw):
        body = raw[segment.start + 4 : segment.end]
        end = segment.end
        if segment.marker == JPEG_SCAN:
            end = segment.start
            break
        if segment.marker == JPEG_APP1 and body.startswith(EXIF_START):
            orientation = exif_orientation(body)
        if _is_needed(segment.marker, body):
            kept.append(raw[segment.start : segment.end])
    return b"".join([*kept, raw[end:]]), orientation


def exif_orientation(exif: bytes) -> int:
    """Return the orientation that an EXIF block states, 1 where it states none that makes sense.

    Source: CIPA DC-008 (Exif 2.32), 4.6.4 A; TIFF 6.0, section 2.
    """
    tiff = exif.removeprefix(EXIF_START)
    if tiff[:4] == b"II*\x00":
        order: Literal["little", "big"] = "little"
    elif tiff[:4] == b"MM\x00*":
        order = "big"
    else:
        return UPRIGHT

    def number(at: int, length: int) -> int:
        return int.from_bytes(tiff[at : at + length], order)

    directory = number(4, 4)
    for index in range(number(directory, 2)):
        entry = directory + 2 + index * 12
        if entry + 12 > len(tiff):
            break
        if number(entry, 2) == ORIENTATION_TAG:
            value = number(entry + 8, 2)
            return value if 1 <= value <= 8 else UPRIGHT
    return UPRIGHT


def _is_needed(marker: int, body: bytes) -> bool:
    if marker == JPEG_COMMENT:
        return False
    if JPEG_APP0 <= marker <= JPEG_APP15:
        return marker == JPEG_APP14 or (marker == JPEG_APP2 and body.startswith(ICC_START))
    return True
