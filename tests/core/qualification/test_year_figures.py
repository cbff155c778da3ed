"""Figures of a year, and what is odd about them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.errors import InvalidInput
from warrant.core.qualification.year_figures import (
    ODD_WORDS,
    FigureKind,
    YearFigures,
    odd_figures,
    read_figures,
)

EXAMINATION, TRAINING, ASSESSMENT = FigureKind


def year(of: int, reached: int, base: int = 100, **more: int) -> YearFigures:
    return YearFigures(of, more.pop("held", 2), base, reached, base, **more)


def test_three_years_below_eighty_in_a_row_are_odd_and_two_are_not():
    low = [year(2024, 79), year(2025, 79), year(2026, 79)]
    assert odd_figures(EXAMINATION, low, 2026) == ["low"]
    assert odd_figures(EXAMINATION, low, 2025) == []
    assert odd_figures(EXAMINATION, [year(2024, 79), year(2025, 80), year(2026, 79)], 2026) == []
    assert odd_figures(EXAMINATION, [year(2023, 79), year(2025, 79), year(2026, 79)], 2026) == []


def test_always_everybody_is_odd_from_three_sittings_and_ten_people_on():
    assert odd_figures(EXAMINATION, [year(2025, 6, 6, held=2), year(2026, 4, 4, held=1)], 2026) == ["always"]
    assert odd_figures(EXAMINATION, [year(2026, 9, 9, held=3)], 2026) == []
    assert odd_figures(EXAMINATION, [year(2026, 20, 20, held=2)], 2026) == []
    assert odd_figures(TRAINING, [year(2026, 90, 90, held=3)], 2026) == ["always"]


def test_an_assessment_is_looked_at_year_by_year():
    assert odd_figures(ASSESSMENT, [year(2025, 3, 10, held=1), year(2026, 10, 10, held=1)], 2026) == [
        "always"
    ]
    assert odd_figures(ASSESSMENT, [year(2025, 10, 10, uniform=1), year(2026, 2, 10)], 2026) == []


def test_late_and_mended_ones_of_the_year_are_pointed_out():
    years = [year(2025, 90, late=1), year(2026, 90, late=2, corrected=1)]
    assert odd_figures(EXAMINATION, years, 2026) == ["late", "corrected"]
    assert odd_figures(EXAMINATION, years, 2025) == ["late"]


def test_nothing_said_of_a_year_without_figures():
    assert odd_figures(EXAMINATION, [], 2026) == []


@pytest.mark.parametrize(
    "change",
    [
        {"held": -1},
        {"people": "3"},
        {"reached": 11},
        {"late": True},
        {"base": None},
        {"year": 26},
        {"held": 10**9},
    ],
)
def test_figures_that_cannot_be_are_refused(change: dict[str, Any]):
    told = {**year(2026, 10, 10).numbers(), **change}
    with pytest.raises(InvalidInput) as refused:
        read_figures(told)
    assert refused.value.code == "figures-unreadable"
    assert refused.value.place in change


@given(
    st.lists(
        st.builds(
            lambda of, base, part, held, late: YearFigures(of, held, base, base * part // 100, base, late),
            st.integers(2020, 2028),
            st.integers(0, 500),
            st.integers(0, 100),
            st.integers(0, 9),
            st.integers(0, 3),
        ),
        max_size=6,
        unique_by=lambda one: one.year,
    ),
    st.integers(2019, 2029),
    st.sampled_from(FigureKind),
)
def test_what_is_told_is_read_as_it_was_and_only_known_words_are_said(years, of, kind):
    assert [read_figures(one.numbers()) for one in years] == years
    assert set(odd_figures(kind, years, of)) <= set(ODD_WORDS[kind])
