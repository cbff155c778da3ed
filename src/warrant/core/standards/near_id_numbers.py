"""ID numbers that a slip of the pen makes of one another: one digit wrong, or two neighbours swapped.

The check character is worked out anew, so that only numbers that can stand in a register are compared. Numbers whose
date is none are left out. Source: own decision; ADR-0011.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from warrant.core.errors import InvalidInput
from warrant.core.standards.id_number import check, check_character

BODY = 17
_LARGEST_GROUP = 40
"""More numbers than this that differ in one and the same digit are a made-up series, not slips."""


def _is_possible(text: str) -> bool:
    try:
        check(text)
    except InvalidInput:
        return False
    return True


def one_digit_off(number: str) -> list[str]:
    """Return the valid numbers of which one of the first 17 digits is another; at most 153."""
    found = []
    for place in range(BODY):
        for digit in "0123456789":
            if digit != number[place]:
                body = number[:place] + digit + number[place + 1 : BODY]
                found.append(body + check_character(body))
    return [text for text in found if _is_possible(text)]


def two_swapped(number: str) -> list[str]:
    """Return the valid numbers in which two different neighbours among the first 17 digits are swapped; at most 16."""
    found = []
    for place in range(BODY - 1):
        first, second = number[place], number[place + 1]
        if first != second:
            body = number[:place] + second + first + number[place + 2 : BODY]
            found.append(body + check_character(body))
    return [text for text in found if _is_possible(text)]


def pairs_one_digit_off(bodies: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Yield pairs of positions in ``bodies`` (first 17 digits as whole numbers) that differ in exactly one digit.

    ``(pass, i, j)``: the pass counts from 0 to 16, so that the caller can show how far it is. One pass for each
    digit, each in memory proportional to ``bodies``.
    """
    for place in range(BODY):
        power = 10**place
        yield from _grouped(place, [body - body // power % 10 * power for body in bodies], bodies)


def pairs_two_swapped(bodies: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Yield pairs of positions in ``bodies`` that differ by two swapped neighbours, as :func:`pairs_one_digit_off`."""
    for place in range(BODY - 1):
        power = 10**place
        keys = []
        for body in bodies:
            low, high = body // power % 10, body // (power * 10) % 10
            # both orders of the two digits give one key
            keys.append(body + 9 * power * (low - high) if low > high else body)
        yield from _grouped(place, keys, bodies)


def _grouped(place: int, keys: list[int], bodies: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    first: dict[int, int] = {}
    more: dict[int, list[int]] = {}
    for position, key in enumerate(keys):
        known = first.setdefault(key, position)
        if known != position:
            more.setdefault(key, [known]).append(position)
    for group in more.values():
        if len(group) > _LARGEST_GROUP:
            continue
        for here, i in enumerate(group):
            for j in group[here + 1 :]:
                if bodies[i] != bodies[j]:
                    yield place, i, j
