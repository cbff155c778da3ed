"""Shares: against the field of FIPS 197, and against an independent library in both directions."""

from __future__ import annotations

from itertools import combinations

import pyshamir
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.crypto.secret import Secret
from warrant.core.errors import InvalidInput
from warrant.core.keys.sharing import Share, combine, multiply, split

SECRET = Secret(bytes(range(80)))


def drawn(*bytes_: int):
    """A source of coefficients that are known: one byte for each, over the whole length."""
    rest = list(bytes_)
    return lambda length: bytes([rest.pop(0)]) * length


@pytest.mark.parametrize(
    ("left", "right", "product"),
    [(0x57, 0x83, 0xC1), (0x57, 0x13, 0xFE), (0x57, 0x02, 0xAE), (0x57, 0x10, 0x07)],
)
def test_products_are_those_of_fips_197(left: int, right: int, product: int) -> None:
    assert multiply(left, right) == multiply(right, left) == product


def test_share_is_the_value_of_the_polynomial() -> None:
    # 42 + 57 x + 01 x**2 at 02: 42 ^ AE ^ 04
    shares = split(Secret(b"\x42"), 3, 3, drawn(0x57, 0x01))
    assert [share.value.reveal().hex() for share in shares] == ["14", "e8", "be"]


@given(st.binary(min_size=1, max_size=40), st.integers(2, 5), st.integers(0, 4))
def test_any_threshold_of_the_shares_gives_the_secret(raw: bytes, threshold: int, more: int) -> None:
    shares = split(Secret(raw), threshold, threshold + more)
    for chosen in combinations(shares, threshold):
        assert combine(chosen, threshold) == Secret(raw)
    assert combine(shares, threshold) == Secret(raw)


@given(st.binary(min_size=1, max_size=40))
def test_the_other_library_reads_our_shares_and_we_read_its(raw: bytes) -> None:
    ours = [bytearray(share.value.reveal() + bytes([share.number])) for share in split(Secret(raw), 3, 5)]
    assert bytes(pyshamir.combine(ours[1:4])) == raw
    theirs = [Share(part[-1], Secret(part[:-1])) for part in pyshamir.split(raw, 5, 3)]
    assert combine(theirs[2:], 3) == Secret(raw)


def test_one_share_too_few_is_refused_and_would_give_something_else() -> None:
    shares = split(SECRET, 3, 5)
    with pytest.raises(InvalidInput, match="shares-too-few"):
        combine(shares[:2], 3)
    assert combine(shares[:2], 2) != SECRET


def test_a_single_share_is_compatible_with_every_secret() -> None:
    one = split(Secret(b"\x42"), 2, 2, drawn(0x57))[0]
    found = {combine([one, Share(2, Secret(bytes([guess])))], 2).reveal()[0] for guess in range(256)}
    assert found == set(range(256))


def test_same_share_twice_is_refused() -> None:
    one, two, _ = split(SECRET, 2, 3)
    with pytest.raises(InvalidInput, match="share-repeated"):
        combine([one, one], 2)
    with pytest.raises(InvalidInput, match="share-repeated"):
        combine([Share(0, one.value), two], 2)


def test_a_share_of_another_backup_is_found_when_there_is_one_to_spare() -> None:
    shares, others = split(SECRET, 2, 3), split(SECRET, 2, 3)
    with pytest.raises(InvalidInput, match="shares-differ"):
        combine([shares[0], shares[1], others[2]], 2)
    with pytest.raises(InvalidInput, match="shares-differ"):
        combine([shares[0], Share(2, Secret(b"short"))], 2)


@pytest.mark.parametrize(("threshold", "count"), [(1, 3), (4, 3), (2, 10), (0, 0), (-1, 2)])
def test_a_plan_that_is_none_is_refused(threshold: int, count: int) -> None:
    with pytest.raises(InvalidInput, match="share-plan-invalid"):
        split(SECRET, threshold, count)
