"""The pages of transfers, duplicates and proposals keep to ten queries and 60 kB."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.apps.officers.entries import entry
from tests.apps.officers.test_transfers import PROOF, WISH
from warrant.apps.accounts.models import Account
from warrant.apps.officers.models import DuplicatePair, Officer, Transfer
from warrant.apps.officers.services import enter_officer, transfers
from warrant.core.access import Actor, Role
from warrant.core.standards.id_number import check_character

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    tree: SimpleNamespace,
    officer: Officer,
    registrar: Actor,
    now: datetime,
    today: date,
) -> Client:
    body = "32990119900501133"
    values = entry(id_number=body + check_character(body))
    enter_officer(registrar, values, on=today, now=now)
    transfers.propose_transfer(registrar, officer.pk, WISH, PROOF, on=today, now=now)
    client = sign_in(account_for("page", tree.kunshan, Role.REGISTRAR))
    client.get("/")
    return client


@pytest.mark.parametrize(
    ("name", "thing"),
    [
        ("transfer-list", None),
        ("transfer-request", None),
        ("transfer-detail", Transfer),
        ("transfer-propose", Officer),
        ("officer-leave", Officer),
        ("officer-retiring", None),
        ("duplicate-list", None),
        ("duplicate-detail", DuplicatePair),
        ("duplicate-merge", DuplicatePair),
    ],
)
def test_a_page_keeps_to_its_budget(
    client: Client, name: str, thing: Any, django_assert_max_num_queries: Any
):
    rows = getattr(thing, "system", None) or getattr(thing, "objects", None)
    arguments = [rows.order_by("pk").first().pk] if rows else []
    with django_assert_max_num_queries(10):
        answer = client.get(reverse(name, args=arguments))
    assert answer.status_code == 200
    assert len(answer.content) <= 60_000
