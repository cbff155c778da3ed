"""Random histories of a case: whatever people try in whatever order, what was approved was approved rightly."""

from __future__ import annotations

from random import Random
from types import SimpleNamespace

import pytest
from django.db import transaction

from tests.apps.applications.conftest import DECLARED, STATEMENT, Case, say
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.applications.models import Application, Opinion
from warrant.apps.applications.services import (
    apply_filing_decision,
    ask_reconsideration,
    cancel,
    submit,
    withdraw,
)
from warrant.apps.eligibility.selectors.records import recompute
from warrant.core.access import Actor, Role
from warrant.core.errors import WarrantError
from warrant.core.lifecycle.application import STEP_PASS_ACTION

REASON = "材料与登记不一致"
ACTS = 100
DECISIONS = (
    "pass-review",
    "pass-verification",
    "approve",
    "return-for-correction",
    "return-to-step",
    "refuse",
    "uphold-refusal",
    "overturn-refusal",
)
HELPFUL = {"draft": "submit", "returned": "submit", "filing": "filing-returned", "refused": "ask"}
"""What brings a case on in each state; in a state of the chain it is passing the step."""


def try_one(case: Case, people: list[Actor], number: str, random: Random) -> None:
    """One attempt by one person; what is not allowed is refused, and that is all."""
    actor, state = random.choice(people), Application.system.get(number=number).state
    action = HELPFUL.get(state, "pass")
    if random.random() < 0.25:
        action = random.choice((*DECISIONS, "photo", "photo", "cancel", "withdraw"))
    if action == "photo":  # a fact changes midway
        officer = case.officer
        officer.refresh_from_db()
        officer.photo = None if officer.photo_id else officer.educations.get().proof
        officer.save()
    elif action == "submit":
        submit(actor, number, STATEMENT, DECLARED, now=case.now)
    elif action == "ask":
        ask_reconsideration(actor, number, REASON, now=case.now)
    elif action in ("cancel", "withdraw") and random.random() < 0.05:
        (cancel if action == "cancel" else withdraw)(actor, number, REASON, now=case.now)
    elif action == "filing-returned":
        apply_filing_decision(number, "returned", REASON, now=case.now)
    elif action == "pass" and state in STEP_PASS_ACTION:
        say(actor, number, STEP_PASS_ACTION[state], now=case.now)
    elif action in DECISIONS and (action != "refuse" or random.random() < 0.2):
        say(actor, number, action, REASON, now=case.now)


def assert_rightly_approved(case: Case, approval: Opinion) -> None:
    before = Opinion.objects.filter(application=approval.application, seq__lte=approval.seq)
    passed = {row.state: row for row in before.order_by("seq") if row.action in STEP_PASS_ACTION.values()}
    deciders = [row.account_id for row in passed.values()]
    assert set(passed) == {"review", "verification", "approval"}
    assert len(set(deciders)) == 3
    involved = {row.account_id for row in before if row.action == "submit"}
    involved |= {approval.application.prepared_by_id, case.officer.entered_by_id}
    assert not involved & set(deciders)
    for refusal in before.filter(action="refuse"):
        assert not before.filter(seq__gt=refusal.seq, account=refusal.account_id).exists()
    record = approval.eligibility
    assert record is not None
    assert {result["outcome"] for result in record.results} <= {"met", "waived"}
    assert recompute(record) == record.results


@pytest.mark.parametrize("seed", range(10))
def test_nobody_is_approved_wrongly_in_any_history(case: Case, tree: SimpleNamespace, seed: int) -> None:
    random = Random(seed)
    everybody = vars(case.people.accounts)
    for account in everybody.values():  # half of them could decide at every step
        if random.random() < 0.5:
            for unit, role in (
                (tree.kunshan, Role.REVIEWER),
                (tree.suzhou, Role.VERIFIER),
                (tree.jiangsu, Role.APPROVER),
            ):
                account.assignments.get_or_create(
                    role=role.value, unit=unit, defaults={"assigned_at": account.opened_at}
                )
    people = [actor_for(account) for account in everybody.values()]
    number = case.draft().number
    refused = 0
    for _ in range(ACTS):
        try:
            with transaction.atomic():
                try_one(case, people, number, random)
        except WarrantError:
            refused += 1
    assert refused > 0
    for approval in Opinion.objects.filter(application__number=number, action="approve").select_related(
        "application", "eligibility"
    ):
        assert_rightly_approved(case, approval)


def test_a_history_without_detours_is_rightly_approved(case: Case) -> None:
    assert_rightly_approved(case, Opinion.objects.get(action="approve", application=case.filing()))
