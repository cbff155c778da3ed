"""Officers propose corrections of their own records; the unit answers field by field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.support.proofs import pdf
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.foundation.work import waiting
from warrant.apps.officers.models import Officer, Proposal
from warrant.apps.officers.selectors.proposals import fields_of, work_queues
from warrant.apps.officers.services import open_account_for_officer
from warrant.apps.officers.services import proposals as services
from warrant.apps.officers.services.entering import EntryRefused
from warrant.apps.officers.services.proposals import FieldAnswer
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted

pytestmark = pytest.mark.django_db

PROOF = (pdf(), "diploma.pdf")
CHANGES = {"phone": "13700000001", "school": "东南大学", "work_started": "2012-08"}


@pytest.fixture
def own_account(officer: Officer, registrar: Actor, now: datetime) -> Account:
    _officer, account, _password = open_account_for_officer(registrar, officer.pk, "shanshubai", now=now)
    account.must_change_password = False
    account.save()
    return Account.objects.get(pk=account.pk)


@pytest.fixture
def own(own_account: Account) -> Actor:
    return actor_for(own_account)


@pytest.fixture
def proposal(own: Actor, now: datetime, today: date) -> Proposal:
    return services.propose_correction(own, CHANGES, "毕业院校登记有误", PROOF, on=today, now=now)


def test_only_what_differs_is_proposed_and_nothing_is_written_yet(proposal: Proposal, officer: Officer):
    assert sorted(proposal.fields.values_list("field", "before", "after")) == [
        ("phone", "13800000000", "13700000001"),
        ("school", "河海大学", "东南大学"),
        ("work_started", "2012-07", "2012-08"),
    ]
    assert Officer.system.get().school == "河海大学"


def test_the_unit_answers_each_field_and_writes_what_it_accepts(
    proposal: Proposal,
    registrar: Actor,
    own: Actor,
    now: datetime,
    today: date,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("warrant.apps.officers.selectors.proposals.clock.now", lambda: now)
    assert [item.kind for item in waiting(work_queues(registrar), 5)] == ["proposal"]
    answers = {
        "phone": FieldAnswer(True),
        "work_started": FieldAnswer(True),
        "school": FieldAnswer(False, "证书上是河海大学"),
    }
    services.answer_proposal(registrar, proposal.pk, answers, on=today, now=now)
    officer = Officer.system.get()
    assert (officer.phone, officer.school) == ("13700000001", "河海大学")
    assert (officer.work_started_on, officer.work_started_precision) == (date(2012, 8, 1), "month")
    version = officer.versions.get(revision=officer.revision)
    assert version.kind == "proposal-accepted"
    assert version.changed_fields == ["phone", "work_started_on"]
    assert [item.title for item in waiting(work_queues(own), 5)] == ["单位已答复您的更正申请"]
    shown = {row["field"]: row["answer"]["word"] for row in fields_of(Proposal.system.get())}
    assert shown == {"phone": "已采纳", "work_started": "已采纳", "school": "未采纳"}


@pytest.mark.parametrize(
    ("answers", "place"),
    [
        ({}, "school"),
        (
            {
                "phone": FieldAnswer(True),
                "school": FieldAnswer(False, ""),
                "work_started": FieldAnswer(True),
            },
            "school",
        ),
    ],
    ids=["no answer", "refusal without a reason"],
)
def test_an_answer_must_be_whole(
    proposal: Proposal, registrar: Actor, answers: Any, place: str, now: datetime, today: date
):
    with pytest.raises(InvalidInput) as refused:
        services.answer_proposal(registrar, proposal.pk, answers, on=today, now=now)
    assert refused.value.place == place


def test_one_proposal_waits_at_a_time_until_it_is_withdrawn(
    proposal: Proposal, own: Actor, now: datetime, today: date
):
    with pytest.raises(Conflict, match="proposal-open"):
        services.propose_correction(own, {"phone": "1"}, "号码变更", None, on=today, now=now)
    services.withdraw_proposal(own, proposal.pk, now=now)
    services.propose_correction(own, {"phone": "13700000002"}, "号码变更", None, on=today, now=now)


def test_a_correction_that_papers_prove_needs_one(own: Actor, now: datetime, today: date):
    with pytest.raises(InvalidInput) as refused:
        services.propose_correction(own, {"school": "东南大学"}, "登记有误", None, on=today, now=now)
    assert refused.value.place == "proof"


def test_what_the_rules_of_an_entry_refuse_cannot_be_proposed(own: Actor, now: datetime, today: date):
    with pytest.raises(EntryRefused):
        services.propose_correction(own, {"work_started": "1985"}, "登记有误", PROOF, on=today, now=now)


def test_nothing_different_is_no_proposal(own: Actor, now: datetime, today: date):
    with pytest.raises(InvalidInput, match="nothing-different"):
        services.propose_correction(own, {"school": "河海大学"}, "登记有误", PROOF, on=today, now=now)


def test_nobody_of_another_unit_answers_and_nobody_answers_the_own(
    proposal: Proposal, stranger: Actor, own_account: Account, tree: Any, now: datetime, today: date
):
    with pytest.raises(NotFound):
        services.answer_proposal(stranger, proposal.pk, {}, on=today, now=now)
    own_account.assignments.create(role=Role.REGISTRAR.value, unit=tree.kunshan, assigned_at=now)
    with pytest.raises(NotPermitted, match="own-case"):
        services.answer_proposal(actor_for(own_account), proposal.pk, {}, on=today, now=now)


def test_pages_from_the_phone_to_the_answer(
    own_account: Account,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    tree: SimpleNamespace,
    officer: Officer,
):
    client = sign_in(own_account)
    assert reverse("own-correction") in client.get(reverse("own-record")).content.decode()
    page = client.get(reverse("own-correction"))
    assert page.status_code == 200
    form = {
        "name": "单书白",
        "ethnicity": "01",
        "political_status": "01",
        "education": "21",
        "degree": "3",
        "school": "河海大学",
        "major": "法学",
        "post": "执法岗",
        "position": "一级主任科员",
        "work_started": "2012-07",
        "enforcement_started": "2015-03-01",
        "phone": "13700000009",
        "reason": "",
    }
    refused = client.post(reverse("own-correction"), form)
    assert refused.status_code == 400
    assert "13700000009" in refused.content.decode()
    sent = client.post(reverse("own-correction"), {**form, "reason": "号码变更"})
    proposal = Proposal.system.get()
    assert sent.headers["Location"] == reverse("proposal-detail", args=[proposal.pk])
    assert proposal.fields.count() == 1
    unit = sign_in(account_for("page", tree.kunshan, Role.REGISTRAR))
    address = reverse("proposal-answer", args=[proposal.pk])
    assert unit.get(address).status_code == 200
    assert unit.post(address, {"answer-phone": "refuse", "reason-phone": ""}).status_code == 400
    assert unit.post(address, {"answer-phone": "accept"}).status_code == 302
    assert "已采纳" in client.get(sent.headers["Location"]).content.decode()
