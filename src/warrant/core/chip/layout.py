"""The national file layout: which files and keys a card has, and who may do what with them.

The tables below *are* the layout: personalisation builds a card from them and inspection reads it by them.
Access bytes follow FMCOS: ``0Y`` asks for state ≥ Y of the MF, ``XY`` with X ≥ Y for a state of the current DF
from Y to X, ``F0`` for nothing, ``EF`` is never.

Source: 2009 notice, 三(二) (one national format); FMCOS 2.0 manual, 7.12 and 7.13; file numbers 0015 to 0018
after the maker's initialisation example, 0019 and 001A and all sizes: assumption.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from warrant.core.errors import N_
from warrant.core.keys.hierarchy import KeyUsage

MASTER_FILE: Final = 0x3F00
DIRECTORY_FILE: Final = 0x0001
ENFORCEMENT_DIRECTORY: Final = 0x3F01
ENFORCEMENT_NAME: Final = b"\xd1\x56\x00\x00\x01ZFZJ\x01"
"""DF name: registered-provider form of ISO/IEC 7816-4 with a made-up provider, then "ZFZJ" and the layout version."""
DIRECTORY_RECORD: Final = (
    b"\x61" + bytes((len(ENFORCEMENT_NAME) + 8,)) + b"\x4f" + bytes((len(ENFORCEMENT_NAME),)) + ENFORCEMENT_NAME
    + b"\x50\x04ZFZJ"
)  # fmt: skip
"""The MF's list of applications: 61 { 4F DF name, 50 label }. Source: ISO/IEC 7816-4, 8.2.1.1."""

KEY_FILE: Final = 0x0000

FREE: Final = 0xF0
ISSUER: Final = 0x0A
"""MF state ≥ A: the transport key before the lock, the card control key after it."""
MAINTAINER: Final = 0x22
INSPECTOR: Final = 0x32
"""DF state 2 or 3."""

STATE_ISSUER: Final = 0xAA
STATE_MAINTENANCE: Final = 0x22
STATE_INSPECTION: Final = 0x33

TYPE_BINARY: Final = 0x28
TYPE_CYCLIC: Final = 0x2E
TYPE_VARIABLE: Final = 0x2C
TYPE_KEY_FILE: Final = 0x3F
TYPE_DIRECTORY: Final = 0x38
WITH_MAC: Final = 0x80
WITH_MAC_AND_ENCRYPTION: Final = 0xC0

KEY_ENCRYPT: Final = 0x30
KEY_LINE: Final = 0x36
KEY_EXTERNAL: Final = 0x39

CONTROL_KEY_ID: Final = 0x00
HEADER_BYTES: Final = 11
KEY_RECORD_BYTES: Final = 24
"""16-byte key and 8 bytes of its record."""


@dataclass(frozen=True)
class FileRow:
    """One EF of the enforcement DF. ``title`` names it in code, ``label`` (a message id) to people; ``size`` is bytes of content; for a cyclic file ``records`` of ``size`` each."""

    file_id: int
    title: str
    label: str
    type: int
    size: int
    read: int
    write: int
    records: int = 0

    @property
    def short_id(self) -> int:
        """Short file identifier, 1 to 30."""
        return self.file_id & 0x1F

    @property
    def control(self) -> bytes:
        """The field of CREATE FILE, 7 bytes."""
        space = bytes((self.records, self.size)) if self.records else self.size.to_bytes(2, "big")
        return bytes((self.type,)) + space + bytes((self.read, self.write, 0xFF, 0xFF))

    @property
    def space(self) -> int:
        """Bytes of chip memory it takes, its header counted."""
        body = self.records * (self.size + 1) if self.records else self.size
        return HEADER_BYTES + body


