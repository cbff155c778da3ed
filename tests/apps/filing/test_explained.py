"""What goes up with its explanation is worked out again at the ministry, and read in both versions of its form."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.apps.filing.conftest import TwoNodes, case_content

from warrant.apps.accounts.models import Account
from warrant.apps.filing.models import Filing, FilingRequest
from warrant.apps.filing.selectors.checking import checks_of, is_clean
from warrant.apps.filing.selectors.conditions import recomputed
from warrant.apps.filing.types import filed_case
from warrant.apps.regulations.models import RegulationSnapshot
from warrant.core.access import Actor
from warrant.core.errors import InvalidInput

TODAY = date(2026, 11, 22)
GOLDEN = Path(__file__).parent / "golden"
pytestmark = pytest.mark.django_db

Content = dict[str, Any]


def golden(schema: int) -> Content:
    content: Content = json.loads((GOLDEN / f"filing-requested-{schema}.json").read_text(encoding="utf-8"))
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
