"""Components and shares as custodians write them down."""

from __future__ import annotations

import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.crypto.secret import Secret
from warrant.core.errors import InvalidInput
from warrant.core.keys.hierarchy import KeyUsage
from warrant.core.keys.parts import (
    KeyPart,
    add_components,
    draw_component,
    from_secret,
    put_together,
    read_line,
    share_out,
    to_secret,
    write_line,
)

LINE = "0123 4567 89AB CDEF FEDC BA98 7654 3210"
SM4_CHECK = "2677F4"
"""The first bytes of SM4(LINE, zeros), from another implementation (gmalg)."""


def part(number: int, first: int, step: int = 1) -> KeyPart:
    return KeyPart(
        number,
        {usage: Secret(bytes([first + step * at]) * 8 + bytes(8)) for at, usage in enumerate(KeyUsage)},
    )


def test_line_is_read_with_blanks_hyphens_and_small_letters() -> None:
    read = read_line("sm4", LINE.lower().replace(" ", "-"), f" {SM4_CHECK.lower()} ", "mac")
    assert read.reveal().hex() == "0123456789abcdeffedcba9876543210"
    assert write_line(read) == LINE


@pytest.mark.parametrize(
    ("text", "check", "code", "place"),
    [
        (LINE[:-1], SM4_CHECK, "part-malformed", "mac"),
        (LINE[:-1] + "G", SM4_CHECK, "part-malformed", "mac"),
        ("", "", "part-malformed", "mac"),
        (LINE[:-1] + "\x00", SM4_CHECK, "part-malformed", "mac"),
        (LINE[:-1] + "０", SM4_CHECK, "part-malformed", "mac"),
        (LINE, "2677F", "part-check-malformed", "mac_check"),
        (LINE, "2677F5", "part-check-differs", "mac"),
        (LINE[:-1] + "1", SM4_CHECK, "part-check-differs", "mac"),
    ],
)
def test_wrong_line_says_where_and_never_what(text: str, check: str, code: str, place: str) -> None:
    with pytest.raises(InvalidInput, match=code) as caught:
        read_line("sm4", text, check, "mac")
    assert caught.value.place == place
    told = "".join(traceback.format_exception(caught.value, limit=0)) + repr(caught.value.fields)
    assert "4567" not in told


def test_components_add_up_by_exclusive_or() -> None:
    keys = add_components("sm4", [part(1, 0x10), part(2, 0x80, 2)])
    assert keys[KeyUsage.CARD_CONTROL].reveal() == bytes([0x90]) * 8 + bytes(8)
    three = add_components("sm4", [part(1, 0x10), part(2, 0x80, 2), part(3, 0x20, 4)])
    assert three[KeyUsage.MAC].reveal() == bytes([0x14 ^ 0x88 ^ 0x30]) * 8 + bytes(8)


@pytest.mark.parametrize("count", [1, 4])
def test_two_or_three_components_make_a_key(count: int) -> None:
    with pytest.raises(InvalidInput, match="components-count"):
        add_components("sm4", [draw_component(at) for at in range(1, count + 1)])


def test_the_same_component_twice_is_refused() -> None:
    with pytest.raises(InvalidInput, match="component-repeated"):
        add_components("sm4", [part(1, 0x10), part(2, 0x10)])


def test_key_of_zeros_and_single_des_are_refused() -> None:
    one, two = draw_component(1), draw_component(2)
    sums = bytes(
        a ^ b for a, b in zip(to_secret(one.keys).reveal(), to_secret(two.keys).reveal(), strict=True)
    )
    with pytest.raises(InvalidInput, match="key-weak"):
        add_components("sm4", [one, two, KeyPart(3, from_secret(Secret(sums)))])
    halves = {usage: Secret(bytes([at + 4] * 8 + [at + 5] * 8)) for at, usage in enumerate(KeyUsage)}
    zeros = {usage: Secret(bytes(16)) for usage in KeyUsage}
    with pytest.raises(InvalidInput, match="key-weak"):
        add_components("3des", [KeyPart(1, {**halves}), KeyPart(2, zeros)])


def test_one_key_never_serves_two_usages() -> None:
    same = {usage: Secret(b"made-up key 16 b") for usage in KeyUsage}
    other = {usage: Secret(b"another made up.") for usage in KeyUsage}
    with pytest.raises(InvalidInput, match="key-weak"):
        add_components("sm4", [KeyPart(1, same), KeyPart(2, other)])


@given(st.permutations(range(5)))
def test_any_three_of_five_shares_give_the_keys(order: list[int]) -> None:
    keys = part(1, 0x31).keys
    shares = share_out(keys, 3, 5)
    assert put_together([shares[at] for at in order[:3]], 3) == dict(keys)
    with pytest.raises(InvalidInput, match="shares-too-few"):
        put_together([shares[at] for at in order[:2]], 3)


def test_neither_part_nor_keys_show_their_bytes() -> None:
    shown = repr(part(1, 0x31)) + str(share_out(part(1, 0x31).keys, 2, 2))
    assert "Secret 16 bytes" in shown
    assert "31313131" not in shown
    assert "11111" not in shown
    with pytest.raises(InvalidInput, match="part-malformed"):
        from_secret(Secret(b"short"))
