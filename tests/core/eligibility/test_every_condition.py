"""Every condition that ships: on the days where it turns, with its exemptions, waived, and changed midway.

What each makes of a qualified person, of one who fails and of one of whom nothing is known, stands in
``test_eligibility.py``. A condition that is added must be entered in the tables here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pytest
from tests.support.qualified import BOTH_PAPERS, FAILING, TODAY, exam, facts, outcome, result

from warrant.core.eligibility import NATIONAL, CertificateFact, PunishmentFact, WaiverFact, evaluate, parse
from warrant.core.eligibility.ruleset import KINDS

LINES: Mapping[str, dict[str, Any]] = {line["id"]: line for line in NATIONAL["lines"]}
CHANGED_ON = date(2026, 7, 1)
BEFORE = date(2026, 6, 30)


def certificate(state: str, ended_on: date | None = None) -> tuple[CertificateFact, ...]:
    return (CertificateFact("32000000018", state, date(2030, 1, 1), ended_on),)


def special(sat_on: date, score: str = "80") -> dict[str, Any]:
    return {"examinations": (exam("special-law", sat_on, score),)}


def both(special_on: date, general_on: date) -> dict[str, Any]:
    return {"examinations": (exam("special-law", special_on, "80"), exam("general-law", general_on, "80"))}


class Turn(NamedTuple):
    """What is so on a day and what a day, an hour or a point further on; ``parameters`` are the condition's."""

    changes: Mapping[str, Any]
    on: date
    expected: str
    parameters: Mapping[str, Any] = {}


