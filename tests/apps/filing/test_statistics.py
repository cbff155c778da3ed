"""Lead times, reasons and what waits: each figure has its list, on both sides of the exchange."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from tests.apps.filing.conftest import TwoNodes, case_content
from tests.apps.filing.test_review import several

from warrant.apps.accounts.models import Account
from warrant.apps.exports.types import IdNumbers
from warrant.apps.filing.models import Filing, FilingRequest, FilingStretch
from warrant.apps.filing.selectors.exporting import open_figures, open_filings
from warrant.apps.filing.services import decide_filing, receive_filing_decision
from warrant.apps.filing.services.timing import times_of
from warrant.apps.filing.types import filed_case
from warrant.core.access import Actor, Role
from warrant.core.lifecycle import FilingState

pytestmark = pytest.mark.django_db

ADDRESS = "/filings/statistics/"
STAYS = [
    ("review", "2026-11-02", "2026-11-04", 2, "pass-review"),
    ("approval", "2026-11-04", "2026-11-06", 2, "return-for-correction"),
    ("returned", "2026-11-06", "2026-11-10", 2, "submit"),
    ("review", "2026-11-10", "2026-11-11", 1, "pass-review"),
    ("approval", "2026-11-11", "2026-11-13", 2, "approve"),
]


def stays(*rows: tuple[str, str, str, int, str]) -> list[dict[str, object]]:
    names = ("state", "begun_on", "ended_on", "workdays", "ended_by")
    return [dict(zip(names, row, strict=True)) for row in rows]


@pytest.fixture
def reviewing(nodes: TwoNodes, reviewer: Actor, sign_in: Callable[[Account], Client]) -> Client:
    """The reviewer's browser at the ministry."""
    nodes.be_ministry()
    return sign_in(Account.objects.get(pk=reviewer.account_id))


def asked(client: Client, query: str = "") -> dict[str, Any]:
    answer = client.get(f"{ADDRESS}?{query}", headers={"accept": "application/json"})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def decided(reviewer: Actor, pk: int, action: str, code: str, at: datetime) -> None:
    decide_filing(reviewer, Filing.objects.get(pk=pk), action, "考试成绩须核对", reason_code=code, now=at)


@pytest.fixture
def month(reviewing: Client, reviewer: Actor, now: datetime) -> list[int]:
    """Six filings of Jiangsu: three granted after 2, 2 and 7 working days, one returned, one refused, one waits."""
    ids = several(now, 6, schema=1)
    Filing.objects.update(received_at=now - timedelta(days=20))  # 2026-11-02, a Monday
    for pk, days, action, code in (
        (ids[0], 18, "grant", ""),
        (ids[1], 18, "grant", ""),
        (ids[2], 11, "grant", ""),
        (ids[3], 16, "return", "training"),
        (ids[4], 16, "refuse", "training"),
    ):
        decided(reviewer, pk, action, code, now - timedelta(days=days))
    return ids


def test_a_case_is_timed_by_stage_in_working_days_and_days():
    case = filed_case({**case_content(), "stays": stays(*STAYS)})
    times = times_of(case, FilingState.GRANTED, date(2026, 11, 13), date(2026, 11, 18))
    assert times == {
        "review": (3, 3),
        "approval": (4, 4),
        "returned": (2, 4),
        "filing": (3, 5),
        "whole": (12, 16),
    }


def test_what_was_counted_with_a_return_is_not_counted_again():
    again = [*STAYS, ("filing", "2026-11-13", "2026-11-18", 3, "filing-returned")]
    again.append(("approval", "2026-11-18", "2026-11-19", 1, "approve"))
    case = filed_case({**case_content(), "stays": stays(*again)})
    times = times_of(case, FilingState.GRANTED, date(2026, 11, 19), date(2026, 11, 20))
    assert times == {"approval": (1, 1), "filing": (1, 1), "whole": (14, 18)}


def test_a_return_does_not_end_the_way():
    case = filed_case({**case_content(), "stays": stays(*STAYS)})
    times = times_of(case, FilingState.RETURNED, date(2026, 11, 13), date(2026, 11, 18))
    assert "whole" not in times
    assert times["filing"] == (3, 5)


