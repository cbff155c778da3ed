"""What goes up with its explanation is worked out again at the ministry, and read in both versions of its form."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from tests.apps.filing.conftest import TwoNodes, case_content

from warrant.apps.accounts.models import Account
from warrant.apps.applications.models import Application, Stay
from warrant.apps.applications.services import Decision, decide
from warrant.apps.eligibility.models import Waiver
from warrant.apps.filing.models import Filing, FilingRequest
from warrant.apps.filing.selectors.checking import checks_of, is_clean
from warrant.apps.filing.selectors.conditions import recomputed
from warrant.apps.filing.types import filed_case
from warrant.apps.officers.models import Document
from warrant.apps.regulations.models import RegulationSnapshot
from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.services import keep_snapshot
from warrant.core.access import Actor, Role
from warrant.core.errors import InvalidInput
from warrant.core.regulation import RegulationKind

TODAY = date(2026, 11, 22)
GOLDEN = Path(__file__).parent / "golden"
pytestmark = pytest.mark.django_db

Content = dict[str, Any]


def golden(schema: int) -> Content:
    content: Content = json.loads((GOLDEN / f"filing-requested-{schema}.json").read_text(encoding="utf-8"))
    return content


def golden_timed() -> Content:
    """The second form with the times of the steps and the waivers, which were added to it."""
    content: Content = json.loads((GOLDEN / "filing-requested-2-timed.json").read_text(encoding="utf-8"))
    return content


@pytest.fixture
def content(filing: Filing) -> Content:
    """What an approved case of Jiangsu filed."""
    found: Content = filing.content
    return found


def unmet(content: Content) -> list[str]:
    return [check.title for check in checks_of(filed_case(content), TODAY, "320000") if not check.is_met]


def test_the_approvers_explanation_goes_up_with_the_case(filing: Filing, content: Content):
    request = FilingRequest.objects.select_related("application").get()
    kept = request.application.opinions.get(action="approve").eligibility
    assert kept is not None
    assert content["schema"] == 2
    assert content["eligibility"]["sha256"] == kept.sha256
    assert content["eligibility"]["ruleset"] == kept.ruleset_digest
    assert content["opinions"][-1]["conditions"] == kept.sha256
    assert filing.kind == "first-issue"
    assert filing.officer_uid == str(request.application.officer.uid)


def test_an_explanation_names_nobody(content: Content):
    text = json.dumps(content["eligibility"], ensure_ascii=False)
    assert "林书白" not in text
    assert "id_number" not in text


def test_the_ministry_agrees_with_an_honest_province(content: Content):
    found = recomputed(filed_case(content), "320000")
    assert found is not None
    assert found.agrees
    assert len(found.results) == len(content["eligibility"]["outcomes"])
    assert is_clean(filed_case(content), TODAY, "320000")


def test_a_condition_said_to_be_met_that_is_not_is_found_out(content: Content):
    facts = content["eligibility"]["facts"]
    facts["training_hours"]["value"] = 59
    content["training_hours"] = 59
    found = recomputed(filed_case(content), "320000")
    assert found is not None
    assert found.differing == ("training",)
    assert unmet(content) == ["与省级结论一致", "资格条件"]


def test_a_condition_that_the_province_left_out_is_found_out(content: Content):
    outcomes = content["eligibility"]["outcomes"]
    left_out = outcomes.pop(0)["id"]
    found = recomputed(filed_case(content), "320000")
    assert found is not None
    assert found.differing == (left_out,)


def test_facts_that_are_not_the_filed_officers_are_found_out(content: Content):
    content["officer"]["birth_on"] = "1991-01-01"
    assert unmet(content) == ["事实与报送内容一致"]


def test_rules_that_are_not_known_here_are_no_agreement(content: Content):
    content["eligibility"]["ruleset"] = "00" * 32
    found = recomputed(filed_case(content), "320000")
    assert found is not None
    assert found.rules is None
    assert not found.agrees
    assert unmet(content) == ["与省级结论一致", "资格条件"]


def test_the_rules_are_kept_when_the_filing_arrives(
    nodes: TwoNodes, requested: Callable[..., FilingRequest], now: datetime
):
    request = requested()
    RegulationSnapshot.objects.all().delete()
    filing = nodes.carry_up(request, now)
    assert (
        RegulationSnapshot.objects.get(kind="eligibility").digest == filing.content["eligibility"]["ruleset"]
    )


def test_what_was_filed_before_explanations_is_still_read():
    case = filed_case(golden(1))
    assert case.eligibility is None
    assert recomputed(case, "320000") is None
    assert is_clean(case, TODAY, "320000")


def test_what_is_filed_now_keeps_its_form():
    case = filed_case(golden(2))
    assert case.eligibility is not None
    assert case.eligibility.on == date(2026, 11, 20)
    assert case.eligibility.facts["training_hours"].value == 64
    assert len(case.eligibility.outcomes) == len(golden(2)["eligibility"]["outcomes"])
    assert case.kind == "renewal"
    assert case.certificate_number == "320100000017"


def test_the_times_and_waivers_were_added_to_the_second_form():
    before, now = filed_case(golden(2)), filed_case(golden_timed())
    assert (before.stays, before.waivers) == ((), ())
    assert [(stay.state, stay.workdays, stay.ended_by) for stay in now.stays] == [
        ("review", 2, "pass-review"),
        ("verification", 3, "return-for-correction"),
        ("returned", 1, "submit"),
        ("review", 1, "pass-review"),
        ("verification", 2, "pass-verification"),
        ("approval", 4, "approve"),
    ]
    assert now.waivers[0].rule_id == "education"
    assert now.waivers[0].digest == "5e" * 32
    assert now.waivers[0].until_on == date(2027, 6, 30)


@pytest.mark.parametrize(
    ("list_name", "name", "value"),
    [
        ("stays", "state", "abroad"),
        ("stays", "begun_on", "2026-13-01"),
        ("stays", "ended_on", "2020-01-01"),
        ("stays", "workdays", -1),
        ("stays", "ended_by", ""),
        ("waivers", "rule", 5),
        ("waivers", "digest", "5e"),
        ("waivers", "until_on", None),
    ],
)
def test_a_wrong_time_or_waiver_is_refused_and_its_place_named(list_name: str, name: str, value: object):
    content = golden_timed()
    content[list_name][0][name] = value
    with pytest.raises(InvalidInput) as caught:
        filed_case(content)
    assert caught.value.place == f"{list_name}.1.{name}"


def test_how_long_each_step_took_goes_up_with_the_case(
    waiting_case: Callable[..., Application],
    tree: SimpleNamespace,
    actor: Callable[..., Actor],
    now: datetime,
):
    application = waiting_case()
    begun_at = now - timedelta(days=6)
    Stay.objects.create(
        application=application,
        state="approval",
        unit_id=tree.jiangsu.pk,
        begun_at=begun_at,
        steps_digest=keep_snapshot(in_force(RegulationKind.STEPS, "320000", TODAY)),
        calendar_digest=keep_snapshot(in_force(RegulationKind.CALENDAR, "320000", TODAY)),
    )
    decide(actor("approver", tree.jiangsu, Role.APPROVER), application.number, Decision("approve"), now=now)
    body = json.loads(bytes(FilingRequest.objects.select_related("entry").get().entry.body))
    assert body["data"]["stays"] == [
        {
            "state": "approval",
            "begun_on": "2026-11-16",
            "ended_on": "2026-11-22",
            "workdays": 4,
            "ended_by": "approve",
        }
    ]


def test_the_document_behind_a_waiver_goes_up_by_its_digest_and_is_shown(
    nodes: TwoNodes,
    waiting_case: Callable[..., Application],
    tree: SimpleNamespace,
    actor: Callable[..., Actor],
    account_for: Callable[..., Account],
    reviewer: Actor,
    sign_in: Callable[[Account], Client],
    now: datetime,
):
    application = waiting_case()
    proof = Document.system.create(
        digest="5e" * 32, media_type="application/pdf", size=1, file_name="批复.pdf", uploaded_at=now
    )
    waiver = Waiver(
        officer=application.officer,
        rule_id="education",
        title={"zh": "学历", "en": "Education"},
        reason="退役军人安置，学历正在取得",
        basis="苏交法〔2026〕9号",
        proof=proof,
        from_on=TODAY - timedelta(days=1),
        until_on=TODAY + timedelta(days=100),
        state="granted",
        asked_by=account_for("asks", tree.jiangsu_brigade, Role.REGISTRAR),
        asked_by_name="陈予安",
        asked_at=now,
        decided_by=account_for("grants", tree.jiangsu, Role.APPROVER),
        decided_by_name="沈国栋",
        decided_at=now,
    )
    waiver.put_at(application.place)
    waiver.save()
    decide(actor("approver", tree.jiangsu, Role.APPROVER), application.number, Decision("approve"), now=now)
    filing = nodes.carry_up(FilingRequest.objects.select_related("entry").get(), now)
    assert filing.content["waivers"] == [
        {
            "rule": "education",
            "reason": "退役军人安置，学历正在取得",
            "basis": "苏交法〔2026〕9号",
            "granted_by": "沈国栋",
            "granted_on": "2026-11-22",
            "until_on": "2027-03-02",
            "digest": "5e" * 32,
        }
    ]
    text = sign_in(Account.objects.get(pk=reviewer.account_id)).get(f"/filings/{filing.pk}/").content.decode()
    assert "退役军人安置，学历正在取得" in text
    assert "5e" * 32 in text


@pytest.mark.parametrize("schema", [0, 3, "2", True])
def test_another_version_of_the_form_is_refused(schema: object):
    with pytest.raises(InvalidInput) as caught:
        filed_case(case_content(schema=schema))
    assert caught.value.place == "schema"


@pytest.mark.parametrize("kind", ["first-issue", "additional-category", "change", "renewal", "re-entry"])
def test_every_kind_that_is_filed_is_read(kind: str):
    assert filed_case(case_content(kind=kind)).kind == kind


def test_a_replacement_is_not_filed():
    with pytest.raises(InvalidInput):
        filed_case(case_content(kind="replacement"))


@pytest.mark.parametrize(
    ("name", "value", "place"),
    [
        ("on", "2026-13-01", "eligibility.on"),
        ("ruleset", "zz" * 32, "eligibility.ruleset"),
        ("facts", [], "eligibility.facts"),
        ("facts", {"shoe_size": {}}, "eligibility.facts.shoe_size"),
        ("outcomes", [{"id": "age", "outcome": "perhaps"}], "eligibility.outcomes.1.outcome"),
        (
            "outcomes",
            [{"id": "age", "outcome": "met"}, {"id": "age", "outcome": "met"}],
            "eligibility.outcomes.2.id",
        ),
        ("sha256", "", "eligibility.sha256"),
    ],
)
def test_a_wrong_explanation_is_refused_and_its_place_named(name: str, value: object, place: str):
    content = golden(2)
    content["eligibility"][name] = value
    with pytest.raises(InvalidInput) as caught:
        filed_case(content)
    assert caught.value.place == place


def test_the_reviewer_reads_the_conditions_and_that_they_agree(
    filing: Filing, nodes: TwoNodes, reviewer: Actor, sign_in: Callable[[Account], Client]
):
    nodes.be_ministry()
    text = sign_in(Account.objects.get(pk=reviewer.account_id)).get(f"/filings/{filing.pk}/").content.decode()
    assert "与省级结论一致" in text
    assert "岗前培训满六十学时" in text
    assert "64" in text


def test_the_reviewer_sees_what_else_was_filed_for_the_officer(
    filing: Filing, nodes: TwoNodes, reviewer: Actor, sign_in: Callable[[Account], Client], now: datetime
):
    other = Filing.objects.create(
        node_code="310000",
        application_number="A312025000009",
        request_hash=b"\x01" * 32,
        event_raw=b"",
        officer_uid=filing.officer_uid,
        kind="first-issue",
        officer_name="林书白",
        agency_name="上海市交通委员会",
        content={},
        state="granted",
        filing_number="BA202500000009",
        received_at=now,
    )
    nodes.be_ministry()
    text = sign_in(Account.objects.get(pk=reviewer.account_id)).get(f"/filings/{filing.pk}/").content.decode()
    assert f"/filings/{other.pk}/" in text
    assert "BA202500000009" in text
