"""Transfers: one side proposes, the other decides, and everything that hangs on the officer goes along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.apps.officers.entries import ID_NUMBER
from tests.support.proofs import pdf
from warrant.apps.accounts.models import Account
from warrant.apps.audit.models import AuditRow
from warrant.apps.foundation.work import waiting
from warrant.apps.officers.models import Document, Officer, Transfer
from warrant.apps.officers.selectors.transfers import transfers_for, units_named_like, work_queues
from warrant.apps.officers.services import open_account_for_officer
from warrant.apps.officers.services import transfers as services
from warrant.apps.officers.services.documents import store_document
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted

pytestmark = pytest.mark.django_db

PROOF = (pdf(), "order.pdf")
SUZHOU = "苏州市交通运输综合行政执法支队"
WISH = services.TransferWish(
    SUZHOU, "appointment", ["01", "02"], date(2026, 11, 22), "工作需要", "苏交人〔2026〕7号"
)


@pytest.fixture
def suzhou(tree: SimpleNamespace, actor: Callable[..., Actor]) -> Actor:
    return actor("suzhou", tree.suzhou, Role.REGISTRAR)


@pytest.fixture
def nanjing(tree: SimpleNamespace, actor: Callable[..., Actor]) -> Actor:
    return actor("nanjing", tree.nanjing, Role.REGISTRAR)


@pytest.fixture
def propose(registrar: Actor, officer: Officer, now: datetime, today: date) -> Callable[..., Transfer]:
    def make(wish: services.TransferWish = WISH, **changes: Any) -> Transfer:
        return services.propose_transfer(
            registrar, officer.pk, replace(wish, **changes), PROOF, on=today, now=now
        )

    return make


def test_the_receiving_side_accepts_and_the_officer_is_there(
    propose: Any, suzhou: Actor, officer: Officer, tree: Any, now: datetime, today: date
):
    transfer = services.accept_transfer(suzhou, propose().pk, on=today, now=now)
    moved = Officer.system.get(pk=officer.pk)
    assert transfer.state == "accepted"
    assert (moved.agency_id, moved.county_unit, moved.agency_unit) == (
        tree.suzhou_brigade.pk,
        None,
        tree.suzhou_brigade.pk,
    )
    assert moved.arrived_on == date(2026, 11, 22)
    version = moved.versions.get(revision=moved.revision)
    assert (version.kind, version.effective_on) == ("transferred", date(2026, 11, 22))
    assert AuditRow.objects.filter(action="officer.transferred").count() == 1


def test_documents_and_the_own_account_go_along(
    propose: Any, registrar: Actor, suzhou: Actor, officer: Officer, tree: Any, now: datetime, today: date
):
    document = store_document(registrar, *PROOF, officer.place, now=now, officer_uid=officer.uid)
    _officer, account, _password = open_account_for_officer(registrar, officer.pk, "shanshubai", now=now)
    services.accept_transfer(suzhou, propose().pk, on=today, now=now)
    assert Document.system.get(pk=document.pk).agency_unit == tree.suzhou_brigade.pk
    account.refresh_from_db()
    assert account.agency_id == tree.suzhou_brigade.pk
    assert account.assignments.get(withdrawn_at=None).unit_id == tree.suzhou_brigade.pk


def test_a_transfer_of_a_later_day_waits_for_it(
    propose: Any, suzhou: Actor, officer: Officer, tree: Any, now: datetime, today: date
):
    transfer = propose(effective_on=date(2026, 12, 1))
    services.accept_transfer(suzhou, transfer.pk, on=today, now=now)
    assert services.apply_due_transfers(now=now) == 0
    assert Officer.system.get(pk=officer.pk).agency_id == tree.kunshan_brigade.pk
    assert services.apply_due_transfers(now=now + timedelta(days=9)) == 1
    assert Officer.system.get(pk=officer.pk).agency_id == tree.suzhou_brigade.pk


def test_who_proposed_it_cannot_accept_it_even_with_both_sides_in_reach(
    actor: Any, tree: Any, officer: Officer, now: datetime, today: date
):
    province = actor("province", tree.jiangsu, Role.REGISTRAR)
    transfer = services.propose_transfer(province, officer.pk, WISH, PROOF, on=today, now=now)
    with pytest.raises(NotPermitted, match="second-person"):
        services.accept_transfer(province, transfer.pk, on=today, now=now)


def test_the_sending_side_cannot_accept_its_own_proposal(
    propose: Any, actor: Any, tree: Any, now: datetime, today: date
):
    colleague = actor("colleague", tree.kunshan, Role.REGISTRAR)
    with pytest.raises(NotPermitted, match="other-side"):
        services.accept_transfer(colleague, propose().pk, on=today, now=now)


def test_somebody_of_neither_side_finds_nothing(propose: Any, nanjing: Actor, now: datetime, today: date):
    with pytest.raises(NotFound):
        services.accept_transfer(nanjing, propose().pk, on=today, now=now)


def test_only_one_transfer_of_an_officer_is_open(propose: Any):
    propose()
    with pytest.raises(Conflict, match="transfer-open"):
        propose()


def test_a_refusal_needs_a_reason_and_leaves_the_officer_where_he_is(
    propose: Any, suzhou: Actor, officer: Officer, tree: Any, now: datetime
):
    transfer = propose()
    with pytest.raises(InvalidInput, match="reason-missing"):
        services.refuse_transfer(suzhou, transfer.pk, " ", now=now)
    assert services.refuse_transfer(suzhou, transfer.pk, "岗位已满", now=now).state == "refused"
    assert Officer.system.get(pk=officer.pk).agency_id == tree.kunshan_brigade.pk


def test_a_withdrawn_transfer_cannot_be_accepted(
    propose: Any, registrar: Actor, suzhou: Actor, now: datetime, today: date
):
    transfer = services.withdraw_transfer(registrar, propose().pk, "本人不同意", now=now)
    with pytest.raises(Conflict, match="wrong-state"):
        services.accept_transfer(suzhou, transfer.pk, on=today, now=now)


@pytest.mark.parametrize(
    ("changes", "place", "code"),
    [
        ({"unit_name": "没有这个单位"}, "unit_name", "unknown-unit"),
        ({"unit_name": "昆山市交通运输综合行政执法大队"}, "unit_name", "same-unit"),
        ({"effective_on": date(2028, 1, 1)}, "effective_on", "day-out-of-bounds"),
        ({"categories": []}, "categories", "no-category"),
        ({"reason": ""}, "reason", "reason-missing"),
        ({"document_number": " "}, "document_number", "number-missing"),
        ({"unit_name": "浦东新区建设和交通委员会"}, "unit_name", "unknown-unit"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(propose: Any, changes: Any, place: str, code: str):
    with pytest.raises(InvalidInput) as refused:
        propose(**changes)
    assert (refused.value.code, refused.value.place) == (code, place)


def test_the_receiving_side_asks_by_name_and_number_and_the_sending_side_agrees(
    suzhou: Actor, registrar: Actor, officer: Officer, tree: Any, now: datetime, today: date
):
    transfer = services.request_transfer(suzhou, "单书白", ID_NUMBER, WISH, PROOF, on=today, now=now)
    assert [item.kind for item in waiting(work_queues(registrar), 10)] == ["transfer"]
    services.accept_transfer(registrar, transfer.pk, on=today, now=now)
    assert Officer.system.get(pk=officer.pk).agency_id == tree.suzhou_brigade.pk


@pytest.mark.parametrize(("name", "number"), [("单书青", ID_NUMBER), ("单书白", "329901199005011315")])
def test_name_and_number_must_both_fit(
    suzhou: Actor, officer: Officer, name: str, number: str, now: datetime, today: date
):
    with pytest.raises(InvalidInput) as refused:
        services.request_transfer(suzhou, name, number, WISH, PROOF, on=today, now=now)
    assert refused.value.place == "id_number"


def test_both_sides_see_the_transfer_and_nobody_else(
    propose: Any, registrar: Actor, suzhou: Actor, nanjing: Actor
):
    transfer = propose()
    assert [row.pk for row in transfers_for(registrar)] == [transfer.pk]
    assert [row.pk for row in transfers_for(suzhou, "waiting")] == [transfer.pk]
    assert list(transfers_for(nanjing)) == []


def test_units_of_the_whole_province_are_offered_by_any_part_of_the_name(tree: Any, today: date):
    found = units_named_like("执法", tree.jiangsu.pk, today)
    assert [unit.name for unit in found] == [
        "江苏省高速公路执法总队",
        SUZHOU,
        "昆山市交通运输综合行政执法大队",
    ]
    assert units_named_like("", tree.jiangsu.pk, today) == []


@pytest.fixture
def client(account_for: Callable[..., Account], sign_in: Callable[[Account], Client], tree: Any) -> Client:
    return sign_in(account_for("page-registrar", tree.kunshan, Role.REGISTRAR))


@pytest.fixture
def receiver(account_for: Callable[..., Account], sign_in: Callable[[Account], Client], tree: Any) -> Client:
    return sign_in(account_for("page-receiver", tree.nanjing, Role.REGISTRAR))


def test_pages_from_proposal_to_acceptance(client: Client, receiver: Client, officer: Officer, tmp_path: Any):
    address = reverse("transfer-propose", args=[officer.pk])
    assert client.get(address).status_code == 200
    proof = tmp_path / "order.pdf"
    proof.write_bytes(PROOF[0])
    with proof.open("rb") as file:
        answer = client.post(
            address,
            {
                "unit_name": "南京市交通运输局",
                "effective_on": "2026-11-22",
                "kind": "appointment",
                "categories": ["01", "02"],
                "document_number": "7",
                "reason": "工作需要",
                "proof": file,
            },
        )
    transfer = Transfer.system.get()
    assert answer.headers["Location"] == reverse("transfer-detail", args=[transfer.pk])
    page = receiver.get(answer.headers["Location"])
    assert "接受调动" in page.content.decode()
    assert receiver.get(reverse("transfer-proof", args=[transfer.pk])).content == PROOF[0]
    assert receiver.get(reverse("officer-detail", args=[officer.pk])).status_code == 404
    accepted = receiver.post(reverse("transfer-act", args=[transfer.pk, "accept"]), follow=True)
    assert "已调入" in accepted.content.decode()
    assert receiver.get(reverse("officer-detail", args=[officer.pk])).status_code == 200
    assert client.get(reverse("officer-detail", args=[officer.pk])).status_code == 404
    assert client.get(answer.headers["Location"]).status_code == 200


def test_what_was_typed_stays_beside_the_error(client: Client, officer: Officer):
    answer = client.post(
        reverse("transfer-propose", args=[officer.pk]), {"unit_name": "没有", "document_number": "苏交人7号"}
    )
    assert answer.status_code == 400
    assert "苏交人7号" in answer.content.decode()


def test_the_side_that_asks_sees_only_the_name_before_the_other_agrees(
    receiver: Client, nanjing: Actor, officer: Officer, now: datetime, today: date
):
    wish = replace(WISH, unit_name="南京市交通运输局")
    transfer = services.request_transfer(nanjing, "单书白", ID_NUMBER, wish, PROOF, on=today, now=now)
    page = receiver.get(reverse("transfer-detail", args=[transfer.pk])).content.decode()
    assert "单书白" in page
    assert "执法岗" not in page
    assert ID_NUMBER not in page
