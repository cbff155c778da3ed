"""The strict CBOR reader takes exactly one spelling of a message."""

from __future__ import annotations

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.credential.cbor import CborValue, decode, encode
from warrant.core.credential.refusal import CredentialRefused

SCALARS = st.integers(-(1 << 64), (1 << 64) - 1) | st.binary(max_size=40) | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.integers(-70000, 70000) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("encoded", "value"),
    [
        ("00", 0),
        ("17", 23),
        ("1818", 24),
        ("1903e8", 1000),
        ("1bffffffffffffffff", 18446744073709551615),
        ("20", -1),
        ("3903e7", -1000),
        ("4401020304", b"\x01\x02\x03\x04"),
        ("63e6b0b4", "水"),
        ("8301820203820405", (1, (2, 3), (4, 5))),
        ("a26161016162820203", {"a": 1, "b": (2, 3)}),
    ],
)
def test_examples_of_rfc_8949_appendix_a_are_read_and_written(encoded: str, value: CborValue) -> None:
    assert decode(bytes.fromhex(encoded), "here") == value
    assert encode(value).hex() == encoded


@pytest.mark.parametrize(
    ("why", "encoded"),
    [
        ("empty", ""),
        ("trailing byte", "0000"),
        ("longer than needed", "1801"),
        ("longer than needed", "190001"),
        ("longer than needed", "1a00000001"),
        ("longer than needed", "1b0000000000000001"),
        ("indefinite bytes", "5f4101ff"),
        ("indefinite map", "bf0101ff"),
        ("key twice", "a201010102"),
        ("key that is a list", "a1800a"),
        ("float", "f93c00"),
        ("true", "f5"),
        ("null", "f6"),
        ("tag", "c100"),
        ("big power", "c5821b7fffffffffffffff01"),
        ("short bytes", "4401"),
        ("text that is not UTF-8", "61ff"),
        ("more items than bytes", "9b00000000ffffffff"),
        ("too deep", "81818181818181" + "00"),
    ],
)
def test_every_other_spelling_is_refused(why: str, encoded: str) -> None:
    with pytest.raises(CredentialRefused) as refused:
        decode(bytes.fromhex(encoded), "here")
    assert refused.value.place == "here"


@given(VALUES)
def test_what_is_written_is_read_back_by_us_and_by_cbor2(value: CborValue) -> None:
    encoded = encode(value)
    if encoded[0] < 0xC0:
        try:
            assert decode(encoded, "here") == value
        except CredentialRefused:
            assert _depth(value) > 6
    assert encode(cbor2.loads(encoded)) == encoded


@given(st.binary(max_size=60))
def test_random_bytes_are_read_as_cbor2_reads_them_or_refused(encoded: bytes) -> None:
    try:
        value = decode(encoded, "here")
    except CredentialRefused:
        return
    assert encode(value) == encoded


def _depth(value: CborValue) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    return 1 + max(map(_depth, value), default=0) if isinstance(value, tuple) else 0
