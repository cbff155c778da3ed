"""Deleting a record and correcting an ID number: asked for by one, carried out by another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.apps.officers.entries import ID_NUMBER, entry
from tests.support.proofs import image, pdf
from warrant.apps.accounts.models import Account
from warrant.apps.audit.models import AuditRow
from warrant.apps.foundation.models import LogEntry
from warrant.apps.foundation.work import waiting
from warrant.apps.officers.models import Officer, OfficerVersion, RecordRequest
from warrant.apps.officers.selectors.page import timeline_of
from warrant.apps.officers.selectors.requests import officer_uses, request_work_queues
from warrant.apps.officers.selectors.sealing import id_number_of
from warrant.apps.officers.selectors.uses import counted
from warrant.apps.officers.services import enter_officer, open_account_for_officer
from warrant.apps.officers.services.requests import (
    apply_request,
    refuse_request,
    request_deletion,
    request_id_number_correction,
    undo_deletion,
    withdraw_request,
)
from warrant.core.access import Actor, Permission, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.standards.id_number import check_character

NEW_NUMBER = "32990119900601124" + check_character("32990119900601124")
"""Says female, born 1990-06-01."""

OTHER_NUMBER = "32990119850302002" + check_character("32990119850302002")
REASON = "同一人登记了两次"
PROOF = (pdf(), "身份证.pdf")


@pytest.fixture
def second(tree: SimpleNamespace, actor: Callable[..., Actor]) -> Actor:
    return actor("second", tree.kunshan, Role.REVIEWER)


@pytest.fixture
def deletion(officer: Officer, registrar: Actor, now: Any) -> RecordRequest:
    return request_deletion(registrar, officer.pk, REASON, now=now)


@pytest.fixture
def correction(officer: Officer, registrar: Actor, now: Any) -> RecordRequest:
    return request_id_number_correction(registrar, officer.pk, NEW_NUMBER, "录入时看错一位", PROOF, now=now)


def test_a_deletion_waits_for_a_second_person_and_then_hides_the_record(
    deletion: RecordRequest, officer: Officer, registrar: Actor, second: Actor, now: Any
) -> None:
    officer.refresh_from_db()
    assert officer.state == "active"
    assert [item.title for item in waiting(request_work_queues(second), 5)] == ["删除人员：单书白"]
    assert waiting(request_work_queues(registrar), 5) == []
    apply_request(second, deletion.pk, now=now)
    officer.refresh_from_db()
    assert officer.state == "deleted"
    assert not Officer.objects.visible_to(registrar, Permission.OFFICER_VIEW).exists()
    version = officer.versions.latest("revision")
    assert (version.kind, version.reason) == ("deleted", REASON)
    assert AuditRow.objects.get(action="officer.deleted").account_id == second.account_id
    assert waiting(request_work_queues(second), 5) == []


def test_nobody_confirms_the_own_request(
    tree: SimpleNamespace, actor: Callable[..., Actor], officer: Officer, now: Any
) -> None:
    both = actor("both", tree.kunshan, Role.REGISTRAR, Role.REVIEWER)
    request = request_deletion(both, officer.pk, REASON, now=now)
    with pytest.raises(NotPermitted, match="second-person-needed"):
        apply_request(both, request.pk, now=now)
    with pytest.raises(NotPermitted, match="second-person-needed"):
        refuse_request(both, request.pk, "不同意删除", now=now)
    assert waiting(request_work_queues(both), 5) == []


def test_a_registrar_does_not_confirm_and_a_reviewer_does_not_ask(
    deletion: RecordRequest, officer: Officer, registrar: Actor, second: Actor, stranger: Actor, now: Any
) -> None:
    with pytest.raises(NotPermitted):
        apply_request(registrar, deletion.pk, now=now)
    with pytest.raises(NotPermitted):
        request_deletion(second, officer.pk, REASON, now=now)
    with pytest.raises(NotFound):
        request_deletion(stranger, officer.pk, REASON, now=now)
    with pytest.raises(NotFound):
        apply_request(stranger, deletion.pk, now=now)


def test_what_others_built_on_a_record_bars_its_deletion(
    settings: Any, deletion: RecordRequest, officer: Officer, registrar: Actor, second: Actor, now: Any
) -> None:
    settings.WARRANT_OFFICER_USES = ["tests.apps.officers.test_requests.uses_for_test"]
    with pytest.raises(Conflict, match="officer-in-use") as refused:
        apply_request(second, deletion.pk, now=now)
    assert "有 2 份资格申请" in str(refused.value)
    deletion.refresh_from_db()
    assert deletion.state == "waiting"
    withdraw_request(registrar, deletion.pk, now=now)
    with pytest.raises(Conflict, match="officer-in-use"):
        request_deletion(registrar, officer.pk, REASON, now=now)


def uses_for_test(pks: Any) -> list[Any]:
    return [counted(OfficerVersion.system.filter(officer_id__in=pks), "有 2 份资格申请")]


def test_a_request_is_made_once_and_decided_once(
    deletion: RecordRequest, officer: Officer, registrar: Actor, second: Actor, now: Any
) -> None:
    with pytest.raises(Conflict, match="already-requested"):
        request_deletion(registrar, officer.pk, REASON, now=now)
    with pytest.raises(InvalidInput, match="reason-missing"):
        refuse_request(second, deletion.pk, " ", now=now)
    refuse_request(second, deletion.pk, "并非重复登记", now=now)
    with pytest.raises(Conflict, match="wrong-state"):
        apply_request(second, deletion.pk, now=now)
    assert request_deletion(registrar, officer.pk, REASON, now=now).state == "waiting"


def test_only_whoever_asked_withdraws(
    deletion: RecordRequest, tree: SimpleNamespace, actor: Callable[..., Actor], registrar: Actor, now: Any
) -> None:
    with pytest.raises(Conflict, match="not-own-request"):
        withdraw_request(actor("colleague", tree.kunshan, Role.REGISTRAR), deletion.pk, now=now)
    assert withdraw_request(registrar, deletion.pk, now=now).state == "withdrawn"


def test_a_deletion_is_undone_within_thirty_days(
    deletion: RecordRequest, officer: Officer, registrar: Actor, second: Actor, now: Any
) -> None:
    _officer, account, _password = open_account_for_officer(registrar, officer.pk, "own.account", now=now)
    apply_request(second, deletion.pk, now=now)
    account.refresh_from_db()
    assert not account.is_active
    with pytest.raises(Conflict, match="too-late"):
        undo_deletion(second, deletion.pk, "删错了人", now=now + timedelta(days=30))
    undo_deletion(second, deletion.pk, "删错了人", now=now + timedelta(days=29, hours=23))
    officer.refresh_from_db()
    account.refresh_from_db()
    assert (officer.state, id_number_of(officer), account.is_active) == ("active", ID_NUMBER, True)
    assert [v.kind for v in officer.versions.order_by("revision")][-2:] == ["deleted", "restored"]
    assert Officer.objects.visible_to(registrar, Permission.OFFICER_VIEW).get() == officer
    with pytest.raises(Conflict, match="wrong-state"):
        undo_deletion(second, deletion.pk, "再恢复一次", now=now)


def test_a_number_registered_again_bars_the_return(
    deletion: RecordRequest, registrar: Actor, second: Actor, today: date, now: Any
) -> None:
    apply_request(second, deletion.pk, now=now)
    enter_officer(registrar, entry(), on=today, now=now)
    with pytest.raises(Conflict, match="registered-again"):
        undo_deletion(second, deletion.pk, "删错了人", now=now)


def test_a_corrected_number_brings_birth_date_and_sex_and_can_be_found(
    correction: RecordRequest, officer: Officer, registrar: Actor, second: Actor, today: date, now: Any
) -> None:
    with pytest.raises(InvalidInput, match="number-differs"):
        apply_request(second, correction.pk, number=OTHER_NUMBER, now=now)
    apply_request(second, correction.pk, number=f" {NEW_NUMBER.lower()} ", now=now)
    officer.refresh_from_db()
    assert id_number_of(officer) == NEW_NUMBER
    assert (officer.birth_on, officer.sex) == (date(1990, 6, 1), "2")
    version = officer.versions.latest("revision")
    assert version.kind == "id-number-corrected"
    assert {"birth_on", "sex"} <= set(version.changed_fields)
    enter_officer(registrar, entry(), on=today, now=now)  # the old number is free again
    with pytest.raises(InvalidInput, match="already-registered"):
        enter_officer(registrar, entry(id_number=NEW_NUMBER), on=today, now=now)


def test_no_number_stands_in_request_version_audit_or_log(
    correction: RecordRequest, officer: Officer, second: Actor, now: Any
) -> None:
    apply_request(second, correction.pk, number=NEW_NUMBER, opinion=f"核对 {NEW_NUMBER} 无误", now=now)
    kept = repr(list(RecordRequest.system.values())) + repr(list(officer.versions.values()))
    kept += repr(list(AuditRow.objects.values())) + repr([bytes(e.body) for e in LogEntry.objects.all()])
    assert NEW_NUMBER not in kept
    assert ID_NUMBER not in kept


@pytest.mark.parametrize(
    ("number", "code"),
    [(ID_NUMBER, "same-number"), ("329901199006011240", "id-checksum"), ("12", "id-length")],
)
def test_a_number_that_cannot_be_right_is_refused(
    officer: Officer, registrar: Actor, now: Any, number: str, code: str
) -> None:
    with pytest.raises(InvalidInput, match=code) as refused:
        request_id_number_correction(registrar, officer.pk, number, "录入时看错一位", PROOF, now=now)
    assert refused.value.place == "id_number"


def test_somebody_elses_number_is_refused_at_asking_and_at_confirming(
    correction: RecordRequest, officer: Officer, registrar: Actor, second: Actor, today: date, now: Any
) -> None:
    other, _ = enter_officer(registrar, entry(id_number=NEW_NUMBER, name="赵明澈"), on=today, now=now)
    with pytest.raises(InvalidInput, match="already-registered") as refused:
        apply_request(second, correction.pk, number=NEW_NUMBER, now=now)
    assert "赵明澈" in str(refused.value)
    with pytest.raises(InvalidInput, match="already-registered"):
        request_id_number_correction(registrar, other.pk, ID_NUMBER, "录入时看错一位", PROOF, now=now)


def test_an_officer_who_moved_or_proposed_is_no_slip_of_the_pen(officer: Officer) -> None:
    assert [list(question) for question in officer_uses([officer.pk])] == [[], []]


@pytest.fixture
def clients(registrar: Actor, second: Actor, sign_in: Callable[[Account], Client]) -> tuple[Client, Client]:
    return tuple(sign_in(Account.objects.get(pk=a.account_id)) for a in (registrar, second))  # type: ignore[return-value]  # two of them


def test_the_pages_lead_from_asking_to_confirming_to_undoing(
    clients: tuple[Client, Client], officer: Officer
) -> None:
    first, other = clients
    ask = reverse("deletion-request", args=[officer.pk])
    assert "彻底清除" in first.get(ask).content.decode()
    assert first.post(ask, {"reason": ""}).status_code == 400
    page = first.post(ask, {"reason": REASON}, follow=True).content.decode()
    assert "须由另一名有确认权限的人核对" in page
    made = RecordRequest.system.get()
    address = reverse("record-request", args=[made.pk])
    assert first.get(ask).headers["Location"] == address
    assert "核对无误，删除" in other.get(address).content.decode()
    assert "单书白" in other.get(reverse("record-request-list")).content.decode()
    decide = reverse("record-request-decide", args=[made.pk])
    assert other.post(decide, {"decision": "refuse"}).status_code == 400
    other.post(decide, {"decision": "apply"})
    assert other.get(reverse("officer-detail", args=[officer.pk])).status_code == 404
    listed = other.get(reverse("record-request-list"), {"state": "deleted"}).content.decode()
    assert "还可恢复 30 天" in listed
    assert "恢复记录" in other.get(address).content.decode()
    assert other.post(reverse("record-request-undo", args=[made.pk]), {"opinion": ""}).status_code == 400
    other.post(reverse("record-request-undo", args=[made.pk]), {"opinion": "删错了人"})
    assert other.get(reverse("officer-detail", args=[officer.pk])).status_code == 200


def test_the_pages_of_a_number_show_no_number(clients: tuple[Client, Client], officer: Officer) -> None:
    first, other = clients
    ask = reverse("id-number-correction", args=[officer.pk])
    sent = {"id_number": NEW_NUMBER, "reason": "录入时看错一位"}
    file = SimpleUploadedFile("身份证.jpg", image())
    page = first.post(ask, {**sent, "proof": file}, follow=True).content.decode()
    assert NEW_NUMBER not in page
    made = RecordRequest.system.get()
    page = other.get(reverse("record-request", args=[made.pk])).content.decode()
    assert "1990-05-01 改为 1990-06-01" in page
    assert NEW_NUMBER not in page
    assert NEW_NUMBER[-4:] not in page
    decide = reverse("record-request-decide", args=[made.pk])
    wrong = other.post(decide, {"decision": "apply", "id_number": OTHER_NUMBER})
    assert wrong.status_code == 400
    assert "不一致" in wrong.content.decode()
    done = other.post(decide, {"decision": "apply", "id_number": NEW_NUMBER}, follow=True)
    assert "已更正单书白的身份证号码" in done.content.decode()


def test_the_timeline_tells_each_step_in_words(
    deletion: RecordRequest, officer: Officer, registrar: Actor, second: Actor, now: Any
) -> None:
    refuse_request(second, deletion.pk, "并非重复登记", now=now)
    told = [(line.title, line.text) for line in timeline_of(officer)]
    assert told[:2] == [("驳回请求", "并非重复登记"), ("请求删除", REASON)]


def test_the_pages_of_the_record_stay_within_bounds(
    clients: tuple[Client, Client],
    correction: RecordRequest,
    officer: Officer,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    for path in (
        reverse("record-request-list"),
        reverse("record-request", args=[correction.pk]),
        reverse("officer-history", args=[officer.pk]),
        f"{reverse('officer-detail', args=[officer.pk])}?on=2026-11-22",
    ):
        clients[1].get(path)  # writes when the session was seen, once a minute
        with django_assert_max_num_queries(10):
            page = clients[1].get(path)
        assert page.status_code == 200
        assert len(page.content) < 60_000


def test_a_new_number_near_somebody_elses_is_warned_of_before_it_is_confirmed(
    officer: Officer, registrar: Actor, second: Actor, client: Client, now: Any, today: Any
) -> None:
    near = "32990119900601134" + check_character("32990119900601134")
    enter_officer(registrar, entry(name="曾国", id_number=near), on=today, now=now)
    asked = request_id_number_correction(registrar, officer.pk, NEW_NUMBER, "录入时看错一位", PROOF, now=now)
    client.force_login(Account.objects.get(pk=second.account_id))
    page = client.get(reverse("record-request", args=[asked.pk])).content.decode()
    assert "身份证号码与已登记的曾国（昆山市交通运输综合行政执法大队）仅差一位" in page
    apply_request(second, asked.pk, number=NEW_NUMBER, now=now)
    assert "仅差一位" not in client.get(reverse("record-request", args=[asked.pk])).content.decode()