YEARS_2 = {"years": 2}
TURNS: Mapping[str, Sequence[Turn]] = {
    "age": [
        Turn({"birth_on": date(2008, 11, 22)}, date(2026, 11, 22), "met"),
        Turn({"birth_on": date(2008, 11, 22)}, date(2026, 11, 21), "not-met"),
        Turn({"birth_on": date(2008, 2, 29)}, date(2026, 2, 28), "not-met"),
        Turn({"birth_on": date(2008, 2, 29)}, date(2026, 3, 1), "met"),
        Turn({"birth_on": date(2004, 2, 29)}, date(2024, 2, 29), "met", {"years": 20}),
        Turn({"birth_on": date(2004, 2, 29)}, date(2024, 2, 28), "not-met", {"years": 20}),
    ],
    # Sixty in January 2025 is the first month of the delay: one month later, and three years by agreement.
    "retirement": [
        Turn({"birth_on": date(1964, 12, 31)}, date(2024, 12, 30), "met"),
        Turn({"birth_on": date(1964, 12, 31)}, date(2024, 12, 31), "not-met"),
        Turn({"birth_on": date(1965, 1, 15)}, date(2028, 2, 14), "met"),
        Turn({"birth_on": date(1965, 1, 15)}, date(2028, 2, 15), "not-met"),
        Turn({"birth_on": date(1968, 2, 29)}, date(2031, 12, 28), "met"),
        Turn({"birth_on": date(1968, 2, 29)}, date(2031, 12, 29), "not-met"),
    ],
    "training": [
        Turn({"training_hours": 60}, TODAY, "met"),
        Turn({"training_hours": 59}, TODAY, "not-met"),
    ],
    "training-subjects": [
        Turn({"training_hours_by_subject": (("basic-law", 20), ("practice", 40))}, TODAY, "met"),
        Turn({"training_hours_by_subject": (("basic-law", 21), ("practice", 39))}, TODAY, "not-met"),
        Turn({"training_hours_by_subject": (), "training_hours_by_day": (("2025-12-31", 60),)}, TODAY, "met"),
        Turn(
            {"training_hours_by_subject": (), "training_hours_by_day": (("2026-01-01", 60),)},
            TODAY,
            "unknown",
        ),
    ],
    "in-service-hours": [
        Turn({"training_hours_by_year": (("2025", 60),)}, date(2026, 12, 31), "met"),
        Turn(
            {"training_hours_by_year": (("2025", 60),), "training_hours_asked": (("2026", 60), ("2027", 60))},
            date(2027, 1, 1),
            "not-met",
        ),
        Turn({"training_hours_by_year": (("2025", 59),)}, date(2026, 12, 31), "not-met"),
    ],
    "examination-special-law": [
        Turn(special(date(2021, 11, 22)), TODAY, "met"),
        Turn(special(date(2021, 11, 21)), TODAY, "not-met"),
        Turn(special(TODAY), TODAY, "met"),
        Turn(special(date(2026, 11, 23)), TODAY, "not-met"),
        Turn(special(date(2024, 2, 29)), date(2029, 2, 28), "met"),
        Turn(special(date(2024, 2, 29)), date(2029, 3, 1), "not-met"),
        Turn(special(TODAY, "60.0"), TODAY, "met"),
        Turn(special(TODAY, "59.9"), TODAY, "not-met"),
    ],
    "examination-general-law": [
        Turn(both(date(2021, 11, 22), date(2021, 11, 22)), TODAY, "met"),
        Turn(both(date(2021, 11, 21), date(2021, 11, 21)), TODAY, "not-met"),
        Turn(both(date(2026, 3, 2), date(2026, 3, 1)), TODAY, "not-met"),
        Turn(both(date(2024, 2, 29), date(2024, 2, 29)), date(2029, 2, 28), "met"),
        Turn(both(date(2024, 2, 29), date(2024, 2, 29)), date(2029, 3, 1), "not-met"),
        # The pass of the special paper counted on the day of the general one, and no longer counts today.
        Turn(both(date(2018, 5, 1), date(2023, 5, 1)), TODAY, "met"),
        Turn(both(date(2018, 4, 30), date(2023, 5, 1)), TODAY, "not-met"),
    ],
    "last-assessment": [
        Turn({"assessment_bands": (("2024", "competent"),)}, date(2026, 12, 31), "met"),
        Turn({"assessment_bands": (("2024", "competent"),)}, date(2027, 1, 1), "unknown"),
    ],
    "unit-time": [
        Turn({"arrived_on": date(2025, 11, 22)}, TODAY, "met"),
        Turn({"arrived_on": date(2025, 11, 23)}, TODAY, "not-met"),
        Turn({"arrived_on": date(2024, 2, 29)}, date(2025, 2, 28), "not-met"),
        Turn({"arrived_on": date(2024, 2, 29)}, date(2025, 3, 1), "met"),
    ],
    "statement": [
        Turn({"statement": "品行良好身体健康适合"}, TODAY, "met"),
        Turn({"statement": "品行良好身体健康适"}, TODAY, "not-met"),
        Turn({"statement": "  品行良好身体健康适  "}, TODAY, "not-met"),
    ],
    "revoked-certificate": [
        Turn({"certificates": certificate("revoked", date(2024, 11, 22))}, TODAY, "met", YEARS_2),
        Turn({"certificates": certificate("revoked", date(2024, 11, 23))}, TODAY, "not-met", YEARS_2),
        Turn(
            {"certificates": certificate("revoked", date(2024, 2, 29))}, date(2026, 2, 28), "not-met", YEARS_2
        ),
        Turn({"certificates": certificate("revoked", date(2024, 2, 29))}, date(2026, 3, 1), "met", YEARS_2),
    ],
    "duplicate": [Turn({"duplicates": 0}, TODAY, "met"), Turn({"duplicates": 1}, TODAY, "not-met")],
}
YES_OR_NO = {
    "in-post", "education", "education-proof", "staffing", "post", "clean-record", "health", "conduct", "photo",
    "live-certificate", "certificate-in-use", "certificate-to-renew", "certificate-to-replace",
    "open-application", "transfer",
}  # fmt: skip
"""Conditions without a day or a number in them; their days are those between which they count."""

