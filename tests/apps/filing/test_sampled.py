"""Some filings are looked at closely: drawn when they arrive, never granted in a batch, granted with how it was checked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from tests.apps.filing.conftest import TwoNodes, case_content
from tests.apps.filing.test_explained import golden
from tests.apps.filing.test_review import event_of, several

from warrant.apps.accounts.models import Account
from warrant.apps.filing.models import Filing
from warrant.apps.filing.selectors.sampling import reasons_for, reasons_in_words, rules_on
from warrant.apps.filing.services import accept_filings, decide_filing, receive_filing_request
from warrant.apps.filing.types import filed_case
from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.services import keep_snapshot
from warrant.core.access import Actor
from warrant.core.errors import Conflict, InvalidInput
from warrant.core.qualification.sampling import lot_of
from warrant.core.regulation import RegulationKind

pytestmark = pytest.mark.django_db
PASSED_OVER = next(bytes([n]) * 32 for n in range(256) if lot_of(bytes([n]) * 32) >= 20)


@pytest.fixture
def nothing_drawn() -> None:
    """Here everything is as it is."""


def judged_here(now: datetime) -> dict[str, Any]:
    """A first issue whose conditions were judged by the rules that count here today."""
    content = golden(2)
    content["kind"] = "first-issue"
    rules = in_force(RegulationKind.ELIGIBILITY, "320000", now.date())
    content["eligibility"]["ruleset"] = keep_snapshot(rules)
    return content


def reasons(content: dict[str, Any], now: datetime, request_hash: bytes = PASSED_OVER) -> tuple[str, ...]:
    return reasons_for(filed_case(content), "320000", request_hash, rules_on(now), now=now)


@pytest.fixture
def one_before(nodes: TwoNodes, tree: SimpleNamespace, now: datetime) -> Filing:
    """A filing of the province that was received before."""
    nodes.be_ministry()
    receive_filing_request(event_of(case_content(), now), now=now)
    return Filing.objects.get()


def test_the_first_filing_of_a_kind_is_drawn_and_says_why(one_before: Filing):
    assert "first-of-kind" in one_before.sample_reasons
    assert "该省首次报送此类申请" in reasons_in_words(one_before)


def test_the_second_of_a_kind_is_not(one_before: Filing, now: datetime):
    assert reasons(case_content(), now) == ()


def test_the_lot_decides_by_the_hash_alone(one_before: Filing, now: datetime):
    drawn = next(bytes([n]) * 32 for n in range(256) if lot_of(bytes([n]) * 32) < 20)
    assert reasons(case_content(), now, drawn) == ("random",)


def test_a_waived_condition_is_drawn(one_before: Filing, now: datetime):
    content = judged_here(now)
    facts = content["eligibility"]["facts"]
    facts["training_hours"]["value"] = content["training_hours"] = 40
    on = content["eligibility"]["on"]
    facts["waivers"] = {"value": [["training", 7, on, on]], "source": "waiver", "as_of": on}
    assert "waiver" in reasons(content, now)


def test_a_score_that_just_passes_is_drawn(one_before: Filing, now: datetime):
    content = judged_here(now)
    papers = content["eligibility"]["facts"]["examinations"]["value"]
    assert Decimal(papers[0][2]) - Decimal(papers[0][3]) > 1
    assert "boundary" not in reasons(content, now)
    papers[0][2] = "61.0"
    assert "boundary" in reasons(content, now)


def test_a_province_with_many_returns_is_drawn(one_before: Filing, now: datetime):
    for number in range(20):
        Filing.objects.create(
            node_code="320000",
            application_number=f"A32202601{number:04d}",
            request_hash=bytes([number]) * 32,
            event_raw=b"",
            content={},
            state="returned" if number < 3 else "granted",
            filing_number="" if number < 3 else f"BA2026{number:08d}",
            received_at=now,
        )
    assert reasons(case_content(), now) == ("returned-often",)


def test_what_was_drawn_cannot_be_granted_in_a_batch(one_before: Filing, reviewer: Actor, now: datetime):
    with pytest.raises(Conflict, match="filing-sampled"):
        accept_filings(reviewer, [one_before.pk], "材料齐全，逐项核对无误", now=now)
    one_before.refresh_from_db()
    assert one_before.state == "received"


def test_granting_what_was_drawn_asks_how_it_was_checked(one_before: Filing, reviewer: Actor, now: datetime):
    with pytest.raises(InvalidInput, match="reason-too-short"):
        decide_filing(reviewer, one_before, "grant", "", now=now)
    decided = decide_filing(reviewer, one_before, "grant", "调阅培训证明原件，与摘要一致", now=now)
    assert (decided.state, decided.reason) == ("granted", "调阅培训证明原件，与摘要一致")


def test_the_reviewer_sees_why_and_is_asked_how(
    one_before: Filing, reviewer: Actor, sign_in: Callable[[Account], Client]
):
    browser = sign_in(Account.objects.get(pk=reviewer.account_id))
    assert "该省首次报送此类申请" in browser.get(f"/filings/{one_before.pk}/").content.decode()
    asked = browser.get(f"/filings/{one_before.pk}/grant/").content.decode()
    assert "写明抽查了哪些材料" in asked
    assert browser.post(f"/filings/{one_before.pk}/grant/", {"reason": ""}).status_code == 400


def test_a_drawn_one_is_left_out_of_the_list(
    nodes: TwoNodes,
    tree: SimpleNamespace,
    reviewer: Actor,
    sign_in: Callable[[Account], Client],
    now: datetime,
):
    nodes.be_ministry()
    ids = several(now, 3)
    Filing.objects.filter(pk__in=ids[1:]).update(sample_reasons=[])
    browser = sign_in(Account.objects.get(pk=reviewer.account_id))
    text = browser.post("/filings/accept/", {"selected": ids}).content.decode()
    assert "准予以下 2 件申请备案" in text
    assert "被抽查，不在其内" in text