CERTIFICATE: Final = FileRow(
    0x0015, "certificate", N_("证件信息"), TYPE_BINARY | WITH_MAC, 208, FREE, MAINTAINER
)
HOLDER: Final = FileRow(0x0016, "holder", N_("持证人信息"), TYPE_BINARY | WITH_MAC, 192, FREE, MAINTAINER)
PHOTO: Final = FileRow(0x0017, "photo", N_("照片"), TYPE_BINARY | WITH_MAC, 1500, FREE, MAINTAINER)
REVIEWS: Final = FileRow(
    0x0018, "reviews", N_("年审记录"), TYPE_CYCLIC | WITH_MAC, 16, INSPECTOR, MAINTAINER, records=10
)
RECEIPT: Final = FileRow(0x0019, "receipt", N_("备案回执摘要"), TYPE_BINARY | WITH_MAC, 40, FREE, MAINTAINER)
SIGNATURE: Final = FileRow(0x001A, "signature", N_("签名"), TYPE_BINARY | WITH_MAC, 88, FREE, MAINTAINER)
FILES: Final = (CERTIFICATE, HOLDER, PHOTO, REVIEWS, RECEIPT, SIGNATURE)


@dataclass(frozen=True)
class KeyRow:
    """One key of the enforcement DF. ``fourth`` and ``fifth`` are the bytes that FMCOS reads by the key's type:
    state and error counter (39), FF and error counter (36), version and algorithm (30)."""

    usage: KeyUsage
    type: int
    key_id: int
    use: int
    change: int
    fourth: int
    fifth: int

    def record(self, key: bytes) -> bytes:
        """The field of WRITE KEY; the two high bits demand encryption and MAC for every later change."""
        return (
            bytes((self.type | WITH_MAC_AND_ENCRYPTION, self.use, self.change, self.fourth, self.fifth)) + key
        )


CONTROL_KEY: Final = KeyRow(
    KeyUsage.CARD_CONTROL, KEY_EXTERNAL, CONTROL_KEY_ID, FREE, ISSUER, STATE_ISSUER, 0x88
)
MAINTENANCE_KEY: Final = KeyRow(
    KeyUsage.MAINTENANCE, KEY_EXTERNAL, 0x01, FREE, ISSUER, STATE_MAINTENANCE, 0x88
)
INSPECTION_KEY: Final = KeyRow(KeyUsage.INSPECTION, KEY_EXTERNAL, 0x02, FREE, ISSUER, STATE_INSPECTION, 0x88)
AUTHENTICITY_KEY: Final = KeyRow(KeyUsage.AUTHENTICITY, KEY_ENCRYPT, 0x00, FREE, ISSUER, 0x01, 0x01)
MAC_KEY: Final = KeyRow(KeyUsage.MAC, KEY_LINE, 0x00, FREE, ISSUER, 0xFF, 0x88)
KEYS: Final = (CONTROL_KEY, MAINTENANCE_KEY, INSPECTION_KEY, AUTHENTICITY_KEY, MAC_KEY)
"""In the order in which they are written: the first protects the writing of the others."""

MASTER_CONTROL_KEY: Final = KeyRow(
    KeyUsage.CARD_CONTROL, KEY_EXTERNAL, CONTROL_KEY_ID, FREE, 0xFA, STATE_ISSUER, 0x88
)
"""The MF's only key: the transport key as delivered, the card control key once the card is locked."""

KEY_FILE_SPACE: Final = len(KEYS) * KEY_RECORD_BYTES
KEY_FILE_CONTROL: Final = (
    bytes((TYPE_KEY_FILE,)) + KEY_FILE_SPACE.to_bytes(2, "big") + bytes((0x95, ISSUER, 0xFF, 0xFF))
)
ENFORCEMENT_SPACE: Final = (
    HEADER_BYTES + len(ENFORCEMENT_NAME) + HEADER_BYTES + KEY_FILE_SPACE + sum(row.space for row in FILES)
)
ENFORCEMENT_CONTROL: Final = (
    bytes((TYPE_DIRECTORY,))
    + ENFORCEMENT_SPACE.to_bytes(2, "big")
    + bytes((ISSUER, ISSUER, 0x95, 0xFF, 0xFF))
    + ENFORCEMENT_NAME
)
DIRECTORY_CONTROL: Final = bytes((TYPE_VARIABLE, 0x02, 0x20, FREE, ISSUER, 0xFF, 0xFF))
