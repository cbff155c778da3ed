"""The catalogue of cards that are broken on purpose, each with the verdict that a reader must give.

Every card is like the good one but for one fault. The verdict is that of a reader with the laboratory's card keys on
:data:`READ_ON`; ``without_keys`` is that of a reader without any, where it differs: what only a key can show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from warrant.adapters.virtual_card.chip import Chip, VirtualCard
from warrant.adapters.virtual_card.files import Directory, ElementaryFile
from warrant.core.chip import layout
from warrant.core.chip.content import Tag, encode_date
from warrant.core.chip.inspection import CheckName
from warrant.core.chip.personalisation import StepName
from warrant.core.chip.verdict import CardWord
from warrant.core.keys.hierarchy import KeySuite
from warrant.core.standards import certificate_number
from warrant.nodes.laboratory import cards, keys
from warrant.nodes.laboratory.cards import Recipe, make

READ_ON: Final = date(2026, 11, 23)
_CERTIFICATE, _HOLDER = layout.CERTIFICATE.file_id, layout.HOLDER.file_id
_PHOTO, _RECEIPT, _SIGNATURE = layout.PHOTO.file_id, layout.RECEIPT.file_id, layout.SIGNATURE.file_id


@dataclass(frozen=True)
class BrokenCard:
    """One entry. ``word`` is None where a reader has to say that this is no enforcement card, or none at all.

    ``check``: the check that fails or cannot be made. ``without_keys``: the word of a reader without keys.
    """

    title: str
    make: Callable[[KeySuite], Chip]
    word: CardWord | None
    check: CheckName | None = None
    without_keys: CardWord | None = None

    def word_for(self, *, has_keys: bool) -> CardWord | None:
        """Return the verdict of a reader with or without card keys."""
        return self.word if has_keys or self.without_keys is None else self.without_keys


def _by(**recipe: object) -> Callable[[KeySuite], Chip]:
    made = Recipe(**recipe)  # type: ignore[arg-type]  # the fields of one recipe
    return lambda suite: make(suite, made)


def _flipped(place: int) -> Callable[[bytes], bytes]:
    """Turn one bit over; a negative ``place`` counts from the end of the content."""

    def flip(image: bytes) -> bytes:
        at = place if place >= 0 else 2 + int.from_bytes(image[:2], "big") + place
        return image[:at] + bytes((image[at] ^ 0x01,)) + image[at + 1 :]

    return flip


Fields = list[tuple[int, bytes]]


def _fields(image: bytes) -> Fields:
    found, at, end = [], 2, 2 + int.from_bytes(image[:2], "big")
    while at < end:
        length = int.from_bytes(image[at + 1 : at + 3], "big")
        found.append((image[at], image[at + 3 : at + 3 + length]))
        at += 3 + length
    return found


def _with_fields(act: Callable[[Fields], Fields]) -> Callable[[bytes], bytes]:
    """Take a file apart, change its fields and put it together again, right in everything else."""

    def change(image: bytes) -> bytes:
        body = b"".join(
            bytes((tag,)) + len(value).to_bytes(2, "big") + value for tag, value in act(_fields(image))
        )
        return (len(body).to_bytes(2, "big") + body).ljust(len(image), b"\x00")

    return change


def _set(tag: Tag, value: bytes) -> Callable[[bytes], bytes]:
    return _with_fields(lambda fields: [(found, value if found == tag else was) for found, was in fields])


def _without(tag: Tag) -> Callable[[bytes], bytes]:
    return _with_fields(lambda fields: [one for one in fields if one[0] != tag])


def _more_length(image: bytes) -> bytes:
    """Say one byte more than the file can hold."""
    return (len(image) - 1).to_bytes(2, "big") + image[2:]


def _cut_photo(image: bytes) -> bytes:
    """Leave the length as it was and the second half of the picture away."""
    half = len(image) // 2
    return image[:half].ljust(len(image), b"\x00")


def _field_too_long(image: bytes) -> bytes:
    """Let the last field reach beyond the content."""
    *rest, (tag, value) = _fields(image)
    body = b"".join(bytes((one,)) + len(was).to_bytes(2, "big") + was for one, was in rest)
    body += bytes((tag,)) + (len(value) + 40).to_bytes(2, "big") + value
    return (len(body).to_bytes(2, "big") + body).ljust(len(image), b"\x00")


def _application(card: VirtualCard) -> Directory:
    master = card.memory()
    return next(one for one in master.directories if one.file_id == layout.ENFORCEMENT_DIRECTORY)


def _changed(act: Callable[[Directory], None]) -> Callable[[KeySuite], Chip]:
    """Reach into the memory of a finished card, as no command can."""

    def made(suite: KeySuite) -> Chip:
        card = make(suite)
        act(_application(card))
        card.reset()
        return card

    return made


def _file(directory: Directory, file_id: int) -> ElementaryFile:
    return next(one for one in directory.files if one.file_id == file_id)


def _forget_file(file_id: int) -> Callable[[Directory], None]:
    return lambda directory: directory.files.remove(_file(directory, file_id))


def _empty_file(file_id: int) -> Callable[[Directory], None]:
    def act(directory: Directory) -> None:
        file = _file(directory, file_id)
        file.body, file.is_written = b"", False

    return act


def _bad_record(directory: Directory) -> None:
    file = _file(directory, layout.REVIEWS.file_id)
    file.records[0] = b"\x20\x2f" + file.records[0][2:]  # a year that is no number


def _lock_key(key_id: int) -> Callable[[Directory], None]:
    def act(directory: Directory) -> None:
        if directory.key_file is not None:
            for key in directory.key_file.keys:
                if key.has_counter and key.key_id == key_id and key.kind == layout.KEY_EXTERNAL:
                    key.fifth &= 0xF0

    return act


def _other_name(directory: Directory) -> None:
    directory.name = b"\xd1\x56\x00\x00\x01ZFZJ\x02"


def _blocked(directory: Directory) -> None:
    directory.is_blocked = True


def _dead(suite: KeySuite) -> Chip:
    card = make(suite)
    card.memory().is_card_blocked = True
    card.reset()
    return card


class _Playing:
    """A chip that hands commands on to a good card and spoils some of the answers."""

    def __init__(self, suite: KeySuite, spoil: Callable[[bytes, bytes], bytes]) -> None:
        self._card = make(suite)
        self._spoil = spoil

    @property
    def atr(self) -> bytes:
        return self._card.atr

    def reset(self) -> None:
        self._card.reset()

    def transmit(self, apdu: bytes) -> bytes:
        return self._spoil(apdu, self._card.transmit(apdu))


def _answering(instruction: int, answer: Callable[[bytes], bytes]) -> Callable[[KeySuite], Chip]:
    return lambda suite: _Playing(
        suite, lambda apdu, was: answer(was) if apdu[1:2] == bytes((instruction,)) else was
    )


_READ, _INTERNAL, _RECORD, _UID, _SELECT = 0xB0, 0x88, 0xB2, 0xCA, 0xA4
_OTHER_NUMBER: Final = certificate_number.make(keys.PROVINCE, 2)
_OTHER_CHIP: Final = bytes.fromhex("1D99000000000B")
_GENUINE, _FORGED, _DAMAGED, _UNSURE = (
    CardWord.GENUINE,
    CardWord.FORGED,
    CardWord.DAMAGED,
    CardWord.UNCONFIRMED,
)
_FORMAT, _CHIP, _SIGNED = CheckName.FORMAT, CheckName.CHIP, CheckName.SIGNATURE
_PROOF, _REVIEWS = CheckName.AUTHENTICITY, CheckName.REVIEWS

BROKEN_CARDS: Final[Mapping[str, BrokenCard]] = MappingProxyType(
    {
        # What a forger does.
        "signature-wrong": BrokenCard(
            "one bit of the signature turned over", _by(tamper={_SIGNATURE: _flipped(-1)}), _FORGED, _SIGNED
        ),
        "issuer-unknown": BrokenCard(
            "signed by a key that nobody trusts", _by(signer=keys.stranger()), _UNSURE, _SIGNED
        ),
        "signature-of-another-suite": BrokenCard(
            "the signature says another suite than its key has",
            _by(tamper={_SIGNATURE: _set(Tag.SIGNATURE_SUITE, b"\x03")}),
            _UNSURE,
            _SIGNED,
        ),
        "chip-cloned": BrokenCard(
            "all files copied onto another chip", _by(chip=_OTHER_CHIP), _FORGED, _CHIP
        ),
        "name-changed": BrokenCard(
            "another name after signing",
            _by(tamper={_HOLDER: _set(Tag.HOLDER_NAME, "实验卡·乙".encode())}),
            _FORGED,
            _SIGNED,
        ),
        "category-added": BrokenCard(
            "one category more after signing",
            _by(
                tamper={
                    _CERTIFICATE: _with_fields(
                        lambda fields: sorted([*fields, (Tag.CATEGORY, b"08")], key=lambda one: one[0])
                    )
                }
            ),
            _FORGED,
            _SIGNED,
        ),
        "validity-extended": BrokenCard(
            "a later end of validity after signing",
            _by(tamper={_CERTIFICATE: _set(Tag.VALID_UNTIL, encode_date(date(2036, 1, 1)))}),
            _FORGED,
            _SIGNED,
        ),
        "photo-exchanged": BrokenCard(
            "one bit of the photo turned over", _by(tamper={_PHOTO: _flipped(700)}), _FORGED, _SIGNED
        ),
        "receipt-exchanged": BrokenCard(
            "the digest of another filing receipt", _by(tamper={_RECEIPT: _flipped(20)}), _FORGED, _SIGNED
        ),
        "keys-of-another-certificate": BrokenCard(
            "card keys diversified by another certificate number",
            _by(below=(1, keys.PROVINCE, _OTHER_NUMBER)),
            _FORGED,
            _PROOF,
            _GENUINE,
        ),
        "keys-of-another-province": BrokenCard(
            "card keys below the sub-key of another province",
            _by(below=(1, "98", cards.CERTIFICATE_NUMBER)),
            _FORGED,
            _PROOF,
            _GENUINE,
        ),
        "keys-of-another-version": BrokenCard(
            "keys of version 2 where the card says version 1",
            _by(below=(2, keys.PROVINCE, cards.CERTIFICATE_NUMBER)),
            _FORGED,
            _PROOF,
            _GENUINE,
        ),
        "proof-replayed": BrokenCard(
            "internal authentication answers the same whatever was asked",
            _answering(_INTERNAL, lambda was: bytes(len(was) - 2) + was[-2:]),
            _FORGED,
            _PROOF,
            _GENUINE,
        ),
        "proof-refused": BrokenCard(
            "internal authentication refused",
            _answering(_INTERNAL, lambda _was: b"\x69\x85"),
            _FORGED,
            _PROOF,
            _GENUINE,
        ),
        # What is right and yet not to be relied on, or right although it looks odd.
        "re-keyed": BrokenCard(
            "re-keyed in order: keys and content of version 2",
            _by(change={"key_version": 2}, below=(2, keys.PROVINCE, cards.CERTIFICATE_NUMBER)),
            _GENUINE,
        ),
        "key-version-not-held": BrokenCard(
            "of a key version that this reader does not hold",
            _by(change={"key_version": 3}),
            _GENUINE,
            _PROOF,
        ),
        "expired": BrokenCard(
            "expired the day before",
            _by(change={"valid_from": date(2021, 11, 23), "valid_until": READ_ON}),
            CardWord.EXPIRED,
        ),
        "not-yet-valid": BrokenCard(
            "valid from the day after",
            _by(change={"valid_from": date(2026, 11, 24)}),
            CardWord.NOT_YET_VALID,
        ),
        "serial-number-withheld": BrokenCard(
            "the reader does not tell the chip's serial number",
            _answering(_UID, lambda _was: b"\x6a\x81"),
            _UNSURE,
            _CHIP,
        ),
        # What is signed by the issuer and yet no card of this format.
        "fields-reordered": BrokenCard(
            "fields in another order",
            _by(spoil={_HOLDER: _with_fields(lambda fields: fields[::-1])}),
            _DAMAGED,
            _FORMAT,
        ),
        "field-twice": BrokenCard(
            "the certificate number twice",
            _by(spoil={_CERTIFICATE: _with_fields(lambda fields: [*fields[:2], fields[1], *fields[2:]])}),
            _DAMAGED,
            _FORMAT,
        ),
        "field-missing": BrokenCard(
            "no agency", _by(spoil={_HOLDER: _without(Tag.AGENCY_NAME)}), _DAMAGED, _FORMAT
        ),
        "field-unknown": BrokenCard(
            "a field that the format does not know",
            _by(spoil={_HOLDER: _with_fields(lambda fields: [*fields, (0x1F, b"?")])}),
            _DAMAGED,
            _FORMAT,
        ),
        "field-too-long": BrokenCard(
            "the last field reaches beyond the content",
            _by(spoil={_HOLDER: _field_too_long}),
            _DAMAGED,
            _FORMAT,
        ),
        "length-beyond-file": BrokenCard(
            "a length greater than the file", _by(spoil={_CERTIFICATE: _more_length}), _DAMAGED, _FORMAT
        ),
        "filling-not-zero": BrokenCard(
            "something behind the content",
            _by(spoil={_RECEIPT: lambda image: image[:-1] + b"\x01"}),
            _DAMAGED,
            _FORMAT,
        ),
        "version-of-the-future": BrokenCard(
            "format version 2",
            _by(spoil={_CERTIFICATE: _set(Tag.FORMAT_VERSION, b"\x02")}),
            _DAMAGED,
            _FORMAT,
        ),
        "day-that-is-none": BrokenCard(
            "the thirteenth month",
            _by(spoil={_CERTIFICATE: _set(Tag.VALID_FROM, b"\x20\x26\x13\x01")}),
            _DAMAGED,
            _FORMAT,
        ),
        "text-not-utf-8": BrokenCard(
            "a name that is no UTF-8",
            _by(spoil={_HOLDER: _set(Tag.HOLDER_NAME, b"\xc4\xe3\xba\xc3")}),
            _DAMAGED,
            _FORMAT,
        ),
        "suite-unknown": BrokenCard(
            "a signature suite that is none",
            _by(tamper={_SIGNATURE: _set(Tag.SIGNATURE_SUITE, b"\x09")}),
            _DAMAGED,
            _FORMAT,
        ),
        "photo-truncated": BrokenCard(
            "half a photo, signed whole", _by(tamper={_PHOTO: _cut_photo}), _FORGED, _SIGNED
        ),
        # What time, water and a pulled card do.
        "photo-never-written": BrokenCard(
            "the photo's file was never written", _changed(_empty_file(_PHOTO)), _DAMAGED, _FORMAT
        ),
        "file-missing": BrokenCard(
            "no file for the receipt", _changed(_forget_file(_RECEIPT)), _DAMAGED, _FORMAT
        ),
        "review-malformed": BrokenCard(
            "an annual review whose year is no number", _changed(_bad_record), _DAMAGED, _REVIEWS, _GENUINE
        ),
        "inspection-key-locked": BrokenCard(
            "no try left for the inspection key",
            _changed(_lock_key(layout.INSPECTION_KEY.key_id)),
            _DAMAGED,
            _REVIEWS,
            _GENUINE,
        ),
        "answer-cut-off": BrokenCard(
            "answers without a status word", _answering(_READ, lambda _was: b"\x90"), _DAMAGED, _FORMAT
        ),
        "answer-too-long": BrokenCard(
            "answers longer than asked for",
            _answering(_READ, lambda was: was[:-2] + bytes(40) + was[-2:]),
            _DAMAGED,
            _FORMAT,
        ),
        "half-built": BrokenCard(
            "the making ended before the photo", _by(stop_before=StepName.WRITE_PHOTO), _DAMAGED, _FORMAT
        ),
        "not-locked": BrokenCard(
            "all written but still under the transport key", _by(stop_before=StepName.LOCK), _GENUINE
        ),
        "blank": BrokenCard("a blank card", cards.blank, None),
        "another-application": BrokenCard("another application's name", _changed(_other_name), None),
        "application-blocked": BrokenCard("the application is blocked", _changed(_blocked), None),
        "card-blocked": BrokenCard("the card is blocked for ever", _dead, None),
    }
)
"""By name, as ``warrant lab card --broken NAME`` takes them."""

__all__ = ["BROKEN_CARDS", "READ_ON", "BrokenCard"]
