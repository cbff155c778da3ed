"""The parts of a zipped workbook, measured by unpacking them: what the archive says of their sizes is not believed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from zipfile import BadZipFile, ZipFile, ZipInfo

from warrant.adapters.spreadsheet.bounds import (
    LARGEST_SIDE_PART_BYTES,
    LARGEST_UNPACKED_BYTES,
    protected,
    unreadable,
)
from warrant.core.errors import N_, InvalidInput

CHUNK_BYTES = 1024 * 1024
_ENCRYPTED_FLAG = 0x1
_MARKUP_ENDINGS = (".xml", ".rels", ".vml")
DAMAGE = (BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OSError, zlib.error)
"""What reading a damaged archive raises."""


def too_large() -> InvalidInput:
    """Return the refusal of a file that would not fit into memory."""
    return InvalidInput("file-too-large", N_("文件解压后过大；请用表格软件打开后另存再上传"))


class Archive:
    """A zip archive whose parts are unpacked under one common limit."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._unpacked = 0
        parts = archive.infolist()
        if any(part.flag_bits & _ENCRYPTED_FLAG for part in parts):
            raise protected()
        if sum(part.file_size for part in parts) > LARGEST_UNPACKED_BYTES:
            raise too_large()

    @property
    def names(self) -> set[str]:
        """The names of all parts."""
        return set(self._archive.NameToInfo)

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a part as it really unpacks.

        Raises: InvalidInput("file-too-large") beyond the limit; "file-unreadable" when it is damaged or missing.
        """
        info = self._archive.NameToInfo.get(name)
        if info is None:
            raise unreadable()
        try:
            with self._archive.open(_unbelieved(info)) as stream:
                while chunk := stream.read(CHUNK_BYTES):
                    self._unpacked += len(chunk)
                    if self._unpacked > LARGEST_UNPACKED_BYTES:
                        raise too_large()
                    yield chunk
        except DAMAGE as error:
            raise unreadable() from error

    def check_side_parts(self, measured: set[str]) -> None:
        """Measure every part of markup that is not among ``measured``: none of them is large in a sound file."""
        for name in self.names - measured:
            if name.endswith(_MARKUP_ENDINGS):
                size = 0
                for chunk in self.chunks(name):
                    size += len(chunk)
                    if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
                        raise unreadable()
                    if size > LARGEST_SIDE_PART_BYTES:
                        raise too_large()


def _unbelieved(info: ZipInfo) -> ZipInfo:
    """Return the part's entry without its promise of a size: it is read until its packed bytes end."""
    copied = ZipInfo(info.filename, info.date_time)
    for name in ("compress_type", "flag_bits", "header_offset", "CRC", "compress_size", "orig_filename"):
        setattr(copied, name, getattr(info, name))
    copied.file_size = LARGEST_UNPACKED_BYTES + CHUNK_BYTES
    return copied