def test_the_time_spent_waiting_for_documents_is_not_the_ministrys():
    case = filed_case(case_content())
    times = times_of(case, FilingState.GRANTED, date(2026, 11, 2), date(2026, 11, 13), stood_still=(4, 6))
    assert times == {"filing": (5, 5)}


def test_the_ministry_counts_what_was_decided(month: list[int], reviewing: Client):
    found = asked(reviewing)
    assert found["period"] == {"from": "2026-11-01", "until": "2026-11-30"}
    assert found["before"] == {"from": "2026-10-01", "until": "2026-10-31"}
    (jiangsu,) = found["groups"]
    assert jiangsu["name"] == "江苏省交通运输厅"
    assert (jiangsu["decided"], jiangsu["granted"], jiangsu["returned"], jiangsu["refused"]) == (5, 3, 1, 1)
    assert jiangsu["stages"]["filing"] == {
        "count": 5,
        "workdays": {"median": 4, "ninety_percent": 7},
        "days": {"median": 4, "ninety_percent": 9},
    }
    assert found["reasons"] == [
        {
            "code": "training",
            "name": "培训记录有疑问",
            "returned": 1,
            "refused": 1,
            "together": 2,
            "before": 0,
        }
    ]
    assert found["whole"]["decided"] == 5


def test_what_waits_is_counted_by_age_and_against_the_limit(month: list[int], reviewing: Client):
    found = asked(reviewing)
    assert found["limit_workdays"] == 10
    assert [age["count"] for age in found["waiting"]["by_age"]] == [0, 0, 1, 0]
    assert found["waiting"]["overdue"] == 1


def test_a_period_can_be_any_days_and_is_compared_with_as_many(month: list[int], reviewing: Client):
    found = asked(reviewing, "from_on=2026-11-06&until_on=2026-11-12")
    assert found["before"] == {"from": "2026-10-30", "until": "2026-11-05"}
    assert (found["whole"]["decided"], found["whole_before"]["decided"]) == (3, 2)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 5),
        ("state=granted", 3),
        ("group=320000&state=returned", 1),
        ("group=310000", 0),
        ("reason=training", 2),
        ("reason=training&state=refused", 1),
        ("reason=-", 0),
        ("stage=filing", 5),
        ("stage=filing&group=320000&measure=days", 5),
        ("stage=whole", 0),
        ("waits=age", 1),
        ("waits=11-20", 1),
        ("waits=0-5", 0),
        ("waits=21-", 0),
        ("waits=overdue", 1),
        ("from_on=2026-10-01&until_on=2026-10-31", 0),
        ("period=20261101-20261106", 4),
        ("period=202611", 5),
        ("period=2026", 5),
        ("period=202610", 0),
    ],
)
def test_behind_each_figure_stand_its_filings(month: list[int], reviewing: Client, query: str, count: int):
    text = reviewing.get(f"{ADDRESS}list/?{query}").content.decode()
    assert f"共 {count} 件" in text
    assert text.count('href="/filings/') - text.count('href="/filings/statistics/') >= count


def test_the_slowest_stand_first(month: list[int], reviewing: Client):
    text = reviewing.get(f"{ADDRESS}list/?stage=filing").content.decode()
    slowest, quickest = f"/filings/{month[2]}/", f"/filings/{month[0]}/"
    assert text.index(slowest) < text.index(quickest)


def test_every_figure_on_the_page_leads_to_its_list(
    month: list[int], reviewing: Client, django_assert_max_num_queries
):
    with django_assert_max_num_queries(10):
        answer = reviewing.get(ADDRESS)
    text = answer.content.decode()
    assert len(answer.content) < 60_000
    assert "stage=filing" in text
    assert "4 / 7" in text
    assert "培训记录有疑问" in text
    assert "waits=overdue" in text


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("from_on=2026-13-01", "请按 2026-11-22 的格式填写日期"),
        ("from_on=2026-11-02&until_on=2026-11-01", "结束日期早于开始日期，请核对"),
        ("from_on=2001-11-02&until_on=2026-11-01", "一次最多统计三年"),
    ],
)
def test_a_wrong_period_is_answered_beside_the_field_and_kept(
    month: list[int], reviewing: Client, query: str, message: str
):
    answer = reviewing.get(f"{ADDRESS}?{query}")
    assert answer.status_code == 400
    assert message in answer.content.decode()
    assert query.split("=")[1].split("&", maxsplit=1)[0] in answer.content.decode()
    refused = reviewing.get(f"{ADDRESS}?{query}", headers={"accept": "application/json"})
    assert refused.status_code == 400
    assert message in str(refused.json())


