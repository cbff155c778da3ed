"""The province's side: the request leaves with the approval; a decision counts only with its proof."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from tests.apps.filing.conftest import TwoNodes

from warrant.apps.accounts.models import Account
from warrant.apps.applications.models import Application
from warrant.apps.applications.services import Decision, decide
from warrant.apps.audit.models import AuditRow
from warrant.apps.filing.models import Filing, FilingRequest
from warrant.apps.filing.selectors.requests import chain_links, read_receipt
from warrant.apps.filing.services import decide_filing, receive_filing_decision, request_filing, review
from warrant.apps.filing.types import filed_case
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.models import LogEntry
from warrant.apps.foundation.outbox import publish
from warrant.core.access import Actor, Role
from warrant.core.crypto.signing import SoftwareSigner
from warrant.core.errors import Conflict, InvalidInput, Unavailable
from warrant.core.ledger.event import build_event
from warrant.core.ledger.receipt import Receipt

Requested = Callable[..., FilingRequest]


def decided(nodes: TwoNodes, reviewer: Actor, filing: Filing, action: str, now: datetime) -> ReceivedEvent:
    """The ministry's decision on its way down; from here on we are the province."""
    nodes.be_ministry()
    decide_filing(
        reviewer,
        filing,
        action,
        "考试成绩须核对",
        reason_code="examination",
        marked_fields=["examination", "photo"],
        now=now,
    )
    received = nodes.last_decision()
    nodes.be_province()
    return received


def still_waits(filing: Filing) -> bool:
    request = FilingRequest.objects.get(request_hash=filing.request_hash)
    return request.state == "requested" and request.receipt is None and request.application.state == "filing"


def test_approval_files_the_case_in_the_same_transaction(requested: Requested):
    request = requested()
    entry = LogEntry.objects.get(stream="to-ministry")
    assert (request.state, request.application.state) == ("requested", "filing")
    assert (entry.kind, entry.subject) == ("filing.requested", "application:A322026000001")
    assert bytes(request.request_hash) == bytes(entry.leaf_hash)
    assert AuditRow.objects.filter(action="filing.requested").count() == 1


def test_what_is_filed_is_what_the_ministry_asks_for(requested: Requested):
    case = filed_case(json.loads(bytes(requested().entry.body))["data"])
    assert case.officer.name == "林书白"
    assert case.training_hours == 64
    assert [opinion.person for opinion in case.opinions] == ["approver"]


def test_a_failed_approval_files_nothing(
    nodes: TwoNodes,
    waiting_case: Callable[..., Application],
    tree: SimpleNamespace,
    actor: Callable[..., Actor],
    now: datetime,
):
    approver = actor("approver", tree.jiangsu, Role.APPROVER)
    application = waiting_case()

    @transaction.atomic
    def approve_and_fail() -> None:
        decide(approver, application.number, Decision("approve"), now=now)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        approve_and_fail()
    assert not LogEntry.objects.filter(stream="to-ministry").exists()
    assert not FilingRequest.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_request_outside_of_the_approval_is_a_fault(
    waiting_case: Callable[..., Application],
    actor: Callable[..., Actor],
    tree: SimpleNamespace,
    now: datetime,
):
    with pytest.raises(transaction.TransactionManagementError):
        request_filing(waiting_case(), actor("a", tree.jiangsu, Role.APPROVER), now=now)


def test_a_granted_case_is_filed_and_its_receipt_kept(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, now: datetime
):
    received = decided(nodes, reviewer, filing, "grant", now)
    receive_filing_decision(received, now=now)
    request = FilingRequest.objects.select_related("application", "entry").get()
    assert (request.state, request.filing_number) == ("granted", "BA202600000001")
    assert request.application.state == "filed"
    assert bytes(request.receipt or b"") == received.receipt
    reading = read_receipt(request)
    assert reading is not None
    assert (reading.problem, reading.position, reading.event_id) == ("", 1, "ministry-320000/1")
    assert AuditRow.objects.filter(action="filing.decision-received").count() == 1


@pytest.mark.parametrize(
    ("action", "state", "case_state"), [("return", "returned", "approval"), ("refuse", "refused", "refused")]
)
def test_a_decision_against_reaches_the_case_with_its_reason(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, now: datetime, action: str, state: str, case_state: str
):
    receive_filing_decision(decided(nodes, reviewer, filing, action, now), now=now)
    request = FilingRequest.objects.select_related("application").get()
    assert (request.state, request.reason) == (state, "考试成绩须核对")
    assert request.application.state == case_state
    assert request.receipt is not None


