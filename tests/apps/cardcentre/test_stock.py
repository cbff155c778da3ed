"""Blank cards: received by serial range, spoiled under their own serial."""

from __future__ import annotations

import dataclasses

import pytest

from warrant.apps.audit.models import AuditRow
from warrant.apps.cardcentre.models import Card
from warrant.apps.cardcentre.services import stock
from warrant.core.access import Role
from warrant.core.errors import Conflict, InvalidInput, NotPermitted


def receive(operator, first, last, now, suite="sm4"):
    return stock.receive_cards(operator, "苏州芯卡", first, last, suite, now=now)


def test_every_serial_of_the_range_is_in_stock(operator, now):
    batch = receive(operator, "1D:00:00:00:00:00:FE", "1d000000000101", now)
    assert list(batch.cards.order_by("serial").values_list("serial", flat=True)) == [
        "1D0000000000FE",
        "1D0000000000FF",
        "1D000000000100",
        "1D000000000101",
    ]
    assert batch.count == 4
    assert AuditRow.objects.filter(action="cards.received").exists()


def test_serial_is_received_once(operator, now):
    receive(operator, "1D000005", "1D000007", now)
    with pytest.raises(Conflict, match="card-known"):
        receive(operator, "1D000001", "1D000009", now)


def test_longer_serial_in_between_is_another_card(operator, now):
    receive(operator, "1D00000500", "1D00000501", now)
    assert receive(operator, "1D000001", "1D000009", now).count == 9


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        ("1D000009", "1D000001", "card-serial-order"),
        ("1D000009", "1D00000901", "card-serial-order"),
        ("1D00000X", "1D000009", "card-serial-invalid"),
        ("1D0000", "1D0001", "card-serial-invalid"),
        ("1D000000", "1D002000", "card-batch-large"),
    ],
)
def test_wrong_range_is_refused(operator, now, first, last, code):
    with pytest.raises(InvalidInput, match=code):
        receive(operator, first, last, now)


def test_spoiled_blank_keeps_its_serial_and_reason(operator, now):
    card = receive(operator, "1D000001", "1D000001", now).cards.get()
    stock.spoil_blank(operator, card, "卡面划伤", now=now)
    card.refresh_from_db()
    assert (card.serial, card.state, card.spoiled_reason) == ("1D000001", "spoiled", "卡面划伤")
    with pytest.raises(Conflict, match="wrong-state"):
        stock.spoil_blank(operator, card, "再次作废", now=now)


def test_spoiling_needs_a_reason(operator, now):
    card = receive(operator, "1D000001", "1D000001", now).cards.get()
    with pytest.raises(InvalidInput, match="reason-missing"):
        stock.spoil_blank(operator, card, " ", now=now)
    assert Card.objects.get().state == "blank"


def test_registrar_does_not_touch_the_stock(actor, tree, now):
    registrar = actor("wu", tree.jiangsu, Role.REGISTRAR)
    with pytest.raises(NotPermitted):
        receive(registrar, "1D000001", "1D000001", now)


def test_operator_of_another_node_does_not_touch_the_stock(operator, now):
    away = dataclasses.replace(
        operator, grants=tuple(dataclasses.replace(grant, is_node_wide=False) for grant in operator.grants)
    )
    with pytest.raises(Exception, match="not-found"):
        receive(away, "1D000001", "1D000001", now)
