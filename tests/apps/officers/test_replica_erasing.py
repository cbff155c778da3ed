"""What a province erased for good is gone at the ministry too, and nothing that comes late brings it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from tests.apps.officers.entries import ID_NUMBER, entry
from tests.apps.officers.replica_world import OBSERVER, arrive, become_ministry, forget_officers, told
from warrant.adapters.software_vault import SoftwareVault
from warrant.apps.accounts.models import Account
from warrant.apps.audit.models import AuditRow
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.officers.models import (
    Officer,
    OfficerNameToken,
    OfficerVersion,
    RecordRequest,
)
from warrant.apps.officers.selectors.national import NATIONAL_KEYS
from warrant.apps.officers.services import enter_officer
from warrant.apps.officers.services.erasing import erase_deleted
from warrant.apps.officers.services.replica_erasing import receive_officers_erased
from warrant.apps.officers.services.requests import apply_request, request_deletion
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput
from warrant.core.ledger.event import Event

pytestmark = pytest.mark.django_db

KINDS = ("officers.changed", "officers.snapshot", "officers.erased")


@pytest.fixture
def events(
    vault: SoftwareVault,
    registrar: Actor,
    actor: Callable[..., Actor],
    tree: SimpleNamespace,
    now: datetime,
    today: date,
    settings: Any,
) -> list[Event]:
    """Entered, deleted and, after 30 days, erased in the province; then the database is the ministry's, and empty."""
    for label in NATIONAL_KEYS:
        vault.secret(label, 32)
    settings.WARRANT_OFFICER_OBSERVERS = [OBSERVER]
    officer, _doubts = enter_officer(registrar, entry(), on=today, now=now)
    request = request_deletion(registrar, officer.pk, "登记了不存在的人", now=now)
    apply_request(actor("second", tree.kunshan, Role.REVIEWER), request.pk, now=now)
    assert erase_deleted(now=now + timedelta(days=30)) == 1
    found = told(*KINDS)
    RecordRequest.system.all().delete()
    forget_officers()
    become_ministry(settings)
    return found


def test_the_province_tells_the_erasure_by_uid_alone(events: list[Event]) -> None:
    assert [event.type.split(".")[-2] for event in events] == ["changed", "changed", "erased"]
    erased = events[-1]
    assert set(erased.data) == {"uids", "ver", "prev_ver"}
    assert erased.subject == events[0].subject
    assert "单书白".encode() not in erased.raw
    assert "单书白".encode() in events[0].raw


def test_nothing_personal_is_left_at_the_ministry(events: list[Event], now: datetime) -> None:
    arrive(events[:2], now)
    assert Officer.system.get().name == "单书白"
    arrive(events[2:], now + timedelta(days=30))
    officer = Officer.system.get()
    assert (officer.name, officer.state, officer.phone) == ("—", "deleted", "")
    assert bytes(officer.id_number_sealed) == b""
    kept = repr(list(Officer.system.values())) + repr(list(OfficerVersion.system.values()))
    for words in ("单书白", "河海大学", "13800000000", "1990", ID_NUMBER):
        assert words not in kept
    assert OfficerVersion.system.count() == 2
    assert not OfficerNameToken.objects.exists()
    line = AuditRow.objects.filter(action="officer.erased").latest("entry_id")
    assert (line.subject, line.summary, line.at) == (f"officer:{officer.pk}", "—", now + timedelta(days=30))


def test_the_feed_says_removed_and_names_nobody(
    events: list[Event],
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    tree: SimpleNamespace,
    now: datetime,
) -> None:
    arrive(events, now)
    page = sign_in(account_for("supervisor", tree.ministry, Role.SUPERVISOR)).get("/officers/changes/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "删除" in text
    assert "<b>—</b>" in text
    assert "单书白" not in text


def test_a_version_that_comes_after_the_erasure_brings_nobody_back(
    events: list[Event], now: datetime
) -> None:
    arrive(events[2:], now)
    arrive(events[:2], now + timedelta(minutes=1))
    officer = Officer.system.get()
    assert (officer.name, officer.state, officer.province_unit is not None) == ("—", "deleted", True)
    assert not OfficerVersion.system.exists()
    assert not OfficerNameToken.objects.exists()


def test_an_erasure_that_comes_again_changes_nothing(events: list[Event], now: datetime) -> None:
    arrive(events, now)
    lines = AuditRow.objects.count()
    arrive(events[2:], now + timedelta(days=1))
    assert AuditRow.objects.count() == lines


def test_a_record_that_is_not_deleted_yet_is_not_erased(events: list[Event], now: datetime) -> None:
    arrive(events[:1], now)
    with pytest.raises(Conflict, match="replica-not-deleted"):
        arrive(events[2:], now)
    assert Officer.system.get().name == "单书白"


def test_no_other_province_can_erase_it(events: list[Event], now: datetime) -> None:
    arrive(events[:2], now)
    with pytest.raises(Conflict, match="replica-of-another-node"):
        arrive(events[2:], now, node="330000")


@pytest.mark.parametrize("uids", [None, [], "abc", [17], ["no-uid"], ["0" * 36] * 1001])
def test_an_erasure_that_cannot_be_read_is_refused(events: list[Event], now: datetime, uids: object) -> None:
    event = replace(events[-1], data={"uids": uids})
    with pytest.raises(InvalidInput, match="replica-content-invalid"):
        receive_officers_erased(ReceivedEvent(event=event, node="320000"), now=now)
