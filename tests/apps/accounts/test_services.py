"""Accounts and roles: who opens, who gives, and what is never combined."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.utils import timezone

from warrant.apps.accounts.models import Account, RoleAssignment
from warrant.apps.accounts.selectors import accounts_for_administration, actor_for
from warrant.apps.accounts.services import (
    assign_role,
    disable_account,
    open_account,
    open_first_account,
    open_officer_account,
    reset_password,
    withdraw_role,
)
from warrant.apps.audit.models import AuditRow
from warrant.apps.organisations.models import Agency
from warrant.core.access import EXCLUSIVE_ROLES, ROLE_LEVELS, Actor, Level, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted

pytestmark = pytest.mark.django_db

AccountFor = Callable[..., Account]
ActorFor = Callable[..., Actor]

ADMINISTRATORS = (
    Role.SYSTEM_ADMINISTRATOR,
    Role.SECURITY_ADMINISTRATOR,
    Role.AUDIT_ADMINISTRATOR,
)
OTHERS = tuple(role for role in Role if role not in ADMINISTRATORS)


@pytest.fixture
def security(tree: SimpleNamespace, actor: ActorFor) -> Actor:
    return actor("security", tree.jiangsu, Role.SECURITY_ADMINISTRATOR)


@pytest.fixture
def system(tree: SimpleNamespace, actor: ActorFor) -> Actor:
    return actor("system", tree.jiangsu, Role.SYSTEM_ADMINISTRATOR)


@pytest.fixture
def li(tree: SimpleNamespace, account_for: AccountFor) -> Account:
    return account_for("li", tree.kunshan)


def held(account: Account) -> list[str]:
    return sorted(account.assignments.filter(withdrawn_at=None).values_list("role", flat=True))


def unit_for(tree: SimpleNamespace, role: Role) -> Agency:
    """A unit of Jiangsu's node (or the ministry) that has the role."""
    order = (tree.kunshan, tree.suzhou, tree.jiangsu, tree.ministry)
    found: Agency = next(unit for unit in order if Level(unit.level) in ROLE_LEVELS[role])
    return found


def test_the_three_administrators_are_the_exclusive_roles() -> None:
    assert set(ADMINISTRATORS) == EXCLUSIVE_ROLES


@pytest.mark.parametrize("first", ADMINISTRATORS)
@pytest.mark.parametrize("second", list(Role))
def test_an_administrator_gets_no_second_role(
    security: Actor, li: Account, tree: SimpleNamespace, now: datetime, first: Role, second: Role
) -> None:
    assign_role(security, li, first, tree.jiangsu, now=now)
    with pytest.raises(Conflict):
        assign_role(security, li, second, unit_for(tree, second), now=now)
    assert held(li) == [first.value]


@pytest.mark.parametrize("first", OTHERS)
@pytest.mark.parametrize("second", ADMINISTRATORS)
def test_whoever_has_a_role_becomes_no_administrator(
    security: Actor, li: Account, tree: SimpleNamespace, now: datetime, first: Role, second: Role
) -> None:
    assign_role(security, li, first, unit_for(tree, first), now=now)
    with pytest.raises(Conflict):
        assign_role(security, li, second, tree.jiangsu, now=now)
    assert held(li) == [first.value]


def test_a_withdrawn_role_no_longer_stands_in_the_way(
    security: Actor, li: Account, tree: SimpleNamespace, now: datetime
) -> None:
    given = assign_role(security, li, Role.REVIEWER, tree.kunshan, now=now)
    withdraw_role(security, given, now=now)
    assign_role(security, li, Role.AUDIT_ADMINISTRATOR, tree.jiangsu, now=now)
    assert held(li) == ["audit-administrator"]


def test_nobody_gives_a_role_to_themselves(security: Actor, tree: SimpleNamespace, now: datetime) -> None:
    own = Account.objects.get(pk=security.account_id)
    with pytest.raises(Conflict) as refused:
        assign_role(security, own, Role.SECURITY_ADMINISTRATOR, tree.suzhou, now=now)
    assert refused.value.code in {"own-role"}
    assert held(own) == ["security-administrator"]


def test_nobody_disables_the_own_account(system: Actor, now: datetime) -> None:
    own = Account.objects.get(pk=system.account_id)
    with pytest.raises(Conflict):
        disable_account(system, own, now=now)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_held_at_its_levels_only(
    security: Actor, tree: SimpleNamespace, account_for: AccountFor, now: datetime, role: Role
) -> None:
    units = (tree.ministry, tree.jiangsu, tree.suzhou, tree.kunshan, tree.kunshan_brigade)
    for count, unit in enumerate(units):
        account = account_for(f"person{count}", tree.jiangsu)
        if Level(unit.level) in ROLE_LEVELS[role]:
            assign_role(security, account, role, unit, now=now)
        else:
            with pytest.raises(InvalidInput):
                assign_role(security, account, role, unit, now=now)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SECURITY_ADMINISTRATOR])
def test_only_the_security_administrator_gives_and_withdraws(
    tree: SimpleNamespace, actor: ActorFor, account_for: AccountFor, now: datetime, role: Role
) -> None:
    other = actor("other", unit_for(tree, role), role)
    wang = account_for("wang", tree.kunshan, Role.REVIEWER)
    with pytest.raises((NotPermitted, NotFound)):
        assign_role(other, wang, Role.REGISTRAR, tree.kunshan, now=now)
    with pytest.raises((NotPermitted, NotFound)):
        withdraw_role(other, wang.assignments.get(), now=now)
    assert held(wang) == ["reviewer"]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM_ADMINISTRATOR])
