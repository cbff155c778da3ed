"""The form for a draft of the conditions: every parameter of every line is asked by its check."""

from __future__ import annotations

from warrant.core.eligibility.ruleset import NATIONAL, describe
from warrant.core.regulation.fields import FieldKind, leaves


def test_every_parameter_of_what_ships_is_asked_by_its_own_label():
    unlabelled = [
        (line["id"], leaf.name)
        for line in NATIONAL["lines"]
        for leaf in leaves(line, describe)
        if leaf.path[0] == "parameters" and not leaf.field.label
    ]
    assert unlabelled == []


def test_hours_by_subject_are_one_field_and_an_open_number_may_stay_empty():
    bar = {"check": "revocation-bar", "parameters": {"years": None}}
    assert describe(bar, ("parameters", "years")).may_be_empty
    subjects = {"check": "training-subjects", "parameters": {"subjects": {"法律": 20}}}
    assert describe(subjects, ("parameters", "subjects")).kind is FieldKind.COUNTS


def test_a_check_that_is_not_known_describes_nothing():
    assert describe({"check": "weather", "parameters": {"x": 1}}, ("parameters", "x")) is None
