"""``docs/card-format.md`` says what the code does: its tables are the layout, its example is this card, byte by byte."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from warrant.adapters.virtual_card.reader import VirtualConnection
from warrant.core.chip import commands, layout, messaging, rekeying
from warrant.core.chip.content import (
    HIDDEN_CHARACTERS,
    PHOTO_MAX_BYTES,
    Tag,
    decode_content,
    encode_content,
)
from warrant.core.chip.inspection import read_card
from warrant.core.chip.layout import FileRow, KeyRow
from warrant.core.chip.reviews import ReviewRecord, ReviewResult
from warrant.core.chip.signature import CardSignature, verify_card
from warrant.core.chip.status import meaning_of
from warrant.core.crypto.block import encrypt_ecb
from warrant.core.crypto.secret import Secret
from warrant.core.errors import InvalidInput
from warrant.core.keys.hierarchy import KeyUsage, certificate_factor, diversify, province_factor
from warrant.nodes.laboratory import keys

DOCUMENT = Path(__file__).parents[3] / "docs" / "card-format.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its two head lines."""
    below = TEXT.split(f"\n## {heading}\n", 1)[1]
    table = re.search(r"(?:^\|.*\n)+", below, re.MULTILINE)
    assert table is not None
    lines = table[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def example() -> dict[int, bytes]:
    """The files of annex A, filled with zeros to their sizes."""
    block = TEXT.split("```text\n", 1)[1].split("```", 1)[0]
    found = re.findall(r"^([0-9A-F]{4}) ((?:[0-9A-F]+\s*)+?)(?=^[0-9A-F]{4} |\Z)", block, re.MULTILINE)
    sizes = {row.file_id: row.size for row in layout.FILES}
    return {
        int(file_id, 16): bytes.fromhex("".join(octets.split())).ljust(sizes[int(file_id, 16)], b"\x00")
        for file_id, octets in found
    }


def value(label: str) -> list[str]:
    """The bytes beside a label of annex A."""
    (line,) = (line for line in TEXT.splitlines() if line.startswith(f"| {label} |"))
    return re.findall(r"`([0-9A-F]+)`", line.split("|")[2])


@pytest.mark.parametrize("row", layout.FILES, ids=lambda row: f"{row.file_id:04X}")
def test_the_table_of_files_is_the_layout(row: FileRow) -> None:
    (cells,) = (cells for cells in rows("3 Files") if cells[0] == f"`3F01/{row.file_id:04X}`")
    _name, _what, kind, size, read, write = cells
    assert int(kind[:2], 16) == row.type
    assert int(re.sub(r"\D", "", size)) == row.size
    assert int(read[1:3], 16) == row.read
    assert int(write[1:3], 16) == row.write
    assert ("10 records" in cells[1]) == (row.records == 10)


@pytest.mark.parametrize("row", layout.KEYS, ids=lambda row: row.usage.value)
def test_the_table_of_keys_is_the_layout(row: KeyRow) -> None:
    (cells,) = (cells for cells in rows("4 Keys") if cells[0] == f"`3F01` {row.type:02X}/{row.key_id:02X}")
    assert int(cells[3][1:3], 16) == row.use
    assert int(cells[4][1:3], 16) == row.change
    assert cells[5] == ("8" if row.type != layout.KEY_ENCRYPT else "")


def test_the_keys_of_a_card_in_use_are_changed_in_the_order_of_the_document() -> None:
    told = TEXT.split("3. under the old one, change ", 1)[1].split("(`84D4`", 1)[0]
    assert re.findall(r"\d\d/\d\d", told) == [f"{row.type:02X}/{row.key_id:02X}" for row in rekeying.ORDER]


def test_the_table_of_fields_names_every_tag_with_its_file() -> None:
    told = {int(cells[0], 16): cells[3] for cells in rows("5 Content")}
    assert set(told) == set(Tag)
    for number, file in told.items():
        expected = {0x10: "0016", 0x11: "0016", 0x12: "0016", 0x20: "0017", 0x30: "0019"}
        assert file == expected.get(number, "0015" if number < 0x10 else "001A")


def test_the_table_of_status_words_is_that_of_the_code() -> None:
    unknown = meaning_of(0x1234)
    known = {f"{word:04X}" for word in range(0x10000) if meaning_of(word) is not unknown}
    families = {
        "63Cx": [f"63C{tries:X}" for tries in range(16)],
        "6Cxx": [f"6C{le:02X}" for le in range(256)],
    }
    told = [word for cells in rows("8 Status words") for word in re.findall(r"`([0-9A-Fx]{4})`", cells[0])]
    assert len(told) == len(set(told))
    assert {one for word in told for one in families.get(word, [word])} == known | {"9000"}


def code_points(listed: str) -> set[int]:
    """The numbers of a list such as ``00AD 0600-0605``."""
    found = re.findall(r"([0-9A-F]{4,6})(?:-([0-9A-F]{4,6}))?", listed)
    return {point for first, last in found for point in range(int(first, 16), int(last or first, 16) + 1)}


def test_the_characters_that_no_text_has_are_those_of_the_code() -> None:
    hidden = code_points(TEXT.split("```unicode\n", 1)[1].split("```", 1)[0])
    (blanks,) = (code_points(told) for told in re.findall(r"No blank \(U\+([^)]*)\)", TEXT))
    (control,) = (code_points(told) for told in re.findall(r"control character \(U\+([^)]*)\)", TEXT))
    every = [(point, chr(point)) for point in range(0x110000) if not 0xD800 <= point < 0xE000]
    assert {point for point, one in every if HIDDEN_CHARACTERS.search(one)} == hidden | control
    assert {point for point, one in every if not one.strip()} - control - hidden == blanks


def test_the_values_beside_the_fields_are_those_that_the_code_takes() -> None:
    images = example()
    good = decode_content(images)
    (sex,) = (cells[2] for cells in rows("5 Content") if cells[0] == "11")
    told = set(re.findall(r"\d", sex.split(":", 1)[1]))
    for digit in "0123456789":
        if digit in told:
            assert replace(good, holder_sex=digit).holder_sex == digit
        else:
            with pytest.raises(InvalidInput):
                replace(good, holder_sex=digit)
    with pytest.raises(InvalidInput):
        replace(good, valid_until=good.valid_from)
    (photo,) = (cells[2] for cells in rows("5 Content") if cells[0] == "20")
    assert f"1 to {PHOTO_MAX_BYTES:,} bytes" in photo


def test_the_example_decodes_to_what_the_document_says_and_encodes_to_itself() -> None:
    images = example()
    content = decode_content(images)
    assert (content.certificate_number, content.chip_serial_number.hex()) == ("99000000016", "1d99000000000a")
    assert (content.holder_name, content.categories) == ("实验卡·甲", ("01", "03"))
    assert (content.valid_from, content.valid_until) == (date(2026, 1, 1), date(2031, 1, 1))
    assert (content.key_suite, content.key_version, content.status_list_index) == ("sm4", 1, 0)
    assert {file_id: images[file_id] for file_id in encode_content(content)} == encode_content(content)
    signature = CardSignature.decode(images[layout.SIGNATURE.file_id])
    assert verify_card(images, signature, [keys.issuer().public_key]) == keys.issuer().public_key


def test_the_numbers_beside_the_example_follow_by_the_rules() -> None:
    photo = example()[layout.PHOTO.file_id]
    assert value("SHA-256 of file 0017") == [hashlib.sha256(photo).hexdigest().upper()]
    assert value("issuer's public key") == [keys.issuer().public_key.raw.hex().upper()]
    assert value("its identifier") == [keys.issuer().public_key.key_id.hex().upper()]
    province, certificate = province_factor("99"), certificate_factor("99000000016")
    assert value("factors: province, certificate") == [province.hex(), certificate.hex()]
    for usage in (KeyUsage.INSPECTION, KeyUsage.AUTHENTICITY, KeyUsage.MAC):
        master = keys.master_key(usage, 1)
        sub_key = diversify("sm4", master, province)
        chain = [master, sub_key, diversify("sm4", sub_key, certificate)]
        assert value(f"{usage}: master, sub-key, card key") == [key.reveal().hex().upper() for key in chain]


def card_key(usage: KeyUsage) -> Secret:
    return keys.card_key("sm4", 1, usage, "99000000016")


def test_the_commands_beside_the_example_are_those_of_the_code() -> None:
    block = bytes(range(16))
    command = commands.internal_authenticate(0, layout.AUTHENTICITY_KEY.key_id, block).encode()
    answer = encrypt_ecb("sm4", card_key(KeyUsage.AUTHENTICITY), block)
    assert value("step 6 with the block 00…0F") == [command.hex().upper(), answer.hex().upper()]
    cryptogram = messaging.authentication_cryptogram(
        "sm4", card_key(KeyUsage.INSPECTION), bytes.fromhex("01020304")
    )
    command = commands.external_authenticate(layout.INSPECTION_KEY.key_id, cryptogram).encode()
    assert value("step 7 with the challenge 01020304")[0] == command.hex().upper()
    review = ReviewRecord(2025, ReviewResult.PASSED, date(2025, 12, 1), "990100").encode()
    assert value("a review: 2025, passed on 2025-12-01 in 990100") == [review.hex().upper()]
    append = commands.append_record(layout.REVIEWS.short_id, review, secure=True)
    coded = messaging.with_mac("sm4", card_key(KeyUsage.MAC), bytes.fromhex("05060708"), append)
    assert value("its APPEND RECORD after the challenge 05060708") == [coded.encode().hex().upper()]


def test_the_reading_procedure_is_what_the_reader_sends() -> None:
    """The commands of section 7 in their order, seen on the way to a laboratory card."""
    from warrant.nodes.laboratory import cards  # noqa: PLC0415 - draws a portrait

    sent: list[bytes] = []

    class Listening(VirtualConnection):
        def transmit(self, apdu: bytes) -> bytes:
            sent.append(apdu)
            return super().transmit(apdu)

    read_card(Listening(cards.make("sm4")), [keys.issuer().public_key], keys.card_key)
    told = [
        re.sub(r"\s|FFFF.*|OOOO.*|LL.*|NN.*", "", word)
        for cells in rows("7 Reading a card")
        for word in re.findall(r"`([^`]+)`", cells[1])
    ]
    heads = [bytes.fromhex(word[: len(word) // 2 * 2]) for word in told]
    at = 0
    for head in heads:
        while not sent[at].startswith(head):
            at += 1
    assert len(heads) == 8
