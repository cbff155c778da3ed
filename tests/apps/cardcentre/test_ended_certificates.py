"""A card dies in the transaction that ends its certificate, wherever it is; the stock still balances to the card."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from tests.apps.cardcentre.conftest import FIRST_SERIAL
from tests.support.at_once import at_once, shared_database
from warrant.apps.audit.models import AuditRow
from warrant.apps.cardcentre.models import Card, CardJob, StationBatch
from warrant.apps.cardcentre.selectors.balance import running_balances
from warrant.apps.cardcentre.services import ended_certificates, jobs
from warrant.apps.cardcentre.services.batches import take_jobs
from warrant.apps.cardcentre.services.hand_over import record_hand_over
from warrant.apps.cardcentre.services.stock import take_back
from warrant.apps.cardcentre.services.stores import central_store
from warrant.apps.certificates import services
from warrant.apps.certificates.models import Certificate
from warrant.core.access import Role
from warrant.core.errors import Conflict


@pytest.fixture
def approver(actor, tree):
    return actor("fang", tree.jiangsu, Role.APPROVER)


@pytest.fixture
def made(operator, certificate, put_blank, now):
    """A certificate whose card is made and lies at the centre."""
    put_blank()
    jobs.pass_check(operator, jobs.start_card_job(operator, certificate, "virtual-1", now=now), now=now)
    return Certificate.system.get()


@pytest.fixture
def issued(made, actor, tree, now):
    """A certificate whose holder has the card."""
    record_hand_over(actor("wu", tree.kunshan, Role.REGISTRAR), made, "林书白", now=now)
    return Certificate.system.get()


def cancel(approver, certificate, now):
    return services.cancel(approver, certificate, "调往县政府", ground="left-post", now=now)


def test_card_in_the_holders_hands_dies_with_its_certificate(issued, approver, operator, now):
    cancel(approver, issued, now)
    card = Card.objects.get()
    line = card.entries.latest("id")
    assert card.state == "dead"
    assert (line.action, line.from_state, line.account_id) == ("kill", "handed-over", approver.account_id)
    assert all(state.agrees for state in running_balances(operator))
    take_back(operator, card, central_store(), "单位收缴", now=now)
    assert Card.objects.get().state == "returned"


def test_card_that_nobody_handed_over_dies_by_the_calendar_too(made, operator, now):
    after = now + timedelta(days=6 * 366)
    assert services.expire_certificates(now=after) == 1
    assert Card.objects.get().state == "dead"
    assert Card.objects.get().entries.latest("id").account_id is None
    assert all(state.agrees for state in running_balances(operator))


def test_card_of_the_certificate_that_was_replaced_dies_when_the_new_one_is_handed_over(
    issued, case_for, actor, tree, operator, put_blank, now
):
    successor = case_for("陈予安")
    Certificate.system.filter(pk=successor.pk).update(officer=issued.officer, replaces=issued)
    put_blank("1D000000000002")
    successor = Certificate.system.get(pk=successor.pk)
    services.record_production(operator, successor, now=now)
    services.hand_over(actor("gu2", tree.kunshan, Role.REGISTRAR), successor, now=now)
    assert Certificate.system.get(pk=issued.pk).state == "cancelled"
    assert Card.objects.get(serial=FIRST_SERIAL).state == "dead"


def test_lost_or_withheld_certificate_leaves_its_card_alone(issued, approver, now):
    until = now.date() + timedelta(days=30)
    services.withhold(approver, issued, "年度考核不合格", ground="assessment-failed", until=until, now=now)
    assert Card.objects.get().state == "handed-over"


def test_card_in_the_making_is_spoiled_and_its_chip_waits_to_be_emptied(
    operator, approver, certificate, put_blank, now
):
    put_blank()
    job = jobs.start_card_job(operator, certificate, "virtual-1", now=now)
    assert job.state == "made"
    cancel(approver, certificate, now)
    job.refresh_from_db()
    card = Card.objects.get()
    assert (job.state, job.chip_erased_at, card.state) == ("spoiled", None, "spoiled")
    assert certificate.number in card.spoiled_reason
    assert all(state.agrees for state in running_balances(operator))
    with pytest.raises(Conflict, match="wrong-state"):
        jobs.pass_check(operator, job, now=now)
    assert jobs.erase_spoiled_chip(operator, job, "virtual-1", now=now).chip_erased_at == now


def test_job_taken_to_a_station_goes_and_the_batch_is_closed(operator, approver, certificate, now):
    take_jobs(operator, "一号工位", [certificate], now=now)
    cancel(approver, certificate, now)
    assert not CardJob.objects.exists()
    assert StationBatch.objects.get().closed_at == now
    assert AuditRow.objects.filter(action="card-job.dropped").count() == 1


def test_nothing_happens_at_all_if_the_card_cannot_follow(issued, approver, now, monkeypatch):
    def broken(*, cards, actor, now):
        raise Conflict("wrong-state", "made up")

    monkeypatch.setattr(ended_certificates.stock, "mark_dead", broken)
    with pytest.raises(Conflict):
        cancel(approver, issued, now)
    assert Certificate.system.get().state == "active"
    assert Card.objects.get().state == "handed-over"
    assert not issued.entries.filter(action="cancel").exists()


def test_cards_of_certificates_that_ended_earlier_are_killed_once(issued, operator, now):
    Certificate.system.update(state="expired")
    migration = import_module("warrant.apps.cardcentre.migrations.0009_dead_cards")

    class Editor:
        pass

    Editor.connection = connection
    for _ in range(2):
        migration.kill_cards_of_ended_certificates(apps, Editor)
    card = Card.objects.get()
    assert (card.state, card.entries.filter(action="kill").count()) == ("dead", 1)
    assert all(state.agrees for state in running_balances(operator))


@pytest.mark.django_db(transaction=True)
def test_card_is_passed_or_given_up_but_never_both(operator, approver, certificate, put_blank, now, tmp_path):
    put_blank()
    job = jobs.start_card_job(operator, certificate, "virtual-1", now=now)
    with shared_database(tmp_path):
        ends = at_once(
            lambda: jobs.pass_check(operator, job, now=now), lambda: cancel(approver, certificate, now)
        )
        assert "done" in ends
        card, job = Card.objects.get(), CardJob.objects.get()
        assert Certificate.system.get().state == "cancelled"
        assert (job.state, card.state) in {("finished", "dead"), ("spoiled", "spoiled")}
