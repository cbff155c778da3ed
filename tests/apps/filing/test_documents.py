"""The ministry has documents held against their originals; the province says by whom, when, where; both keep it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from tests.apps.filing.conftest import TwoNodes

from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.audit.models import AuditRow
from warrant.apps.filing.models import DocumentRequest, Filing, FilingRequest, FilingStretch
from warrant.apps.filing.selectors.documents import document_work_queues, is_file_kept
from warrant.apps.filing.selectors.statistics import statistics_of
from warrant.apps.filing.services import (
    accept_filings,
    answer_documents,
    ask_for_documents,
    decide_filing,
    receive_documents_answered,
    receive_documents_requested,
    receive_filing_decision,
)
from warrant.apps.filing.types import Statement, read_statements
from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.models import LogEntry
from warrant.apps.foundation.work import waiting
from warrant.apps.officers.services.documents import keep_file
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput, NotPermitted
from warrant.core.ledger.event import parse_event
from warrant.core.qualification.lead_times import month_of

WHY = "培训证明上的日期不清，请对照原件"


@pytest.fixture
def digests(filing: Filing) -> list[str]:
    return [filing.content["photo_digest"], filing.content["documents"][1]["digest"]]


@pytest.fixture
def approver(filing: Filing, nodes: TwoNodes) -> Actor:
    nodes.be_province()
    return actor_for(Account.objects.get(username="approver"))


def last_event(kind: str) -> ReceivedEvent:
    entry = LogEntry.objects.filter(kind=kind).latest("pk")
    node = "ministry" if kind == "filing.documents-requested" else "320000"
    return ReceivedEvent(parse_event(bytes(entry.body)), node)


def said(digests: Sequence[str], **changes: str) -> list[Statement]:
    usual = {
        "original": "agrees",
        "seen_by": "沈国栋",
        "seen_on": "2026-11-22",
        "place": "厅政务服务窗口",
        "note": "",
    }
    return [Statement(digest=digest, is_kept=False, **{**usual, **changes}) for digest in digests]


def asked(
    nodes: TwoNodes, reviewer: Actor, filing: Filing, digests: list[str], now: datetime
) -> DocumentRequest:
    """Ask, and bring the wish to the province; from here on we are the province."""
    nodes.be_ministry()
    ask_for_documents(reviewer, filing, digests, WHY, now=now)
    nodes.be_province()
    with transaction.atomic():
        receive_documents_requested(last_event("filing.documents-requested"), now=now)
    return DocumentRequest.objects.select_related("request__application").get(request__isnull=False)


def bring_answer(nodes: TwoNodes, now: datetime) -> None:
    nodes.be_ministry()
    with transaction.atomic():
        receive_documents_answered(last_event("filing.documents-answered"), now=now)


def test_the_wish_names_documents_by_digest_and_stops_the_clock(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, digests: list[str], now: datetime
):
    wish = asked(nodes, reviewer, filing, digests, now)
    assert (wish.state, wish.number, wish.reason, wish.digests) == ("asked", 1, WHY, digests)
    filing.refresh_from_db()
    assert filing.waits_for_documents
    assert FilingRequest.objects.get().waits_for_documents
    assert AuditRow.objects.filter(action="filing.documents-requested").count() == 2


def test_the_answer_says_who_saw_the_original_when_and_where(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, approver: Actor, digests: list[str], now: datetime
):
    wish = asked(nodes, reviewer, filing, digests, now)
    answer_documents(approver, wish, said(digests), now=now)
    bring_answer(nodes, now)
    got = DocumentRequest.objects.get(filing=filing)
    assert (got.state, got.answered_by_name) == ("answered", approver.name)
    assert got.answer[1] == {
        "digest": digests[1],
        "is_kept": False,  # the made-up proof has no file
        "original": "agrees",
        "seen_by": "沈国栋",
        "seen_on": "2026-11-22",
        "place": "厅政务服务窗口",
        "note": "",
    }
    filing.refresh_from_db()
    assert not filing.waits_for_documents
    assert AuditRow.objects.filter(action="filing.documents-answered").count() == 2


def test_whether_the_file_is_still_whole_is_found_out_by_the_node(
    vault: object, filing: Filing, now: datetime, settings: SimpleNamespace, tmp_path: Path
):
    settings.WARRANT_DOCUMENT_ROOT = tmp_path
    digest = keep_file(
        actor_for(Account.objects.get(username="approver")),
        b"%PDF-1.4 made up",
        "证明.pdf",
        "application/pdf",
        FilingRequest.objects.get().application.place,
        now=now,
    ).digest
    assert is_file_kept(digest)
    path = tmp_path / digest[:2] / digest
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    assert not is_file_kept(digest)
    assert not is_file_kept("00" * 32)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"original": ""}, "original-0"),
        ({"original": "lost"}, "original-0"),
        ({"seen_by": " "}, "seen_by-0"),
        ({"place": ""}, "place-0"),
        ({"seen_on": ""}, "seen_on-0"),
        ({"seen_on": "2026-11-23"}, "seen_on-0"),
        ({"original": "differs"}, "note-0"),
        ({"original": "missing"}, "note-0"),
    ],
)
def test_an_incomplete_statement_is_refused_at_its_field(
    nodes: TwoNodes,
    filing: Filing,
    reviewer: Actor,
    approver: Actor,
    digests: list[str],
    now: datetime,
    changes: dict[str, str],
    place: str,
):
    wish = asked(nodes, reviewer, filing, digests, now)
    with pytest.raises(InvalidInput) as caught:
        answer_documents(approver, wish, said(digests, **changes), now=now)
    assert caught.value.place == place
    assert not LogEntry.objects.filter(kind="filing.documents-answered").exists()


def test_an_original_that_is_missing_needs_only_its_reason(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, approver: Actor, digests: list[str], now: datetime
):
    wish = asked(nodes, reviewer, filing, digests, now)
    statements = said(digests, original="missing", seen_by="", seen_on="", place="", note="原件已由本人取回")
    answer_documents(approver, wish, statements, now=now)
    bring_answer(nodes, now)
    assert DocumentRequest.objects.get(filing=filing).answer[0]["original"] == "missing"


def test_while_documents_are_awaited_nothing_is_granted(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, digests: list[str], now: datetime
):
    nodes.be_ministry()
    ask_for_documents(reviewer, filing, digests, WHY, now=now)
    with pytest.raises(Conflict, match="documents-awaited"):
        decide_filing(reviewer, filing, "grant", "", now=now)
    with pytest.raises(Conflict, match="documents-awaited"):
        accept_filings(reviewer, [filing.pk], "经核对材料齐全", now=now)
    with pytest.raises(Conflict, match="documents-awaited"):
        ask_for_documents(reviewer, filing, digests, WHY, now=now)


def test_a_decision_against_drops_the_wish_and_the_late_answer_is_kept(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, approver: Actor, digests: list[str], now: datetime
):
    wish = asked(nodes, reviewer, filing, digests, now)
    nodes.be_ministry()
    decide_filing(reviewer, filing, "return", "材料不清楚", reason_code="document", now=now)
    received = nodes.last_decision()
    nodes.be_province()
    answer_documents(approver, wish, said(digests), now=now)  # crosses the decision
    bring_answer(nodes, now)
    got = DocumentRequest.objects.get(filing=filing)
    assert (got.state, len(got.answer)) == ("dropped", 2)
    nodes.be_province()
    receive_filing_decision(received, now=now)
    assert FilingRequest.objects.get().state == "returned"


def test_the_province_need_not_answer_once_the_decision_is_there(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, approver: Actor, digests: list[str], now: datetime
):
    wish = asked(nodes, reviewer, filing, digests, now)
    nodes.be_ministry()
    decide_filing(reviewer, filing, "refuse", "材料不清楚", reason_code="document", now=now)
    received = nodes.last_decision()
    nodes.be_province()
    receive_filing_decision(received, now=now)
    wish.refresh_from_db()
    assert wish.state == "dropped"
    with pytest.raises(Conflict, match="wrong-state"):
        answer_documents(approver, wish, said(digests), now=now)


def test_a_wish_that_comes_after_the_decision_waits_for_nobody(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, digests: list[str], now: datetime
):
    nodes.be_ministry()
    ask_for_documents(reviewer, filing, digests, WHY, now=now)
    wish = last_event("filing.documents-requested")
    FilingRequest.objects.update(state="returned")
    nodes.be_province()
    receive_documents_requested(wish, now=now)
    assert DocumentRequest.objects.get(request__isnull=False).state == "dropped"
    receive_documents_requested(wish, now=now)
    assert DocumentRequest.objects.filter(request__isnull=False).count() == 1


def test_the_days_of_waiting_are_not_counted_as_the_reviews(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, approver: Actor, digests: list[str], now: datetime
):
    wish = asked(nodes, reviewer, filing, digests, now)
    later = now + timedelta(days=9)  # 2026-12-01
    answer_documents(approver, wish, said(digests), now=later)
    bring_answer(nodes, later)
    decide_filing(reviewer, filing, "grant", "", now=now + timedelta(days=11))
    stretch = FilingStretch.objects.get(filing=filing, stage="filing")
    assert (stretch.workdays, stretch.days) == (2, 2)


def test_a_filing_that_waits_for_documents_is_not_past_its_limit(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, digests: list[str], now: datetime
):
    nodes.be_ministry()
    Filing.objects.update(received_at=now - timedelta(days=60))
    today = date(2026, 11, 22)

    def overdue() -> int:
        return statistics_of(reviewer, month_of(today), today).waiting["320000"].overdue

    assert overdue() == 1
    ask_for_documents(reviewer, filing, digests, WHY, now=now)
    assert overdue() == 0


@pytest.mark.parametrize(
    ("wanted", "reason", "code"),
    [([], WHY, "no-document"), (["00" * 32], WHY, "unknown-document"), (None, "看", "reason-too-short")],
)
def test_a_wish_names_filed_documents_and_says_why(
    nodes: TwoNodes,
    filing: Filing,
    reviewer: Actor,
    digests: list[str],
    now: datetime,
    wanted: list[str] | None,
    reason: str,
    code: str,
):
    nodes.be_ministry()
    with pytest.raises(InvalidInput, match=code):
        ask_for_documents(reviewer, filing, digests if wanted is None else wanted, reason, now=now)


def test_only_who_approves_answers_for_the_province(
    nodes: TwoNodes,
    filing: Filing,
    reviewer: Actor,
    digests: list[str],
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    now: datetime,
):
    wish = asked(nodes, reviewer, filing, digests, now)
    supervisor = actor_for(account_for("looks-on", tree.jiangsu, Role.SUPERVISOR))
    with pytest.raises(NotPermitted):
        answer_documents(supervisor, wish, said(digests), now=now)
    assert document_work_queues(supervisor) == []


def test_a_forged_answer_is_refused_and_its_place_named(digests: list[str]):
    rows = [statement.as_json() for statement in said(digests)]
    assert len(read_statements(json.loads(json.dumps(rows)), digests)) == 2
    for changed, place in (
        ({"digest": "00" * 32}, "documents.1.digest"),
        ({"is_kept": 1}, "documents.1.is_kept"),
        ({"original": "fine"}, "documents.1.original"),
        ({"seen_on": "gestern"}, "documents.1.seen_on"),
        ({"note": None}, "documents.1.note"),
        ({"place": "地" * 121}, "documents.1.place"),
    ):
        with pytest.raises(InvalidInput) as caught:
            read_statements([{**rows[0], **changed}, rows[1]], digests)
        assert caught.value.place == place
    with pytest.raises(InvalidInput):
        read_statements(rows[:1], digests)


def test_the_way_through_the_pages(
    nodes: TwoNodes,
    filing: Filing,
    reviewer: Actor,
    approver: Actor,
    digests: list[str],
    sign_in: Callable[[Account], Client],
    now: datetime,
):
    nodes.be_ministry()
    reviewing = sign_in(Account.objects.get(pk=reviewer.account_id))
    assert "/documents/" in reviewing.get(f"/filings/{filing.pk}/").content.decode()
    empty = reviewing.post(f"/filings/{filing.pk}/documents/", {"reason": "看"})
    assert empty.status_code == 400
    assert "请勾选要核对的材料" in empty.content.decode()
    done = reviewing.post(
        f"/filings/{filing.pk}/documents/", {"digests": digests, "reason": WHY}, follow=True
    )
    text = done.content.decode()
    assert "停止计时" in text
    assert WHY in text
    assert f"/filings/{filing.pk}/grant/" not in text

    nodes.be_province()
    receive_documents_requested(last_event("filing.documents-requested"), now=now)
    (item,) = waiting(document_work_queues(approver))
    approving = sign_in(Account.objects.get(pk=approver.account_id))
    form = approving.get(item.url).content.decode()
    assert digests[1] in form
    typed = {"original-0": "agrees", "place-0": "厅政务服务窗口", "seen_on-0": "2026-11-22"}
    half = approving.post(item.url, typed)
    assert half.status_code == 400
    assert "厅政务服务窗口" in half.content.decode()
    values = {
        f"{name}-{number}": value
        for number in (0, 1)
        for name, value in (
            ("original", "agrees"),
            ("seen_by", "沈国栋"),
            ("seen_on", "2026-11-22"),
            ("place", "厅政务服务窗口"),
        )
    }
    shown = approving.post(item.url, values, follow=True).content.decode()
    assert "已报送材料核对结果" in shown
    assert "原件一致" in shown
    bring_answer(nodes, now)
    text = reviewing.get(f"/filings/{filing.pk}/").content.decode()
    assert "厅政务服务窗口" in text
    assert f"/filings/{filing.pk}/grant/" in text
