"""Substitutes: who can be named, who confirms, what is handed on, and when it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from warrant.apps.accounts.models import Account, Delegation, RoleAssignment
from warrant.apps.accounts.selectors import account_of_session, actor_for
from warrant.apps.accounts.selectors.delegations import delegation_work_queues
from warrant.apps.accounts.services import (
    confirm_delegation,
    end_delegation,
    propose_delegation,
    refuse_delegation,
)
from warrant.apps.accounts.services.delegating import Proposal
from warrant.apps.audit.models import AuditRow
from warrant.apps.foundation import clock
from warrant.apps.foundation.work import waiting
from warrant.core.access import Actor, Permission, Role, is_permitted
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch: pytest.MonkeyPatch, now: datetime, today: date) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)
    monkeypatch.setattr(clock, "today", lambda: today)


@pytest.fixture
def people(tree: SimpleNamespace, account_for: Callable[..., Account]) -> SimpleNamespace:
    return SimpleNamespace(
        approver=account_for("approver", tree.jiangsu, Role.APPROVER),
        colleague=account_for("colleague", tree.jiangsu, Role.STATISTICIAN),
        security=account_for("security", tree.jiangsu, Role.SECURITY_ADMINISTRATOR),
    )


@pytest.fixture
def security(people: SimpleNamespace, tree: SimpleNamespace, settings: Any) -> Actor:
    settings.WARRANT_NODE = replace(settings.WARRANT_NODE, code=tree.jiangsu.code)
    return actor_for(people.security)


@pytest.fixture
def proposal(people: SimpleNamespace, tree: SimpleNamespace, today: date) -> Proposal:
    until_on = today + timedelta(days=6)
    return Proposal(Role.APPROVER, tree.jiangsu.pk, people.colleague.pk, today, until_on, "年休假一周")


def may_approve(account: Account, tree: SimpleNamespace) -> bool:
    fresh = account_of_session(account.pk)
    assert fresh is not None
    there = tree.kunshan_brigade.place
    found = {is_permitted(actor_for(one), Permission.APPLICATION_APPROVE, there) for one in (account, fresh)}
    assert len(found) == 1
    return found.pop()


def test_the_substitute_approves_once_it_is_confirmed_and_in_the_name_of_the_other(
    people: SimpleNamespace, security: Actor, proposal: Proposal, tree: SimpleNamespace, now: datetime
) -> None:
    made = propose_delegation(actor_for(people.approver), proposal, now=now)
    assert not may_approve(people.colleague, tree)
    titles = [item.title for item in waiting(delegation_work_queues(security))]
    names = (people.colleague.display_name, people.approver.display_name)
    assert titles == [f"确认代理：{names[0]}代{names[1]}"]
    confirm_delegation(security, made.pk, now=now)
    assert may_approve(people.colleague, tree)
    assert waiting(delegation_work_queues(security)) == []
    handed = [grant for grant in actor_for(people.colleague).grants if grant.on_behalf_of]
    assert [(grant.role, grant.on_behalf_of.account_id) for grant in handed if grant.on_behalf_of] == [
        (Role.APPROVER, people.approver.pk)
    ]
    assert AuditRow.objects.filter(action__startswith="delegation.").count() == 2


def test_only_the_decisions_are_handed_on(
    people: SimpleNamespace, security: Actor, proposal: Proposal, tree: SimpleNamespace, now: datetime
) -> None:
    confirm_delegation(
        security, propose_delegation(actor_for(people.approver), proposal, now=now).pk, now=now
    )
    substitute, there = actor_for(people.colleague), tree.kunshan_brigade.place
    for permission in (
        Permission.WAIVER_GRANT,
        Permission.CERTIFICATE_CANCEL,
        Permission.OFFICER_CONFIRM,
        Permission.OFFICER_UNMASK,
    ):
        assert is_permitted(actor_for(people.approver), permission, there)
        assert not is_permitted(substitute, permission, there)


@pytest.mark.parametrize("days", [-1, 7])
def test_it_counts_on_its_days_alone(
    people: SimpleNamespace,
    security: Actor,
    proposal: Proposal,
    tree: SimpleNamespace,
    now: datetime,
    today: date,
    monkeypatch: pytest.MonkeyPatch,
    days: int,
) -> None:
    made = propose_delegation(actor_for(people.approver), proposal, now=now)
    confirm_delegation(security, made.pk, now=now)
    monkeypatch.setattr(clock, "today", lambda: today + timedelta(days=days))
    assert not may_approve(people.colleague, tree)


def test_it_ends_with_the_role_or_the_account_of_the_giver(
    people: SimpleNamespace, security: Actor, proposal: Proposal, tree: SimpleNamespace, now: datetime
) -> None:
    made = propose_delegation(actor_for(people.approver), proposal, now=now)
    confirm_delegation(security, made.pk, now=now)
    Account.objects.filter(pk=people.approver.pk).update(is_active=False)
    assert not may_approve(people.colleague, tree)
    Account.objects.filter(pk=people.approver.pk).update(is_active=True)
    assert may_approve(people.colleague, tree)
    RoleAssignment.objects.filter(account=people.approver).update(withdrawn_at=now)
    assert not may_approve(people.colleague, tree)


def test_either_ends_it_early_and_nobody_else(
    people: SimpleNamespace,
    security: Actor,
    proposal: Proposal,
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    now: datetime,
) -> None:
    made = propose_delegation(actor_for(people.approver), proposal, now=now)
    confirm_delegation(security, made.pk, now=now)
    stranger = actor_for(account_for("stranger", tree.jiangsu, Role.APPROVER))
    with pytest.raises(NotFound):
        end_delegation(stranger, made.pk, now=now)
    end_delegation(actor_for(people.colleague), made.pk, now=now)
    assert not may_approve(people.colleague, tree)
    with pytest.raises(Conflict):
        end_delegation(actor_for(people.approver), made.pk, now=now)


def test_what_was_refused_is_confirmed_no_more(
    people: SimpleNamespace, security: Actor, proposal: Proposal, tree: SimpleNamespace, now: datetime
) -> None:
    made = propose_delegation(actor_for(people.approver), proposal, now=now)
    refuse_delegation(security, made.pk, now=now)
    with pytest.raises(Conflict):
        confirm_delegation(security, made.pk, now=now)
    assert not may_approve(people.colleague, tree)


def test_nobody_but_the_security_administrator_confirms(
    people: SimpleNamespace, security: Actor, proposal: Proposal, now: datetime
) -> None:
    made = propose_delegation(actor_for(people.approver), proposal, now=now)
    for account in (people.approver, people.colleague):
        with pytest.raises((NotPermitted, NotFound)):
            confirm_delegation(actor_for(account), made.pk, now=now)
    assert Delegation.objects.get().confirmed_at is None


def test_a_substitute_hands_nothing_on(
    people: SimpleNamespace, security: Actor, proposal: Proposal, now: datetime
) -> None:
    made = propose_delegation(actor_for(people.approver), proposal, now=now)
    confirm_delegation(security, made.pk, now=now)
    with pytest.raises(NotPermitted):
        propose_delegation(
            actor_for(people.colleague), replace(proposal, substitute_id=people.approver.pk), now=now
        )


def test_the_same_days_are_handed_on_once(people: SimpleNamespace, proposal: Proposal, now: datetime) -> None:
    propose_delegation(actor_for(people.approver), proposal, now=now)
    with pytest.raises(Conflict):
        propose_delegation(actor_for(people.approver), proposal, now=now)


def test_who_cannot_stand_in_is_refused_with_the_reason(
    people: SimpleNamespace,
    proposal: Proposal,
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    now: datetime,
) -> None:
    others = {
        "other-unit": account_for("elsewhere", tree.suzhou, Role.VERIFIER),
        "roles-exclude": people.security,
        "role-held-already": account_for("approver_b", tree.jiangsu, Role.APPROVER),
    }
    for code, account in others.items():
        with pytest.raises(InvalidInput) as refused:
            propose_delegation(
                actor_for(people.approver), replace(proposal, substitute_id=account.pk), now=now
            )
        assert (refused.value.code, refused.value.place) == (code, "substitute")


def test_days_and_reason_are_checked_beside_their_fields(
    people: SimpleNamespace, proposal: Proposal, today: date, now: datetime
) -> None:
    wrong = {
        "from_on": replace(proposal, from_on=today - timedelta(days=1)),
        "until_on": replace(proposal, until_on=today + timedelta(days=93)),
        "reason": replace(proposal, reason="休假"),
    }
    for place, given in wrong.items():
        with pytest.raises(InvalidInput) as refused:
            propose_delegation(actor_for(people.approver), given, now=now)
        assert refused.value.place == place


def test_the_pages_name_confirm_and_end(
    people: SimpleNamespace, security: Actor, today: date, sign_in: Callable[..., Any]
) -> None:
    approver = sign_in(people.approver)
    form = approver.get("/delegations/new/").content.decode()
    assert people.colleague.display_name in form
    assert people.security.display_name not in form
    fields = {
        "held": RoleAssignment.objects.get(account=people.approver).pk,
        "substitute": people.colleague.pk,
        "from_on": today.isoformat(),
        "until_on": (today - timedelta(days=1)).isoformat(),
        "reason": "年休假一周",
    }
    wrong = approver.post("/delegations/new/", fields)
    assert wrong.status_code == 400
    assert "结束日期早于开始日期" in wrong.content.decode()
    assert approver.post("/delegations/new/", {**fields, "until_on": today.isoformat()}).status_code == 302
    pk = Delegation.objects.get().pk
    assert "待安全管理员确认" in approver.get("/delegations/").content.decode()
    administrator = sign_in(people.security)
    assert administrator.post(f"/delegations/{pk}/confirm/").status_code == 302
    assert "代理中" in sign_in(people.colleague).get("/delegations/").content.decode()
    assert approver.post(f"/delegations/{pk}/end/").status_code == 302
    assert "已结束" in administrator.get("/delegations/").content.decode()
    assert sign_in(people.colleague).get("/delegations/new/").status_code == 404
