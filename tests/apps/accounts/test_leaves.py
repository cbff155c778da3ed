"""Leave: who notes it, what is wrong with it, and its place beside the substitutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client

from warrant.apps.accounts.models import Account, Leave
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.accounts.selectors.leaves import leaves_on
from warrant.apps.accounts.services import end_leave, note_leave
from warrant.apps.audit.models import AuditRow
from warrant.core.access import Role
from warrant.core.errors import Conflict, InvalidInput, NotFound

DAY = timedelta(days=1)


@pytest.fixture
def reviewer(account_for: Callable[..., Account], tree: SimpleNamespace) -> Account:
    return account_for("reviewer", tree.kunshan, Role.REVIEWER)


@pytest.fixture
def security(account_for: Callable[..., Account], tree: SimpleNamespace) -> Account:
    return account_for("security", tree.jiangsu, Role.SECURITY_ADMINISTRATOR)


def test_a_leave_counts_on_its_days_until_it_is_ended(reviewer: Account, now: datetime) -> None:
    today = now.date()
    row = note_leave(actor_for(reviewer), reviewer.pk, today + DAY, today + 2 * DAY, now=now)
    counts = [leaves_on(today + days * DAY).exists() for days in range(4)]
    assert counts == [False, True, True, False]
    end_leave(actor_for(reviewer), row.pk, now=now)
    assert not leaves_on(today + DAY).exists()
    assert list(AuditRow.objects.order_by("pk").values_list("action", flat=True)) == [
        "leave.noted",
        "leave.ended",
    ]
    with pytest.raises(Conflict):
        end_leave(actor_for(reviewer), row.pk, now=now)


def test_nobody_but_the_security_administrator_notes_the_leave_of_another(
    reviewer: Account,
    security: Account,
    account_for: Callable[..., Account],
    tree: SimpleNamespace,
    now: datetime,
) -> None:
    colleague = actor_for(account_for("colleague", tree.kunshan, Role.REVIEWER))
    with pytest.raises(NotFound):
        note_leave(colleague, reviewer.pk, now.date(), now.date(), now=now)
    row = note_leave(actor_for(security), reviewer.pk, now.date(), now.date(), now=now)
    with pytest.raises(NotFound):
        end_leave(colleague, row.pk, now=now)
    end_leave(actor_for(security), row.pk, now=now)


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [(-1, 2, "in-the-past"), (3, 2, "date-order"), (0, 367, "leave-too-long")],
)
def test_the_days_must_make_sense(reviewer: Account, now: datetime, first: int, last: int, code: str) -> None:
    today = now.date()
    with pytest.raises(InvalidInput) as refused:
        note_leave(actor_for(reviewer), reviewer.pk, today + first * DAY, today + last * DAY, now=now)
    assert refused.value.code == code


def test_two_leaves_do_not_overlap(reviewer: Account, now: datetime) -> None:
    today = now.date()
    note_leave(actor_for(reviewer), reviewer.pk, today, today + 4 * DAY, now=now)
    with pytest.raises(Conflict):
        note_leave(actor_for(reviewer), reviewer.pk, today + 4 * DAY, today + 6 * DAY, now=now)
    note_leave(actor_for(reviewer), reviewer.pk, today + 5 * DAY, today + 6 * DAY, now=now)


def test_the_page_keeps_what_was_typed_and_lists_what_was_noted(
    reviewer: Account, sign_in: Callable[[Account], Client], now: datetime
) -> None:
    browser = sign_in(reviewer)
    form = {"person": reviewer.pk, "from_on": "2026-01-05", "until_on": "2026-01-09"}
    refused = browser.post("/leaves/new/", form)
    assert refused.status_code == 400
    assert "开始日期不能早于今天" in refused.content.decode()
    assert 'value="2026-01-05"' in refused.content.decode()
    later = {**form, "from_on": "2099-01-05", "until_on": "2099-01-09"}
    listed = browser.post("/leaves/new/", later, follow=True).content.decode()
    assert "2099-01-05" in listed
    assert "未开始" in listed
    row = Leave.objects.get()
    assert "没有登记休假" in browser.post(f"/leaves/{row.pk}/end/", follow=True).content.decode()


def test_the_form_offers_nobody_else_to_a_clerk(
    reviewer: Account, security: Account, sign_in: Callable[[Account], Client]
) -> None:
    own = sign_in(reviewer).get("/leaves/new/").content.decode()
    assert own.count("<option") == 1
    other = sign_in(security).post("/leaves/new/", {"person": reviewer.pk, "from_on": "", "until_on": ""})
    assert other.status_code == 400
    assert reviewer.display_name in other.content.decode()
