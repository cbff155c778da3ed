"""What a decision keeps can be read back, and says the same again."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warrant.core.eligibility import (
    FACTS,
    NATIONAL,
    CertificateFact,
    ExaminationFact,
    Fact,
    Facts,
    Outcome,
    PunishmentFact,
    Source,
    WaiverFact,
    evaluate,
    facts_from_json,
    facts_to_json,
    parse,
    results_to_json,
)
from warrant.core.eligibility.facts import FactType
from warrant.core.eligibility.ruleset import KINDS
from warrant.core.errors import InvalidInput

RULES = parse({"lines": [{**line, "is_asked": True} for line in NATIONAL["lines"]]})
DAYS = st.dates(date(1950, 1, 1), date(2035, 12, 31))
POINTS = st.decimals(0, 100, places=1).map(lambda points: points.quantize(Decimal("0.1")))
STATES = st.sampled_from(["active", "lost", "withheld", "cancelled", "revoked", "expired"])
YEARS = st.integers(2020, 2030).map(str)


def _pairs(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.dictionaries(YEARS, values, max_size=3).map(lambda found: tuple(sorted(found.items())))


BY_TYPE: dict[FactType, st.SearchStrategy[Any]] = {
    FactType.TEXT: st.sampled_from(
        ["", "1", "2", "21", "61", "active", "left", "civil-servant", "驾驶员", "执法岗"]
    ),
    FactType.FLAG: st.booleans(),
    FactType.NUMBER: st.integers(0, 200),
    FactType.DAY: DAYS,
    FactType.TEXTS: st.lists(st.sampled_from(["08", "403", "A322026000001"]), max_size=2).map(tuple),
    FactType.COUNTS: _pairs(st.integers(0, 90)),
    FactType.WORDS: _pairs(st.sampled_from(["competent", "incompetent"])),
    FactType.EXAMINATIONS: st.lists(
        st.builds(ExaminationFact, st.sampled_from(["special-law", "general-law"]), DAYS, POINTS, POINTS),
        max_size=3,
    ).map(tuple),
    FactType.CERTIFICATES: st.lists(
        st.builds(CertificateFact, st.just("32000000018"), STATES, DAYS, st.none() | DAYS), max_size=2
    ).map(tuple),
    FactType.PUNISHMENTS: st.lists(
        st.builds(PunishmentFact, st.sampled_from(["warning", "dismissal"]), DAYS, st.none() | DAYS),
        max_size=2,
    ).map(tuple),
    FactType.WAIVERS: st.lists(
        st.builds(
            WaiverFact, st.sampled_from(["training", "education", "age"]), st.integers(1, 9), DAYS, DAYS
        ),
        max_size=2,
    ).map(tuple),
}


@st.composite
def people(draw: st.DrawFn) -> dict[str, Fact]:
    names = draw(st.sets(st.sampled_from(sorted(FACTS))))
    return {
        name: Fact(
            draw(st.none() | BY_TYPE[FACTS[name].type]), draw(st.sampled_from(list(Source))), draw(DAYS)
        )
        for name in names
    }


@settings(deadline=None)
@given(people())
def test_facts_are_the_same_after_writing_and_reading(known: Facts) -> None:
    assert facts_from_json(json.loads(json.dumps(facts_to_json(known)))) == known


@settings(deadline=None)
@given(known=people(), on=DAYS, kind=st.sampled_from(KINDS))
def test_a_kept_decision_says_the_same_again(known: Facts, on: date, kind: str) -> None:
    kept = json.loads(json.dumps(facts_to_json(known)))
    again = evaluate(RULES, facts_from_json(kept), on, kind)
    assert results_to_json(again) == results_to_json(evaluate(RULES, known, on, kind))


@settings(deadline=None)
@given(known=people(), on=DAYS, kind=st.sampled_from(KINDS), name=st.sampled_from(sorted(FACTS)))
def test_knowing_less_never_makes_a_condition_met(known: Facts, on: date, kind: str, name: str) -> None:
    if name == "categories":
        return  # says which conditions are asked at all
    less = {fact: value for fact, value in known.items() if fact != name}
    before = {one.rule_id: one.outcome for one in evaluate(RULES, known, on, kind)}
    for one in evaluate(RULES, less, on, kind):
        if one.is_met:
            assert before[one.rule_id] in (Outcome.MET, Outcome.WAIVED)


@pytest.mark.parametrize(
    "kept",
    [
        {"shoe_size": {"value": 42, "source": "officer", "as_of": "2026-01-01"}},
        {"birth_on": {"value": "1990-13-01", "source": "officer", "as_of": "2026-01-01"}},
        {"photo": {"value": 1, "source": "officer", "as_of": "2026-01-01"}},
        {"photo": {"value": True, "source": "gossip", "as_of": "2026-01-01"}},
        {"photo": {"value": True, "source": "officer"}},
        {"photo": True},
        {"examinations": {"value": [["special-law"]], "source": "examination", "as_of": "2026-01-01"}},
        {
            "examinations": {
                "value": [["a", "2026-01-01", "x", "6"]],
                "source": "filing",
                "as_of": "2026-01-01",
            }
        },
    ],
)
def test_what_was_tampered_with_is_refused(kept: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="bad-facts"):
        facts_from_json(kept)
