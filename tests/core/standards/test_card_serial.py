"""Lists of chip serials as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.errors import InvalidInput
from warrant.core.standards.card_serial import (
    SerialRange,
    as_ranges,
    normal_serial,
    parse_serials,
    serials_text,
)


@pytest.mark.parametrize(
    ("text", "serials"),
    [
        ("1D0000FE 至 1D000101", ["1D0000FE", "1D0000FF", "1D000100", "1D000101"]),
        ("1d000001-1d000002", ["1D000001", "1D000002"]),
        ("1D000001–1D000002", ["1D000001", "1D000002"]),
        ("1D000001..1D000002", ["1D000001", "1D000002"]),
        ("1D:00:00:03\n1D-00-00-01", ["1D000001", "1D000003"]),
        ("1D000002，1D000001；", ["1D000001", "1D000002"]),
        ("1D00000500\n1D000009", ["1D000009", "1D00000500"]),
        (" \n", []),
    ],
)
def test_serials_are_read_one_to_a_line_or_from_first_to_last(text, serials):
    assert parse_serials(text, "serials", 100) == serials


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1D000009 至 1D000001", "card-serial-order"),
        ("1D000009 至 1D00000901", "card-serial-order"),
        ("1D00000X", "card-serial-invalid"),
        ("1D0000", "card-serial-invalid"),
        ("1D0000001", "card-serial-invalid"),
        ("1D000001 至 1D000002 至 1D000003", "card-serial-invalid"),
        ("1D000001 至 1D000003\n1D000002", "card-serial-twice"),
        ("1D000000 至 1D000064", "card-batch-large"),
        ("00000000 至 FFFFFFFF", "card-batch-large"),
        ("\x00", "card-serial-invalid"),
        ("１Ｄ０００００１", "card-serial-invalid"),
    ],
)
def test_wrong_list_is_refused_with_its_place(text, code):
    with pytest.raises(InvalidInput, match=code) as refused:
        parse_serials(text, "serials", 100)
    assert refused.value.place == "serials"


def test_serial_loses_what_parts_its_bytes():
    assert normal_serial(" 1d:00-00 01 ") == "1D000001"


def test_serials_are_told_as_the_fewest_ranges():
    assert as_ranges(["1D000101", "1D0000FF", "1D000100", "1D000200", "1D00010101"]) == [
        SerialRange("1D0000FF", "1D000101"),
        SerialRange("1D000200", "1D000200"),
        SerialRange("1D00010101", "1D00010101"),
    ]


@given(st.sets(st.integers(0, 0xFFFF), max_size=60))
def test_what_is_told_is_read_again(numbers):
    serials = [f"1D{number:06X}" for number in numbers]
    assert parse_serials(serials_text(serials), "serials", 100) == sorted(serials)


@given(st.text(max_size=80))
def test_any_text_is_a_list_or_refused(text):
    try:
        serials = parse_serials(text, "serials", 50)
    except InvalidInput:
        return
    assert len(serials) == len(set(serials)) <= 50