def test_a_returned_case_is_approved_by_another_and_filed_again(
    nodes: TwoNodes,
    filing: Filing,
    reviewer: Actor,
    actor: Callable[..., Actor],
    tree: SimpleNamespace,
    now: datetime,
):
    receive_filing_decision(decided(nodes, reviewer, filing, "return", now), now=now)
    decide(actor("deputy", tree.jiangsu, Role.APPROVER), "A322026000001", Decision("approve"), now=now)
    again = FilingRequest.objects.select_related("entry").get(state="requested")
    second = nodes.carry_up(again, now)
    receive_filing_decision(decided(nodes, reviewer, second, "grant", now), now=now)
    states = FilingRequest.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["returned", "granted"]
    assert Application.system.get().state == "filed"


def test_a_decision_under_another_key_is_refused(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, now: datetime
):
    nodes.signer = SoftwareSigner.generate("ed25519")
    with pytest.raises(InvalidInput, match="checkpoint-signature-invalid"):
        receive_filing_decision(decided(nodes, reviewer, filing, "grant", now), now=now)
    assert still_waits(filing)


def test_a_refusal_turned_into_a_grant_is_refused(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, now: datetime
):
    received = decided(nodes, reviewer, filing, "refuse", now)
    genuine = Receipt.parse(received.receipt)
    event = received.event
    data = {name: value for name, value in event.data.items() if name not in ("ver", "prev_ver")}
    forged = build_event(
        node=event.node,
        seq=event.seq,
        type=event.type,
        subject=event.subject,
        occurred_at=event.occurred_at,
        dataschema=event.dataschema,
        data={**data, "decision": "granted", "filing_number": "BA202600000001", "reason": ""},
        ver=event.ver,
        prev_ver=event.prev_ver,
    )
    receipt = dataclasses.replace(genuine, event=forged.raw).encode()
    with pytest.raises(InvalidInput, match="inclusion-proof-invalid"):
        receive_filing_decision(ReceivedEvent(forged, "ministry", receipt), now=now)
    with pytest.raises(InvalidInput, match="receipt-other-event"):
        receive_filing_decision(ReceivedEvent(forged, "ministry", received.receipt), now=now)
    assert still_waits(filing)


def test_a_decision_without_receipt_is_refused(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, now: datetime
):
    received = dataclasses.replace(decided(nodes, reviewer, filing, "grant", now), receipt=b"")
    with pytest.raises(InvalidInput, match="receipt-invalid"):
        receive_filing_decision(received, now=now)
    assert still_waits(filing)


def test_the_receipt_of_another_case_is_refused(
    nodes: TwoNodes, requested: Requested, reviewer: Actor, now: datetime
):
    first, second = nodes.carry_up(requested(), now), nodes.carry_up(requested(), now)
    other = decided(nodes, reviewer, second, "grant", now)
    own = decided(nodes, reviewer, first, "refuse", now)
    with pytest.raises(InvalidInput, match="receipt-other-request"):
        receive_filing_decision(ReceivedEvent(own.event, "ministry", other.receipt), now=now)
    assert still_waits(first)
    assert still_waits(second)


def test_a_decision_that_nobody_asked_for_is_parked(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, now: datetime
):
    received = decided(nodes, reviewer, filing, "grant", now)
    FilingRequest.objects.update(request_hash=b"\x00" * 32)
    with pytest.raises(Conflict, match="filing-request-unknown"):
        receive_filing_decision(received, now=now)


def test_what_counts_is_the_filed_event_and_not_the_column(
    nodes: TwoNodes, requested: Requested, reviewer: Actor, now: datetime
):
    first, second = requested(), requested()
    filing = nodes.carry_up(second, now)
    received = decided(nodes, reviewer, filing, "grant", now)
    FilingRequest.objects.filter(pk=second.pk).delete()
    FilingRequest.objects.filter(pk=first.pk).update(request_hash=filing.request_hash)
    with pytest.raises(InvalidInput, match="receipt-other-request"):
        receive_filing_decision(received, now=now)
    first.refresh_from_db()
    assert first.state == "requested"