LAWYER = {"degrees": ("303",)}
EXEMPT: Mapping[str, Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]] = {
    "training": [({**LAWYER, "training_hours": 50}, {"law_degree_hours": 10})],
    "training-subjects": [
        ({**LAWYER, "training_hours_by_subject": (("practice", 40),), "training_hours": 40}, {})
    ],
    "examination-special-law": [
        ({**LAWYER, "examinations": ()}, {"law_degree_exempts": True}),
        ({"legal_qualification": True, "examinations": ()}, {"legal_qualification_exempts": True}),
    ],
    "examination-general-law": [
        ({**LAWYER, "examinations": BOTH_PAPERS[1:]}, {"law_degree_exempts": True}),
        ({"legal_qualification": True, "examinations": ()}, {"legal_qualification_exempts": True}),
    ],
}
"""Who is exempt: what is so of the person, and the parameters under which it exempts."""

STRICTER: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]] = {
    "age": ({"birth_on": date(2007, 6, 30)}, {"years": 18}, {"years": 20}),
    "education": ({"education": "31"}, {"floor": "college"}, {"floor": "bachelor"}),
    "post": ({"post": "调度员"}, {"not_posts": ["司机"]}, {"not_posts": ["司机", "调度"]}),
    "training": ({"training_hours": 60}, {"hours": 60}, {"hours": 80}),
    "training-subjects": (
        {"training_hours_by_day": (("2026-02-01", 60),)},
        {"courses_from": "2026-03-01", "subjects": {"practice": 60}},
        {"courses_from": "2026-01-01", "subjects": {"practice": 60}},
    ),
    "in-service-hours": ({"training_hours_by_year": (("2026", 60),)}, {"hours": 60}, {"hours": 61}),
    "examination-special-law": (special(date(2023, 6, 30)), {"years": 5}, {"years": 3}),
    "examination-general-law": (
        both(date(2026, 3, 2), date(2026, 3, 1)),
        {"after_special_law": False},
        {"after_special_law": True},
    ),
    "last-assessment": (
        {"assessment_bands": (("2025", "basically-competent"),)},
        {"bands": ["incompetent"]},
        {"bands": ["incompetent", "basically-competent"]},
    ),
    "unit-time": ({"arrived_on": date(2025, 6, 30)}, {"months": 12}, {"months": 18}),
    "statement": ({}, {"characters": 10}, {"characters": 50}),
    "certificate-in-use": (
        {"certificates": certificate("withheld")},
        {"states": ["active", "withheld"]},
        {"states": ["active"]},
    ),
    "certificate-to-renew": (
        {"certificates": certificate("expired")},
        {"states": ["active", "expired"]},
        {"states": ["active"]},
    ),
    "certificate-to-replace": (
        {"certificates": certificate("active")},
        {"states": ["lost", "active"]},
        {"states": ["lost"]},
    ),
    "revoked-certificate": (
        {"certificates": certificate("revoked", date(2024, 1, 1))},
        {"years": 2},
        {"years": None},
    ),
    "clean-record": (
        {"punishments": (PunishmentFact("dismissal", date(2019, 5, 6)),)},
        {"punishments": []},
        {"punishments": ["dismissal"]},
    ),
}
"""A person, the parameters under which the condition is met, and those under which it is not."""


def test_every_condition_that_ships_is_in_the_tables() -> None:
    assert TURNS.keys() | YES_OR_NO == LINES.keys()
    assert not TURNS.keys() & YES_OR_NO
    exempting = {
        rule_id
        for rule_id, line in LINES.items()
        if any("exempts" in name or name == "law_degree_hours" for name in line["parameters"])
    }
    assert EXEMPT.keys() == exempting
    assert STRICTER.keys() == {rule for rule, line in LINES.items() if line["parameters"]}


@pytest.mark.parametrize(
    ("rule_id", "turn"), [(rule_id, turn) for rule_id, turns in TURNS.items() for turn in turns]
)
def test_it_turns_on_its_day(rule_id: str, turn: Turn) -> None:
    known = facts(**turn.changes)
    assert outcome(rule_id, known, turn.on, parameters=dict(turn.parameters)) == turn.expected


