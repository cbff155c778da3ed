"""Telling a proof that is whole from one that was cut off on its way: by its structure, without drawing it.

Source: ISO/IEC 10918-1 (JPEG), Annex B; PNG specification, section 5; ISO 32000-1 (PDF), 7.5 and 7.7.3.
"""

from __future__ import annotations

import re
import zlib

from warrant.core.errors import N_, InvalidInput

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"

_MAGIC = ((b"%PDF-", PDF), (b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG))
_PNG_SIGNATURE_LENGTH = 8
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN = 0xDA
_END = b"\xff\xd9"
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])|/Type\s*/ObjStm|/ObjStm")
_TAIL = 2048


def proof_type(raw: bytes) -> str:
    """Return the media type of a proof by its first bytes.

    Raises:
        InvalidInput: it is neither PDF, JPEG nor PNG.
    """
    for magic, media_type in _MAGIC:
        if raw.startswith(magic):
            return media_type
    raise InvalidInput("document-format", N_("只接受 PDF、JPEG、PNG 文件；请扫描或另存为其中一种后再上传"))


def _is_jpeg_whole(raw: bytes) -> bool:
    """Walk the segments: a frame header, a scan, and the end marker after it."""
    place, has_frame = 2, False
    while place + 4 <= len(raw):
        if raw[place] != 0xFF:
            return False
        marker = raw[place + 1]
        if marker == 0xFF:  # fill byte
            place += 1
            continue
        if marker in _STANDALONE:
            place += 2
            continue
        length = int.from_bytes(raw[place + 2 : place + 4])
        if length < 2:
            return False
        if marker == _SCAN:
            return has_frame and raw.find(_END, place + 2 + length) > 0
        has_frame = has_frame or marker in _FRAMES
        place += 2 + length
    return False


def _is_png_whole(raw: bytes) -> bool:
    """Walk the chunks: IHDR first, IDAT, IEND, each with its check value."""
    place, names = _PNG_SIGNATURE_LENGTH, set[bytes]()
    while place + 12 <= len(raw):
        length = int.from_bytes(raw[place : place + 4])
        name, end = raw[place + 4 : place + 8], place + 8 + length
        if end + 4 > len(raw) or zlib.crc32(raw[place + 4 : end]) != int.from_bytes(raw[end : end + 4]):
            return False
        if not names and name != b"IHDR":
            return False
        names.add(name)
        if name == b"IEND":
            return b"IDAT" in names
        place = end + 4
    return False


def check_proof(raw: bytes) -> str:
    """Return the media type of a proof that is whole.

    Raises:
        InvalidInput: another kind of file, cut off, or a PDF without a page.
    """
    media_type = proof_type(raw)
    damaged = InvalidInput(
        "document-damaged", N_("文件不完整，可能没有传完或保存出错；请重新扫描或另存后再上传")
    )
    if media_type == JPEG and not _is_jpeg_whole(raw):
        raise damaged
    if media_type == PNG and not _is_png_whole(raw):
        raise damaged
    if media_type == PDF:
        if b"%%EOF" not in raw[-_TAIL:]:
            raise damaged
        if not _PAGE.search(raw):
            raise InvalidInput("document-no-pages", N_("PDF 里没有页面；请打开核对后重新导出再上传"))
    return media_type