def test_a_second_decision_is_parked(nodes: TwoNodes, filing: Filing, reviewer: Actor, now: datetime):
    received = decided(nodes, reviewer, filing, "grant", now)
    receive_filing_decision(received, now=now)
    with pytest.raises(Conflict, match="filing-request-decided"):
        receive_filing_decision(received, now=now)
    assert Application.system.get().state == "filed"


def test_a_node_without_the_ministrys_key_believes_nothing(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, now: datetime
):
    received = decided(nodes, reviewer, filing, "grant", now)
    nodes.settings.WARRANT_NODE = dataclasses.replace(nodes.province, peers={})
    with pytest.raises(Unavailable, match="ministry-key-missing"):
        receive_filing_decision(received, now=now)
    assert still_waits(filing)


def test_a_stored_receipt_that_was_tampered_with_is_shown_as_broken(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, now: datetime
):
    receive_filing_decision(decided(nodes, reviewer, filing, "grant", now), now=now)
    request = FilingRequest.objects.select_related("entry").get()
    request.receipt = bytes(request.receipt or b"").replace(b"index 0", b"index 1")
    reading = read_receipt(request)
    assert reading is not None
    assert reading.problem


def test_the_link_of_the_chain_follows_the_filing(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, now: datetime
):
    nodes.be_province()
    officer = Application.system.select_related("officer").get().officer
    assert chain_links(officer)[0].tone == "current"
    receive_filing_decision(decided(nodes, reviewer, filing, "return", now), now=now)
    link = chain_links(officer)[0]
    assert (link.tone, link.order) == ("broken", 60)
    assert "考试成绩须核对" in link.note


def test_an_officer_without_application_has_the_link_before_them(
    nodes: TwoNodes, waiting_case: Callable[..., Application]
):
    assert chain_links(waiting_case().officer)[0].tone == "pending"


def test_what_the_ministry_marked_stands_in_the_case_and_on_its_pages(
    nodes: TwoNodes,
    filing: Filing,
    reviewer: Actor,
    sign_in: Callable[[Account], Client],
    now: datetime,
):
    receive_filing_decision(decided(nodes, reviewer, filing, "return", now), now=now)
    request = FilingRequest.objects.select_related("application").get()
    assert (request.reason_code, request.marked_fields) == ("examination", ["photo", "examination"])
    application = request.application
    assert application.marked_fields == ["photo", "examination"]
    assert application.opinions.get(action="filing-returned").marked_fields == ["photo", "examination"]
    approver = sign_in(Account.objects.get(username="approver"))
    marked = "需要补正：照片、考试成绩及证明"
    assert marked in approver.get(f"/applications/{application.number}/").content.decode()
    text = approver.get(f"/filing-requests/{application.number}/").content.decode()
    assert marked in text
    assert "考试成绩有疑问" in text


def test_another_approver_finds_the_marks_in_the_form(
    nodes: TwoNodes,
    filing: Filing,
    reviewer: Actor,
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    now: datetime,
):
    receive_filing_decision(decided(nodes, reviewer, filing, "return", now), now=now)
    other = sign_in(account_for("other-approver", tree.jiangsu, Role.APPROVER))
    number = Application.system.get().number
    page = other.get(f"/applications/{number}/return-for-correction/").content.decode()
    assert page.count('type="checkbox"') == 12
    assert page.count("checked") == 2


def test_a_decision_of_a_ministry_without_classes_and_marks_is_taken(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    def as_before(
        peer: str, kind: str, subject: str, content: dict[str, object], *, now: datetime
    ) -> LogEntry:
        del content["reason_code"], content["marked_fields"]
        return publish(peer, kind, subject, content, now=now)

    monkeypatch.setattr(review, "publish", as_before)
    receive_filing_decision(decided(nodes, reviewer, filing, "return", now), now=now)
    request = FilingRequest.objects.get()
    assert (request.state, request.reason_code, request.marked_fields) == ("returned", "", [])


def test_a_class_or_mark_of_a_later_time_does_not_lose_the_decision(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    def as_later(
        peer: str, kind: str, subject: str, content: dict[str, object], *, now: datetime
    ) -> LogEntry:
        later = {**content, "reason_code": "weather", "marked_fields": ["photo", "shoes"]}
        return publish(peer, kind, subject, later, now=now)

    monkeypatch.setattr(review, "publish", as_later)
    receive_filing_decision(decided(nodes, reviewer, filing, "return", now), now=now)
    request = FilingRequest.objects.get()
    assert (request.state, request.reason_code, request.marked_fields) == ("returned", "", ["photo"])
