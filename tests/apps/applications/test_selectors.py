"""What is shown and sent: queues, links of the chain, the content of a filing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from tests.apps.applications.conftest import DECLARED, STATEMENT, Case, qualify, say
from tests.apps.training.people import make_officer
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.applications.models import Opinion
from warrant.apps.applications.selectors import (
    case_links,
    chain_links,
    filing_content,
    glances,
    officer_panel,
    work_queues,
)
from warrant.apps.applications.selectors.cases import opinions_of
from warrant.apps.applications.services import (
    apply_filing_decision,
    create_application,
    pass_step,
    submit,
)
from warrant.apps.filing.models import FilingRequest
from warrant.apps.filing.types import filed_case
from warrant.apps.foundation.work import counted, waiting
from warrant.core.access import Actor, Role

REASON = "培训证明缺少第三页"


def titles(viewer: Actor) -> list[str]:
    return [item.title for item in waiting(work_queues(viewer), 30)]


def test_a_case_waits_for_its_unit_and_for_nobody_else(case: Case) -> None:
    case.review()
    assert titles(case.people.reviewer) == ["审查资格申请：林书白"]
    for other in ("registrar", "verifier", "approver"):
        assert titles(getattr(case.people, other)) == []


def test_the_queue_is_oldest_first(case: Case, tree: SimpleNamespace) -> None:
    younger = make_officer(tree.kunshan_brigade, "陈予安")
    qualify(younger, case.people.accounts.enterer)
    earlier = case.now - timedelta(days=2)
    for officer, at in ((case.officer, case.now), (younger, earlier)):
        number = create_application(case.people.registrar, officer.pk, ["08"], now=at).number
        submit(case.people.registrar, number, STATEMENT, DECLARED, now=at)
    assert titles(case.people.reviewer) == ["审查资格申请：陈予安", "审查资格申请：林书白"]
    assert len(waiting(work_queues(case.people.reviewer), 1)) == 1


def test_whoever_is_barred_does_not_find_the_case_in_the_queue(case: Case, tree: SimpleNamespace) -> None:
    reviewer = case.people.accounts.reviewer
    reviewer.assignments.create(role=Role.VERIFIER.value, unit=tree.suzhou, assigned_at=case.now)
    case.verification()
    assert titles(actor_for(reviewer)) == []
    assert titles(case.people.verifier) == ["核审资格申请：林书白"]
    assert titles(replace(case.people.verifier, officer_uid=str(case.officer.uid))) == []


def test_in_a_new_round_the_case_comes_back_to_the_same_reviewer(case: Case) -> None:
    number = case.review().number
    say(case.people.reviewer, number, "return-for-correction", REASON, now=case.now)
    assert titles(case.people.reviewer) == []
    submit(case.people.registrar, number, now=case.now)
    assert titles(case.people.reviewer) == titles(case.people.reviewer_b) == ["审查资格申请：林书白"]


def test_registrars_find_what_was_returned_and_their_own_drafts(case: Case) -> None:
    number = case.draft().number
    assert titles(case.people.registrar) == ["完成资格申请草稿：林书白"]
    assert titles(case.people.enterer) == []
    submit(case.people.registrar, number, STATEMENT, now=case.now)
    say(case.people.reviewer, number, "return-for-correction", REASON, now=case.now)
    assert titles(case.people.registrar) == titles(case.people.enterer) == ["补正资格申请：林书白"]


def test_glances_count_what_is_on_its_way(case: Case) -> None:
    case.review()
    assert [(figure.label, figure.value) for figure in counted(glances(case.people.approver))] == [
        ("在办资格申请", "1")
    ]


def links_of(case: Case) -> list[tuple[str, str, str]]:
    return [(link.title, link.tone, link.person) for link in chain_links(case.officer)]


def test_the_officers_chain_shows_who_decided_and_who_is_awaited(case: Case) -> None:
    case.verification()
    assert links_of(case) == [("审查", "whole", "reviewer"), ("核审", "current", ""), ("审批", "pending", "")]
    assert chain_links(case.officer)[1].unit == "苏州市交通运输局"


def test_before_a_submission_all_steps_are_to_come(case: Case) -> None:
    case.draft()
    assert links_of(case) == [("审查", "pending", ""), ("核审", "pending", ""), ("审批", "pending", "")]


def test_a_return_breaks_the_link_with_reason_and_cure(case: Case) -> None:
    say(case.people.verifier, case.verification().number, "return-for-correction", REASON, now=case.now)
    link = chain_links(case.officer)[1]
    assert (link.tone, link.person, link.note, link.cure) == ("broken", "verifier", REASON, "补正后重新提交")
    assert link.cure_url == "/applications/A322026000001/"


def test_after_a_resubmission_the_old_round_no_longer_shows(case: Case) -> None:
    number = case.verification().number
    say(case.people.verifier, number, "return-for-correction", REASON, now=case.now)
    submit(case.people.registrar, number, now=case.now)
    assert [tone for _, tone, _ in links_of(case)] == ["current", "pending", "pending"]


def test_a_refusal_breaks_the_chain(case: Case) -> None:
    say(case.people.approver, case.approval().number, "refuse", REASON, now=case.now)
    assert [tone for _, tone, _ in links_of(case)] == ["whole", "whole", "broken"]


def test_the_case_page_goes_from_submission_to_filing(case: Case) -> None:
    application = case.filing()
    apply_filing_decision(application.number, "granted", "", now=case.now)
    application.refresh_from_db()
    links = case_links(application, opinions_of(application))
    assert [(link.title, link.tone) for link in links] == [
        ("提交", "whole"),
        ("审查", "whole"),
        ("核审", "whole"),
        ("审批", "whole"),
        ("备案", "whole"),
    ]


def test_a_returned_filing_says_why_at_the_approval(case: Case) -> None:
    application = apply_filing_decision(
        case.filing().number, "returned", "成绩与准考记录不一致", now=case.now
    )
    approval = case_links(application, opinions_of(application))[3]
    assert (approval.tone, approval.note) == ("current", "备案退回：成绩与准考记录不一致")


def test_the_content_of_a_filing_is_the_case_as_it_was_decided(case: Case) -> None:
    application = case.filing()
    content: dict[str, Any] = filing_content(application, now=case.now)
    assert content["officer"] == {
        "uid": str(case.officer.uid),
        "name": "林书白",
        "sex": "1",
        "birth_on": "1990-05-01",
        "id_index": bytes(case.officer.id_number_index).hex(),
        "agency_code": "320583-01",
        "agency_name": "昆山市交通运输综合行政执法大队",
        "area_name": "昆山市",
        "area_code": "320583",
        "post": "执法员",
        "position": "一级主任科员",
        "staffing": "civil-servant",
        "education": "21",
    }
    assert content["documents"] == [
        {"kind": "photo", "digest": "1" * 64},
        {"kind": "education", "digest": "2" * 64},
        {"kind": "training", "digest": "3" * 64},
        {"kind": "examination", "digest": "4" * 64},
        {"kind": "examination", "digest": "5" * 64},
    ]
    assert content["examinations"] == [
        {"paper": "special-law", "score": "82.5", "sat_on": "2026-09-12"},
        {"paper": "general-law", "score": "82.5", "sat_on": "2026-09-20"},
    ]
    assert {key: content[key] for key in ("application", "kind", "categories", "issuer_name")} == {
        "application": "A322026000001",
        "kind": "first-issue",
        "categories": ["08"],
        "issuer_name": "江苏省交通运输厅",
    }
    assert (content["photo_digest"], content["training_hours"]) == ("1" * 64, 60)
    assert [(row["seq"], row["action"], row["person"]) for row in content["opinions"]] == [
        (2, "pass-review", "reviewer"),
        (3, "pass-verification", "verifier"),
        (4, "approve", "approver"),
    ]


def test_the_digest_of_an_opinion_is_over_its_canonical_json(case: Case) -> None:
    application = case.filing()
    Opinion.objects.filter(seq=2).update(reason="材料齐全")
    content: dict[str, Any] = filing_content(application, now=case.now)
    text = (
        '{"action":"pass-review","application":"A322026000001","at":"2026-11-22T08:45:00.000000Z",'
        '"person":"reviewer","reason":"材料齐全","seq":2,"state":"review","unit":"昆山市交通运输局"}'
    )
    assert content["opinions"][0]["digest"] == hashlib.sha256(text.encode()).hexdigest()


def test_the_filing_app_takes_what_approval_hands_it(case: Case, settings: Any) -> None:
    settings.WARRANT_APPROVAL_HOOK = "warrant.apps.filing.services.request_filing"
    application = case.filing()
    assert FilingRequest.objects.get().application_id == application.pk
    assert filed_case(filing_content(application, now=case.now)).application == "A322026000001"


def test_a_provincial_agency_files_under_the_area_of_its_province(
    case: Case, tree: SimpleNamespace, actor: Callable[..., Actor]
) -> None:
    officer = make_officer(tree.jiangsu_brigade, "魏清和")
    qualify(officer, case.people.accounts.enterer)
    registrar = actor("provincial", tree.jiangsu, Role.REGISTRAR)
    application = create_application(registrar, officer.pk, ["08"], now=case.now)
    application = submit(registrar, application.number, STATEMENT, DECLARED, now=case.now)
    application = pass_step(case.people.approver, application, now=case.now)
    content: dict[str, Any] = filing_content(application, now=case.now)
    assert (content["officer"]["area_code"], content["officer"]["area_name"]) == ("320000", "江苏省")


def test_the_officers_box_offers_an_application_to_registrars_only(case: Case) -> None:
    def can_apply(viewer: Actor) -> object:
        panel = officer_panel(viewer, case.officer)
        return panel and panel.context["can_apply"]

    assert can_apply(case.people.registrar) is True
    assert can_apply(case.people.reviewer) is False
    case.draft()
    assert can_apply(case.people.registrar) is False


def test_a_stranger_gets_no_box_and_the_officer_gets_it(
    case: Case, tree: SimpleNamespace, actor: Callable[..., Actor]
) -> None:
    stranger = actor("stranger", tree.nanjing)
    assert officer_panel(stranger, case.officer) is None
    assert officer_panel(replace(stranger, officer_uid=str(case.officer.uid)), case.officer) is not None
