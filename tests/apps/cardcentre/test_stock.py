"""Single cards: spoiled under their own serial, taken back after their certificate, found again."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.apps.cardcentre.conftest import FIRST_SERIAL
from warrant.apps.accounts.models import Account
from warrant.apps.cardcentre.models import Card
from warrant.apps.cardcentre.services import jobs, stock
from warrant.apps.cardcentre.services.hand_over import record_hand_over
from warrant.apps.cardcentre.services.stores import central_store
from warrant.apps.certificates.models import Certificate
from warrant.core.access import Role
from warrant.core.errors import Conflict, InvalidInput


@pytest.fixture
def blank(receive):
    return receive("1D000001", 1).cards.get()


@pytest.fixture
def issued(operator, actor, tree, certificate, put_blank, now):
    """A card in its holder's hands."""
    put_blank()
    jobs.pass_check(operator, jobs.start_card_job(operator, certificate, "virtual-1", now=now), now=now)
    return record_hand_over(actor("wu", tree.kunshan, Role.REGISTRAR), certificate, "林书白", now=now)


def test_spoiled_blank_keeps_its_serial_and_reason(operator, blank, now):
    stock.spoil_blank(operator, blank, "卡面划伤", now=now)
    blank.refresh_from_db()
    assert (blank.serial, blank.state, blank.spoiled_reason) == ("1D000001", "spoiled", "卡面划伤")
    with pytest.raises(Conflict, match="wrong-state"):
        stock.spoil_blank(operator, blank, "再次作废", now=now)


def test_spoiling_needs_a_reason(operator, blank, now):
    with pytest.raises(InvalidInput, match="reason-missing"):
        stock.spoil_blank(operator, blank, " ", now=now)
    assert Card.objects.get().state == "blank"


def test_made_card_is_not_spoiled_by_hand(operator, certificate, put_blank, now):
    put_blank()
    jobs.pass_check(operator, jobs.start_card_job(operator, certificate, "virtual-1", now=now), now=now)
    with pytest.raises(Conflict, match="card-in-job"):
        stock.spoil_blank(operator, Card.objects.get(), "划伤", now=now)


def test_every_step_of_a_card_stands_in_its_history(issued, operator, counter):
    lines = [
        (entry.action, entry.from_state, entry.to_state, str(entry.to_store), entry.account_id)
        for entry in issued.entries.order_by("id")
    ]
    assert [line[:4] for line in lines] == [
        ("count", "arrived", "blank", "中心库"),
        ("move", "blank", "blank", "一号制卡点"),
        ("reserve", "blank", "reserved", "一号制卡点"),
        ("record-personalisation", "reserved", "personalised", "一号制卡点"),
        ("hand-over", "personalised", "handed-over", "一号制卡点"),
    ]
    assert [line[4] for line in lines[:3]] == [
        counter.account_id,
        counter.account_id,
        operator.account_id,
    ]


def test_card_comes_back_only_after_its_certificate_has_ended(issued, operator, now):
    with pytest.raises(Conflict, match="certificate-not-ended"):
        stock.take_back(operator, issued, central_store(), "退休交回", now=now)
    Certificate.system.update(state="cancelled")
    with pytest.raises(InvalidInput, match="reason-missing"):
        stock.take_back(operator, issued, central_store(), "", now=now)
    stock.take_back(operator, issued, central_store(), "退休交回", now=now)
    issued.refresh_from_db()
    assert (issued.state, issued.store.kind, issued.certificate_id is None) == ("returned", "central", False)
    with pytest.raises(Conflict, match="wrong-state"):
        stock.take_back(operator, issued, central_store(), "再次", now=now)


def test_card_of_an_ended_certificate_can_be_dead_before_it_comes_back(issued, operator, now):
    Certificate.system.update(state="revoked")
    stock.mark_dead(cards=[issued], actor=None, now=now)
    assert issued.entries.latest("id").account_id is None
    stock.take_back(operator, issued, central_store(), "单位收缴", now=now)
    assert Card.objects.get(pk=issued.pk).state == "returned"


def test_lost_card_that_turns_up_is_spoiled(operator, blank, now):
    Card.objects.update(state="lost")
    stock.find_card(operator, blank, "在打印间找到", now=now)
    blank.refresh_from_db()
    assert (blank.state, blank.spoiled_reason) == ("spoiled", "在打印间找到")
    with pytest.raises(Conflict, match="wrong-state"):
        stock.find_card(operator, blank, "在打印间找到", now=now)


def test_page_of_a_card_offers_what_can_be_done(issued, operator, sign_in):
    browser = sign_in(Account.objects.get(pk=operator.account_id))
    page = browser.get(reverse("card-detail", args=[FIRST_SERIAL])).content.decode()
    assert "林书白" in page
    assert "领用制卡" in page
    url = reverse("card-take-back", args=[FIRST_SERIAL])
    assert url in page
    typed = {"store": central_store().pk, "reason": "退休交回"}
    assert browser.post(url, typed).status_code == 409
    Certificate.system.update(state="cancelled")
    assert browser.post(url, {**typed, "reason": ""}).status_code == 400
    assert "已收回" in browser.post(url, typed, follow=True).content.decode()
    assert browser.get(reverse("card-detail", args=["1D00000000FFFF"])).status_code == 404
