"""Deciding: every state with every action, four eyes in every order, reasons, and what the ministry answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tests.apps.applications.conftest import FILED, STATEMENT, Case, say
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.applications.models import Application, Opinion
from warrant.apps.applications.services import (
    Decision,
    apply_filing_decision,
    ask_reconsideration,
    cancel,
    decide,
    pass_step,
    submit,
    withdraw,
)
from warrant.apps.applications.services.moving import awaited_step
from warrant.apps.audit.models import AuditRow
from warrant.apps.eligibility.selectors.records import recompute
from warrant.core.access import Actor, Grant, Level, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted, Unavailable
from warrant.core.lifecycle import APPLICATION_MACHINES, ApplicationKind, ApplicationState
from warrant.core.lifecycle.application import STEP_PASS_ACTION

K = ApplicationKind
REASON = "培训证明缺少第三页"
DECISIONS = {"record-filing": "granted", "filing-returned": "returned", "filing-refused": "refused"}
STEPS = ("review", "verification", "approval")
NEXT = {
    ("draft", "submit"): "review",
    ("draft", "withdraw"): "withdrawn",
    ("returned", "submit"): "review",
    ("returned", "withdraw"): "withdrawn",
    ("returned", "cancel"): "cancelled",
    ("review", "pass-review"): "verification",
    ("verification", "pass-verification"): "approval",
    ("verification", "return-to-step"): "review",
    ("approval", "return-to-step"): "review",
    ("refused", "ask-reconsideration"): "reconsideration",
    ("reconsideration", "uphold-refusal"): "upheld",
    ("reconsideration", "overturn-refusal"): "review",
    ("reconsideration", "withdraw"): "withdrawn",
    ("reconsideration", "cancel"): "cancelled",
    **{(state, "return-for-correction"): "returned" for state in STEPS},
    **{(state, "refuse"): "refused" for state in STEPS},
    **{(state, "withdraw"): "withdrawn" for state in STEPS},
    **{(state, "cancel"): "cancelled" for state in STEPS},
}
FILED_NEXT = NEXT | {
    ("approval", "approve"): "filing",
    ("filing", "record-filing"): "filed",
    ("filing", "filing-returned"): "approval",
    ("filing", "filing-refused"): "refused",
}
UNFILED_NEXT = NEXT | {("approval", "approve"): "completed"}
EXPECTED = {K.FIRST_ISSUE: FILED_NEXT, K.REPLACEMENT: UNFILED_NEXT}
"""What the rules say, written out: everything else is a conflict."""


def put_in(case: Case, kind: ApplicationKind, state: str) -> Application:
    """Bring a case to ``state`` as a row, so that no opinion of the people below stands in the way."""
    application = case.review()
    application.kind = kind.value
    application.state = state
    if state in ("refused", "reconsideration"):
        application.refused_in, application.refused_at = "review", case.now
    step = awaited_step(application)
    application.decides_as = step.state.value if step else ""
    application.waiting_unit_id = step.unit_id if step else None
    application.save()
    return application


def act(case: Case, application: Application, action: str) -> Application:
    people = case.people
    decider = {
        "review": people.reviewer,
        "verification": people.verifier,
        "reconsideration": people.verifier,
    }
    plain = {"withdraw": withdraw, "ask-reconsideration": ask_reconsideration}
    if action == "submit":
        return submit(people.registrar, application.number, STATEMENT, now=case.now)
    if action in plain:
        return plain[action](people.registrar, application.number, REASON, now=case.now)
    if action == "cancel":
        return cancel(people.approver, application.number, REASON, now=case.now)
    if action in DECISIONS:
        return apply_filing_decision(application.number, DECISIONS[action], REASON, now=case.now)
    actor = decider.get(application.state, people.approver)
    return say(actor, application.number, action, REASON, now=case.now)


@pytest.mark.parametrize(
    ("kind", "state", "action"),
    [
        (kind, state.value, row.action)
        for kind in EXPECTED
        for state in APPLICATION_MACHINES[kind].states
        for row in APPLICATION_MACHINES[kind].transitions
    ],
)
def test_every_state_with_every_action(
    case: Case,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    kind: ApplicationKind,
    state: str,
    action: str,
) -> None:
    if kind is K.REPLACEMENT:  # the officer has no card that could be replaced; conditions are tested apart
        for module in ("deciding", "preparing"):
            path = f"warrant.apps.applications.services.{module}.missing_of"
            monkeypatch.setattr(path, lambda explanation: [])
    settings.WARRANT_COMPLETION_HOOK = "tests.apps.applications.conftest.hook"
    application = put_in(case, kind, state)
    count, audited = Opinion.objects.count(), AuditRow.objects.count()
    expected = EXPECTED[kind]
    if (state, action) in expected:
        assert act(case, application, action).state == expected[state, action]
        assert Opinion.objects.order_by("-seq")[0].action == action
        assert (Opinion.objects.count(), AuditRow.objects.count()) == (count + 1, audited + 1)
    else:
        with pytest.raises(Conflict):
            act(case, application, action)
        assert (Opinion.objects.count(), AuditRow.objects.count()) == (count, audited)
    assert Application.system.get().state == expected.get((state, action), state)


@pytest.mark.parametrize("kind", list(EXPECTED))
def test_the_expectations_cover_the_whole_table(kind: ApplicationKind) -> None:
    rows = APPLICATION_MACHINES[kind].transitions
    assert set(EXPECTED[kind]) == {(source.value, row.action) for row in rows for source in row.sources}


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
        say(person, application.number, chosen, REASON, now=case.now)
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
    application = say(
        case.people.verifier, case.verification().number, "return-for-correction", REASON, now=case.now
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
    say(case.people.verifier, number, "return-for-correction", REASON, now=case.now)
    application = submit(case.people.registrar, number, now=case.now)
    person = with_every_role(case.people.verifier, tree, account_for)
    with pytest.raises(NotPermitted, match="second-opinion"):
        pass_step(person, application, now=case.now)


@pytest.mark.parametrize("action", ["return-for-correction", "refuse"])
@pytest.mark.parametrize("reason", ["", "    ", "不行  ", "一二三四"])
def test_a_return_and_a_refusal_need_a_written_reason(case: Case, action: str, reason: str) -> None:
    number = case.review().number
    with pytest.raises(InvalidInput) as refused:
        say(case.people.reviewer, number, action, reason, now=case.now)
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
        say(case.people.approver, case.review().number, "pass-review", now=case.now)


def test_a_reviewer_elsewhere_does_not_find_the_case(
    case: Case, actor: Callable[..., Actor], tree: SimpleNamespace
) -> None:
    application = case.review()
    with pytest.raises(NotFound):
        pass_step(actor("yu", tree.nanjing, Role.REVIEWER), application, now=case.now)


def test_only_decisions_go_through_decide(case: Case) -> None:
    with pytest.raises(ValueError, match="withdraw"):
        say(case.people.registrar, case.review().number, "withdraw", REASON, now=case.now)


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


def test_a_refusal_names_the_remedy(case: Case) -> None:
    number = case.review().number
    with pytest.raises(InvalidInput) as refused:
        decide(case.people.reviewer, number, Decision("refuse", REASON, remedy=" 无 "), now=case.now)
    assert refused.value.place == "remedy"
    say(case.people.reviewer, number, "refuse", REASON, now=case.now)
    assert Opinion.objects.get(action="refuse").remedy == "十个工作日内可以申请复核"


def test_marks_of_a_return_stay_on_the_case_until_it_is_submitted_again(case: Case) -> None:
    number = case.review().number
    marks = Decision("return-for-correction", REASON, marked_fields=("training", "photo"))
    application = decide(case.people.reviewer, number, marks, now=case.now)
    assert application.marked_fields == ["training", "photo"]
    assert submit(case.people.registrar, number, now=case.now).marked_fields == []
    assert Opinion.objects.get(action="return-for-correction").marked_fields == ["training", "photo"]
    unknown = Decision("return-for-correction", REASON, marked_fields=("salary",))
    with pytest.raises(InvalidInput, match="unknown-mark"):
        decide(case.people.reviewer, number, unknown, now=case.now)


def test_a_case_goes_back_to_an_earlier_step_only(case: Case, tree: SimpleNamespace) -> None:
    number = case.approval().number
    for wrong in ("", "approval", "filing"):
        with pytest.raises(InvalidInput, match="not-an-earlier-step"):
            decide(
                case.people.approver, number, Decision("return-to-step", REASON, to_step=wrong), now=case.now
            )
    back = Decision("return-to-step", REASON, to_step="verification")
    application = decide(case.people.approver, number, back, now=case.now)
    assert (application.state, application.waiting_unit_id) == ("verification", tree.suzhou.pk)
    application = pass_step(case.people.verifier, application, now=case.now)
    assert pass_step(case.people.approver, application, now=case.now).state == "filing"


def test_a_refusal_is_reconsidered_by_the_unit_above_and_judged_again_by_others(
    case: Case, tree: SimpleNamespace
) -> None:
    number = case.review().number
    say(case.people.reviewer, number, "refuse", REASON, now=case.now)
    application = ask_reconsideration(case.people.registrar, number, "证明已经补齐", now=case.now)
    assert (application.waiting_unit_id, application.decides_as) == (tree.suzhou.pk, "verification")
    application = say(case.people.verifier, number, "overturn-refusal", REASON, now=case.now)
    assert (application.state, application.waiting_unit_id) == ("review", tree.kunshan.pk)
    with pytest.raises(NotPermitted, match="own-refusal"):
        pass_step(case.people.reviewer, application, now=case.now)
    application = pass_step(case.people.reviewer_b, application, now=case.now)
    with pytest.raises(NotPermitted, match="second-opinion"):
        pass_step(case.people.verifier, application, now=case.now)
    assert pass_step(case.people.verifier_b, application, now=case.now).state == "approval"


def test_a_refusal_of_the_province_is_reconsidered_by_another_approver(case: Case) -> None:
    number = case.approval().number
    say(case.people.approver, number, "refuse", REASON, now=case.now)
    ask_reconsideration(case.people.registrar, number, "证明已经补齐", now=case.now)
    with pytest.raises(NotPermitted, match="own-refusal"):
        say(case.people.approver, number, "uphold-refusal", REASON, now=case.now)
    assert say(case.people.approver_b, number, "uphold-refusal", REASON, now=case.now).state == "upheld"


def test_reconsideration_is_asked_once_and_in_time(case: Case) -> None:
    number = case.review().number
    say(case.people.reviewer, number, "refuse", REASON, now=case.now)
    after_ten_working_days = case.now + timedelta(days=16)
    with pytest.raises(Conflict, match="asked-too-late"):
        ask_reconsideration(case.people.registrar, number, "证明已经补齐", now=after_ten_working_days)
    ask_reconsideration(case.people.registrar, number, "证明已经补齐", now=case.now)
    say(case.people.verifier, number, "overturn-refusal", REASON, now=case.now)
    say(case.people.reviewer_b, number, "refuse", REASON, now=case.now)
    with pytest.raises(Conflict, match="asked-before"):
        ask_reconsideration(case.people.registrar, number, "证明已经补齐", now=case.now)


def test_the_officer_may_ask_for_reconsideration(case: Case) -> None:
    number = case.review().number
    say(case.people.reviewer, number, "refuse", REASON, now=case.now)
    own = Grant(Role.OFFICER, Level.AGENCY, case.officer.agency_id)
    myself = replace(case.people.registrar, officer_uid=str(case.officer.uid), grants=(own,))
    assert ask_reconsideration(myself, number, "证明已经补齐", now=case.now).state == "reconsideration"


def test_the_refusal_of_the_ministry_is_not_reconsidered_here(case: Case) -> None:
    number = case.filing().number
    apply_filing_decision(number, "refused", "不符合条件", now=case.now)
    with pytest.raises(Conflict, match="not-reconsidered-here"):
        ask_reconsideration(case.people.registrar, number, "证明已经补齐", now=case.now)


def test_nothing_is_approved_while_a_condition_is_not_met(case: Case) -> None:
    application = case.approval()
    case.officer.photo = None
    case.officer.save()
    with pytest.raises(Conflict, match="conditions-missing"):
        pass_step(case.people.approver, application, now=case.now)
    assert Application.system.get().state == "approval"


def test_every_decision_keeps_the_conditions_under_which_it_was_taken(case: Case) -> None:
    case.filing()
    for opinion in Opinion.objects.select_related("eligibility"):
        assert opinion.eligibility is not None
        assert recompute(opinion.eligibility) == opinion.eligibility.results


def test_a_declaration_that_is_not_made_leaves_the_condition_unknown(case: Case) -> None:
    number = case.draft().number
    declared = {"health": True, "conduct": True, "no-crime": True}
    with pytest.raises(InvalidInput, match="conditions-missing"):
        submit(case.people.registrar, number, STATEMENT, declared, now=case.now)
    with pytest.raises(InvalidInput, match="unknown-declaration"):
        submit(case.people.registrar, number, STATEMENT, {"wealth": True}, now=case.now)
