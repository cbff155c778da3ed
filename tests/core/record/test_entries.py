"""Additional data: what an entry must say before it is taken."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.record import KINDS, EntryKind, EntryRejected, FieldType, check_entry
from warrant.core.record.validation import sixteenth_birthday

BORN, TODAY = date(1990, 5, 1), date(2026, 11, 22)
REWARD = {
    "reward": "third-class",
    "title": "治超专项行动",
    "decided_by": "江苏省交通运输厅",
    "decided_on": "2024-05-01",
}
SERVICE = {"from_on": "2015-03-01", "unit": "昆山大队", "position": "科员"}


def _codes(kind: EntryKind, typed: dict[str, str]) -> dict[str, str]:
    with pytest.raises(EntryRejected) as refused:
        check_entry(KINDS[kind], typed, birth_on=BORN, on=TODAY)
    return {problem.place: problem.code for problem in refused.value.problems}


def test_an_entry_is_kept_as_text_without_the_empty_fields():
    entry = check_entry(KINDS[EntryKind.REWARD], {**REWARD, "document_number": " "}, birth_on=BORN, on=TODAY)
    assert entry.content == REWARD
    assert (entry.from_on, entry.until_on) == (date(2024, 5, 1), None)


def test_every_wrong_field_is_told_at_once():
    typed = {"reward": "medal", "title": "", "decided_by": "x" * 121, "decided_on": "2027-01-01"}
    assert _codes(EntryKind.REWARD, typed) == {
        "reward": "unknown-code",
        "title": "required",
        "decided_by": "too-long",
        "decided_on": "future-date",
    }


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2006-04-30", "too-early"),
        ("2026-02-30", "not-a-day"),
        ("昨天", "not-a-day"),
        ("2026-11-23", "future-date"),
    ],
)
def test_a_day_lies_between_the_sixteenth_birthday_and_today(day, code):
    assert _codes(EntryKind.SERVICE, {**SERVICE, "from_on": day}) == {"from_on": code}


def test_the_sixteenth_birthday_itself_counts():
    entry = check_entry(
        KINDS[EntryKind.SERVICE], {**SERVICE, "from_on": "2006-05-01"}, birth_on=BORN, on=TODAY
    )
    assert entry.from_on == date(2006, 5, 1)
    assert sixteenth_birthday(date(2000, 2, 29)) == date(2016, 2, 29)
    assert sixteenth_birthday(date(2084, 2, 29)) == date(2100, 3, 1)


def test_an_end_before_the_beginning_is_refused():
    assert _codes(EntryKind.SERVICE, {**SERVICE, "until_on": "2015-02-28"}) == {"until_on": "date-order"}


def test_a_certificate_may_end_in_the_future_but_not_begin_there():
    typed = {"family": "unified", "number": "32000001", "issued_by": "江苏省司法厅"}
    good = {**typed, "valid_from": "2024-01-01", "valid_until": "2028-12-31"}
    kind = KINDS[EntryKind.OTHER_CERTIFICATE]
    assert check_entry(kind, good, birth_on=BORN, on=TODAY).until_on == date(2028, 12, 31)
    ahead = {**typed, "valid_from": "2027-01-01"}
    assert _codes(EntryKind.OTHER_CERTIFICATE, ahead) == {"valid_from": "future-date"}


@pytest.mark.parametrize(
    ("year", "code"),
    [("2027", "future-year"), ("2005", "too-early"), ("24", "not-a-year"), ("二〇二四", "not-a-year")],
)
def test_a_year_is_one_of_the_working_life(year, code):
    typed = {"year": year, "band": "excellent", "decided_by": "昆山局", "decided_on": "2025-01-10"}
    assert _codes(EntryKind.ASSESSMENT, typed) == {"year": code}


def test_every_kind_names_fields_that_it_has():
    for kind in KINDS.values():
        names = {field.name for field in kind.fields}
        assert {kind.from_field, *kind.summary, *kind.once_by} <= names
        assert not kind.until_field or kind.until_field in names
        assert kind.field(kind.from_field).type is FieldType.DAY
        assert kind.field(kind.from_field).is_required


@given(
    st.sampled_from(list(KINDS)),
    st.dictionaries(
        st.sampled_from(sorted({f.name for k in KINDS.values() for f in k.fields})), st.text(max_size=200)
    ),
)
def test_nothing_typed_breaks_the_rules(kind, typed):
    try:
        entry = check_entry(KINDS[kind], typed, birth_on=BORN, on=TODAY)
        texts, places = entry.content.values(), set[str]()
    except EntryRejected as refused:
        texts, places = dict[str, str]().values(), {problem.place for problem in refused.problems}
    assert all(text.isprintable() and len(text) <= 200 for text in texts)
    assert places <= {field.name for field in KINDS[kind].fields}


@given(st.dates(min_value=date(2006, 5, 1), max_value=TODAY))
def test_a_good_day_is_kept_as_it_is(day):
    entry = check_entry(
        KINDS[EntryKind.SERVICE], {**SERVICE, "from_on": day.isoformat()}, birth_on=BORN, on=TODAY
    )
    assert entry.from_on == day
