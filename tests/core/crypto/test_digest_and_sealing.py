"""Digests against published vectors; sealed values open only where they belong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.crypto.digest import blind_index, sha256, sm3
from warrant.core.crypto.sealing import open_sealed, opener, seal
from warrant.core.crypto.secret import Secret
from warrant.core.errors import InvalidInput

KEY = Secret(bytes(range(32)))


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        # GB/T 32905-2016, annex A
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
        (b"", "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"),
    ],
)
def test_sm3_is_as_published(message, digest):
    assert sm3(message).hex() == digest


def test_sha256_is_as_published():
    # FIPS 180-4 example
    assert sha256(b"abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_blind_index_is_the_first_half_of_the_published_code():
    # RFC 4231, test case 2
    assert (
        blind_index(Secret(b"Jefe"), "what do ya want for nothing?").hex()
        == "5bdcc146bf60754e6a042426089575c7"
    )


@given(plaintext=st.binary(max_size=200), associated=st.binary(max_size=40))
def test_sealed_value_opens_in_its_place(plaintext, associated):
    sealed = seal(KEY, plaintext, associated)
    assert open_sealed(KEY, sealed, associated) == plaintext
    assert len(sealed) == len(plaintext) + 29


def test_same_value_is_sealed_differently_each_time():
    assert seal(KEY, b"320106", b"id") != seal(KEY, b"320106", b"id")


@pytest.mark.parametrize("position", [0, 1, 12, 13, 18, -1])
def test_altered_value_does_not_open(position):
    sealed = bytearray(seal(KEY, b"320106", b"id"))
    sealed[position] ^= 1
    with pytest.raises(InvalidInput, match="sealed-damaged"):
        open_sealed(KEY, bytes(sealed), b"id")


@pytest.mark.parametrize("length", [0, 1, 13, 28, 34])
def test_truncated_value_does_not_open(length):
    with pytest.raises(InvalidInput, match="sealed-damaged"):
        open_sealed(KEY, seal(KEY, b"320106", b"id")[:length], b"id")


def test_value_moved_to_another_place_does_not_open():
    with pytest.raises(InvalidInput, match="sealed-damaged"):
        open_sealed(KEY, seal(KEY, b"320106", b"officer:1"), b"officer:2")


def test_value_does_not_open_with_another_key():
    with pytest.raises(InvalidInput, match="sealed-damaged"):
        open_sealed(Secret(bytes(32)), seal(KEY, b"320106", b"id"), b"id")


def test_short_key_is_refused():
    with pytest.raises(InvalidInput, match="key-length-wrong"):
        seal(Secret(bytes(16)), b"", b"")


def test_values_opened_one_after_another_stay_tied_to_their_places() -> None:
    open_one = opener(KEY)
    first, second = seal(KEY, b"320106", b"officer:1"), seal(KEY, b"320107", b"officer:2")
    assert (open_one(first, b"officer:1"), open_one(second, b"officer:2")) == (b"320106", b"320107")
    with pytest.raises(InvalidInput, match="sealed-damaged"):
        open_one(first, b"officer:2")
