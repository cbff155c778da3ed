"""Finding slips of many ID numbers at once without opening the sealed ones.

Of a registered officer the birth date and (through the keyed index of the last four characters) the sequence number
and the check character are known. That is enough to rule nearly every slip out: most of the 170 neighbours of a
number would need an officer of that birth date with that tail, and there is none. What is left is confirmed by the
blind index. Source: own decision; ADR-0015.
"""

from __future__ import annotations

from collections.abc import Iterator

from warrant.core.standards.near_id_numbers import BODY

_CHARACTERS = "0123456789X"
_TAILS = 11_000
_WEIGHTS = tuple(2 ** (BODY - place) % 11 for place in range(BODY))
_AREA = 6
_ORDER = 14
_FIRST = 8
"""Place of the first digit that may differ in the birth date: every officer was born in 19xx or 20xx."""


def all_tails() -> Iterator[str]:
    """Yield the 11,000 texts that the last four characters of an ID number can be."""
    for tail in range(_TAILS):
        yield f"{tail // 11:03}{_CHARACTERS[tail % 11]}"


def tail_code(text: str) -> int:
    """Return the last four characters of an ID number as a number below 11,000."""
    return int(text[-4:-1]) * 11 + _CHARACTERS.index(text[-1])


def person_code(birth: int, tail: int) -> int:
    """Return one number for a birth date (as 19850230) and a tail of :func:`tail_code`."""
    return birth * _TAILS + tail


def _unit(place: int) -> int:
    """Return what one more in a place adds to the code of a person, the check character left out."""
    if place < _ORDER:
        return int(10 ** (_ORDER - 1 - place)) * _TAILS
    return int(10 ** (BODY - 1 - place)) * 11


def _step(added: int, weighted: int, check: int) -> int:
    return added + (check - weighted) % 11 - check


_DIGIT_STEPS = tuple(
    tuple(
        tuple(
            tuple(
                _step((new - old) * _unit(place), (new - old) * _WEIGHTS[place], check)
                for new in range(10)
                if new != old
            )
            for check in range(11)
        )
        for old in range(10)
    )
    for place in range(_FIRST, BODY)
)
"""By place from 8, digit and check: what a person's code changes by when that digit is another."""

_SWAP_STEPS = tuple(
    tuple(
        _step(
            apart * (_unit(place) - _unit(place + 1)),
            apart * (_WEIGHTS[place] - _WEIGHTS[place + 1]),
            check,
        )
        for apart in range(-9, 10)
        for check in range(11)
    )
    for place in range(_FIRST, BODY - 1)
)
"""By place from 8, then 11 * (second - first + 9) + check: what a swap with the next digit changes the code by."""


class NearSketch:
    """The codes of registered persons; says which slips of a number may be among them."""

    def __init__(self) -> None:
        self.codes: set[int] = set()

    def possible_slips(self, number: str) -> list[tuple[str, bool]]:
        """Return slips of a valid ``number`` that may be registered: all that are, and a few by chance.

        Beside each stands whether two neighbours are swapped; otherwise one digit differs.
        """
        digits = list(map(int, number[:BODY]))
        tail = tail_code(number)
        check = tail % 11
        own = person_code(int(number[6:14]), tail)
        codes = [own - check + other for other in range(11) if other != check]
        for place, steps in enumerate(_DIGIT_STEPS, _FIRST):
            codes += [own + step for step in steps[digits[place]][check]]
        for place, steps_of_swap in enumerate(_SWAP_STEPS, _FIRST):
            apart = digits[place + 1] - digits[place]
            if apart:
                codes.append(own + steps_of_swap[11 * (apart + 9) + check])
        hits = self.codes.intersection(codes)
        if not hits:
            return []
        found = {_elsewhere(number, code) for code in hits if code // 11 != own // 11}
        checks = {code % 11 for code in hits if code // 11 == own // 11}
        if checks:
            found.update(text for text in _area_slips(number) if _CHARACTERS.index(text[-1]) in checks)
        return [(text, _is_swap(number, text)) for text in sorted(found)]


def _elsewhere(number: str, code: int) -> str:
    """Return the number of the same area that a person's code says."""
    birth, tail = divmod(code, _TAILS)
    return f"{number[:_AREA]}{birth}{tail // 11:03}{_CHARACTERS[tail % 11]}"


def _area_slips(number: str) -> Iterator[str]:
    """Yield every number that a slip in the area code makes of this one."""
    digits = list(map(int, number[:_AREA]))
    check = _CHARACTERS.index(number[-1])
    for place in range(_AREA):
        for new in range(10):
            if new != digits[place]:
                changed = (check - (new - digits[place]) * _WEIGHTS[place]) % 11
                yield f"{number[:place]}{new}{number[place + 1 : BODY]}{_CHARACTERS[changed]}"
    for place in range(_AREA - 1):
        apart = digits[place + 1] - digits[place]
        if apart:
            changed = (check - apart * (_WEIGHTS[place] - _WEIGHTS[place + 1])) % 11
            swapped = f"{number[place + 1]}{number[place]}"
            yield f"{number[:place]}{swapped}{number[place + 2 : BODY]}{_CHARACTERS[changed]}"


def _is_swap(number: str, slip: str) -> bool:
    return sum(one != other for one, other in zip(number[:BODY], slip[:BODY], strict=True)) == 2
