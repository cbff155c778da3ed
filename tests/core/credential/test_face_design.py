"""Versions of the common face."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from warrant.core.credential.face_design import FIRST, NATIONAL, parse
from warrant.core.errors import Conflict, InvalidInput


def content(**changes: Any) -> dict[str, Any]:
    second = {**NATIONAL["lines"][0], "id": "2", "used_from": "2027-01-01", **changes}
    return {"lines": [NATIONAL["lines"][0], second]}


def test_what_ships_is_the_first_design():
    assert parse(NATIONAL).designs == (FIRST,)


def test_from_its_first_day_a_newer_design_is_used_and_the_older_one_stays_known():
    designs = parse(content())
    assert designs.used_on(date(2026, 12, 31)).version == 1
    assert designs.used_on(date(2027, 1, 1)).version == 2
    assert designs.version(1) == FIRST
    assert designs.version(3) is None


def test_after_its_last_day_the_earlier_design_comes_back():
    designs = parse(content(used_until="2027-03-31"))
    assert designs.used_on(date(2027, 3, 31)).version == 2
    assert designs.used_on(date(2027, 4, 1)).version == 1


def test_a_day_without_a_design_is_said():
    designs = parse({"lines": [{**NATIONAL["lines"][0], "used_from": "2026-01-01"}]})
    with pytest.raises(Conflict) as refused:
        designs.used_on(date(2025, 12, 31))
    assert refused.value.code == "no-face-design"


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"ground": "blue"}, "not-a-tint", "lines.1.ground"),
        ({"letter_tint": "#12407"}, "not-a-tint", "lines.1.letter_tint"),
        ({"band_wavelength": 5}, "number-out-of-range", "lines.1.band_wavelength"),
        ({"heart_lobes": None}, "number-out-of-range", "lines.1.heart_lobes"),
        ({"micro_text": "执"}, "micro-text-wrong", "lines.1.micro_text"),
        ({"micro_text": "执法\n执法"}, "micro-text-wrong", "lines.1.micro_text"),
        ({"id": "01"}, "not-a-version", "lines.1.id"),
        ({"id": "256"}, "not-a-version", "lines.1.id"),
        ({"id": "²"}, "not-a-version", "lines.1.id"),
        ({"used_from": ""}, "not-a-day", "lines.1.used_from"),
        ({"used_until": "2026-12-31"}, "date-order", "lines.1.used_until"),
        ({"title": {"zh": "第二版"}}, "not-in-two-languages", "lines.1.title.en"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_way_there(changes, code, place):
    with pytest.raises(InvalidInput) as refused:
        parse(content(**changes))
    assert (refused.value.code, refused.value.place) == (code, place)


def test_no_design_at_all_is_refused():
    with pytest.raises(InvalidInput) as refused:
        parse({"lines": []})
    assert refused.value.code == "no-face-design"