@pytest.mark.parametrize("rule_id", TURNS)
def test_both_sides_of_each_turn_are_seen(rule_id: str) -> None:
    assert len({turn.expected for turn in TURNS[rule_id]}) > 1


@pytest.mark.parametrize("rule_id", LINES)
def test_it_is_asked_from_its_first_day_to_the_day_before_its_end(rule_id: str) -> None:
    line = {
        **LINES[rule_id],
        "kinds": list(KINDS),
        "is_asked": True,
        "valid_from": "2024-02-29",
        "valid_until": "2028-02-29",
    }
    ruleset = parse({"lines": [line]})
    asked = {
        day: len(evaluate(ruleset, facts(), day, "renewal"))
        for day in (date(2024, 2, 28), date(2024, 2, 29), date(2028, 2, 28), date(2028, 2, 29))
    }
    assert list(asked.values()) == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("rule_id", "changes", "parameters"), [(rule, *case) for rule, cases in EXEMPT.items() for case in cases]
)
def test_who_is_exempt_meets_it_and_nobody_else(
    rule_id: str, changes: Mapping[str, Any], parameters: Mapping[str, Any]
) -> None:
    known = facts(**changes)
    assert outcome(rule_id, known, parameters=dict(parameters)) == "met"
    ground = "degrees" if "degrees" in changes else "legal_qualification"
    other: Any = ("408",) if ground == "degrees" else False
    assert outcome(rule_id, facts(**{**changes, ground: other}), parameters=dict(parameters)) == "not-met"
    without = {name: fact for name, fact in known.items() if name != ground}
    assert outcome(rule_id, without, parameters=dict(parameters)) == "unknown"


@pytest.mark.parametrize(("changes", "rule_id"), FAILING)
def test_it_is_waived_on_the_days_of_a_waiver_where_it_may_be(
    changes: Mapping[str, Any], rule_id: str
) -> None:
    def found(first: date, last: date, *, is_waivable: bool) -> str:
        known = facts(**changes, waivers=(WaiverFact(rule_id, 7, first, last),))
        return result(rule_id, known, is_waivable=is_waivable).outcome.value

    assert found(TODAY, TODAY, is_waivable=True) == "waived"
    assert found(TODAY, TODAY, is_waivable=False) == "not-met"
    assert found(date(2026, 1, 1), date(2026, 11, 21), is_waivable=True) == "not-met"
    assert found(date(2026, 11, 23), date(2027, 1, 1), is_waivable=True) == "not-met"


@pytest.mark.parametrize("rule_id", LINES)
def test_it_may_be_changed_midway(rule_id: str) -> None:
    """The old wording counts to the day before, the new one from the day on; never both, never neither."""
    line = {**LINES[rule_id], "kinds": list(KINDS), "is_asked": True, "valid_from": "2009-11-25"}
    failing = next(changes for changes, failed in FAILING if failed == rule_id)
    changes, loose, strict = STRICTER.get(rule_id, (failing, {}, {}))
    old = {**line, "valid_until": CHANGED_ON.isoformat(), "parameters": {**line["parameters"], **loose}}
    new = {
        **line,
        "id": f"{rule_id}-2026",
        "valid_from": CHANGED_ON.isoformat(),
        "parameters": {**line["parameters"], **strict},
    }
    ruleset = parse({"lines": [old, new]})
    known = facts(**changes)
    found = {
        day: [(one.rule_id, one.outcome.value) for one in evaluate(ruleset, known, day, "renewal")]
        for day in (BEFORE, CHANGED_ON)
    }
    before = "met" if rule_id in STRICTER else "not-met"
    assert found == {BEFORE: [(rule_id, before)], CHANGED_ON: [(f"{rule_id}-2026", "not-met")]}
