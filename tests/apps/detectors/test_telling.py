"""What a province tells the ministry about its findings."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from tests.apps.world import become
from warrant.apps.detectors.models import ProvinceFindings
from warrant.apps.detectors.services import receive_findings_changed, start_look
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.jobs import run_waiting_jobs
from warrant.apps.foundation.models import LogEntry
from warrant.core.access import Role
from warrant.core.errors import InvalidInput
from warrant.core.ledger.event import parse_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(enter, approver, now):
    """What the province says after a look that found one."""
    enter("单书白", post="执法岗", arrived_on=date(2020, 1, 1))
    start_look(approver, now=now)
    run_waiting_jobs()
    return parse_event(bytes(LogEntry.objects.get(kind="findings.changed").body))


def test_figures_go_up_and_nobodys_name(told):
    assert told.data["detectors"]["without-certificate"] == {
        "pending": 1,
        "overdue": 0,
        "lacks_source": False,
    }
    assert told.data["detectors"]["no-act"]["lacks_source"] is True
    assert "单书白" not in str(told.data)


def test_the_ministry_keeps_the_last_word_and_shows_it(told, now, settings, account_for, sign_in, tree):
    for _twice in range(2):
        receive_findings_changed(ReceivedEvent(told, "320000"), now=now)
    assert ProvinceFindings.objects.filter(node="320000").count() == 8
    become(settings, "ministry")
    text = sign_in(account_for("song", tree.ministry, Role.SUPERVISOR)).get(reverse("finding-provinces"))
    assert text.status_code == 200
    assert "江苏省交通运输厅" in text.content.decode()
    assert "没有数据" in text.content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"detectors": []},
        {"detectors": {"two-cards": 3}},
        {"detectors": {"two-cards": {"pending": -1, "overdue": 0}}},
        {"detectors": {"two-cards": {"pending": True, "overdue": 0}}},
        {"told_at": "yesterday"},
        {"told_at": "2026-11-22T08:00:00"},
    ],
)
def test_what_cannot_be_read_is_parked(told, now, change):
    event = told.__class__(**{**told.__dict__, "data": {**told.data, **change}})
    with pytest.raises(InvalidInput):
        receive_findings_changed(ReceivedEvent(event, "320000"), now=now + timedelta(hours=1))
