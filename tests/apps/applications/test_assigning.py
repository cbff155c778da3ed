"""With whom a case lies: taking it on, giving it away, and what happens when the person is no longer there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.apps.applications.conftest import REASON_ENOUGH, Case, say
from warrant.apps.accounts.models import Account, Delegation, Leave
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.applications.models import Application
from warrant.apps.applications.selectors import work_queues
from warrant.apps.applications.selectors.batches import cases_waiting, sort_out
from warrant.apps.applications.selectors.work import waiting_for_decision
from warrant.apps.applications.services import assign_case, pass_step
from warrant.apps.applications.services.assigning import watch_over_cases
from warrant.apps.audit.models import AuditRow
from warrant.apps.foundation.work import waiting
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted

GONE = ("left", "no-role", "on-leave")


def holder(number: str) -> str:
    found = Application.system.select_related("assigned_to").get(number=number).assigned_to
    return found.username if found else ""


def titles(viewer: Actor) -> list[str]:
    return [item.title for item in waiting(work_queues(viewer), 30)]


def numbers(case: Case, viewer: Actor, held: str) -> list[str]:
    rows = cases_waiting(viewer, case.now.date(), holder=held)
    return sorted(rows.values_list("number", flat=True))


def test_who_takes_a_case_on_holds_it_until_it_moves(case: Case, people: SimpleNamespace) -> None:
    number = case.review().number
    assign_case(people.reviewer, number, people.reviewer.account_id, now=case.now)
    assert holder(number) == "reviewer"
    passed = pass_step(people.reviewer, Application.system.get(number=number), now=case.now)
    assert (holder(number), passed.assigned_at) == ("", None)


def test_a_case_that_lies_with_a_colleague_is_still_decided_by_whoever_has_the_right(
    case: Case, people: SimpleNamespace
) -> None:
    application = case.review()
    assign_case(people.reviewer, application.number, people.reviewer.account_id, now=case.now)
    assert titles(people.reviewer) == ["审查资格申请：林书白"]
    assert titles(people.reviewer_b) == []
    assert list(waiting_for_decision(people.reviewer_b)) == [application]
    assert pass_step(people.reviewer_b, application, now=case.now).state == "verification"


def test_giving_a_case_away_needs_a_reason_and_somebody_who_may_decide(
    case: Case, people: SimpleNamespace
) -> None:
    number = case.review().number
    with pytest.raises(InvalidInput) as unsaid:
        assign_case(people.reviewer, number, people.reviewer_b.account_id, "忙", now=case.now)
    assert unsaid.value.place == "reason"
    for outsider in (people.verifier, people.registrar):
        with pytest.raises(InvalidInput) as refused:
            assign_case(people.reviewer, number, outsider.account_id, REASON_ENOUGH, now=case.now)
        assert refused.value.place == "holder"
    assign_case(people.reviewer, number, people.reviewer_b.account_id, REASON_ENOUGH, now=case.now)
    assert holder(number) == "reviewer_b"
    row = AuditRow.objects.get(action="application.assigned")
    assert row.account_id == people.reviewer.account_id


def test_what_lies_with_a_colleague_is_taken_over_with_a_reason_and_put_back_without(
    case: Case, people: SimpleNamespace
) -> None:
    number = case.review().number
    assign_case(people.reviewer, number, people.reviewer.account_id, now=case.now)
    with pytest.raises(InvalidInput):
        assign_case(people.reviewer_b, number, people.reviewer_b.account_id, now=case.now)
    with pytest.raises(InvalidInput):
        assign_case(people.reviewer_b, number, None, now=case.now)
    assign_case(people.reviewer_b, number, people.reviewer_b.account_id, REASON_ENOUGH, now=case.now)
    assign_case(people.reviewer_b, number, None, now=case.now)
    assert holder(number) == ""
    with pytest.raises(Conflict):
        assign_case(people.reviewer_b, number, None, now=case.now)


def test_nobody_of_another_unit_or_barred_by_four_eyes_takes_a_case_on(
    case: Case, people: SimpleNamespace, account_for: Callable[..., Account], tree: SimpleNamespace
) -> None:
    number = case.review().number
    with pytest.raises(NotPermitted) as above:
        assign_case(people.verifier, number, people.verifier.account_id, now=case.now)
    assert above.value.code == "other-unit"
    stranger = actor_for(account_for("stranger", tree.nanjing, Role.REVIEWER))
    with pytest.raises(NotFound):
        assign_case(stranger, number, stranger.account_id, now=case.now)
    Application.system.filter(number=number).update(prepared_by=people.accounts.reviewer_b)
    with pytest.raises(NotPermitted) as barred:
        assign_case(people.reviewer_b, number, people.reviewer_b.account_id, now=case.now)
    assert barred.value.code == "own-preparation"
    with pytest.raises(InvalidInput):
        assign_case(people.reviewer, number, people.reviewer_b.account_id, REASON_ENOUGH, now=case.now)


def test_a_case_that_waits_for_no_decision_lies_with_nobody(case: Case, people: SimpleNamespace) -> None:
    draft = case.draft()
    with pytest.raises(Conflict):
        assign_case(people.reviewer, draft.number, people.reviewer.account_id, now=case.now)


def test_the_queue_tells_mine_from_nobodys_and_a_colleagues(case: Case, people: SimpleNamespace) -> None:
    number = case.review().number
    shares = {held: numbers(case, people.reviewer, held) for held in ("", "mine", "nobody", "others")}
    assert shares == {"": [number], "mine": [], "nobody": [number], "others": []}
    assign_case(people.reviewer, number, people.reviewer_b.account_id, REASON_ENOUGH, now=case.now)
    for viewer, expected in ((people.reviewer, "others"), (people.reviewer_b, "mine")):
        found = {held for held in ("mine", "nobody", "others") if numbers(case, viewer, held)}
        assert found == {expected}


def test_a_colleagues_case_is_not_passed_together_with_others(case: Case, people: SimpleNamespace) -> None:
    number = case.review().number
    assign_case(people.reviewer, number, people.reviewer_b.account_id, REASON_ENOUGH, now=case.now)
    (found,) = sort_out(people.reviewer, [number], case.now.date())
    assert found.reasons == (f"由{people.accounts.reviewer_b.display_name}承办",)
    (found,) = sort_out(people.reviewer_b, [number], case.now.date())
    assert found.is_clean


def _leave(account: Account, now: datetime) -> None:
    Leave.objects.create(
        account=account, from_on=now.date(), until_on=now.date(), noted_by=account, noted_at=now
    )


def _hand_on(giver: Account, substitute: Account, role: Role, unit: Agency, now: datetime) -> None:
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


@pytest.mark.parametrize("why", GONE)
def test_a_case_goes_back_to_nobody_when_its_person_is_gone(
    case: Case,
    people: SimpleNamespace,
    account_for: Callable[..., Account],
    tree: SimpleNamespace,
    why: str,
) -> None:
    number = case.review().number
    assign_case(people.reviewer, number, people.reviewer.account_id, now=case.now)
    watch_over_cases(now=case.now)
    assert holder(number) == "reviewer", "who is there keeps it"
    account = people.accounts.reviewer
    if why == "left":
        Account.objects.filter(pk=account.pk).update(is_active=False)
    elif why == "no-role":
        account.assignments.update(withdrawn_at=case.now)
    else:
        _leave(account, case.now)
    watch_over_cases(now=case.now)
    watch_over_cases(now=case.now)
    freed = Application.system.get(number=number)
    assert (freed.assigned_to, freed.freed_from, freed.freed_why) == (None, account.display_name, why)
    assert AuditRow.objects.filter(action="application.unassigned").count() == 1
    lead = actor_for(account_for("lead", tree.kunshan, Role.SUPERVISOR))
    assert titles(lead) == ["重新指定承办人：林书白的资格申请"]
    assert titles(people.verifier) == ["重新指定承办人：林书白的资格申请"], "the unit above sees it too"
    assign_case(people.reviewer_b, number, people.reviewer_b.account_id, now=case.now)
    assert titles(lead) == []


def test_a_case_stays_with_somebody_on_leave_for_whom_a_substitute_stands_in(
    case: Case, people: SimpleNamespace, account_for: Callable[..., Account], tree: SimpleNamespace
) -> None:
    number = case.review().number
    assign_case(people.reviewer, number, people.reviewer.account_id, now=case.now)
    _leave(people.accounts.reviewer, case.now)
    clerk = account_for("clerk", tree.kunshan, Role.STATISTICIAN)
    _hand_on(people.accounts.reviewer, clerk, Role.REVIEWER, tree.kunshan, case.now)
    watch_over_cases(now=case.now)
    assert holder(number) == "reviewer"
    assert numbers(case, actor_for(clerk), "mine") == [number]
    _leave(clerk, case.now)
    watch_over_cases(now=case.now)
    assert holder(number) == ""


def test_a_case_from_which_everybody_of_the_unit_is_barred_is_an_alarm_until_somebody_is_not(
    case: Case, people: SimpleNamespace, account_for: Callable[..., Account], tree: SimpleNamespace
) -> None:
    number = case.review().number
    said = "岗位职责与执法工作不符"
    say(people.reviewer, number, "refuse", said, now=case.now)
    Application.system.filter(number=number).update(
        state="review", decides_as="review", waiting_unit_id=tree.kunshan.pk, waiting_since=case.now
    )
    security = actor_for(account_for("security", tree.jiangsu, Role.SECURITY_ADMINISTRATOR))
    alarm = ["林书白的资格申请无人可以办理"]
    watch_over_cases(now=case.now)
    assert titles(security) == [], "a second reviewer had no part in it"
    _leave(people.accounts.reviewer_b, case.now)
    watch_over_cases(now=case.now + timedelta(minutes=1))
    watch_over_cases(now=case.now + timedelta(minutes=2))
    assert titles(security) == alarm
    assert titles(people.verifier) == alarm
    assert AuditRow.objects.filter(action="application.nobody-may-decide").count() == 1
    account_for("third", tree.kunshan, Role.REVIEWER)
    watch_over_cases(now=case.now + timedelta(minutes=3))
    assert titles(security) == []


def test_the_queue_of_a_substitute_leaves_out_the_case_of_the_person_behind(
    case: Case, people: SimpleNamespace, account_for: Callable[..., Account], tree: SimpleNamespace
) -> None:
    case.verification()
    clerk = account_for("clerk", tree.suzhou, Role.STATISTICIAN)
    principal = people.accounts.verifier
    _hand_on(principal, clerk, Role.VERIFIER, tree.suzhou, case.now)
    assert waiting_for_decision(actor_for(clerk)).count() == 1
    principal.officer_uid = case.officer.uid
    principal.save()
    assert waiting_for_decision(actor_for(clerk)).count() == 0
    assert waiting_for_decision(people.verifier_b).count() == 1


def test_the_pages_say_with_whom_a_case_lies_and_let_it_be_changed(
    case: Case, people: SimpleNamespace, sign_in: Callable[[Account], Client]
) -> None:
    number = case.review().number
    page, form = f"/applications/{number}/", f"/applications/{number}/holder/"
    browser = sign_in(people.accounts.reviewer)
    assert "还没有指定承办人" in browser.get(page).content.decode()
    colleague = str(people.accounts.reviewer_b.pk)
    refused = browser.post(form, {"holder": colleague, "reason": "忙"})
    assert refused.status_code == 400
    shown = refused.content.decode()
    assert "请写明理由，至少 5 个字" in shown
    assert re.search(rf'value="{colleague}"[^>]*checked', shown), "whom was chosen is kept"
    done = browser.post(form, {"holder": colleague, "reason": REASON_ENOUGH}, follow=True).content.decode()
    assert f"现由{people.accounts.reviewer_b.display_name}承办" in done
    assert REASON_ENOUGH in done
    queue = browser.get("/applications/waiting/?holder=others").content.decode()
    assert people.accounts.reviewer_b.display_name in queue
    assert number not in browser.get("/applications/waiting/?holder=mine").content.decode()
    assert sign_in(people.accounts.verifier).get(form).status_code == 403
    assert sign_in(people.accounts.registrar).get(form).status_code == 403


def test_watching_over_cases_asks_as_much_for_many_as_for_one(case: Case, people: SimpleNamespace) -> None:
    case.review()
    with CaptureQueriesContext(connection) as asked:
        watch_over_cases(now=case.now)
    assert len(asked) <= 7
