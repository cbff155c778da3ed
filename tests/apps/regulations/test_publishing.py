"""Versions between the nodes: the nation's to every province, a province's to the ministry."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from tests.apps.regulations.conftest import CALENDAR_2028, left_for, put_into_force
from tests.apps.regulations.sample import NATIONAL

from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.regulations.models import RegulationVersion
from warrant.apps.regulations.selectors import forget_regulations, in_force
from warrant.apps.regulations.services import hand_out_regulations, receive_regulation_published
from warrant.core.errors import Conflict, InvalidInput, WarrantError
from warrant.nodes.config import Peer

pytestmark = pytest.mark.django_db

FIRST_DAY = date(2026, 12, 1)
LAW_30 = {**NATIONAL["lines"][0], "hours": 30}


def knows(settings: Any, *codes: str) -> None:
    peers = {code: Peer(code, "", "ed25519:x") for code in codes}
    settings.WARRANT_NODE = dataclasses.replace(settings.WARRANT_NODE, peers=peers)


@pytest.fixture
def from_ministry(national_editors: SimpleNamespace, settings: Any, now: datetime) -> ReceivedEvent:
    """The event of a version that the ministry put into force; the version itself is forgotten, as at a province."""
    knows(settings, "320000", "310000", "public")
    put_into_force(national_editors, "calendar", CALENDAR_2028, now)
    assert [len(left_for(peer, "ministry")) for peer in ("320000", "310000", "public")] == [1, 1, 0]
    RegulationVersion.objects.all().delete()
    forget_regulations()
    return left_for("320000", "ministry")[0]


def altered(received: ReceivedEvent, **changes: Any) -> ReceivedEvent:
    event = dataclasses.replace(received.event, data={**received.event.data, **changes})
    return ReceivedEvent(event, received.node)


def test_a_province_follows_what_the_ministry_put_into_force(
    from_ministry: ReceivedEvent, now: datetime, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        receive_regulation_published(from_ministry, now=now)
        receive_regulation_published(from_ministry, now=now)
    version = RegulationVersion.objects.get()
    assert (version.is_received, version.confirmed_by_name, version.number) == (True, "second", 1)
    assert in_force("calendar", "320000", FIRST_DAY).document.years == (2025, 2026, 2027, 2028)


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "weather"},
        {"jurisdiction": "310000"},
        {"content": {"lines": []}},
        {"content": "x"},
        {"number": 0},
        {"valid_from": "soon"},
        {"confirmed_by": ""},
        {"confirmed_at": "2026-11-22T08:45:00"},
        {"layer": {}},
    ],
)
def test_what_is_not_whole_is_refused(
    from_ministry: ReceivedEvent, now: datetime, changes: dict[str, Any]
) -> None:
    with pytest.raises(WarrantError):
        receive_regulation_published(altered(from_ministry, **changes), now=now)
    assert not RegulationVersion.objects.exists()


def test_nobody_but_the_ministry_speaks_for_the_nation(from_ministry: ReceivedEvent, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="not-the-senders"):
        receive_regulation_published(ReceivedEvent(from_ministry.event, "310000"), now=now)


def test_one_number_never_names_two_texts(from_ministry: ReceivedEvent, now: datetime) -> None:
    receive_regulation_published(from_ministry, now=now)
    with pytest.raises(Conflict, match="number-taken"):
        receive_regulation_published(altered(from_ministry, valid_from="2026-12-02"), now=now)


def test_a_province_that_joins_later_gets_what_it_missed(
    national_editors: SimpleNamespace, settings: Any, now: datetime
) -> None:
    put_into_force(national_editors, "calendar", CALENDAR_2028, now)
    knows(settings, "330000")
    assert hand_out_regulations(now=now) == 1
    assert hand_out_regulations(now=now) == 0
    assert left_for("330000", "ministry")[0].event.subject == "regulation:calendar:nation:1"


def test_the_ministry_learns_how_a_province_differs(
    sample_kind: None, editors: SimpleNamespace, now: datetime
) -> None:
    put_into_force(editors, "training", LAW_30, now)
    [event] = left_for("ministry", "320000")
    RegulationVersion.objects.all().delete()
    receive_regulation_published(event, now=now)
    assert RegulationVersion.objects.get().layer == {"lines": [LAW_30]}
    with pytest.raises(InvalidInput, match="not-the-senders"):
        receive_regulation_published(ReceivedEvent(event.event, "310000"), now=now)
