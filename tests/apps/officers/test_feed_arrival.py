"""What a county records is in the ministry's feed as soon as it arrives: the open page asks each second and is told."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.apps.officers.entries import entry
from tests.apps.officers.replica_world import OBSERVER, arrive, become_ministry, forget_officers, told
from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.accounts.models import Account
from warrant.apps.officers.selectors.national import NATIONAL_KEYS
from warrant.apps.officers.services import enter_officer
from warrant.apps.officers.services.writing import write_change
from warrant.core.access import Actor, Role
from warrant.core.ledger.event import Event
from warrant.core.lifecycle import ChangeKind

pytestmark = pytest.mark.django_db

LONGEST_WAIT = 5.0
"""Seconds from the arrival to the line in the page; far above what is measured, so that a busy machine passes."""


@pytest.fixture
def from_the_county(
    vault: SoftwareVault, registrar: Actor, now: datetime, today: date, settings: Any
) -> list[Event]:
    """Entered and changed in Kunshan; then the database is the ministry's, and empty."""
    for label in NATIONAL_KEYS:
        vault.secret(label, 32)
    settings.WARRANT_OFFICER_OBSERVERS = [OBSERVER]
    officer, _doubts = enter_officer(registrar, entry(), on=today, now=now)
    with transaction.atomic():
        at = now + timedelta(minutes=1)
        write_change(officer, {"post": "稽查岗"}, ChangeKind.CHANGED, registrar, now=at)
    events = told("officers.changed")
    forget_officers()
    become_ministry(settings)
    return events


def _asked_next(page: str) -> tuple[str, float]:
    """The address that the page asks by itself, and after how many seconds."""
    found = re.search(r'id="feed-poll" hx-get="([^"]*)" hx-trigger="every (\d+)ms"', page)
    assert found is not None
    return unescape(found[1]), int(found[2]) / 1000


def test_a_change_in_a_county_is_shown_soon_after_its_arrival(
    from_the_county: list[Event],
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    tree: SimpleNamespace,
    now: datetime,
) -> None:
    entered, changed = from_the_county
    arrive([entered], now)
    supervisor = sign_in(account_for("supervisor", tree.ministry, Role.SUPERVISOR))
    open_page = supervisor.get("/officers/changes/").content.decode()
    assert "稽查岗" not in open_page
    address, pause = _asked_next(open_page)
    assert supervisor.get(address).status_code == 204

    begun = time.perf_counter()
    arrive([changed], now + timedelta(minutes=2))
    told_now = supervisor.get(address)
    work = time.perf_counter() - begun

    text = told_now.content.decode()
    assert told_now.status_code == 200
    for words in ("单书白", "<ins>稽查岗</ins>", "昆山市交通运输局"):
        assert words in text
    following, _pause = _asked_next(text)
    assert following != address
    assert supervisor.get(following).status_code == 204
    print(f"arrival to line: {work * 1000:.0f} ms of work, asked every {pause:.1f} s")  # noqa: T201 - a figure to read
    assert pause <= 1.0
    assert work + pause < LONGEST_WAIT
