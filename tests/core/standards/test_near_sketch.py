"""Ruling slips of ID numbers out by what is known without opening the sealed ones."""

from __future__ import annotations

import random
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from warrant.core.standards.id_number import check_character
from warrant.core.standards.near_id_numbers import one_digit_off, two_swapped
from warrant.core.standards.near_sketch import NearSketch, all_tails, person_code, tail_code


def number(area: str, born_on: date, order: int) -> str:
    body = f"{area}{born_on:%Y%m%d}{order:03}"
    return body + check_character(body)


def sketch_of(*numbers: str) -> NearSketch:
    sketch = NearSketch()
    sketch.codes.update(person_code(int(text[6:14]), tail_code(text)) for text in numbers)
    return sketch


def test_there_are_eleven_thousand_tails_each_with_a_code_of_its_own() -> None:
    tails = list(all_tails())
    assert (tails[0], tails[10], tails[-1]) == ("0000", "000X", "999X")
    assert [tail_code(text) for text in tails] == list(range(11_000))


def test_one_wrong_digit_of_the_order_is_found_and_named() -> None:
    registered, typed = "32990119900501123", "32990119900501133"
    registered, typed = registered + check_character(registered), typed + check_character(typed)
    assert sketch_of(registered).possible_slips(typed) == [(registered, False)]


def test_two_swapped_digits_of_the_birth_date_are_found_and_named() -> None:
    registered = number("329901", date(1990, 12, 1), 123)
    typed = number("329901", date(1990, 12, 10), 123)
    assert sketch_of(registered).possible_slips(typed) == [(registered, True)]


def test_the_number_itself_is_no_slip() -> None:
    registered = number("329901", date(1990, 12, 1), 123)
    assert sketch_of(registered).possible_slips(registered) == []


NUMBERS = st.builds(
    number,
    st.from_regex(r"[1-8][0-9]{5}", fullmatch=True),
    st.dates(date(1940, 1, 1), date(2010, 12, 31)),
    st.integers(0, 999),
)


@given(NUMBERS, st.randoms(use_true_random=False))
def test_every_slip_that_can_be_an_officer_is_found(text: str, chance: random.Random) -> None:
    swaps = dict.fromkeys(two_swapped(text), True)
    swaps |= dict.fromkeys(one_digit_off(text), False)
    living = {slip: swap for slip, swap in swaps.items() if 1930 <= int(slip[6:10]) <= 2029}
    if not living:
        return
    registered = chance.choice(sorted(living))
    assert (registered, living[registered]) in sketch_of(registered).possible_slips(text)


@given(NUMBERS, st.integers(1, 20_000))
def test_what_is_found_is_always_a_slip(text: str, days: int) -> None:
    born_on = date(1940, 1, 1) + timedelta(days)
    others = [number(text[:6], born_on, int(text[14:17])), number("650102", born_on, 1)]
    slips = {*one_digit_off(text), *two_swapped(text)}
    assert {found for found, _is_swap in sketch_of(*others).possible_slips(text)} <= slips
