"""The pages: what is shown to whom, what a mistake leads to, and how much they cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.test import Client
from tests.apps.filing.conftest import TwoNodes, case_content
from tests.apps.filing.test_review import several

from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.filing.models import Filing, FilingRequest
from warrant.apps.filing.selectors.register import glances, work_queues
from warrant.apps.filing.selectors.requests import application_panel
from warrant.apps.filing.services import decide_filing
from warrant.apps.foundation.work import counted, waiting
from warrant.core.access import Actor, Role

Accounts = Callable[..., Account]
MOST_BYTES = 60_000


@pytest.fixture
def reviewing(nodes: TwoNodes, reviewer: Actor, sign_in: Callable[[Account], Client]) -> Client:
    """The reviewer's browser at the ministry."""
    nodes.be_ministry()
    return sign_in(Account.objects.get(pk=reviewer.account_id))


@pytest.fixture
def approving(filing: Filing, nodes: TwoNodes, sign_in: Callable[[Account], Client]) -> Client:
    """The approver's browser in the province, after the filing has gone up."""
    nodes.be_province()
    return sign_in(Account.objects.get(username="approver"))


def test_the_register_lists_fifty_in_few_queries_and_bytes(
    reviewing: Client, now: datetime, django_assert_max_num_queries
):
    several(now, 51)
    for address in ("/filings/", "/filings/?state=received"):
        with django_assert_max_num_queries(12):
            answer = reviewing.get(address)
        assert answer.status_code == 200
        assert len(answer.content) < MOST_BYTES
        assert "共 51 件" in answer.content.decode()


def test_the_page_of_a_filing_costs_little(
    reviewing: Client, filing: Filing, nodes: TwoNodes, django_assert_max_num_queries
):
    nodes.be_ministry()
    with django_assert_max_num_queries(12):
        answer = reviewing.get(f"/filings/{filing.pk}/")
    text = answer.content.decode()
    assert len(answer.content) < MOST_BYTES
    for word in ("林书白", "江苏省交通运输厅", "岗前培训满六十学时", "81.5", filing.content["photo_digest"]):
        assert word in text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("text=林书", 2),
        ("text=A322026000001", 1),
        ("text=BA2026", 1),
        ("province=310000", 0),
        ("province=320000", 2),
        ("state=granted", 1),
    ],
)
def test_the_register_is_narrowed(
    reviewing: Client, reviewer: Actor, tree: SimpleNamespace, now: datetime, query: str, count: int
):
    first, _ = several(now, 2)
    decide_filing(reviewer, Filing.objects.get(pk=first), "grant", "", now=now)
    assert f"共 {count} 件" in reviewing.get(f"/filings/?{query}").content.decode()


def test_granting_asks_once_and_says_what_happened(reviewing: Client, filing: Filing, nodes: TwoNodes):
    nodes.be_ministry()
    asked = reviewing.get(f"/filings/{filing.pk}/grant/")
    assert "此后" in asked.content.decode()
    filing.refresh_from_db()
    assert filing.state == "received"
    answer = reviewing.post(f"/filings/{filing.pk}/grant/", follow=True)
    assert "已准予林书白备案，备案号 BA202600000001，回执已发往江苏省交通运输厅" in answer.content.decode()


def test_a_short_reason_is_answered_beside_the_field_and_kept(
    reviewing: Client, filing: Filing, nodes: TwoNodes
):
    nodes.be_ministry()
    answer = reviewing.post(f"/filings/{filing.pk}/return/", {"reason": "不行"})
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "请写明理由，至少 5 个字" in text
    assert "请选择原因分类" in text
    assert "不行" in text


def test_an_unknown_decision_is_no_page(reviewing: Client, filing: Filing, nodes: TwoNodes):
    nodes.be_ministry()
    assert reviewing.get(f"/filings/{filing.pk}/forget/").status_code == 404
    assert reviewing.get("/filings/4711/").status_code == 404


def test_a_decided_filing_cannot_be_decided_again(
    reviewing: Client, reviewer: Actor, filing: Filing, nodes: TwoNodes, now: datetime
):
    nodes.be_ministry()
    decide_filing(reviewer, filing, "grant", "", now=now)
    assert reviewing.post(f"/filings/{filing.pk}/refuse/", {"reason": "考试成绩须核对"}).status_code == 409
    assert f"/filings/{filing.pk}/refuse/" not in reviewing.get(f"/filings/{filing.pk}/").content.decode()


def test_several_are_listed_before_they_are_granted(reviewing: Client, now: datetime):
    ids = several(now, 2)
    asked = reviewing.post("/filings/accept/", {"selected": ids})
    assert "准予以下 2 件申请备案" in asked.content.decode()
    assert Filing.objects.filter(state="received").count() == 2
    bare = reviewing.post("/filings/accept/", {"selected": ids, "confirmed": "yes", "reason": "可以"})
    assert bare.status_code == 400
    assert "请写明理由，至少 5 个字" in bare.content.decode()
    assert Filing.objects.filter(state="received").count() == 2
    reason = {"reason": "材料齐全，条件逐项复算一致"}
    done = reviewing.post("/filings/accept/", {"selected": ids, "confirmed": "yes", **reason}, follow=True)
    assert set(Filing.objects.values_list("reason", flat=True)) == {"材料齐全，条件逐项复算一致"}
    assert "已准予 2 件备案（BA202600000001 至 BA202600000002）" in done.content.decode()


