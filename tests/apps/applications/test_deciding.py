"""Deciding: every state with every action, four eyes in every order, reasons, and what the ministry answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest

from tests.apps.applications.conftest import FILED, STATEMENT, Case
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.applications.models import Application, Opinion
from warrant.apps.applications.services import (
    apply_filing_decision,
    decide,
    pass_step,
    refuse,
    return_for_correction,
    submit,
    withdraw,
)
from warrant.apps.audit.models import AuditRow
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted, Unavailable
from warrant.core.lifecycle import APPLICATION, ApplicationState
from warrant.core.lifecycle.application import STEP_PASS_ACTION

REASON = "培训证明缺少第三页"
DECISIONS = {"record-filing": "granted", "filing-returned": "returned", "filing-refused": "refused"}
NEXT = {
    ("draft", "submit"): "review",
    ("draft", "withdraw"): "withdrawn",
    ("returned", "submit"): "review",
    ("returned", "withdraw"): "withdrawn",
    ("review", "pass-review"): "verification",
    ("review", "return-for-correction"): "returned",
    ("review", "refuse"): "refused",
    ("review", "withdraw"): "withdrawn",
    ("verification", "pass-verification"): "approval",
    ("verification", "return-for-correction"): "returned",
    ("verification", "refuse"): "refused",
    ("verification", "withdraw"): "withdrawn",
    ("approval", "approve"): "filing",
    ("approval", "return-for-correction"): "returned",
    ("approval", "refuse"): "refused",
    ("approval", "withdraw"): "withdrawn",
    ("filing", "record-filing"): "filed",
    ("filing", "filing-returned"): "approval",
    ("filing", "filing-refused"): "refused",
}
"""What the rules say, written out: everything else is a conflict."""


def put_in(case: Case, state: str) -> Application:
    """Bring a case to ``state`` as a row, so that no opinion of the people below stands in the way."""
    application = case.review()
    application.state = state
    for step in application.chain_of_steps:
        if step.state == state:
            application.waiting_unit_id = step.unit_id
    application.save()
    return application


def act(case: Case, application: Application, action: str) -> Application:
    people = case.people
    decider = {"review": people.reviewer, "verification": people.verifier, "approval": people.approver}
    if action == "submit":
        return submit(people.registrar, application.number, STATEMENT, now=case.now)
    if action == "withdraw":
        return withdraw(people.registrar, application.number, REASON, now=case.now)
    if action in DECISIONS:
        return apply_filing_decision(application.number, DECISIONS[action], REASON, now=case.now)
    actor = decider.get(application.state, people.approver)
    return decide(actor, application.number, action, REASON, now=case.now)


@pytest.mark.parametrize(
    ("state", "action"),
    list(product([s.value for s in ApplicationState], [row.action for row in APPLICATION.transitions])),
)
def test_every_state_with_every_action(case: Case, state: str, action: str) -> None:
    application = put_in(case, state)
    count, audited = Opinion.objects.count(), AuditRow.objects.count()
    if (state, action) in NEXT:
        assert act(case, application, action).state == NEXT[state, action]
        assert Opinion.objects.order_by("-seq")[0].action == action
        assert (Opinion.objects.count(), AuditRow.objects.count()) == (count + 1, audited + 1)
    else:
        with pytest.raises(Conflict):
            act(case, application, action)
        assert (Opinion.objects.count(), AuditRow.objects.count()) == (count, audited)
    assert Application.system.get().state == NEXT.get((state, action), state)


def test_the_expectations_cover_the_whole_table() -> None:
    assert set(NEXT) == {
        (source.value, row.action) for row in APPLICATION.transitions for source in row.sources
    }


def test_the_whole_chain_keeps_every_opinion_with_name_and_unit(case: Case) -> None:
    application = case.filing()
    said = list(
        Opinion.objects.values_list("seq", "state", "action", "account_name", "unit_name").order_by("seq")
    )
    assert said == [
        (1, "draft", "submit", "registrar", "昆山市交通运输局"),
        (2, "review", "pass-review", "reviewer", "昆山市交通运输局"),
        (3, "verification", "pass-verification", "verifier", "苏州市交通运输局"),
        (4, "approval", "approve", "approver", "江苏省交通运输厅"),
    ]
    assert (application.state, application.waiting_unit_id, application.waiting_since) == (
        "filing",
        None,
        case.now,
    )


def test_each_step_hands_the_waiting_on(case: Case, tree: SimpleNamespace) -> None:
    later = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    application = pass_step(case.people.reviewer, case.review(), "材料齐全", now=later)
    assert (application.waiting_unit_id, application.waiting_since) == (tree.suzhou.pk, later)


def test_approval_files_in_the_same_transaction(case: Case) -> None:
    case.filing()
    assert FILED == [("A322026000001", "approver")]


@pytest.mark.parametrize("hook", ["", "tests.apps.applications.test_deciding.broken_hook"])
def test_without_filing_nothing_is_approved(case: Case, settings: Any, hook: str) -> None:
    application = case.approval()
    settings.WARRANT_APPROVAL_HOOK = hook
    with pytest.raises(Unavailable):
        pass_step(case.people.approver, application, now=case.now)
    assert Application.system.get().state == "approval"
    assert not Opinion.objects.filter(action="approve").exists()


def broken_hook(application: Application, actor: Actor, *, now: datetime) -> None:
    raise Unavailable("link-down", "down")


@pytest.mark.parametrize(("first", "second"), [("approver", "approver_b"), ("approver_b", "approver")])
def test_the_second_of_two_approvers_gets_a_conflict(case: Case, first: str, second: str) -> None:
    seen_by_both = case.approval()
    seen_by_second = Application.system.get(pk=seen_by_both.pk)
    pass_step(getattr(case.people, first), seen_by_both, now=case.now)
    with pytest.raises(Conflict, match="wrong-state"):
        pass_step(getattr(case.people, second), seen_by_second, now=case.now)
    assert len(FILED) == 1


def test_two_reviewers_do_not_pass_two_steps(case: Case) -> None:
    seen_by_both = case.review()
    stale = Application.system.get(pk=seen_by_both.pk)
    pass_step(case.people.reviewer, seen_by_both, now=case.now)
    with pytest.raises(Conflict):
        pass_step(case.people.reviewer_b, stale, now=case.now)
    assert Application.system.get().state == "verification"


ALL_STEPS = ["review", "verification", "approval"]


def with_every_role(actor: Actor, tree: SimpleNamespace, account_for: Callable[..., Account]) -> Actor:
    """The same person, appointed to every deciding role as well."""
    account = account_for("every-role", tree.kunshan, Role.REGISTRAR)
    for unit, role in (
        (tree.kunshan, Role.REVIEWER),
        (tree.suzhou, Role.VERIFIER),
        (tree.jiangsu, Role.APPROVER),
    ):
        account.assignments.create(role=role.value, unit=unit, assigned_at=account.opened_at)
    return replace(actor, grants=actor_for(account).grants)


@pytest.mark.parametrize("state", ALL_STEPS)
@pytest.mark.parametrize("action", ["pass", "return-for-correction", "refuse"])
@pytest.mark.parametrize("who", ["enterer", "registrar"])
def test_whoever_entered_or_prepared_never_decides(
    case: Case, tree: SimpleNamespace, account_for: Callable[..., Any], state: str, action: str, who: str
) -> None:
    application = getattr(case, state)()
    person = with_every_role(getattr(case.people, who), tree, account_for)
    chosen = STEP_PASS_ACTION[ApplicationState(state)] if action == "pass" else action
    with pytest.raises(NotPermitted) as refused:
        decide(person, application.number, chosen, REASON, now=case.now)
    assert refused.value.code == {"enterer": "own-entry", "registrar": "own-preparation"}[who]


@pytest.mark.parametrize(
    ("decided_at", "then_at"),
    [(a, b) for i, a in enumerate(ALL_STEPS) for b in ALL_STEPS[i + 1 :]],
)
def test_nobody_decides_at_two_steps(
    case: Case, tree: SimpleNamespace, account_for: Callable[..., Any], decided_at: str, then_at: str
) -> None:
    who = {"review": "reviewer", "verification": "verifier"}[decided_at]
    application = getattr(case, then_at)()
    person = with_every_role(getattr(case.people, who), tree, account_for)
    with pytest.raises(NotPermitted, match="second-opinion"):
        pass_step(person, application, now=case.now)


@pytest.mark.parametrize("state", ALL_STEPS)
def test_the_officer_never_decides_on_the_own_case(case: Case, state: str) -> None:
    application = getattr(case, state)()
    who = {"review": "reviewer_b", "verification": "verifier_b", "approval": "approver_b"}[state]
    myself = replace(getattr(case.people, who), officer_uid=str(case.officer.uid))
    with pytest.raises(NotPermitted, match="own-case"):
        pass_step(myself, application, now=case.now)


def test_a_registrar_who_submitted_does_not_decide_even_if_another_prepared(
    case: Case, tree: SimpleNamespace, account_for: Callable[..., Any]
) -> None:
    number = case.draft().number
    application = submit(case.people.enterer, number, STATEMENT, now=case.now)
    case.officer.entered_by = None
    case.officer.save()
    person = with_every_role(case.people.enterer, tree, account_for)
    with pytest.raises(NotPermitted, match="own-preparation"):
        pass_step(person, application, now=case.now)


def test_after_a_return_the_case_starts_again_and_the_same_people_may_look_at_it(case: Case) -> None:
    application = return_for_correction(
        case.people.verifier, case.verification().number, REASON, now=case.now
    )
    assert (application.state, application.waiting_unit_id) == ("returned", case.officer.agency_id)
    application = submit(case.people.registrar, application.number, now=case.now)
    assert application.state == "review"
    application = pass_step(case.people.reviewer, application, now=case.now)
    assert pass_step(case.people.verifier, application, now=case.now).state == "approval"


def test_in_a_new_round_nobody_moves_to_another_step(
    case: Case, tree: SimpleNamespace, account_for: Callable[..., Any]
) -> None:
    number = case.verification().number
    return_for_correction(case.people.verifier, number, REASON, now=case.now)
    application = submit(case.people.registrar, number, now=case.now)
    person = with_every_role(case.people.verifier, tree, account_for)
    with pytest.raises(NotPermitted, match="second-opinion"):
        pass_step(person, application, now=case.now)


@pytest.mark.parametrize("decision", [return_for_correction, refuse])
@pytest.mark.parametrize("reason", ["", "    ", "不行  ", "一二三四"])
def test_a_return_and_a_refusal_need_a_written_reason(
    case: Case, decision: Callable[..., Application], reason: str
) -> None:
    number = case.review().number
    with pytest.raises(InvalidInput) as refused:
        decision(case.people.reviewer, number, reason, now=case.now)
    assert refused.value.place == "reason"
    assert Application.system.get().state == "review"


def test_a_reviewer_of_the_city_does_not_review_for_the_county(
    case: Case, actor: Callable[..., Actor], tree: SimpleNamespace
) -> None:
    application = case.review()
    with pytest.raises(NotPermitted, match="other-unit"):
        pass_step(actor("city-reviewer", tree.suzhou, Role.REVIEWER), application, now=case.now)


def test_a_step_needs_the_permission_of_its_own(case: Case) -> None:
    with pytest.raises(NotPermitted, match="not-permitted"):
        decide(case.people.approver, case.review().number, "pass-review", now=case.now)


def test_a_reviewer_elsewhere_does_not_find_the_case(
    case: Case, actor: Callable[..., Actor], tree: SimpleNamespace
) -> None:
    application = case.review()
    with pytest.raises(NotFound):
        pass_step(actor("yu", tree.nanjing, Role.REVIEWER), application, now=case.now)


def test_only_decisions_go_through_decide(case: Case) -> None:
    with pytest.raises(ValueError, match="withdraw"):
        decide(case.people.registrar, case.review().number, "withdraw", REASON, now=case.now)


def test_a_returned_filing_waits_for_approval_in_a_new_round(case: Case, tree: SimpleNamespace) -> None:
    number = case.filing().number
    application = apply_filing_decision(number, "returned", "考试成绩与准考记录不一致", now=case.now)
    assert (application.state, application.waiting_unit_id) == ("approval", tree.jiangsu.pk)
    assert pass_step(case.people.approver, application, now=case.now).state == "filing"
    assert len(FILED) == 2


def test_the_answer_of_the_ministry_is_kept_as_an_opinion_of_nobody_here(case: Case) -> None:
    apply_filing_decision(case.filing().number, "granted", "", now=case.now)
    last = Opinion.objects.order_by("-seq")[0]
    assert (last.action, last.account_id, last.unit_name) == ("record-filing", None, "交通运输部")
    assert AuditRow.objects.get(action="application.record-filing").account_id is None


def test_an_unknown_decision_of_the_ministry_is_refused(case: Case) -> None:
    number = case.filing().number
    with pytest.raises(InvalidInput, match="unknown-decision"):
        apply_filing_decision(number, "maybe", "", now=case.now)
    with pytest.raises(NotFound):
        apply_filing_decision("A322026999999", "granted", "", now=case.now)
