from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.chip.made_up_card import made_up_content

from warrant.core.chip import layout, tlv
from warrant.core.chip.content import PHOTO_MAX_BYTES, CardContent, decode_content, encode_content
from warrant.core.errors import InvalidInput

TEXT = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
DATES = st.dates(date(2000, 1, 1), date(2099, 12, 30))
CONTENTS = st.builds(
    CardContent,
    certificate_number=st.from_regex(r"[0-9]{11}", fullmatch=True).filter(str.isascii),
    chip_serial_number=st.binary(min_size=4, max_size=10),
    holder_name=TEXT,
    holder_sex=st.sampled_from("0129"),
    agency_name=TEXT,
    categories=st.lists(TEXT.map(lambda text: text[:4]), min_size=1, max_size=3).map(tuple),
    area_code=st.just("320100"),
    area_name=TEXT.map(lambda text: text[:6]),
    issuer=TEXT.map(lambda text: text[:8]),
    valid_from=DATES,
    valid_until=st.just(date(2099, 12, 31)),
    photo=st.binary(min_size=1, max_size=PHOTO_MAX_BYTES),
    receipt_digest=st.binary(min_size=32, max_size=32),
    key_suite=st.sampled_from(("sm4", "3des")),
    key_version=st.integers(1, 255),
    status_list_index=st.integers(0, 2**32 - 1),
)


@given(CONTENTS)
def test_what_is_encoded_comes_back_the_same(content: CardContent) -> None:
    assert decode_content(encode_content(content)) == content


def test_holder_file_is_encoded_byte_for_byte_as_documented() -> None:
    content = replace(made_up_content(), holder_name="李四", agency_name="甲")
    image = encode_content(content)[layout.HOLDER.file_id]
    documented = "0013 10 0006 E69D8E E59B9B 11 0001 31 12 0003 E794B2"
    assert image == bytes.fromhex(documented).ljust(192, b"\x00")


def test_certificate_file_is_encoded_byte_for_byte_as_documented() -> None:
    content = replace(made_up_content(), issuer="甲", area_name="乙", categories=("a", "b"))
    image = encode_content(content)[layout.CERTIFICATE.file_id]
    documented = (
        "0056 01 0001 01 02 000B 3332303030303132333438 03 0007 1D0102030405A6 04 0003 E794B2"
        "05 0006 333230313030 06 0003 E4B999 07 0001 61 07 0001 62 08 0004 20260301 09 0004 20310301"
        "0A 0001 02 0B 0001 01 0C 0004 00011171"
    )
    assert image[:88].hex() == bytes.fromhex(documented).hex()
    assert not any(image[88:])


@given(st.data())
def test_any_flipped_bit_is_refused_or_reads_as_other_content(draw: st.DataObject) -> None:
    content = made_up_content()
    images = encode_content(content)
    read: CardContent | str
    file_id = draw.draw(st.sampled_from([row.file_id for row in (layout.CERTIFICATE, layout.HOLDER)]))
    position = draw.draw(st.integers(0, len(images[file_id]) * 8 - 1))
    damaged = bytearray(images[file_id])
    damaged[position // 8] ^= 1 << position % 8
    try:
        read = decode_content({**images, file_id: bytes(damaged)})
    except InvalidInput as error:
        read = error.code
    assert read == "card-content-malformed" or (isinstance(read, CardContent) and read != content)


@given(st.binary(max_size=220))
def test_bytes_that_are_no_card_file_raise_one_kind_of_error(image: bytes) -> None:
    images = encode_content(made_up_content()) | {layout.CERTIFICATE.file_id: image}
    with pytest.raises(InvalidInput) as caught:
        decode_content(images)
    assert caught.value.code == "card-content-malformed"


@pytest.mark.parametrize("change", ["missing", "truncated", "over-long"])
def test_a_file_of_another_size_is_refused(change: str) -> None:
    images = encode_content(made_up_content())
    photo = images.pop(layout.PHOTO.file_id)
    if change != "missing":
        images[layout.PHOTO.file_id] = photo[:-1] if change == "truncated" else photo + b"\x00"
    with pytest.raises(InvalidInput) as caught:
        decode_content(images)
    assert (caught.value.code, caught.value.place) == ("card-content-malformed", "photo")


@pytest.mark.parametrize(
    "body",
    ["01", "0100", "010001", "01000201", "11000131100001E6", "100001FF", "0100010102"],
)
def test_broken_fields_are_refused(body: str) -> None:
    fields = bytes.fromhex(body)
    image = (len(fields).to_bytes(2, "big") + fields).ljust(192, b"\x00")
    with pytest.raises(InvalidInput) as caught:
        decode_content(encode_content(made_up_content()) | {layout.HOLDER.file_id: image})
    assert caught.value.code == "card-content-malformed"


def test_bytes_behind_the_content_are_refused() -> None:
    image = encode_content(made_up_content())[layout.HOLDER.file_id]
    with pytest.raises(InvalidInput):
        tlv.decode_file(image[:-1] + b"\x01", layout.HOLDER)


def test_a_later_format_version_is_refused() -> None:
    images = encode_content(made_up_content())
    image = images[layout.CERTIFICATE.file_id]
    with pytest.raises(InvalidInput) as caught:
        decode_content({**images, layout.CERTIFICATE.file_id: image[:5] + b"\x02" + image[6:]})
    assert caught.value.place == "certificate"


def test_content_that_does_not_fit_the_chip_says_which_file_and_how_much() -> None:
    with pytest.raises(InvalidInput) as caught:
        encode_content(replace(made_up_content(), agency_name="长" * 70))
    assert caught.value.code == "card-content-too-long"
    assert caught.value.fields == {"file": "持证人信息", "needed": 245, "size": 192}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("certificate_number", "3200001234"),
        ("certificate_number", "３2000012348"),
        ("chip_serial_number", b"\x01\x02\x03"),
        ("holder_name", " 李四"),
        ("holder_name", "李\u200b四"),
        ("holder_sex", "3"),
        ("categories", ()),
        ("area_code", "32010"),
        ("valid_until", date(2026, 3, 1)),
        ("photo", b"\x00" * 1496),
        ("receipt_digest", b"\x00" * 31),
        ("key_version", 0),
        ("status_list_index", 2**32),
    ],
)
def test_content_against_the_rules_names_its_field(field: str, value: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        replace(made_up_content(), **{field: value})
    assert (caught.value.code, caught.value.place) == ("card-content-invalid", field)


def test_a_name_with_a_character_newer_than_this_python_is_accepted() -> None:
    assert (
        decode_content(encode_content(replace(made_up_content(), holder_name="\U00031350𬭎"))).holder_name
        == "\U00031350𬭎"
    )
