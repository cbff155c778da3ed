"""What a card says about its holder, and its one encoding.

The numbers of :class:`Tag` are stored on cards that live for years: a number never gets another meaning, a field
never another encoding. A new field takes a new number and raises :data:`FORMAT_VERSION`; readers refuse a version
that they do not know instead of guessing.

Source: 2009 notice, 三(二); fields after the printed certificate; encodings: assumption (docs/card-format.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Final

from warrant.core.chip import layout, tlv
from warrant.core.chip.tlv import malformed
from warrant.core.errors import N_, InvalidInput
from warrant.core.keys.hierarchy import KeySuite

FORMAT_VERSION: Final = 1
PHOTO_MAX_BYTES: Final = layout.PHOTO.size - 5
"""Largest photo that fits: the file less its length and the field's tag and length."""
RECEIPT_DIGEST_BYTES: Final = 32


class Tag(IntEnum):
    """Numbers of the fields. Never reuse one."""

    FORMAT_VERSION = 0x01
    CERTIFICATE_NUMBER = 0x02
    CHIP_SERIAL_NUMBER = 0x03
    ISSUER = 0x04
    AREA_CODE = 0x05
    AREA_NAME = 0x06
    CATEGORY = 0x07
    VALID_FROM = 0x08
    VALID_UNTIL = 0x09
    KEY_SUITE = 0x0A
    KEY_VERSION = 0x0B
    STATUS_LIST_INDEX = 0x0C
    HOLDER_NAME = 0x10
    HOLDER_SEX = 0x11
    AGENCY_NAME = 0x12
    PHOTO = 0x20
    RECEIPT_DIGEST = 0x30
    SIGNATURE_SUITE = 0x40
    SIGNATURE_KEY_ID = 0x41
    SIGNATURE = 0x42


LABELS: Final[Mapping[str, str]] = {
    "certificate_number": N_("证件编号"),
    "chip_serial_number": N_("芯片序列号"),
    "holder_name": N_("姓名"),
    "holder_sex": N_("性别"),
    "agency_name": N_("执法单位"),
    "categories": N_("执法门类"),
    "area_code": N_("执法区域代码"),
    "area_name": N_("执法区域"),
    "issuer": N_("发证机关"),
    "valid_from": N_("有效期起"),
    "valid_until": N_("有效期止"),
    "photo": N_("照片"),
    "receipt_digest": N_("备案回执摘要"),
    "key_suite": N_("密钥算法"),
    "key_version": N_("密钥版本"),
    "status_list_index": N_("状态列表序号"),
}
"""What people call each field of :class:`CardContent`; message ids."""

_SUITE_NUMBERS: Final[Mapping[KeySuite, int]] = {"3des": 1, "sm4": 2}
_SUITE_NAMES: Final[Mapping[int, KeySuite]] = {number: name for name, number in _SUITE_NUMBERS.items()}
_SEX_CODES: Final = ("0", "1", "2", "9")
HIDDEN_CHARACTERS: Final = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u2064\u2066-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U00013438"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]"
)
"""What no text on a card has: categories Cc, Cf, Cs, Zl and Zp of Unicode 14, written out because every reader has to
decide alike, whichever Unicode its own language knows."""


@dataclass(frozen=True)
class CardContent:
    """The content of one card, as signed.

    ``certificate_number``: 11 digits. ``chip_serial_number``: 4 to 10 bytes, ties the content to this chip.
    ``holder_sex``: GB/T 2261.1 (0, 1, 2, 9). ``area_code``: 6 digits, GB/T 2260. ``categories``: codes of the
    enforcement categories, at least one. ``valid_until`` is exclusive. ``photo``: an image file of at most
    :data:`PHOTO_MAX_BYTES`. ``receipt_digest``: SHA-256 of the filing receipt. ``key_version``: 1 to 255.
    ``status_list_index``: place in the signed status list, 32 bits.

    Raises: InvalidInput ``card-content-invalid`` with the field's name as place.
    """

    certificate_number: str
    chip_serial_number: bytes
    holder_name: str
    holder_sex: str
    agency_name: str
    categories: tuple[str, ...]
    area_code: str
    area_name: str
    issuer: str
    valid_from: date
    valid_until: date
    photo: bytes
    receipt_digest: bytes
    key_suite: KeySuite
    key_version: int
    status_list_index: int

    def __post_init__(self) -> None:
        rules = {
            "certificate_number": _is_digits(self.certificate_number, 11),
            "chip_serial_number": 4 <= len(self.chip_serial_number) <= 10,
            "holder_name": _is_text(self.holder_name),
            "holder_sex": self.holder_sex in _SEX_CODES,
            "agency_name": _is_text(self.agency_name),
            "categories": bool(self.categories) and all(_is_text(code) for code in self.categories),
            "area_code": _is_digits(self.area_code, 6),
            "area_name": _is_text(self.area_name),
            "issuer": _is_text(self.issuer),
            "valid_until": self.valid_from < self.valid_until,
            "photo": 0 < len(self.photo) <= PHOTO_MAX_BYTES,
            "receipt_digest": len(self.receipt_digest) == RECEIPT_DIGEST_BYTES,
            "key_suite": self.key_suite in _SUITE_NUMBERS,
            "key_version": 1 <= self.key_version <= 0xFF,
            "status_list_index": 0 <= self.status_list_index <= 0xFFFFFFFF,
        }
        for name, holds in rules.items():
            if not holds:
                raise InvalidInput(
                    "card-content-invalid",
                    N_("证卡内容“%(field)s”不符合要求"),
                    place=name,
                    field=LABELS[name],
                )


