"""The pages of findings, as those who use them see them."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from warrant.apps.accounts.models import Account
from warrant.apps.detectors.models import Finding
from warrant.apps.detectors.selectors.exporting import open_findings
from warrant.apps.exports.types import IdNumbers
from warrant.apps.foundation import clock
from warrant.core.access import Role
from warrant.core.qualification.detection import Detector

pytestmark = pytest.mark.django_db

D = Detector.WITHOUT_CERTIFICATE


@pytest.fixture(autouse=True)
def at_noon(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def finding(enter, pending):
    enter("单书白", post="执法岗", arrived_on=date(2020, 1, 1))
    (found,) = pending(D)
    return found


@pytest.fixture
def client(account_for, sign_in, tree):
    return sign_in(account_for("gu", tree.kunshan, Role.REGISTRAR))


def _text(client, url, status=200):
    answer = client.get(url)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_overview_counts_by_detector_and_by_unit(finding, client, tree):
    text = _text(client, reverse("finding-overview"))
    assert "昆山市交通运输综合行政执法大队" in text
    assert f'href="{reverse("finding-list")}?unit=320583&amp;detector=without-certificate">1</a>' in text
    assert "还没有检查过" in text  # the other detectors
    assert "现在检查" not in text


def test_without_case_figures_the_overview_says_so(finding, client, pending):
    pending(Detector.NO_ACT)
    assert "没有办案数据，无法判断" in _text(client, reverse("finding-overview"))


def test_a_unit_out_of_reach_shows_the_own_one(finding, account_for, sign_in, tree):
    elsewhere = sign_in(account_for("he", tree.nanjing, Role.REGISTRAR))
    text = _text(elsewhere, f"{reverse('finding-overview')}?unit=320583")
    assert "南京市交通运输局</h2>" in text


@pytest.mark.parametrize(
    ("query", "is_listed"),
    [
        ("", True),
        ("?shown=overdue", False),
        ("?shown=mine", False),
        ("?shown=closed", False),
        ("?detector=without-certificate", True),
        ("?detector=two-cards", False),
        ("?unit=320583-01", True),
        ("?shown=nonsense&detector=nonsense", True),
    ],
)
def test_the_queue_is_narrowed(finding, client, query, is_listed):
    text = _text(client, reverse("finding-list") + query)
    assert (">单书白<" in text) is is_listed


def test_a_full_page_is_light_and_leads_on(enter, pending, client, django_assert_max_num_queries):
    for count in range(35):
        enter(f"单书{count}", post="执法岗", staffing="contract")
    pending(Detector.UNESTABLISHED)
    with django_assert_max_num_queries(10):
        answer = client.get(reverse("finding-list"))
    assert answer.content.count(b"tone-") > 60
    assert len(answer.content) < 60_000
    assert "after=" in answer.content.decode()
    for page in ("finding-overview", "home"):
        with django_assert_max_num_queries(10):
            assert len(client.get(reverse(page)).content) < 60_000


def test_an_overdue_finding_is_listed_as_such(finding, client):
    Finding.system.update(due_on=date(2026, 11, 21))
    text = _text(client, f"{reverse('finding-list')}?shown=overdue")
    assert "2026-11-21 已逾期" in text


def test_a_finding_says_what_was_found_where_and_what_to_do(finding, client):
    text = _text(client, reverse("finding-detail", args=[finding.pk]))
    for part in (
        "2020-01-01 起登记在册，从未取得执法证件",
        "执法人员档案",
        "停止其执法，调离执法岗位，或者为其申领证件。",
        "2026-12-04 前",
        "2009年通知，二（三）",
        reverse("officer-detail", args=[finding.officer_id]),
    ):
        assert part in text


def test_it_is_assigned_on_its_page(finding, client):
    me = Account.objects.get(username="gu")
    answer = client.post(reverse("finding-assign", args=[finding.pk]), {"owner": me.pk}, follow=True)
    assert "已交gu办理，期限 2026-12-04" in answer.content.decode()
    finding.refresh_from_db()
    assert finding.assigned_to == me
    back = reverse("finding-put-back", args=[finding.pk])
    assert f'formaction="{back}"' in answer.content.decode()
    assert client.post(back, {"owner": me.pk}).status_code == 302
    assert client.post(back, {"owner": me.pk}).status_code == 409


@pytest.mark.parametrize("owner", ["", "0", "x", "9" * 30])
def test_nobody_or_anybody_cannot_be_given_it(finding, client, owner):
    answer = client.post(reverse("finding-assign", args=[finding.pk]), {"owner": owner})
    assert answer.status_code == 400
    assert "承办人" in answer.content.decode()


def test_too_short_a_reason_comes_back_as_it_was_typed(finding, client):
    answer = client.post(reverse("finding-close", args=[finding.pk]), {"reason": "改了"})
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "请写明核实的情况和已采取的措施，5 至 300 个字" in text
    assert ">\n改了</textarea>" in text


def test_it_is_closed_once(finding, client):
    address, typed = reverse("finding-close", args=[finding.pk]), {"reason": "已调离执法岗位，正在更正"}
    assert client.post(address, typed).status_code == 302
    assert client.post(address, typed).status_code == 409
    assert "gu说明：已调离执法岗位，正在更正" in _text(client, reverse("finding-detail", args=[finding.pk]))


def test_whoever_only_looks_sees_no_buttons(finding, account_for, sign_in, tree):
    looker = sign_in(account_for("fang", tree.jiangsu, Role.STATISTICIAN))
    text = _text(looker, reverse("finding-detail", args=[finding.pk]))
    assert "<textarea" not in text
    assert looker.post(reverse("finding-close", args=[finding.pk]), {"reason": "x"}).status_code == 403


def test_the_officers_page_says_what_is_wrong(finding, client):
    text = _text(client, reverse("officer-detail", args=[finding.officer_id]))
    assert "无证在执法岗位：岗位：执法岗；2020-01-01 起登记在册，从未取得执法证件" in text
    assert reverse("finding-detail", args=[finding.pk]) in text


def test_the_officer_sees_what_is_wrong_but_not_the_work(finding, account_for, sign_in):
    account = account_for("shan", finding.officer.agency, Role.OFFICER)
    account.officer_uid = finding.officer.uid
    account.save()
    text = _text(sign_in(account), reverse("own-record"))
    assert "从未取得执法证件" in text
    assert "停止其执法，调离执法岗位，或者为其申领证件。" in text
    assert reverse("finding-detail", args=[finding.pk]) not in text


def test_the_queue_is_taken_along_with_its_evidence(finding, registrar):
    source = open_findings(registrar, {"detector": ["without-certificate"]})
    (row,) = source.rows(("name", "evidence", "due_on"), IdNumbers.NONE)
    assert row == ["单书白", "岗位：执法岗；2020-01-01 起登记在册，从未取得执法证件", date(2026, 12, 4)]


def test_english_readers_read_english(finding, client):
    client.cookies["django_language"] = "en"
    text = _text(client, reverse("finding-detail", args=[finding.pk]))
    assert "In the register since 2020-01-01, never had a certificate" in text
