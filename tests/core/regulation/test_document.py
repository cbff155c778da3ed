"""The exact bytes of a regulation, and a province's differences over the nation's text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.errors import InvalidInput
from warrant.core.regulation import canonical, difference, digest, resolve


def test_content_is_written_with_sorted_names_and_without_blanks():
    assert canonical({"b": [1, True, None], "a": "学历"}) == '{"a":"学历","b":[1,true,null]}'.encode()


def test_the_digest_is_the_sha256_of_those_bytes():
    # printf '{"a":1}' | sha256sum
    assert digest({"a": 1}) == "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"


def test_a_fraction_is_refused_where_it_stands():
    with pytest.raises(InvalidInput) as refusal:
        canonical({"lines": [{"id": "a", "parameters": {"mark": 60.5}}]})
    assert refusal.value.place == "lines.0.parameters.mark"


def test_a_province_replaces_adds_and_drops_lines():
    nation = {"pass": 60, "lines": [{"id": "age", "years": 18}, {"id": "photo"}, {"id": "health"}]}
    province = {
        "pass": 70,
        "lines": [{"id": "age", "years": 20}, {"id": "health", "dropped": True}, {"id": "oath"}],
    }
    assert resolve([nation, province]) == {
        "pass": 70,
        "lines": [{"id": "age", "years": 20}, {"id": "photo"}, {"id": "oath"}],
    }


def test_lines_need_an_id_each_of_their_own():
    with pytest.raises(InvalidInput) as refusal:
        resolve([{"lines": [{"id": "age"}, {"years": 1}]}])
    assert refusal.value.place == "lines.1.id"
    with pytest.raises(InvalidInput, match="line-twice"):
        resolve([{"lines": [{"id": "age"}, {"id": "age"}]}])


LEAVES = st.one_of(st.integers(0, 3), st.booleans(), st.sampled_from(["", "学历"]))
CONTENTS = st.builds(
    lambda lines, names: {"lines": [{**line, "id": identity} for identity, line in lines.items()], **names},
    st.dictionaries(
        st.sampled_from("abcde"), st.dictionaries(st.sampled_from(["x", "y"]), LEAVES), max_size=5
    ),
    st.fixed_dictionaries({"limit": LEAVES}),
)


def by_id(content: dict[str, Any]) -> dict[str, Any]:
    return {**content, "lines": {line["id"]: line for line in content["lines"]}}


@given(CONTENTS, CONTENTS)
def test_the_difference_laid_over_the_nation_gives_the_province(nation, wanted):
    assert by_id(resolve([nation, difference(nation, wanted)])) == by_id(wanted)


@given(CONTENTS)
def test_no_difference_is_an_empty_layer(nation):
    assert difference(nation, nation) == {}
