"""What stands on the officer's page about how things are: states apart, findings with a cure, steps with who."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from tests.apps.conftest import Enter
from warrant.apps.accounts.models import Account
from warrant.apps.audit.services import record
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.page import timeline_of
from warrant.apps.officers.selectors.standing import badges_of, findings_of, next_steps
from warrant.apps.officers.types import ChainLink, NextStep
from warrant.core.access import Actor, Role

ON = date(2026, 11, 22)
COMPLETE = {
    "ethnicity": "01",
    "political_status": "01",
    "education": "21",
    "post": "执法岗",
    "staffing": "civil-servant",
    "work_started_on": date(2012, 7, 1),
    "enforcement_started_on": date(2015, 7, 1),
    "phone": "13900000000",
}


@pytest.fixture
def registrar(tree: SimpleNamespace, actor: Callable[..., Actor]) -> Actor:
    return actor("li", tree.kunshan, Role.REGISTRAR)


@pytest.fixture
def reviewer(tree: SimpleNamespace, actor: Callable[..., Actor]) -> Actor:
    return actor("wang", tree.kunshan, Role.REVIEWER)


def said(viewer: Actor, officer: Officer, links: Sequence[ChainLink] = ()) -> dict[str, str]:
    """Words of each finding, with where its cure is."""
    return {one.what: one.url for one in findings_of(viewer, officer, links, ON)}


def test_state_of_person_and_certificate_are_two_things(enter: Enter) -> None:
    officer = enter("单书白", state="left", left_kind="retirement", certificate_state="cancelled")
    assert [(badge.label, badge.word, badge.tone) for badge in badges_of(officer)] == [
        ("人员", "已离职（退休）", "ended"),
        ("证件", "已注销", "ended"),
    ]


def test_what_is_missing_is_named_with_its_cure(
    enter: Enter,
    registrar: Actor,
    reviewer: Actor,
) -> None:
    officer = enter("单书白", **{**COMPLETE, "phone": "", "post": ""})
    page = f"/officers/{officer.pk}/"
    expected = {"没有照片": f"{page}photo/new/", "基本信息不全：岗位、联系电话": f"{page}change/"}
    assert said(registrar, officer) == expected
    assert said(reviewer, officer) == dict.fromkeys(expected, "")


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"certificate_valid_until": date(2027, 2, 20)}, "证件 2027-02-20 到期，还有 90 天"),
        ({"reviewed_year": 2025}, "2026 年度尚未年审"),
        ({"trained_year": 0}, "2026 年度学时未达标"),
        ({"staffing": "agency-labour"}, "编制性质“劳务派遣”不得持证"),
    ],
)
def test_what_endangers_a_certificate_is_said_in_time(
    enter: Enter,
    registrar: Actor,
    columns: dict[str, Any],
    words: str,
) -> None:
    sound = {"certificate_state": "active", "certificate_valid_until": date(2027, 2, 21)}
    sound |= {"reviewed_year": 2026, "trained_year": 2026}
    officer = enter("单书白", **{**COMPLETE, **sound, **columns})
    assert set(said(registrar, officer)) == {"没有照片", words}
    without = enter("曾国安", **{**COMPLETE, **sound, **columns, "certificate_state": ""})
    assert set(said(registrar, without)) == {"没有照片"}


def test_a_broken_link_comes_first_with_its_cure(enter: Enter, registrar: Actor) -> None:
    officer = enter("单书白", **COMPLETE)
    link = ChainLink("审查", "broken", note="学历不清", cure="补正后重新提交", cure_url="/applications/A/")
    first = findings_of(registrar, officer, [link], ON)[0]
    assert (first.tone, first.what, first.cure, first.url) == (
        "broken",
        "审查：学历不清",
        "补正后重新提交",
        "/applications/A/",
    )


def test_nothing_is_missing_of_somebody_who_left(enter: Enter, registrar: Actor) -> None:
    officer = enter("单书白", state="left", left_kind="retirement")
    assert said(registrar, officer) == {}


def test_the_next_step_is_offered_or_said_whose_it_is(
    enter: Enter,
    registrar: Actor,
    reviewer: Actor,
) -> None:
    officer = enter("单书白")
    (step,) = next_steps(registrar, officer, [])
    assert (step.label, step.is_waiting) == ("发起资格申请", False)
    assert step.url == f"/officers/{officer.pk}/application/new/"
    waiting = next_steps(reviewer, officer, [])
    assert [(step.label, step.is_waiting) for step in waiting] == [
        ("等待昆山市交通运输综合行政执法大队发起资格申请", True)
    ]


def test_a_case_under_way_says_for_whom_it_waits(enter: Enter, registrar: Actor) -> None:
    officer = enter("单书白")
    link = ChainLink("审查", "current", unit="昆山市交通运输局", cure_url="/applications/A/")
    steps = next_steps(registrar, officer, [link])
    assert steps == [NextStep("等待昆山市交通运输局审查", "/applications/A/", is_waiting=True)]


def test_acts_on_a_certificate_come_from_its_state_table(
    enter: Enter,
    tree: SimpleNamespace,
    actor: Callable[..., Actor],
) -> None:
    approver = actor("shen", tree.jiangsu, Role.APPROVER)
    officer = enter("单书白", certificate_state="active", certificate_number="32000000018")
    labels = [step.label for step in next_steps(approver, officer, [])]
    assert labels == ["暂扣证件", "注销证件", "吊销证件"]
    waiting = enter("曾国安", certificate_state="produced", certificate_number="32000000026")
    assert next_steps(approver, waiting, [])[0].label == "证卡已制成，等待发放给本人。"


def test_a_tab_lets_the_chain_come_after_it(
    enter: Enter,
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    sign_in: Callable[..., Client],
) -> None:
    client = sign_in(account_for("zhao", tree.kunshan, Role.REGISTRAR))
    page = f"/officers/{enter('单书白').pk}/"
    first = client.get(page).content.decode()
    assert "没有照片" in first
    assert 'class="chain"' in first
    later = client.get(page, {"part": "documents"}).content.decode()
    assert 'class="chain"' not in later
    assert f'hx-get="{page}?part=standing"' in later
    part = client.get(page, {"part": "standing"}, headers={"HX-Request": "true"}).content.decode()
    assert "没有照片" in part
    assert 'class="chain"' in part
    assert "<html" not in part


def test_the_timeline_tells_of_the_certificate_too(enter: Enter, now: datetime) -> None:
    officer = enter("单书白", certificate_number="32000000018", certificate_state="lost")
    later = now + timedelta(hours=1)
    record(None, "certificate.report-lost", "certificate:32000000018", "挂失", now=later)
    record(None, "officer.photo-set", f"officer:{officer.pk}", "", now=now + timedelta(minutes=1))
    titles = [one.title for one in timeline_of(officer)]
    assert titles[:2] == ["挂失证件", "更换照片"]
