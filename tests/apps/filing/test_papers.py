"""The decision on paper names the hash of what was filed, on both sides."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import pytest
from django.test import Client
from tests.apps.filing.conftest import TwoNodes

from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.audit.models import AuditRow
from warrant.apps.filing.models import Filing, FilingRequest
from warrant.apps.filing.services import (
    decide_filing,
    print_decision,
    print_receipt,
    printing,
    receive_filing_decision,
)
from warrant.core.access import Actor
from warrant.core.errors import Conflict
from warrant.core.ports import PaperLetter

SignIn = Callable[[Account], Client]


class Printer:
    """Keeps the letter instead of drawing it."""

    def __init__(self) -> None:
        self.letters: list[PaperLetter] = []

    def print_letter(self, letter: PaperLetter, target: BytesIO) -> None:
        self.letters.append(letter)


@pytest.fixture
def printer(monkeypatch: pytest.MonkeyPatch) -> Printer:
    kept = Printer()
    monkeypatch.setattr(printing, "paper_printer", lambda: kept)
    return kept


def approver() -> Actor:
    return actor_for(Account.objects.get(username="approver"))


def returned(nodes: TwoNodes, reviewer: Actor, filing: Filing, now: datetime) -> None:
    """Return the filing, and bring the decision to the province; from here on we are the province."""
    nodes.be_ministry()
    decide_filing(
        reviewer,
        filing,
        "return",
        "照片须更换",
        reason_code="photo",
        marked_fields=["photo"],
        now=now,
    )
    received = nodes.last_decision()
    nodes.be_province()
    receive_filing_decision(received, now=now)


def test_both_sides_print_the_same_decision_with_the_hash_of_what_was_filed(
    nodes: TwoNodes,
    filing: Filing,
    reviewer: Actor,
    actor: Callable[..., Actor],
    printer: Printer,
    now: datetime,
):
    returned(nodes, reviewer, filing, now)
    request = FilingRequest.objects.select_related("entry", "application__officer__agency").get()
    print_receipt(approver(), request, now=now)
    nodes.be_ministry()
    filing.refresh_from_db()
    print_decision(reviewer, filing, now=now)
    province, ministry = printer.letters
    filed = bytes(filing.request_hash).hex()
    for letter in (province, ministry):
        assert letter.title == "行政执法资格备案决定回执"
        assert letter.addressee == "江苏省交通运输厅："
        assert letter.paragraphs[1:] == [
            "经审查，退回补正。",
            "原因分类：照片不合格",
            "理由：照片须更换",
            "需要补正：照片",
        ]
        assert letter.sections[0].rows[0] == ("报送内容的摘要（SHA-256）", filed)
    assert ministry.sections[0].rows[1][1] == province.sections[0].rows[1][1]
    assert "第 1 条" in ministry.sections[0].rows[2][1]
    assert AuditRow.objects.filter(action="filing.printed").count() == 2


def test_a_receipt_that_does_not_hold_is_not_printed(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, printer: Printer, now: datetime
):
    returned(nodes, reviewer, filing, now)
    request = FilingRequest.objects.select_related("entry", "application__officer__agency").get()
    request.receipt = bytes(request.receipt or b"").replace(b"index 0", b"index 1")
    with pytest.raises(Conflict, match="receipt-broken"):
        print_receipt(approver(), request, now=now)
    assert printer.letters == []


def test_what_is_not_decided_has_no_paper(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, printer: Printer, now: datetime
):
    nodes.be_ministry()
    with pytest.raises(Conflict, match="filing-undecided"):
        print_decision(reviewer, filing, now=now)
    nodes.be_province()
    request = FilingRequest.objects.select_related("entry", "application__officer__agency").get()
    with pytest.raises(Conflict, match="filing-undecided"):
        print_receipt(approver(), request, now=now)


def test_the_paper_is_a_pdf_on_both_sides(
    nodes: TwoNodes, filing: Filing, reviewer: Actor, sign_in: SignIn, now: datetime
):
    returned(nodes, reviewer, filing, now)
    approving = sign_in(Account.objects.get(username="approver"))
    number = FilingRequest.objects.select_related("application").get().application.number
    page = approving.get(f"/filing-requests/{number}/").content.decode()
    address = re.search(r'action="(/filing-requests/[^"]+/paper/)"', page)
    assert address is not None
    printed = approving.post(address.group(1))
    assert printed.content.startswith(b"%PDF-")
    nodes.be_ministry()
    reviewing = sign_in(Account.objects.get(pk=reviewer.account_id))
    assert f"/filings/{filing.pk}/paper/" in reviewing.get(f"/filings/{filing.pk}/").content.decode()
    assert reviewing.post(f"/filings/{filing.pk}/paper/").content.startswith(b"%PDF-")
