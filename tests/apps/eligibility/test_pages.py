"""The pages of conditions and waivers, by mouse and by program."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from tests.apps.applications.conftest import Case
from warrant.apps.accounts.models import Account
from warrant.apps.eligibility.models import Waiver
from warrant.apps.eligibility.selectors import explain
from warrant.apps.eligibility.selectors.panel import officer_panel
from warrant.apps.eligibility.services import keep_record
from warrant.core.access import Role

MOST_QUERIES = 10
FORM = {"reason": "由省级引进的专门人才", "basis": "苏交人〔2026〕9号", "until_on": "2027-06-30"}


@pytest.fixture
def as_(case: Case, sign_in: Callable[[Account], Client]) -> Callable[[str], Client]:
    return lambda name: sign_in(getattr(case.people.accounts, name))


def page_of(case: Case) -> str:
    return f"/officers/{case.officer.pk}/eligibility/"


def test_the_page_says_what_was_found_by_which_record_and_what_to_do(
    case: Case, as_: Callable[[str], Client], django_assert_max_num_queries: Any
) -> None:
    case.officer.trainings.all().delete()
    client = as_("registrar")
    client.get(page_of(case))
    with django_assert_max_num_queries(MOST_QUERIES):
        answer = client.get(page_of(case))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert len(answer.content) < 60_000
    for words in ("已完成 0 学时，还差 60 学时", "登记培训并上传证明", "申请豁免", "培训记录", "推定"):
        assert words in page
    assert f"/officers/{case.officer.pk}/training/new/" in page


def test_the_page_speaks_english(case: Case, as_: Callable[[str], Client]) -> None:
    client = as_("registrar")
    client.cookies["django_language"] = "en"
    page = client.get(page_of(case) + "?kind=renewal").content.decode()
    assert "A certificate that is valid or has just expired" in page
    assert "No certificate" in page


@pytest.mark.parametrize("query", ["?on=tomorrow", "?kind=wedding", "?on=2026-02-30"])
def test_a_bent_address_is_answered_in_words(case: Case, as_: Callable[[str], Client], query: str) -> None:
    assert as_("registrar").get(page_of(case) + query).status_code == 400


def test_programs_get_the_same_as_json(case: Case, as_: Callable[[str], Client]) -> None:
    answer = as_("registrar").get(
        page_of(case) + "?on=2026-11-22&kind=first-issue", headers={"accept": "application/json"}
    )
    content = json.loads(answer.content)
    assert (content["officer"], content["on"], content["kind"]) == (
        str(case.officer.uid),
        "2026-11-22",
        "first-issue",
    )
    training = next(one for one in content["results"] if one["id"] == "training")
    assert (training["outcome"], training["facts"]["training_hours"]["value"]) == ("met", 60)
    assert "林书白" not in answer.content.decode()


def test_the_box_on_the_officers_page_shows_what_is_missing(case: Case) -> None:
    case.officer.examinations.filter(paper="general-law").delete()
    with translation.override("zh-hans"):  # an earlier page may have been read in English
        panel = officer_panel(case.people.registrar, case.officer)
        assert panel is not None
        html = render_to_string(panel.template, {**panel.context, "officer": case.officer})
    assert (panel.count, "没有考试成绩" in html, page_of(case) in html) == (1, True, True)
    assert "申请时由单位填报：" in html


def test_a_waiver_goes_from_the_form_to_the_decision(case: Case, as_: Callable[[str], Client]) -> None:
    case.officer.trainings.all().delete()
    ask = f"{page_of(case)}training/waiver/"
    empty = as_("registrar").post(ask, {**FORM, "basis": ""})
    assert (empty.status_code, "由省级引进的专门人才" in empty.content.decode()) == (400, True)
    assert as_("registrar").post(ask, FORM).status_code == 302
    waiver = Waiver.system.get()
    page = f"/waivers/{waiver.pk}/"
    assert "同意豁免" not in as_("registrar").get(page).content.decode()
    assert "同意豁免" in as_("approver").get(page).content.decode()
    short = as_("approver").post(f"{page}decide/", {"opinion": "行", "then": "grant"})
    assert (short.status_code, Waiver.system.get().state) == (400, "asked")
    assert (
        as_("approver").post(f"{page}decide/", {"opinion": "情况属实，同意", "then": "grant"}).status_code
        == 302
    )
    assert "已豁免" in as_("registrar").get(page_of(case)).content.decode()
    assert "林书白" in as_("approver").get("/waivers/").content.decode()


def test_a_kept_explanation_shows_that_it_comes_out_the_same(
    case: Case, as_: Callable[[str], Client]
) -> None:
    explanation = explain(case.people.registrar, case.officer, case.now.date(), "first-issue")
    record = keep_record(explanation, now=datetime(2026, 11, 22, tzinfo=UTC))
    page = as_("reviewer").get(f"/eligibility/records/{record.pk}/").content.decode()
    regulation = f"/regulations/eligibility/kept/{record.ruleset_digest}/"
    assert regulation in page
    assert record.ruleset_digest in as_("reviewer").get(regulation).content.decode()
    assert "重新计算，结果相同" in page
    record.results[0]["outcome"] = "not-met"
    record.save()
    assert "结果与保存的不同" in as_("reviewer").get(f"/eligibility/records/{record.pk}/").content.decode()


def test_a_stranger_finds_nothing(case: Case, tree: Any, account_for: Any, sign_in: Any) -> None:
    explanation = explain(case.people.registrar, case.officer, case.now.date(), "first-issue")
    record = keep_record(explanation, now=case.now)
    client = sign_in(account_for("stranger", tree.nanjing, Role.REGISTRAR))
    for address in (page_of(case), f"/eligibility/records/{record.pk}/", f"{page_of(case)}training/waiver/"):
        assert client.get(address).status_code == 404
