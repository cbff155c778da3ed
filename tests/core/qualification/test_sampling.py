"""Which filings are looked at closely: by rule, and by a lot that nobody draws."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.errors import InvalidInput
from warrant.core.qualification.sampling import NATIONAL, Candidate, lot_of, parse, sampled

RULES = parse(NATIONAL)
PLAIN = Candidate("320000", b"\x01" * 32, False, False, False, 0, 0)


def test_a_plain_filing_passes():
    assert lot_of(PLAIN.request_hash) == 53
    assert sampled(RULES, PLAIN) == ()


def test_the_lot_of_a_hash_is_always_the_same():
    assert [lot_of(bytes([n]) * 32) for n in range(4)] == [lot_of(bytes([n]) * 32) for n in range(4)]


def test_the_lots_fall_evenly():
    drawn = sum(lot_of(n.to_bytes(32, "big")) < 20 for n in range(50_000))
    assert 850 < drawn < 1150


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"has_waiver": True}, "waiver"),
        ({"is_on_boundary": True}, "boundary"),
        ({"is_first_of_kind": True}, "first-of-kind"),
        ({"decided": 20, "returned": 3}, "returned-often"),
    ],
)
def test_each_rule_samples(change: dict[str, Any], reason: str):
    assert sampled(RULES, replace(PLAIN, **change)) == (reason,)


@pytest.mark.parametrize(("decided", "returned"), [(19, 19), (20, 2), (1000, 149)])
def test_few_returns_or_few_filings_do_not(decided: int, returned: int):
    assert sampled(RULES, replace(PLAIN, decided=decided, returned=returned)) == ()


def changed(line: int, **values: object) -> dict[str, Any]:
    content: dict[str, Any] = copy.deepcopy(dict(NATIONAL))
    content["lines"][line].update(values)
    return content


def test_a_line_that_is_switched_off_samples_nothing():
    assert sampled(parse(changed(0, is_asked=False)), replace(PLAIN, has_waiver=True)) == ()


def test_a_province_may_have_a_rate_of_its_own():
    rules = parse(changed(4, per_mille=0, provinces=[{"province": "320000", "per_mille": 1000}]))
    assert sampled(rules, PLAIN) == ("random",)
    assert sampled(rules, replace(PLAIN, province="310000")) == ()


@pytest.mark.parametrize(
    ("line", "values", "place"),
    [
        (0, {"id": "dice"}, "lines.0.id"),
        (0, {"is_asked": 1}, "lines.0.is_asked"),
        (1, {"days": 0}, "lines.1.days"),
        (2, {"percent": 101}, "lines.2.percent"),
        (3, {"title": {"zh": "首次", "en": ""}}, "lines.3.title.en"),
        (4, {"per_mille": -1}, "lines.4.per_mille"),
        (4, {"provinces": [{"province": "32", "per_mille": 1}]}, "lines.4.provinces.0.province"),
        (4, {"provinces": [{"province": "320000", "per_mille": 2000}]}, "lines.4.provinces.0.per_mille"),
    ],
)
def test_a_wrong_value_is_refused_at_its_place(line: int, values: dict[str, Any], place: str):
    with pytest.raises(InvalidInput) as caught:
        parse(changed(line, **values))
    assert caught.value.place == place


def test_no_line_may_be_missing():
    with pytest.raises(InvalidInput, match="sampling-missing"):
        parse({"lines": list(NATIONAL["lines"])[1:]})


@given(st.binary(min_size=32, max_size=32), st.integers(0, 1000))
def test_a_higher_rate_never_lets_one_go(request_hash: bytes, rate: int):
    candidate = replace(PLAIN, request_hash=request_hash)
    lower, higher = (
        "random" in sampled(parse(changed(4, per_mille=r)), candidate) for r in (rate // 2, rate)
    )
    assert higher or not lower
