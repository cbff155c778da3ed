"""Regulations as single values: forms, and what two versions differ in."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from warrant.core.regulation.calendar import NATIONAL
from warrant.core.regulation.fields import (
    ChangeKind,
    Field,
    FieldKind,
    assemble,
    compare,
    leaves,
    with_spare_rows,
)

LINE = {
    "id": "age",
    "title": {"zh": "年满十八周岁", "en": "Eighteen"},
    "parameters": {"years": 18, "exempt": []},
    "valid_from": "2009-11-25",
    "valid_until": None,
    "is_assumption": True,
    "steps": [{"state": "review", "limit": 5}],
}


def test_every_value_tells_how_it_is_entered():
    assert [(leaf.name, leaf.field.kind) for leaf in leaves(LINE)] == [
        ("title.zh", FieldKind.TEXT),
        ("title.en", FieldKind.TEXT),
        ("parameters.years", FieldKind.WHOLE),
        ("parameters.exempt", FieldKind.WORDS),
        ("valid_from", FieldKind.DAY),
        ("valid_until", FieldKind.DAY),
        ("is_assumption", FieldKind.FLAG),
        ("steps.0.state", FieldKind.TEXT),
        ("steps.0.limit", FieldKind.WHOLE),
    ]


def test_the_kinds_own_module_may_know_better():
    def describe(line: Any, names: Any) -> Field | None:
        return Field(FieldKind.COUNTS) if names == ("parameters",) else None

    assert [leaf.name for leaf in leaves(LINE, describe)][2] == "parameters"


def test_rows_are_added_in_the_spare_ones_and_go_away_when_emptied():
    roomy = with_spare_rows(LINE, {})
    assert roomy["steps"][1:] == [{"state": "", "limit": None}] * 2
    filled = {"steps.0.state": "", "steps.0.limit": None, "steps.2.state": "approval", "steps.2.limit": 10}
    assert assemble(roomy, filled, {})["steps"] == [{"state": "approval", "limit": 10}]


def test_an_empty_list_of_rows_has_room_by_its_blank_row():
    roomy = with_spare_rows({"id": "2028", "holidays": []}, {"holidays": {"from": ""}})
    assert roomy["holidays"] == [{"from": ""}, {"from": ""}]
    assert assemble(roomy, {}, {"holidays": {"from": ""}}) == {"id": "2028", "holidays": []}


VALUES = st.recursive(
    st.one_of(st.integers(0, 99), st.booleans(), st.none(), st.text("学历ab", min_size=1)),
    lambda inner: st.one_of(
        st.dictionaries(st.sampled_from(["zh", "limit", "until"]), inner, min_size=1, max_size=3),
        st.lists(st.fixed_dictionaries({"limit": st.integers(1, 9)}), min_size=1, max_size=3),
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES, min_size=1))
def test_a_form_sent_back_unchanged_changes_nothing(values):
    line = {"id": "x", **values}
    roomy = with_spare_rows(line, {})
    assert assemble(roomy, {leaf.name: leaf.value for leaf in leaves(roomy)}, {}) == line


def test_two_versions_are_compared_line_by_line():
    before = {"least": 10, "lines": [{"id": "a", "hours": 1}, {"id": "b"}, {"id": "c", "until": None}]}
    after = {"least": 12, "lines": [{"id": "a", "hours": 2}, {"id": "c", "until": None}, {"id": "d"}]}
    found = [
        (change.kind, change.identity, [d.path for d in change.differences])
        for change in compare(before, after)
    ]
    assert found == [
        (ChangeKind.CHANGED, "", [("least",)]),
        (ChangeKind.CHANGED, "a", [("hours",)]),
        (ChangeKind.ADDED, "d", []),
        (ChangeKind.REMOVED, "b", []),
    ]


def test_a_version_does_not_differ_from_itself():
    assert compare(NATIONAL, NATIONAL) == []
