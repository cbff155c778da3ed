"""Score sheets, bands, vetoes, the share of the best, and what is odd."""

from __future__ import annotations

import copy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.errors import InvalidInput
from warrant.core.qualification.assessment import (
    NATIONAL,
    PERSON_BANDS,
    RoundFigures,
    odd_ones,
    parse,
    read_points,
)
from warrant.core.record.tables import ASSESSMENT

RULES = parse(NATIONAL)
PERSON = RULES.sheets["person"]
AGENCY = RULES.sheets["agency"]


def test_bands_of_persons_are_codes_of_the_table_of_assessments():
    assert {code: ASSESSMENT.by_code(code).name for code in PERSON_BANDS} == dict(PERSON_BANDS)


@pytest.mark.parametrize(
    ("total", "band"),
    [
        ("100", "excellent"),
        ("90", "excellent"),
        ("89.9", "competent"),
        ("70", "competent"),
        ("69.9", "basically-competent"),
        ("60", "basically-competent"),
        ("59.9", "incompetent"),
        ("0", "incompetent"),
    ],
)
def test_a_band_begins_at_its_least_points(total, band):
    assert PERSON.band_of(Decimal(total), []) == band


def test_one_veto_is_enough_for_the_worst_band():
    assert PERSON.band_of(Decimal(100), ["lending"]) == "incompetent"
    assert AGENCY.band_of(Decimal(100), ["incident"]) == "below-standard"


@pytest.mark.parametrize(("assessed", "most"), [(0, 0), (1, 1), (4, 1), (9, 1), (10, 2), (14, 2), (15, 3)])
def test_a_fifth_may_be_the_best_and_always_one(assessed, most):
    assert PERSON.most_best(assessed) == most


@pytest.mark.parametrize(
    ("since", "is_new"),
    [
        (date(2026, 7, 1), False),
        (date(2026, 7, 2), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 5), True),
        (date(2025, 12, 1), False),
        (None, False),
    ],
)
def test_under_six_months_at_the_end_of_the_year_is_not_assessed(since, is_new):
    assert PERSON.is_newcomer(since, 2026) is is_new


def test_a_year_is_due_in_the_year_after():
    assert PERSON.due_on(2026) == date(2027, 3, 31)


@pytest.mark.parametrize(
    ("text", "points"), [("20", "20"), ("19.50", "19.5"), (" １９.５ ", "19.5"), ("0", "0")]
)
def test_points_have_one_form(text, points):
    assert read_points(text, PERSON.items[0]) == points


@pytest.mark.parametrize("text", ["", "20.1", "-1", "1.25", "1e1", "十", "NaN", "+5", "1_0"])
def test_what_is_no_points_is_refused(text):
    with pytest.raises(InvalidInput):
        read_points(text, PERSON.items[0])


@given(st.text(max_size=12))
def test_whatever_is_typed_is_points_or_refused(text):
    try:
        points = read_points(text, PERSON.items[0])
    except InvalidInput:
        return
    assert 0 <= Decimal(points) <= 20
    assert read_points(points, PERSON.items[0]) == points


def changed(**values: Any) -> dict[str, Any]:
    content: Any = copy.deepcopy(NATIONAL)
    content["lines"][0].update(values)
    return content


_ITEM = {"id": "a", "title": {"zh": "甲", "en": "A"}, "points": 100, "judging": "records"}
_LOW = {"band": "incompetent", "least": 0}


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"id": "unit"}, "lines.0.id"),
        ({"items": []}, "lines.0.items"),
        ({"items": [{**_ITEM, "points": 99}]}, "lines.0.items.0.points"),
        ({"items": [{**_ITEM, "judging": "luck"}]}, "lines.0.items.0.judging"),
        ({"items": [{**_ITEM, "points": 50}, {**_ITEM, "points": 50}]}, "lines.0.items.1.id"),
        ({"items": [{**_ITEM, "title": {"zh": "甲", "en": ""}}]}, "lines.0.items.0.title.en"),
        ({"bands": [_LOW]}, "lines.0.bands.0.band"),
        ({"best_share_percent": 101}, "lines.0.best_share_percent"),
        ({"deadline_month": 2, "deadline_day": 30}, "lines.0.deadline_day"),
        ({"vetoes": [{"id": "A B", "title": {"zh": "甲", "en": "A"}}]}, "lines.0.vetoes.0.id"),
    ],
)
def test_a_fault_is_told_at_its_place(values, place):
    with pytest.raises(InvalidInput) as raised:
        parse(changed(**values))
    assert raised.value.place == place


def test_bands_fall_and_end_at_nothing():
    bands = [dict(row) for row in NATIONAL["lines"][0]["bands"]]
    bands[1]["least"] = 90
    with pytest.raises(InvalidInput, match="bands-overlap"):
        parse(changed(bands=bands))
    bands[1]["least"], bands[3]["least"] = 70, 1
    with pytest.raises(InvalidInput, match="band-gap"):
        parse(changed(bands=bands))


@pytest.mark.parametrize(
    ("figures", "odd"),
    [
        (RoundFigures(5, 1, frozenset({Decimal(80), Decimal(91)}), False, 0), []),
        (RoundFigures(3, 0, frozenset({Decimal(80)}), False, 0), ["same"]),
        (RoundFigures(2, 0, frozenset({Decimal(80)}), False, 0), []),
        (RoundFigures(3, 3, frozenset({Decimal(95), Decimal(96)}), False, 0), ["all-best"]),
        (RoundFigures(3, 1, frozenset({Decimal(95), Decimal(96)}), True, 2), ["late", "changed"]),
    ],
)
def test_what_is_odd_is_named(figures, odd):
    assert odd_ones(figures) == odd