def test_only_the_system_administrator_opens_disables_and_resets(
    tree: SimpleNamespace, actor: ActorFor, li: Account, now: datetime, role: Role
) -> None:
    other = actor("other", unit_for(tree, role), role)
    before = li.password
    with pytest.raises((NotPermitted, NotFound)):
        open_account(other, "new", "新人", tree.kunshan, now=now)
    with pytest.raises((NotPermitted, NotFound)):
        disable_account(other, li, now=now)
    with pytest.raises((NotPermitted, NotFound)):
        reset_password(other, li, now=now)
    li.refresh_from_db()
    assert (li.is_active, li.password) == (True, before)


def test_an_administrator_of_another_province_does_nothing_here(
    tree: SimpleNamespace, actor: ActorFor, li: Account, now: datetime
) -> None:
    foreign = actor("foreign", tree.shanghai, Role.SECURITY_ADMINISTRATOR)
    with pytest.raises(NotFound):
        assign_role(foreign, li, Role.REVIEWER, tree.kunshan, now=now)
    with pytest.raises((NotFound, NotPermitted)):
        accounts_for_administration(foreign)


def test_a_role_is_withdrawn_once(security: Actor, li: Account, tree: SimpleNamespace, now: datetime) -> None:
    given = assign_role(security, li, Role.REVIEWER, tree.kunshan, now=now)
    withdraw_role(security, given, now=now)
    with pytest.raises(Conflict):
        withdraw_role(security, given, now=now)
    assert AuditRow.objects.filter(action="role.withdrawn").count() == 1


def test_a_role_is_held_once(security: Actor, li: Account, tree: SimpleNamespace, now: datetime) -> None:
    assign_role(security, li, Role.REVIEWER, tree.kunshan, now=now)
    with pytest.raises(Conflict):
        assign_role(security, li, Role.REVIEWER, tree.kunshan, now=now)
    assert RoleAssignment.objects.filter(account=li).count() == 1


def test_every_act_on_an_account_leaves_who_did_it(
    security: Actor, system: Actor, tree: SimpleNamespace, now: datetime
) -> None:
    account, _ = open_account(system, "wang", "王致和", tree.kunshan, now=now)
    given = assign_role(security, account, Role.REVIEWER, tree.kunshan, now=now)
    withdraw_role(security, given, now=now)
    reset_password(system, account, now=now)
    disable_account(system, account, now=now)
    rows = AuditRow.objects.filter(subject=f"account:{account.pk}").order_by("entry_id")
    assert list(rows.values_list("action", "account_name")) == [
        ("account.opened", "system"),
        ("role.assigned", "security"),
        ("role.withdrawn", "security"),
        ("account.password-reset", "system"),
        ("account.disabled", "system"),
    ]


def test_a_generated_password_stands_nowhere(system: Actor, tree: SimpleNamespace, now: datetime) -> None:
    account, password = open_account(system, "wang", "王致和", tree.kunshan, now=now)
    assert password not in account.password
    entries = AuditRow.objects.select_related("entry")
    assert all(password.encode() not in bytes(row.entry.body) for row in entries)
    assert account.must_change_password


@pytest.mark.parametrize(
    "username", ["", "  ", "a b", "a<b>", "a'b", "a\x00b", "a/b", "=1+1", "🙂", "-", "."]
)
def test_a_user_name_has_letters_and_digits_only(
    system: Actor, tree: SimpleNamespace, now: datetime, username: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        open_account(system, username, "王致和", tree.kunshan, now=now)
    assert refused.value.place == "username"


def test_the_first_accounts_are_open_until_somebody_has_signed_in(
    tree: SimpleNamespace, now: datetime
) -> None:
    first = open_first_account(
        "a", "甲", tree.jiangsu, [Role.SYSTEM_ADMINISTRATOR], "word-1", must_change_password=True, now=now
    )
    open_first_account(
        "b", "乙", tree.jiangsu, [Role.SECURITY_ADMINISTRATOR], "word-2", must_change_password=True, now=now
    )
    Account.objects.filter(pk=first.pk).update(last_login=timezone.now())
    with pytest.raises(Conflict) as refused:
        open_first_account(
            "c", "丙", tree.jiangsu, [Role.AUDIT_ADMINISTRATOR], "word-3", must_change_password=True, now=now
        )
    assert refused.value.code == "node-in-use"
    assert not Account.objects.filter(username="c").exists()


def test_the_first_accounts_do_not_combine_administrators_either(
    tree: SimpleNamespace, now: datetime
) -> None:
    both = [Role.SYSTEM_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR]
    with pytest.raises(Conflict):
        open_first_account("a", "甲", tree.jiangsu, both, "word-1", must_change_password=True, now=now)
    assert not Account.objects.filter(username="a").exists()


def test_a_registrar_opens_officers_accounts_of_the_own_unit_only(
    tree: SimpleNamespace, actor: ActorFor, now: datetime
) -> None:
    registrar = actor("registrar", tree.kunshan, Role.REGISTRAR)
    uid = "00000000-0000-4000-8000-000000000001"
    with pytest.raises(NotFound):
        open_officer_account(registrar, uid, "lin", "林书白", tree.nanjing, now=now)
    account, _ = open_officer_account(registrar, uid, "lin", "林书白", tree.kunshan_brigade, now=now)
    assert actor_for(account).officer_uid == uid
    with pytest.raises(Conflict):
        open_officer_account(registrar, uid, "lin2", "林书白", tree.kunshan_brigade, now=now)
