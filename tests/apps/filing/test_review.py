"""The ministry's side: requests into the register, decisions out of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from tests.apps.filing.conftest import TwoNodes, case_content

from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.audit.models import AuditRow
from warrant.apps.filing.models import Filing, FilingRequest
from warrant.apps.filing.services import accept_filings, decide_filing, receive_filing_request
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.models import LogEntry
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.ledger.event import build_event
from warrant.core.lifecycle import FILING, FilingState

Requested = Callable[..., FilingRequest]


def event_of(
    content: dict[str, object], now: datetime, seq: int = 1, subject: str = "application:A322026000001"
) -> ReceivedEvent:
    event = build_event(
        node="320000",
        seq=seq,
        type="cn.warrant.filing.requested.v1",
        subject=subject,
        occurred_at=now,
        dataschema="urn:warrant:schema:filing.requested:1",
        data=content,
        ver=seq,
        prev_ver=seq - 1,
    )
    return ReceivedEvent(event, "320000")


def sent() -> list[dict[str, object]]:
    entries = LogEntry.objects.filter(stream="to-320000").order_by("seq")
    return [json.loads(bytes(entry.body))["data"] for entry in entries]


@pytest.fixture
def received(nodes: TwoNodes, tree: SimpleNamespace, now: datetime) -> Filing:
    nodes.be_ministry()
    receive_filing_request(event_of(case_content(), now), now=now)
    return Filing.objects.get()


def test_a_request_stands_in_the_register_as_it_was_filed(received: Filing, now: datetime):
    assert received.state == "received"
    assert received.node_code == "320000"
    assert received.application_number == "A322026000001"
    assert received.officer_name == "林书白"
    assert received.content["training_hours"] == 64
    assert bytes(received.event_raw) == event_of(case_content(), now).event.raw
    assert AuditRow.objects.get(action="filing.received").account_id is None


def test_the_same_request_twice_is_one_filing(received: Filing, now: datetime):
    receive_filing_request(event_of(case_content(), now), now=now)
    assert Filing.objects.count() == 1


def test_an_incomplete_request_is_parked_and_leaves_nothing(nodes: TwoNodes, db: None, now: datetime):
    nodes.be_ministry()
    with pytest.raises(InvalidInput, match="filing-content-invalid"):
        receive_filing_request(event_of(case_content(photo_digest=""), now), now=now)
    assert not Filing.objects.exists()


def test_a_request_under_another_subject_is_parked(nodes: TwoNodes, db: None, now: datetime):
    nodes.be_ministry()
    with pytest.raises(InvalidInput, match="filing-subject-wrong"):
        receive_filing_request(event_of(case_content(), now, subject="application:A322026000002"), now=now)


def test_a_case_that_waits_cannot_be_filed_again(received: Filing, now: datetime):
    with pytest.raises(Conflict, match="filing-open"):
        receive_filing_request(event_of(case_content(training_hours=70), now, seq=2), now=now)


def test_a_returned_case_can_be_filed_again(received: Filing, reviewer: Actor, now: datetime):
    decide_filing(reviewer, received, "return", "考试成绩须核对", reason_code="examination", now=now)
    receive_filing_request(event_of(case_content(training_hours=70), now, seq=2), now=now)
    assert list(Filing.objects.order_by("id").values_list("state", flat=True)) == ["returned", "received"]


def test_a_grant_is_numbered_and_told_to_the_province(received: Filing, reviewer: Actor, now: datetime):
    granted = decide_filing(reviewer, received, "grant", "", now=now)
    assert granted.state == "granted"
    assert granted.filing_number == "BA202600000001"
    assert granted.decided_by_id == reviewer.account_id
    assert sent() == [
        {
            "application": "A322026000001",
            "request_hash": bytes(received.request_hash).hex(),
            "decision": "granted",
            "filing_number": "BA202600000001",
            "reason": "",
            "reason_code": "",
            "marked_fields": [],
            "decided_on": "2026-11-22",
            "ver": 1,
            "prev_ver": 0,
        }
    ]
    assert AuditRow.objects.get(action="filing.decided").account_id == reviewer.account_id


@pytest.mark.parametrize(("action", "decision"), [("return", "returned"), ("refuse", "refused")])
def test_a_decision_against_carries_its_reason_and_no_number(
    received: Filing, reviewer: Actor, now: datetime, action: str, decision: str
):
    decided = decide_filing(
        reviewer, received, action, "  考试成绩须核对  ", reason_code="examination", now=now
    )
    assert (decided.state, decided.filing_number) == (decision, "")
    assert sent()[0]["decision"] == decision
    assert sent()[0]["reason"] == "考试成绩须核对"
    assert sent()[0]["reason_code"] == "examination"


@pytest.mark.parametrize("action", ["return", "refuse"])
@pytest.mark.parametrize(("code", "error"), [("", "reason-class-missing"), ("weather", "unknown-code")])
def test_a_decision_against_needs_a_class_that_can_be_counted(
    received: Filing, reviewer: Actor, now: datetime, action: str, code: str, error: str
):
    with pytest.raises(InvalidInput, match=error) as caught:
        decide_filing(reviewer, received, action, "考试成绩须核对", reason_code=code, now=now)
    assert caught.value.place == "reason_code"
    assert sent() == []


def test_what_is_to_be_mended_goes_down_with_a_return_only(
    nodes: TwoNodes, reviewer: Actor, tree: SimpleNamespace, now: datetime
):
    nodes.be_ministry()
    for pk, action in zip(several(now, 2), ("return", "refuse"), strict=True):
        decide_filing(
            reviewer,
            Filing.objects.get(pk=pk),
            action,
            "照片和学历证明须更换",
            reason_code="photo",
            marked_fields=["education", "photo"],
            now=now,
        )
    assert [row["marked_fields"] for row in sent()] == [["photo", "education"], []]
    kept = AuditRow.objects.filter(action="filing.decided").order_by("entry")[0]
    assert '"reason_code":"photo"' in bytes(kept.entry.body).decode().replace(" ", "")


def test_a_mark_that_there_is_not_is_refused(received: Filing, reviewer: Actor, now: datetime):
    with pytest.raises(InvalidInput, match="unknown-mark") as caught:
        decide_filing(
            reviewer,
            received,
            "return",
            "照片须更换",
            reason_code="photo",
            marked_fields=["shoes"],
            now=now,
        )
    assert caught.value.place == "marked_fields"


@pytest.mark.parametrize("action", ["return", "refuse"])
@pytest.mark.parametrize(("reason", "code"), [("    ", "reason-too-short"), ("字" * 501, "reason-too-long")])
def test_a_decision_against_needs_a_fitting_reason(
    received: Filing, reviewer: Actor, now: datetime, action: str, reason: str, code: str
):
    with pytest.raises(InvalidInput, match=code) as caught:
        decide_filing(reviewer, received, action, reason, reason_code="examination", now=now)
    assert caught.value.place == "reason"
    received.refresh_from_db()
    assert received.state == "received"
    assert sent() == []


@pytest.mark.parametrize("state", sorted(FILING.final))
@pytest.mark.parametrize("action", [row.action for row in FILING.transitions])
def test_what_is_decided_stays_decided(
    received: Filing, reviewer: Actor, now: datetime, state: FilingState, action: str
):
    Filing.objects.update(state=state.value)
    with pytest.raises(Conflict, match="wrong-state"):
        decide_filing(reviewer, received, action, "考试成绩须核对", now=now)
    assert sent() == []


def test_a_second_reviewer_with_an_old_page_gets_a_conflict(received: Filing, reviewer: Actor, now: datetime):
    stale = Filing.objects.get(pk=received.pk)
    decide_filing(reviewer, received, "grant", "", now=now)
    with pytest.raises(Conflict, match="wrong-state"):
        decide_filing(reviewer, stale, "refuse", "考试成绩须核对", reason_code="examination", now=now)
    assert [row["decision"] for row in sent()] == ["granted"]


def test_a_supervisor_sees_but_does_not_decide(
    received: Filing, tree: SimpleNamespace, account_for: Callable[..., Account], now: datetime
):
    supervisor = actor_for(account_for("supervisor", tree.ministry, Role.SUPERVISOR))
    with pytest.raises(NotPermitted):
        decide_filing(supervisor, received, "grant", "", now=now)
    with pytest.raises(NotPermitted):
        accept_filings(supervisor, [received.pk], "经核对材料齐全", now=now)


def test_a_right_below_the_top_does_not_reach_the_register(
    received: Filing, tree: SimpleNamespace, account_for: Callable[..., Account], now: datetime
):
    elsewhere = actor_for(account_for("elsewhere", tree.jiangsu, Role.FILING_REVIEWER))
    with pytest.raises(NotFound):
        decide_filing(elsewhere, received, "grant", "", now=now)


def several(now: datetime, count: int, **changes: object) -> list[int]:
    for number in range(1, count + 1):
        name = f"A32202600{number:04d}"
        content = case_content(application=name, **changes)
        receive_filing_request(event_of(content, now, seq=number, subject=f"application:{name}"), now=now)
    return list(Filing.objects.order_by("id").values_list("pk", flat=True))


def test_numbers_run_without_holes_and_start_anew_each_year(nodes: TwoNodes, reviewer: Actor, now: datetime):
    nodes.be_ministry()
    first, refused, second, next_year = several(now, 4)

    def number_of(pk: int, action: str, at: datetime) -> str:
        filing = Filing.objects.get(pk=pk)
        code = "examination" if action == "refuse" else ""
        return decide_filing(
            reviewer, filing, action, "考试成绩须核对", reason_code=code, now=at
        ).filing_number

    assert number_of(first, "grant", now) == "BA202600000001"
    assert number_of(refused, "refuse", now) == ""
    assert number_of(second, "grant", now) == "BA202600000002"
    assert number_of(next_year, "grant", now + timedelta(days=60)) == "BA202700000001"


def test_several_are_granted_at_once(nodes: TwoNodes, reviewer: Actor, now: datetime):
    nodes.be_ministry()
    granted = accept_filings(reviewer, several(now, 3), "经核对材料齐全", now=now)
    assert [filing.filing_number for filing in granted] == [
        "BA202600000001",
        "BA202600000002",
        "BA202600000003",
    ]
    assert [row["decision"] for row in sent()] == ["granted"] * 3


def test_one_that_raises_a_question_stops_the_whole_batch(nodes: TwoNodes, reviewer: Actor, now: datetime):
    nodes.be_ministry()
    clean = several(now, 2)
    content = case_content(application="A322026000009", training_hours=8)
    receive_filing_request(event_of(content, now, seq=9, subject="application:A322026000009"), now=now)
    doubtful = Filing.objects.latest("id").pk
    with pytest.raises(Conflict, match="filing-not-clean"):
        accept_filings(reviewer, [*clean, doubtful], "经核对材料齐全", now=now)
    assert set(Filing.objects.values_list("state", flat=True)) == {"received"}
    assert sent() == []


def test_one_that_was_decided_meanwhile_stops_the_whole_batch(
    nodes: TwoNodes, reviewer: Actor, now: datetime
):
    nodes.be_ministry()
    ids = several(now, 2)
    decide_filing(reviewer, Filing.objects.get(pk=ids[1]), "grant", "", now=now)
    with pytest.raises(Conflict, match="wrong-state"):
        accept_filings(reviewer, ids, "经核对材料齐全", now=now)
    assert Filing.objects.get(pk=ids[0]).state == "received"


def test_a_batch_is_neither_empty_nor_endless(nodes: TwoNodes, reviewer: Actor, now: datetime):
    nodes.be_ministry()
    with pytest.raises(InvalidInput, match="batch-empty"):
        accept_filings(reviewer, [], "经核对材料齐全", now=now)
    with pytest.raises(InvalidInput, match="batch-too-large"):
        accept_filings(reviewer, range(1, 202), "经核对材料齐全", now=now)
    with pytest.raises(NotFound):
        accept_filings(reviewer, [4711], "经核对材料齐全", now=now)
