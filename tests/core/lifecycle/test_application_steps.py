"""Which steps a case goes through: from the tree, the kind and the dated rules."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from warrant.core.access import Place
from warrant.core.errors import InvalidInput
from warrant.core.lifecycle import ApplicationKind
from warrant.core.lifecycle.application_steps import NATIONAL, parse

K = ApplicationKind
KUNSHAN = Place(32, 3205, 320583, 7)


def national() -> dict[str, Any]:
    return deepcopy(json.loads(json.dumps(NATIONAL)))


@pytest.mark.parametrize(
    ("place", "chain"),
    [
        (KUNSHAN, [("review", 320583), ("verification", 3205), ("approval", 32)]),
        (Place(32, 3205, None, 8), [("review", 3205), ("approval", 32)]),
        (Place(31, None, 310115, 9), [("review", 310115), ("approval", 31)]),
        (Place(32, None, None, 10), [("approval", 32)]),
    ],
    ids=["county", "city", "district of a municipality", "provincial agency"],
)
def test_the_chain_follows_from_the_tree(place, chain):
    steps = parse(NATIONAL).steps_for(K.FIRST_ISSUE, place)
    assert [(step.state.value, step.unit_id) for step in steps] == chain


def test_a_replacement_leaves_the_city_out():
    steps = parse(NATIONAL).steps_for(K.REPLACEMENT, KUNSHAN)
    assert [(step.state.value, step.unit_id) for step in steps] == [("review", 320583), ("approval", 32)]


def test_every_step_has_its_limit():
    steps = parse(NATIONAL).steps_for(K.RENEWAL, KUNSHAN)
    assert [(step.limit, step.warning) for step in steps] == [(5, 1), (5, 1), (10, 2)]


def test_a_place_without_a_province_has_no_chain():
    with pytest.raises(ValueError, match="province"):
        parse(NATIONAL).steps_for(K.FIRST_ISSUE, Place())


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        (lambda c: c["lines"].pop(), "chain-missing", "lines"),
        (lambda c: c["lines"].append(c["lines"][0]), "chain-twice", "lines.24"),
        (lambda c: c["lines"][0]["steps"].pop(), "no-approval", "lines.0.steps"),
        (lambda c: c["lines"][0]["steps"].reverse(), "steps-out-of-order", "lines.0.steps.1"),
        (
            lambda c: c["lines"][0]["steps"][1].update(limit=0),
            "workdays-out-of-range",
            "lines.0.steps.1.limit",
        ),
        (
            lambda c: c["lines"][0]["steps"][1].update(warning=5),
            "warning-before-begin",
            "lines.0.steps.1.warning",
        ),
        (lambda c: c["lines"][3]["steps"][0].update(at="county"), "not-a-choice", "lines.3.steps.0.at"),
        (lambda c: c["lines"][0].update(kind="gift"), "not-a-choice", "lines.0.kind"),
        (lambda c: c.pop("correction"), "not-an-object", "correction"),
        (
            lambda c: c["reconsideration"].update(ask_within=True),
            "workdays-out-of-range",
            "reconsideration.ask_within",
        ),
    ],
)
def test_a_wrong_content_says_where(change, code, place):
    content = national()
    change(content)
    with pytest.raises(InvalidInput) as refused:
        parse(content)
    assert (refused.value.code, refused.value.place) == (code, place)


def test_no_limit_is_a_choice():
    content = national()
    for step in content["lines"][0]["steps"]:
        step["limit"] = None
    steps = parse(content).steps_for(K.FIRST_ISSUE, KUNSHAN)
    assert [step.limit for step in steps] == [None, None, None]
