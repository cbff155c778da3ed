"""Two people, or two deliveries, at the same moment: one wins, the other is told, nothing is doubled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import transaction
from tests.apps.filing.conftest import TwoNodes
from tests.support.at_once import at_once, shared_database

from warrant.apps.applications.models import Application, Opinion
from warrant.apps.applications.services import Decision, decide
from warrant.apps.audit.models import AuditRow
from warrant.apps.filing.models import Filing, FilingRequest
from warrant.apps.filing.services import decide_filing, receive_filing_decision
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.models import LogEntry
from warrant.core.access import Actor, Role

pytestmark = pytest.mark.django_db(transaction=True)


def _receive(received: ReceivedEvent, now: datetime) -> None:
    """Take a decision in, in a transaction as the inbox has one."""
    with transaction.atomic():
        receive_filing_decision(received, now=now)


def test_of_two_approvers_one_approves_and_one_is_too_late(
    nodes: TwoNodes,
    waiting_case: Callable[..., Application],
    actor: Callable[..., Actor],
    tree: SimpleNamespace,
    now: datetime,
    tmp_path: Path,
):
    nodes.be_province()
    number = waiting_case().number
    approvers = [actor(name, tree.jiangsu, Role.APPROVER) for name in ("xu", "sun", "ma", "guo")]
    with shared_database(tmp_path):
        ends = at_once(
            *(
                lambda person=person: decide(person, number, Decision("approve"), now=now)
                for person in approvers
            )
        )
        assert sorted(ends) == ["done", "wrong-state", "wrong-state", "wrong-state"]
        assert FilingRequest.objects.count() == 1
        assert Opinion.objects.filter(action="approve").count() == 1
        assert [entry.seq for entry in LogEntry.objects.filter(stream="to-ministry")] == [0]


def test_approvals_of_different_cases_get_numbers_without_holes(
    nodes: TwoNodes,
    waiting_case: Callable[..., Application],
    actor: Callable[..., Actor],
    tree: SimpleNamespace,
    now: datetime,
    tmp_path: Path,
):
    nodes.be_province()
    numbers = [waiting_case().number for _ in range(4)]
    approver = actor("xu", tree.jiangsu, Role.APPROVER)
    with shared_database(tmp_path):
        ends = at_once(
            *(
                lambda number=number: decide(approver, number, Decision("approve"), now=now)
                for number in numbers
            )
        )
        assert ends == ["done"] * 4
        entries = LogEntry.objects.filter(stream="to-ministry").order_by("seq")
        assert [entry.seq for entry in entries] == [0, 1, 2, 3]
        assert FilingRequest.objects.count() == 4


def test_of_two_reviewers_one_decides(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, now: datetime, tmp_path: Path
):
    nodes.be_ministry()
    with shared_database(tmp_path):
        ends = at_once(
            lambda: decide_filing(reviewer, filing, "grant", "", now=now),
            lambda: decide_filing(
                reviewer, filing, "refuse", "考试成绩须核对", reason_code="examination", now=now
            ),
        )
        assert sorted(ends) == ["done", "wrong-state"]
        assert LogEntry.objects.filter(stream="to-320000").count() == 1


def test_of_two_deliveries_of_a_receipt_one_is_taken(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, now: datetime, tmp_path: Path
):
    nodes.be_ministry()
    decide_filing(reviewer, filing, "grant", "", now=now)
    received = nodes.last_decision()
    nodes.be_province()
    with shared_database(tmp_path):
        ends = at_once(*[lambda: _receive(received, now)] * 2)
        assert sorted(ends) == ["done", "filing-request-decided"]
        assert AuditRow.objects.filter(action="filing.decision-received").count() == 1