@pytest.mark.parametrize(
    "query",
    ["state=perhaps", "reason=weather", "stage=moon", "group=x", "waits=1", "waits=-5", "period=20"],
)
def test_a_bent_address_of_a_list_is_refused(month: list[int], reviewing: Client, query: str):
    assert reviewing.get(f"{ADDRESS}list/?{query}").status_code == 400


def test_a_province_counts_its_own_by_the_same_days(
    nodes: TwoNodes,
    filing: Filing,
    reviewer: Actor,
    sign_in: Callable[[Account], Client],
    now: datetime,
):
    nodes.be_ministry()
    decide_filing(reviewer, filing, "return", "照片须更换", reason_code="photo", now=now)
    received = nodes.last_decision()
    nodes.be_province()
    receive_filing_decision(received, now=now)
    assert FilingStretch.objects.filter(request__isnull=False).count() == 1
    approver = sign_in(Account.objects.get(username="approver"))
    found = asked(approver)
    (group,) = found["groups"]
    assert group["name"] == "省直属"
    assert (group["decided"], group["returned"]) == (1, 1)
    assert found["reasons"][0]["code"] == "photo"
    number = FilingRequest.objects.select_related("application").get().application.number
    text = approver.get(f"{ADDRESS}list/?group=0&state=returned").content.decode()
    assert f"/filing-requests/{number}/" in text
    assert f"/filing-requests/{number}/" in approver.get(f"{ADDRESS}list/?stage=filing").content.decode()


def test_a_city_counts_nothing_of_its_neighbours(
    nodes: TwoNodes,
    filing: Filing,
    reviewer: Actor,
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    now: datetime,
):
    nodes.be_ministry()
    decide_filing(reviewer, filing, "grant", "", now=now)
    received = nodes.last_decision()
    nodes.be_province()
    receive_filing_decision(received, now=now)
    elsewhere = sign_in(account_for("suzhou-supervisor", tree.suzhou, Role.SUPERVISOR))
    assert asked(elsewhere)["groups"] == []
    assert "共 0 件" in elsewhere.get(f"{ADDRESS}list/").content.decode()


def test_how_many_are_listed_is_said_in_english(month: list[int], reviewing: Client):
    page = reviewing.get(f"{ADDRESS}list/?state=granted", headers={"accept-language": "en"}).content.decode()
    assert "3 items" in page
    assert "共" not in page


@pytest.mark.parametrize("format_", ["csv", "pdf"])
def test_figures_and_lists_are_taken_along_as_files(
    month: list[int], reviewing: Client, vault: object, format_: str
):
    for address, columns in (("export/", ["group", "granted"]), ("list/export/", ["name", "filing"])):
        assert reviewing.get(f"{ADDRESS}{address}?state=granted").status_code == 200
        form = {"format": format_, "purpose": "季度通报", "state": "granted", "columns": columns}
        made = reviewing.post(f"{ADDRESS}{address}", form)
        assert made.status_code == 302
        page = reviewing.get(made.headers["Location"]).content.decode()
        assert "已生成" in page or "下载" in page


def test_the_figures_of_a_file_are_those_of_the_page(month: list[int], reviewer: Actor):
    source = open_figures(reviewer, {"measure": ["workdays"]})
    keys = ["group", "decided", "granted", "filing-workdays-50", "filing-workdays-90"]
    assert list(source.rows(keys, IdNumbers.NONE)) == [
        ["合计", 5, 3, 4, 7],
        ["江苏省交通运输厅", 5, 3, 4, 7],
        ["上期合计（2026-10-01 至 2026-10-31）", 0, 0, None, None],
    ]
    listed = open_filings(reviewer, {"stage": ["filing"]})
    rows = list(listed.rows(["application", "reason", "filing"], IdNumbers.NONE))
    assert listed.count == 5
    assert rows[0][0] == "A322026000003"
    assert [row[2] for row in rows] == [7, 4, 4, 2, 2]
