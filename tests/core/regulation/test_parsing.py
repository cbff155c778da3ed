"""Values out of a regulation's content."""

from __future__ import annotations

from datetime import date

import pytest

from warrant.core.errors import InvalidInput
from warrant.core.regulation.parsing import day, flag, listed, whole, words


@pytest.mark.parametrize("value", [None, True, "3", 3.0, 0, 11])
def test_a_number_that_is_none_or_outside_is_refused_with_the_way_there(value: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        whole({"years": value}, "years", 1, 10, "lines.2")
    assert (refused.value.code, refused.value.place) == ("number-out-of-range", "lines.2.years")


def test_both_ends_of_a_range_are_allowed() -> None:
    assert [whole({"n": value}, "n", 1, 10) for value in (1, 10)] == [1, 10]


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (None, "title.zh"),
        ("年审", "title.zh"),
        ({"zh": "年审", "en": " "}, "title.en"),
        ({"en": "x"}, "title.zh"),
    ],
)
def test_a_text_has_to_be_there_in_both_languages(value: object, place: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        words({"title": value}, "title")
    assert refused.value.place == place


def test_a_yes_or_no_that_is_not_written_counts_only_where_the_caller_says_what() -> None:
    assert flag({}, "late", missing=False) is False
    with pytest.raises(InvalidInput):
        flag({}, "late")
    with pytest.raises(InvalidInput):
        flag({"late": 1}, "late", missing=False)


def test_a_list_may_be_missing_but_nothing_else_stands_for_it() -> None:
    assert listed({}, "rows") == []
    with pytest.raises(InvalidInput):
        listed({"rows": "ab"}, "rows", "lines.0")


def test_a_day_is_read_or_refused() -> None:
    assert day("2028-02-29", "from") == date(2028, 2, 29)
    with pytest.raises(InvalidInput) as refused:
        day("2027-02-29", "lines.0.from")
    assert refused.value.place == "lines.0.from"
