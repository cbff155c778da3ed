"""Rules as data: what is refused, and where."""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warrant.core.eligibility import NATIONAL, parse
from warrant.core.errors import InvalidInput
from warrant.core.regulation import canonical

Line = dict[str, Any]


def changed(change: Callable[[Line], object], position: int = 1) -> dict[str, Any]:
    content: dict[str, Any] = copy.deepcopy(dict(NATIONAL))
    change(content["lines"][position])
    return content


def test_what_ships_can_be_read_and_has_a_canonical_form() -> None:
    ruleset = parse(NATIONAL)
    assert len(ruleset.lines) == 27
    assert canonical(NATIONAL).startswith(b'{"lines":[{"basis"')
    age = ruleset.line("age")
    assert age is not None
    assert (age.parameters["years"], age.title.in_language("en-gb"), age.title.in_language("zh-hans")) == (
        18,
        "Eighteen years old",
        "年满十八周岁",
    )


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda line: line.update(check="horoscope"), "lines.1.check"),
        (lambda line: line.update(title={"zh": "年龄"}), "lines.1.title.en"),
        (lambda line: line.update(title="年龄"), "lines.1.title"),
        (lambda line: line.update(parameters={}), "lines.1.parameters.years"),
        (lambda line: line.update(parameters={"years": True}), "lines.1.parameters.years"),
        (lambda line: line.update(parameters={"years": 15}), "lines.1.parameters.years"),
        (lambda line: line.update(parameters={"years": 18, "months": 1}), "lines.1.parameters.months"),
        (lambda line: line.update(kinds=["wedding"]), "lines.1.kinds"),
        (lambda line: line.update(categories=["99"]), "lines.1.categories"),
        (lambda line: line.update(valid_from="2026-02-30"), "lines.1.valid_from"),
        (lambda line: line.update(valid_from=None), "lines.1.valid_from"),
        (lambda line: line.update(valid_until="2009-11-25"), "lines.1.valid_from"),
        (lambda line: line.update(is_waivable="no"), "lines.1.is_waivable"),
        (lambda line: line.update(id=""), "lines.1.id"),
        (lambda line: line.update(id="in-post"), "lines.1.id"),
    ],
)
def test_what_cannot_be_applied_is_refused_where_it_stands(change: Any, place: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse(changed(change))
    assert refused.value.place == place


def test_a_ruleset_without_lines_is_refused() -> None:
    contents: tuple[dict[str, Any], ...] = ({}, {"lines": []}, {"lines": "all"})
    for content in contents:
        with pytest.raises(InvalidInput, match="bad-lines"):
            parse(content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)


@settings(deadline=None)
@given(position=st.integers(0, 26), name=st.sampled_from(sorted(NATIONAL["lines"][0])), value=JSON)
def test_whatever_stands_in_a_line_is_read_or_refused_in_words(
    position: int, name: str, value: object
) -> None:
    content = changed(lambda line: line.update({name: value}), position)
    with suppress(InvalidInput):
        assert len(parse(content).lines) == 27
