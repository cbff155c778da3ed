"""The account behind every page: read with its unit and roles in one statement, as they stand at that moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from warrant.apps.accounts.middleware import AccountOfSession
from warrant.apps.accounts.models import Account, RoleAssignment
from warrant.apps.accounts.selectors import account_of_session, actor_for
from warrant.core.access import Grant, Level, Role

pytestmark = pytest.mark.django_db

OFFICER = UUID("00000000-0000-4000-8000-000000000001")


def test_account_unit_and_roles_come_in_one_query(
    account_for: Callable[..., Account], tree: SimpleNamespace, django_assert_num_queries: Any
) -> None:
    opened = account_for("li", tree.kunshan, Role.REGISTRAR, Role.REVIEWER)
    with django_assert_num_queries(1):
        account = account_of_session(opened.pk)
        assert account is not None
        actor = actor_for(account)
        assert account.agency.name == "昆山市交通运输局"
    assert actor.grants == (
        Grant(Role.REGISTRAR, Level.COUNTY, tree.kunshan.pk),
        Grant(Role.REVIEWER, Level.COUNTY, tree.kunshan.pk),
    )


def test_columns_have_the_values_that_django_reads(
    account_for: Callable[..., Account], tree: SimpleNamespace, now: datetime
) -> None:
    opened = account_for("li", tree.kunshan)
    Account.objects.filter(pk=opened.pk).update(officer_uid=OFFICER, must_change_password=True)
    account = account_of_session(opened.pk)
    assert account is not None
    assert (account.officer_uid, account.opened_at) == (OFFICER, now)
    assert (account.is_active, account.must_change_password) == (True, True)
    assert account.agency.opened_on == tree.kunshan.opened_on
    assert account.held_roles == []


def test_a_withdrawn_role_is_held_no_more(
    account_for: Callable[..., Account], tree: SimpleNamespace, now: datetime
) -> None:
    opened = account_for("li", tree.kunshan, Role.REGISTRAR)
    RoleAssignment.objects.update(withdrawn_at=now)
    account = account_of_session(opened.pk)
    assert account is not None
    assert actor_for(account).grants == ()


def test_a_disabled_or_unknown_account_has_no_session(
    account_for: Callable[..., Account], tree: SimpleNamespace
) -> None:
    opened = account_for("li", tree.kunshan, Role.REGISTRAR)
    backend = AccountOfSession()
    assert backend.get_user(opened.pk) is not None
    Account.objects.filter(pk=opened.pk).update(is_active=False)
    assert backend.get_user(opened.pk) is None
    assert backend.get_user(opened.pk + 1000) is None