def encode_content(content: CardContent) -> dict[int, bytes]:
    """Return the image of each signed file by its identifier: certificate, holder, photo, receipt.

    Raises: InvalidInput ``card-content-too-long``.
    """
    certificate = [
        (Tag.FORMAT_VERSION, bytes((FORMAT_VERSION,))),
        (Tag.CERTIFICATE_NUMBER, content.certificate_number.encode("ascii")),
        (Tag.CHIP_SERIAL_NUMBER, content.chip_serial_number),
        (Tag.ISSUER, content.issuer.encode()),
        (Tag.AREA_CODE, content.area_code.encode("ascii")),
        (Tag.AREA_NAME, content.area_name.encode()),
        *((Tag.CATEGORY, code.encode()) for code in content.categories),
        (Tag.VALID_FROM, encode_date(content.valid_from)),
        (Tag.VALID_UNTIL, encode_date(content.valid_until)),
        (Tag.KEY_SUITE, bytes((_SUITE_NUMBERS[content.key_suite],))),
        (Tag.KEY_VERSION, bytes((content.key_version,))),
        (Tag.STATUS_LIST_INDEX, content.status_list_index.to_bytes(4, "big")),
    ]
    holder = [
        (Tag.HOLDER_NAME, content.holder_name.encode()),
        (Tag.HOLDER_SEX, content.holder_sex.encode("ascii")),
        (Tag.AGENCY_NAME, content.agency_name.encode()),
    ]
    rows = (
        (layout.CERTIFICATE, certificate),
        (layout.HOLDER, holder),
        (layout.PHOTO, [(Tag.PHOTO, content.photo)]),
        (layout.RECEIPT, [(Tag.RECEIPT_DIGEST, content.receipt_digest)]),
    )
    return {row.file_id: tlv.encode_file(fields, row) for row, fields in rows}


def decode_content(images: Mapping[int, bytes]) -> CardContent:
    """Return the content of the four signed files; ``images`` is what :func:`encode_content` gives.

    Raises: InvalidInput ``card-content-malformed`` with the file's title as place; the same for every fault.
    """
    certificate = _Fields(images, layout.CERTIFICATE)
    if certificate.one(Tag.FORMAT_VERSION) != bytes((FORMAT_VERSION,)):
        raise certificate.fault()
    content = _build(
        certificate,
        _Fields(images, layout.HOLDER),
        _Fields(images, layout.PHOTO),
        _Fields(images, layout.RECEIPT),
    )
    # One content has one encoding: whatever does not come out again byte for byte was not written by us.
    if any(images[file_id] != image for file_id, image in encode_content(content).items()):
        raise certificate.fault()
    return content


class _Fields:
    """The fields of one file, taken out one by one."""

    def __init__(self, images: Mapping[int, bytes], row: layout.FileRow) -> None:
        self._row = row
        self._fields = tlv.decode_file(images.get(row.file_id, b""), row)

    def fault(self) -> InvalidInput:
        return malformed(self._row)

    def many(self, tag: Tag) -> list[bytes]:
        return [value for number, value in self._fields if number == tag]

    def one(self, tag: Tag) -> bytes:
        values = self.many(tag)
        if len(values) != 1:
            raise self.fault()
        return values[0]

    def text(self, tag: Tag) -> str:
        return self._text(self.one(tag))

    def texts(self, tag: Tag) -> tuple[str, ...]:
        return tuple(self._text(value) for value in self.many(tag))

    def number(self, tag: Tag) -> int:
        return int.from_bytes(self.one(tag), "big")

    def date(self, tag: Tag) -> date:
        return decode_date(self.one(tag), self._row)

    def suite(self, tag: Tag) -> KeySuite:
        suite = _SUITE_NAMES.get(self.number(tag))
        if suite is None:
            raise self.fault()
        return suite

    def _text(self, value: bytes) -> str:
        try:
            return value.decode("utf-8", "strict")
        except UnicodeDecodeError:
            raise self.fault() from None


def _build(certificate: _Fields, holder: _Fields, photo: _Fields, receipt: _Fields) -> CardContent:
    try:
        return CardContent(
            certificate_number=certificate.text(Tag.CERTIFICATE_NUMBER),
            chip_serial_number=certificate.one(Tag.CHIP_SERIAL_NUMBER),
            holder_name=holder.text(Tag.HOLDER_NAME),
            holder_sex=holder.text(Tag.HOLDER_SEX),
            agency_name=holder.text(Tag.AGENCY_NAME),
            categories=certificate.texts(Tag.CATEGORY),
            area_code=certificate.text(Tag.AREA_CODE),
            area_name=certificate.text(Tag.AREA_NAME),
            issuer=certificate.text(Tag.ISSUER),
            valid_from=certificate.date(Tag.VALID_FROM),
            valid_until=certificate.date(Tag.VALID_UNTIL),
            photo=photo.one(Tag.PHOTO),
            receipt_digest=receipt.one(Tag.RECEIPT_DIGEST),
            key_suite=certificate.suite(Tag.KEY_SUITE),
            key_version=certificate.number(Tag.KEY_VERSION),
            status_list_index=certificate.number(Tag.STATUS_LIST_INDEX),
        )
    except InvalidInput as error:
        if error.code == "card-content-invalid":
            raise certificate.fault() from error
        raise


def encode_date(day: date) -> bytes:
    """Return YYYYMMDD as BCD, 4 bytes."""
    return bytes.fromhex(f"{day:%Y%m%d}".zfill(8))


def decode_date(value: bytes, row: layout.FileRow) -> date:
    """Return the day of 4 BCD bytes. Raises: InvalidInput ``card-content-malformed``."""
    digits = value.hex()
    if not _is_digits(digits, 8):
        raise malformed(row)
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise malformed(row) from None


def _is_digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdecimal()


def _is_text(text: str) -> bool:
    return bool(text) and text == text.strip() and HIDDEN_CHARACTERS.search(text) is None
