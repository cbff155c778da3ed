"""The own record: who changed what, how it was on a day, and on paper; nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.apps.officers.entries import ID_NUMBER, entry
from warrant.apps.accounts.models import Account
from warrant.apps.audit.models import AuditRow
from warrant.apps.foundation import clock
from warrant.apps.officers.models import Officer
from warrant.apps.officers.services import change_officer, open_account_for_officer
from warrant.core.access import Actor, Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch: pytest.MonkeyPatch, now: datetime, today: date) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)
    monkeypatch.setattr(clock, "today", lambda: today)


@pytest.fixture
def own(officer: Officer, registrar: Actor, client: Client, now: datetime) -> Client:
    account = open_account_for_officer(registrar, officer.pk, "shanshubai", now=now)[1]
    Account.objects.filter(pk=account.pk).update(must_change_password=False)
    client.force_login(account)
    return client


def test_the_own_changes_are_shown_as_differences(
    own: Client, officer: Officer, registrar: Actor, today: date, now: datetime
) -> None:
    change_officer(registrar, officer.pk, entry(post="检查岗"), 1, on=today, now=now)
    page = own.get(reverse("own-history")).content.decode()
    assert "<del>执法岗</del>" in page
    assert "<ins>检查岗</ins>" in page
    assert reverse("own-history") in own.get(reverse("own-record")).content.decode()
    assert ID_NUMBER not in page


def test_the_own_record_as_of_a_day_leads_back_to_itself(own: Client, officer: Officer) -> None:
    page = own.get(reverse("own-record"), {"on": "2026-11-22"}).content.decode()
    assert "当日的记录" in page
    assert reverse("officer-detail", args=[officer.pk]) not in page
    assert own.get(reverse("own-record"), {"on": "2099-01-01"}).status_code == 400


def test_the_own_sheet_is_a_pdf_with_an_audit_row(own: Client, officer: Officer) -> None:
    answer: Any = own.post(reverse("own-sheet"), {"on": "2026-11-22"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF")
    assert ID_NUMBER.encode() not in answer.content
    assert AuditRow.objects.filter(
        action="officer.own-sheet-printed", subject=f"officer:{officer.pk}"
    ).exists()
    assert own.post(reverse("own-sheet"), {"on": "2099-01-01"}).status_code == 400
    assert own.post(reverse("own-sheet"), {"on": "gestern"}).status_code == 400


def test_somebody_without_a_record_gets_nothing(
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    tree: SimpleNamespace,
    officer: Officer,
) -> None:
    reader = sign_in(account_for("reader", tree.kunshan, Role.REGISTRAR))
    assert reader.get(reverse("own-history")).status_code == 403
    assert reader.post(reverse("own-sheet")).status_code == 403
