"""Deciding as a substitute: both people are named, both count for four eyes, on the page, in the queue and in the service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest

from tests.apps.applications.conftest import Case, say
from warrant.apps.accounts.models import Account, Delegation
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.applications.models import Opinion
from warrant.apps.applications.selectors.cases import decision_bar, opinions_of
from warrant.apps.applications.selectors.work import waiting_for_decision
from warrant.apps.applications.services import pass_step
from warrant.apps.audit.models import AuditRow
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Role
from warrant.core.errors import NotPermitted

HandOn = Callable[[Account, Account, Role, Agency], Actor]


@pytest.fixture
def hand_on(now: datetime) -> HandOn:
    """Let the second account stand in for the first today."""

    def make(giver: Account, substitute: Account, role: Role, unit: Agency) -> Actor:
        Delegation.objects.create(
            from_account=giver,
            to_account=substitute,
            role=role.value,
            unit=unit,
            from_on=now.date(),
            until_on=now.date(),
            reason="年休假一天",
            proposed_at=now,
            confirmed_at=now,
        )
        return actor_for(substitute)

    return make


@pytest.fixture
def clerk(account_for: Callable[..., Account], tree: SimpleNamespace) -> Account:
    return account_for("clerk", tree.suzhou, Role.STATISTICIAN)


def test_an_opinion_of_a_substitute_names_both(
    case: Case, people: SimpleNamespace, tree: SimpleNamespace, hand_on: HandOn, clerk: Account
) -> None:
    waiting = case.verification()
    substitute = hand_on(people.accounts.verifier, clerk, Role.VERIFIER, tree.suzhou)
    assert list(waiting_for_decision(substitute)) == [waiting]
    passed = pass_step(substitute, waiting, now=case.now)
    said = Opinion.objects.get(application=passed, action="pass-verification")
    assert said.account_name == f"{clerk.display_name}（代{people.accounts.verifier.display_name}）"
    assert (said.account_id, said.on_behalf_of_id) == (clerk.pk, people.accounts.verifier.pk)
    row = AuditRow.objects.get(action="application.pass-verification")
    assert row.account_id == clerk.pk


def test_a_substitute_may_not_where_the_person_behind_may_not(
    case: Case,
    people: SimpleNamespace,
    tree: SimpleNamespace,
    hand_on: HandOn,
    clerk: Account,
    account_for: Callable[..., Account],
) -> None:
    both = account_for("both", tree.suzhou, Role.VERIFIER)
    case.officer.entered_by = both
    case.officer.save()
    waiting = case.verification()
    substitute = hand_on(both, clerk, Role.VERIFIER, tree.suzhou)
    bar = decision_bar(substitute, waiting, opinions_of(waiting))
    assert bar is not None
    assert bar.code == "principal-took-part"
    assert not waiting_for_decision(substitute).exists()
    with pytest.raises(NotPermitted):
        pass_step(substitute, waiting, now=case.now)


def test_what_the_substitute_said_bars_the_person_behind_at_the_next_step(
    case: Case,
    people: SimpleNamespace,
    tree: SimpleNamespace,
    hand_on: HandOn,
    clerk: Account,
    account_for: Callable[..., Account],
) -> None:
    waiting = case.verification()
    substitute = hand_on(people.accounts.verifier, clerk, Role.VERIFIER, tree.suzhou)
    approval = pass_step(substitute, waiting, now=case.now)
    people.accounts.verifier.assignments.create(
        role=Role.APPROVER.value, unit=tree.jiangsu, assigned_at=case.now
    )
    principal = actor_for(people.accounts.verifier)
    bar = decision_bar(principal, approval, opinions_of(approval))
    assert bar is not None
    assert bar.code == "second-opinion"
    assert not waiting_for_decision(principal).exists()


def test_who_took_part_does_not_decide_as_a_substitute(
    case: Case, people: SimpleNamespace, tree: SimpleNamespace, hand_on: HandOn
) -> None:
    waiting = case.verification()
    substitute = hand_on(people.accounts.verifier, people.accounts.reviewer, Role.VERIFIER, tree.suzhou)
    assert not waiting_for_decision(substitute).exists()
    with pytest.raises(NotPermitted) as refused:
        say(substitute, waiting.number, "pass-verification", now=case.now)
    assert refused.value.code == "second-opinion"


def test_who_holds_the_role_decides_in_the_own_name(
    case: Case, people: SimpleNamespace, tree: SimpleNamespace, hand_on: HandOn
) -> None:
    waiting = case.verification()
    verifier = hand_on(people.accounts.verifier, people.accounts.verifier_b, Role.VERIFIER, tree.suzhou)
    pass_step(verifier, waiting, now=case.now)
    said = Opinion.objects.get(action="pass-verification")
    assert (said.account_name, said.on_behalf_of_id) == (people.accounts.verifier_b.display_name, None)


def test_a_substitute_does_not_decide_on_the_case_of_the_person_behind(
    case: Case, people: SimpleNamespace, tree: SimpleNamespace, hand_on: HandOn, clerk: Account
) -> None:
    waiting = case.verification()
    principal = people.accounts.verifier
    principal.officer_uid = case.officer.uid
    principal.save()
    bar = decision_bar(hand_on(principal, clerk, Role.VERIFIER, tree.suzhou), waiting, opinions_of(waiting))
    assert bar is not None
    assert bar.code == "own-case"
