"""Every state table is whole: each state can be reached and left, each action knows its permission."""

from __future__ import annotations

import pytest

from warrant.core.access import Level
from warrant.core.errors import Conflict
from warrant.core.lifecycle import (
    APPLICATION_MACHINES,
    CERTIFICATE,
    MACHINES,
    ApplicationKind,
    ApplicationState,
    CertificateState,
    Machine,
)
from warrant.core.lifecycle.application import Step, reconsidering_step, step_after, steps_before


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


def test_a_conflict_says_what_to_do_in_words_and_keeps_the_codes_for_programs():
    with pytest.raises(Conflict) as caught:
        CERTIFICATE.next_state("hand-over", CertificateState.ACTIVE)
    assert "%" not in caught.value.message
    assert caught.value.fields == {"state": "active", "action": "hand-over"}


def test_an_action_with_several_targets_needs_one_named():
    with pytest.raises(Conflict):
        APPLICATION_MACHINES[ApplicationKind.CHANGE].next_state("submit", ApplicationState.DRAFT)


def test_a_certificate_is_never_active_before_hand_over():
    to_active = {
        row.action: row.sources for row in CERTIFICATE.transitions if CertificateState.ACTIVE in row.targets
    }
    assert to_active == {
        "hand-over": (CertificateState.PRODUCED,),
        "cancel-loss-report": (CertificateState.LOST,),
        "return": (CertificateState.WITHHELD,),
        "reinstate": (CertificateState.LAPSED,),
    }


def test_the_step_after_the_last_is_none():
    approval = Step(ApplicationState.APPROVAL, Level.PROVINCE, 32)
    assert step_after((approval,), ApplicationState.APPROVAL) is None
    assert step_after((approval,), ApplicationState.DRAFT) == approval


CHAIN = (
    Step(ApplicationState.REVIEW, Level.COUNTY, 320583),
    Step(ApplicationState.VERIFICATION, Level.CITY, 3205),
    Step(ApplicationState.APPROVAL, Level.PROVINCE, 32),
)


def test_only_earlier_steps_can_be_gone_back_to():
    assert steps_before(CHAIN, ApplicationState.REVIEW) == ()
    assert steps_before(CHAIN, ApplicationState.APPROVAL) == CHAIN[:2]
    assert steps_before(CHAIN, ApplicationState.RETURNED) == ()


def test_the_unit_above_reconsiders_and_the_province_its_own():
    assert reconsidering_step(CHAIN, ApplicationState.REVIEW) == CHAIN[1]
    assert reconsidering_step(CHAIN, ApplicationState.APPROVAL) == CHAIN[2]
    assert reconsidering_step(CHAIN, ApplicationState.FILING) is None


def test_only_a_replacement_is_not_filed():
    unfiled = [kind for kind, machine in APPLICATION_MACHINES.items() if "filing" not in set(machine.states)]
    assert unfiled == [ApplicationKind.REPLACEMENT]
