"""Reads kind and size of a picture from its first bytes, before any decoder is let near it.

The size is needed early: a file of a few kilobytes may unpack to gigabytes, and the decoder
should never be asked to try.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

PictureKind = Literal["JPEG", "PNG"]

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
JPEG_START = b"\xff\xd8\xff"
# Start-of-frame markers carry the size. C4 (Huffman), C8 (reserved) and CC (arithmetic conditioning)
# lie in the same range and do not.
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
JPEG_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
MARKER = 0xFF
JPEG_SCAN = 0xDA
JPEG_END = 0xD9


@dataclass(frozen=True)
class PictureHeader:
    """What the first bytes say. ``width`` and ``height`` in pixels, as stored (before EXIF rotation)."""

    kind: PictureKind
    width: int
    height: int


@dataclass(frozen=True)
class JpegSegment:
    """One marker segment: ``start`` is the place of its FF byte, ``end`` the first byte after it."""

    marker: int
    start: int
    end: int


def picture_kind(raw: bytes) -> PictureKind | None:
    """Tell JPEG and PNG by signature, whatever the file name says; ``None`` for everything else."""
    if raw.startswith(PNG_SIGNATURE):
        return "PNG"
    if raw.startswith(JPEG_START):
        return "JPEG"
    return None


def read_header(raw: bytes) -> PictureHeader | None:
    """Return kind and size, or ``None`` where the header is cut short or makes no sense.

    Source: ISO/IEC 15948 (PNG), 11.2.2; ITU-T T.81 (JPEG), B.2.2.
    """
    kind = picture_kind(raw)
    size = _png_size(raw) if kind == "PNG" else _jpeg_size(raw) if kind == "JPEG" else None
    if kind is None or size is None or 0 in size:
        return None
    return PictureHeader(kind, *size)


def jpeg_segments(raw: bytes) -> Iterator[JpegSegment]:
    """Walk the marker segments up to the first scan, which is the last one given; stops where it breaks off."""
    position = 2
    while position + 4 <= len(raw) and raw[position] == MARKER:
        marker = raw[position + 1]
        if marker == MARKER:  # fill byte
            position += 1
            continue
        if marker in JPEG_STANDALONE:
            position += 2
            continue
        length = max(int.from_bytes(raw[position + 2 : position + 4], "big"), 2)
        yield JpegSegment(marker, position, position + 2 + length)
        if marker in (JPEG_SCAN, JPEG_END):
            return
        position += 2 + length


def _png_size(raw: bytes) -> tuple[int, int] | None:
    if len(raw) < 24 or raw[12:16] != b"IHDR":
        return None
    return int.from_bytes(raw[16:20], "big"), int.from_bytes(raw[20:24], "big")


def _jpeg_size(raw: bytes) -> tuple[int, int] | None:
    for segment in jpeg_segments(raw):
        if segment.marker in JPEG_FRAMES:
            frame = raw[segment.start + 4 : segment.end]
            if len(frame) < 5:
                return None
            return int.from_bytes(frame[3:5], "big"), int.from_bytes(frame[1:3], "big")
    return None
