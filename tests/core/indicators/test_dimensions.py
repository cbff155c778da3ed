"""What the force is counted by."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.errors import InvalidInput
from warrant.core.indicators import (
    AGE,
    ARRIVAL,
    CATEGORY,
    DIMENSIONS,
    POST,
    REVIEW,
    SHEETS,
    STAFFING,
    categories_in,
    dimension_by_key,
    postings,
    sheet_of,
    tally,
    vector_of,
)
from warrant.core.indicators.profession import profession_of
from warrant.core.standards import codes

CONTENT = {
    "state": "active",
    "birth_on": "1988-03-09",
    "sex": "2",
    "education": "21",
    "major": "法学",
    "trained_year": 2026,
    "examined_year": 0,
    "reviewed_year": 2025,
    "arrived_on": "2019-07-01",
    "categories": "02,08",
    "post": "执法岗",
    "staffing": "civil-service-law",
    "certificate_state": "active",
}
VECTOR = (1988, 2, 2, 1, 2026, 0, 2025, 2019, (1 << 2) | (1 << 8), 1, 2, 1)


def test_vector_stands_in_the_order_of_the_dimensions():
    assert vector_of(CONTENT) == VECTOR
    assert [dimension.number for dimension in DIMENSIONS] == list(range(1, 13))


def test_whoever_left_does_not_count():
    assert vector_of({**CONTENT, "state": "left"}) is None
    assert vector_of({**CONTENT, "state": "deleted"}) is None
    assert vector_of({}) is None  # erased


def test_what_is_not_recorded_has_a_value_of_its_own():
    bare = {**CONTENT, "education": "", "major": "", "arrived_on": None, "categories": "", "post": ""}
    vector = vector_of({**bare, "staffing": "", "certificate_state": "", "sex": "9"})
    assert vector == (1988, 0, 0, 0, 2026, 0, 2025, 0, 1, 0, 0, 0)


@given(st.sampled_from(DIMENSIONS), st.integers(2009, 2060), st.data())
def test_every_value_falls_into_exactly_one_band(dimension, year, data):
    if dimension in (AGE, ARRIVAL, REVIEW) or dimension.key.endswith("_year"):
        raw = data.draw(st.integers(0, year + 1))
    else:
        raw = data.draw(st.sampled_from([band.low for band in dimension.bands(year)]))
    assert sum(band.holds(raw) for band in dimension.bands(year)) == 1


def test_age_is_year_minus_year_of_birth():
    assert AGE.band(AGE.band_of(1991, 2026), 2026).label == "31–35 岁"
    assert AGE.band(AGE.band_of(1996, 2026), 2026).label == "30 岁及以下"
    assert AGE.band(AGE.band_of(1970, 2026), 2026).label == "56 岁及以上"


def test_review_of_last_year_is_no_longer_this_years_when_the_year_turns():
    assert REVIEW.band_of(2025, 2025) == 1
    assert REVIEW.band_of(2025, 2026) == 2


def test_every_code_of_a_table_has_a_band():
    assert len(POST.bands(2026)) == len(codes.POST) + 2
    assert len(STAFFING.bands(2026)) == len(codes.STAFFING) + 1
    assert len(CATEGORY.bands(2026)) == 9


def test_unknown_statistics_are_refused():
    with pytest.raises(InvalidInput):
        dimension_by_key("salary")
    with pytest.raises(InvalidInput):
        AGE.band(40, 2026)


@pytest.mark.parametrize(
    ("major", "group"),
    [
        ("法学", "law"),
        ("经济法", "law"),
        ("交通运输管理", "transport"),
        ("道路桥梁与渡河工程", "transport"),
        ("土木工程", "engineering"),
        ("工程管理", "engineering"),
        ("工商管理", "management"),
        ("会计学", "management"),
        ("汉语言文学", "other"),
        (" ", ""),
    ],
)
def test_profession_follows_the_longest_word_of_the_major(major, group):
    assert profession_of(major) == group


def test_officer_of_two_categories_counts_in_each_and_once_in_the_whole():
    cells = tally([VECTOR])
    whole, by_category = sheet_of(DIMENSIONS[1], DIMENSIONS[2]), sheet_of(CATEGORY, POST)
    assert cells[(whole, 2, 2)] == 1
    assert cells[(by_category, 2, 1)] == 1
    assert cells[(by_category, 8, 1)] == 1
    assert sum(count for (sheet, _, _), count in cells.items() if sheet == by_category) == 2


def test_there_is_a_sheet_for_each_pair_and_each_dimension_alone():
    assert len(SHEETS) == 12 * 11 // 2 + 12
    assert sheet_of(POST, AGE) == sheet_of(AGE, POST)


def test_change_of_one_dimension_moves_only_its_own_sheets():
    changed = (*VECTOR[:10], 3, 1)
    moved = postings([VECTOR], [changed])
    assert moved[(sheet_of(DIMENSIONS[1], STAFFING), 2, 2)] == -1
    assert moved[(sheet_of(DIMENSIONS[1], STAFFING), 2, 3)] == 1
    assert {sheet for sheet, _, _ in moved} == {
        sheet for sheet in SHEETS if STAFFING.number in (sheet // 16, sheet % 16)
    }


vectors = st.lists(
    st.tuples(*[st.integers(0, 3)] * 8, st.sampled_from([1, 2, 6, 256]), *[st.integers(0, 3)] * 3), max_size=6
)


@given(vectors)
def test_counting_one_by_one_gives_the_same_cells_as_counting_together(people):
    one_by_one = Counter()
    for vector in people:
        one_by_one.update(tally([vector]))
    assert dict(one_by_one) == tally(people)


@given(vectors, vectors)
def test_cells_before_and_postings_make_the_cells_after(before, after):
    held = dict(tally(before))
    for cell, count in postings(before, after).items():
        held[cell] = held.get(cell, 0) + count
    assert {cell: count for cell, count in held.items() if count} == tally(after)


def test_mask_without_category_is_the_unrecorded_one():
    assert categories_in(1) == (0,)
    assert categories_in(0b110) == (1, 2)
