"""ID numbers that a slip makes of one another."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from warrant.core.standards.id_number import check, check_character
from warrant.core.standards.near_id_numbers import (
    one_digit_off,
    pairs_one_digit_off,
    pairs_two_swapped,
    two_swapped,
)

NUMBER = "329901199005011235"


def number(body: str) -> str:
    return body + check_character(body)


def test_a_wrong_digit_of_the_order_is_found():
    assert number("32990119900501133") in one_digit_off(number("32990119900501123"))


def test_a_wrong_digit_that_makes_no_date_is_left_out():
    assert all(check(text) for text in one_digit_off(NUMBER))
    assert number("32990119900501123"[:10] + "9" + "32990119900501123"[11:]) not in one_digit_off(NUMBER)


def test_two_swapped_neighbours_are_found():
    assert number("32990119900501132") in two_swapped(number("32990119900501123"))


def test_equal_neighbours_make_nothing():
    assert number("32990119900501123") not in two_swapped(number("32990119900501123"))


BODIES = st.lists(st.integers(32_990_119_900_501_000, 32_990_119_900_501_999), max_size=30, unique=True)


@given(BODIES)
def test_the_passes_find_the_same_pairs_as_comparing_all(bodies: list[int]):
    def off(a: int, b: int) -> int:
        return sum(x != y for x, y in zip(str(a), str(b), strict=True))

    every = {(i, j) for i in range(len(bodies)) for j in range(i + 1, len(bodies))}
    expected = {pair for pair in every if off(bodies[pair[0]], bodies[pair[1]]) == 1}
    assert {(i, j) for _, i, j in pairs_one_digit_off(bodies)} == expected

    def swapped(a: int, b: int) -> bool:
        x, y = str(a), str(b)
        return any(x[:k] + x[k + 1] + x[k] + x[k + 2 :] == y for k in range(16)) and x != y

    assert {(i, j) for _, i, j in pairs_two_swapped(bodies)} == {
        pair for pair in every if swapped(bodies[pair[0]], bodies[pair[1]])
    }


def test_a_made_up_series_is_passed_over():
    bodies = [32_990_119_900_501_000 + n for n in range(10)]
    random.Random(7).shuffle(bodies)
    assert len(list(pairs_one_digit_off(bodies))) == 45
