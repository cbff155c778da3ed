"""Rule editors at both levels, a calendar that can be read, and a way to carry events between the nodes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from tests.apps.world import become

from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.models import LogEntry
from warrant.apps.regulations.models import RegulationVersion
from warrant.apps.regulations.selectors import forget_regulations
from warrant.apps.regulations.services import (
    Heading,
    change_line,
    confirm_regulation,
    draft_regulation,
    propose_regulation,
)
from warrant.core.access import Actor, Role
from warrant.core.ledger.event import parse_event

HEADING = Heading("2027年放假安排", "国务院办公厅关于2027年部分节假日安排的通知", date(2026, 12, 1))
CALENDAR_2028 = {
    "id": "2028",
    "basis": {"zh": "通知", "en": "Notice"},
    "is_assumption": False,
    "holidays": [],
    "workdays": [],
}


@pytest.fixture
def at_ministry(settings: Any) -> None:
    """The running node is the ministry."""
    become(settings, "ministry")


@pytest.fixture
def sample_kind(settings: Any) -> None:
    """The kind ``training`` is the made-up one of ``tests.apps.regulations.sample``."""
    settings.WARRANT_REGULATIONS = {
        **settings.WARRANT_REGULATIONS,
        "training": "tests.apps.regulations.sample",
    }


@pytest.fixture
def editors(actor: Callable[..., Actor], tree: SimpleNamespace) -> SimpleNamespace:
    """Two rule editors of the province and two of the ministry."""
    return SimpleNamespace(
        first=actor("first", tree.jiangsu, Role.RULE_EDITOR),
        second=actor("second", tree.jiangsu, Role.RULE_EDITOR),
        registrar=actor("registrar", tree.jiangsu, Role.REGISTRAR),
    )


@pytest.fixture
def national_editors(
    at_ministry: None, actor: Callable[..., Actor], tree: SimpleNamespace
) -> SimpleNamespace:
    """The ministry's node with two rule editors."""
    return SimpleNamespace(
        first=actor("first", tree.ministry, Role.RULE_EDITOR),
        second=actor("second", tree.ministry, Role.RULE_EDITOR),
    )


def put_into_force(
    editors: SimpleNamespace, kind: str, line: dict[str, Any], now: datetime, heading: Heading = HEADING
) -> RegulationVersion:
    """Draft one changed line and have it confirmed."""
    forget_regulations()
    version = draft_regulation(editors.first, kind, heading, now=now)
    change_line(editors.first, version.pk, line, now=now)
    propose_regulation(editors.first, version.pk, now=now)
    return confirm_regulation(editors.second, version.pk, now=now)


def left_for(peer: str, sender: str) -> list[ReceivedEvent]:
    """The events in the outbox for ``peer``, as it receives them."""
    rows = LogEntry.objects.filter(stream=f"to-{peer}", kind="regulation.published").order_by("seq")
    return [ReceivedEvent(parse_event(bytes(row.body)), sender) for row in rows]