def test_doubtful_ones_are_left_out_of_the_list(reviewing: Client, now: datetime):
    ids = several(now, 2)
    Filing.objects.filter(pk=ids[1]).update(content=case_content(training_hours=8))
    text = reviewing.post("/filings/accept/", {"selected": ids}).content.decode()
    assert "准予以下 1 件申请备案" in text
    assert "请打开逐件审查" in text


def test_nothing_ticked_says_so(reviewing: Client, db: None):
    answer = reviewing.post("/filings/accept/", {"selected": ["x"]}, follow=True)
    assert "请先勾选" in answer.content.decode()


def test_a_supervisor_sees_no_buttons_and_cannot_decide(
    nodes: TwoNodes,
    filing: Filing,
    tree: SimpleNamespace,
    account_for: Accounts,
    sign_in: Callable[[Account], Client],
):
    nodes.be_ministry()
    browser = sign_in(account_for("supervisor", tree.ministry, Role.SUPERVISOR))
    text = browser.get(f"/filings/{filing.pk}/").content.decode()
    assert "林书白" in text
    assert f"/filings/{filing.pk}/grant/" not in text
    assert browser.post(f"/filings/{filing.pk}/grant/").status_code == 403
    assert browser.post("/filings/accept/", {"selected": filing.pk, "confirmed": "yes"}).status_code == 403


def test_whoever_has_no_part_in_filings_sees_none(
    nodes: TwoNodes,
    filing: Filing,
    tree: SimpleNamespace,
    account_for: Accounts,
    sign_in: Callable[[Account], Client],
):
    nodes.be_ministry()
    browser = sign_in(account_for("keys", tree.ministry, Role.KEY_CUSTODIAN))
    assert browser.get("/filings/").status_code == 403
    elsewhere = sign_in(account_for("elsewhere", tree.jiangsu, Role.FILING_REVIEWER))
    assert elsewhere.get(f"/filings/{filing.pk}/").status_code == 404


def test_the_queue_offers_what_waits_longest_first(
    nodes: TwoNodes, reviewer: Actor, tree: SimpleNamespace, now: datetime
):
    nodes.be_ministry()
    several(now, 3)
    items = waiting(work_queues(reviewer), 2)
    assert [item.title for item in items] == ["备案审查：林书白", "备案审查：林书白"]
    assert items[0].detail == "江苏省交通运输厅 昆山市交通运输综合行政执法大队"
    assert [(figure.label, figure.value) for figure in counted(glances(reviewer))] == [
        ("待审查", "3"),
        ("准予备案", "0"),
        ("已退回补正", "0"),
    ]


def test_others_have_no_queue_of_filings(
    nodes: TwoNodes, tree: SimpleNamespace, account_for: Accounts, filing: Filing
):
    nodes.be_ministry()
    supervisor = actor_for(account_for("supervisor", tree.ministry, Role.SUPERVISOR))
    assert waiting(work_queues(supervisor), 10) == []


def test_the_province_sees_what_its_receipt_proves(
    approving: Client,
    filing: Filing,
    reviewer: Actor,
    nodes: TwoNodes,
    now: datetime,
    django_assert_max_num_queries,
):
    address = f"/filing-requests/{filing.application_number}/"
    assert "等待审查" in approving.get(address).content.decode()
    nodes.be_ministry()
    decide_filing(reviewer, filing, "grant", "", now=now)
    nodes.carry_down(now)
    with django_assert_max_num_queries(12):
        answer = approving.get(address)
    text = answer.content.decode()
    assert len(answer.content) < MOST_BYTES
    for word in ("回执已验证", "BA202600000001", "urn:warrant:log:ministry-320000", "第 1 条，共 1 条"):
        assert word in text
    request = FilingRequest.objects.get()
    proof = approving.get(f"{address}{request.pk}/receipt/")
    assert proof.content == bytes(request.receipt or b"")
    assert proof.content.startswith(b"c2sp.org/tlog-proof@v1\n")


def test_a_forged_receipt_is_shown_as_such(
    approving: Client, filing: Filing, reviewer: Actor, nodes: TwoNodes, now: datetime
):
    nodes.be_ministry()
    decide_filing(reviewer, filing, "refuse", "考试成绩须核对", reason_code="examination", now=now)
    nodes.carry_down(now)
    receipt = bytes(FilingRequest.objects.get().receipt or b"")
    FilingRequest.objects.update(state="granted", receipt=receipt.replace(b"index 0", b"index 1"))
    text = approving.get(f"/filing-requests/{filing.application_number}/").content.decode()
    assert "回执未通过验证" in text
    assert "回执已验证" not in text


def test_a_request_out_of_scope_is_not_admitted_to_exist(
    approving: Client,
    filing: Filing,
    tree: SimpleNamespace,
    account_for: Accounts,
    sign_in: Callable[[Account], Client],
):
    stranger = sign_in(account_for("suzhou", tree.suzhou, Role.VERIFIER))
    address = f"/filing-requests/{filing.application_number}/"
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"{address}{FilingRequest.objects.get().pk}/receipt/").status_code == 404


def test_the_panel_of_an_application_leads_to_the_filing(approving: Client, filing: Filing, nodes: TwoNodes):
    request = FilingRequest.objects.select_related("application").get()
    actor = actor_for(Account.objects.get(username="approver"))
    panel = application_panel(actor, request.application)
    assert panel is not None
    assert panel.context["address"] == f"/filing-requests/{filing.application_number}/"


def test_the_page_of_an_application_shows_where_its_filing_stands(approving: Client, filing: Filing):
    text = approving.get(f"/applications/{filing.application_number}/").content.decode()
    assert "待部级审查" in text
    assert f"/filing-requests/{filing.application_number}/" in text
