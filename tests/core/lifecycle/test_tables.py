"""Every state table is whole: each state can be reached and left, each action knows its permission."""

from __future__ import annotations

import pytest

from warrant.core.access import Level, Place
from warrant.core.errors import Conflict
from warrant.core.lifecycle import (
    APPLICATION,
    CERTIFICATE,
    MACHINES,
    ApplicationState,
    CertificateState,
    Machine,
)
from warrant.core.lifecycle.application import Step, step_after, steps_for


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_state_can_be_reached(machine: Machine):
    reached = {machine.initial}
    for _ in machine.states:
        reached |= {t for row in machine.transitions if reached & set(row.sources) for t in row.targets}
    assert reached == set(machine.states)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_final_states_and_only_they_cannot_be_left(machine: Machine):
    left = {source for row in machine.transitions for source in row.sources}
    assert left == set(machine.states) - machine.final


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_actions_have_one_row_each(machine: Machine):
    actions = [row.action for row in machine.transitions]
    assert len(actions) == len(set(actions))


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_an_action_outside_its_row_is_a_conflict(machine: Machine):
    for state in machine.states:
        for row in machine.transitions:
            if state not in row.sources:
                with pytest.raises(Conflict):
                    machine.next_state(row.action, state, row.targets[0])


def test_an_action_with_several_targets_needs_one_named():
    with pytest.raises(Conflict):
        APPLICATION.next_state("submit", ApplicationState.DRAFT)


def test_a_certificate_is_never_active_before_hand_over():
    to_active = {
        row.action: row.sources for row in CERTIFICATE.transitions if CertificateState.ACTIVE in row.targets
    }
    assert to_active == {
        "hand-over": (CertificateState.PRODUCED,),
        "cancel-loss-report": (CertificateState.LOST,),
        "return": (CertificateState.WITHHELD,),
    }


@pytest.mark.parametrize(
    ("place", "chain"),
    [
        (Place(32, 3205, 320583, 7), [("review", 320583), ("verification", 3205), ("approval", 32)]),
        (Place(32, 3205, None, 8), [("review", 3205), ("approval", 32)]),
        (Place(31, None, 310115, 9), [("review", 310115), ("approval", 31)]),
        (Place(32, None, None, 10), [("approval", 32)]),
    ],
    ids=["county", "city", "district of a municipality", "provincial agency"],
)
def test_the_chain_follows_from_the_tree(place, chain):
    assert [(step.state.value, step.unit_id) for step in steps_for(place)] == chain


def test_a_place_without_a_province_has_no_chain():
    with pytest.raises(ValueError, match="province"):
        steps_for(Place())


def test_the_step_after_the_last_is_none():
    approval = Step(ApplicationState.APPROVAL, Level.PROVINCE, 32)
    assert step_after((approval,), ApplicationState.APPROVAL) is None
    assert step_after((approval,), ApplicationState.DRAFT) == approval
