"""Cards go from store to store by serial, out of one person's hands into another's."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from warrant.apps.accounts.models import Account
from warrant.apps.cardcentre.models import Card, CardMovement
from warrant.apps.cardcentre.selectors import work_queues
from warrant.apps.cardcentre.services import jobs
from warrant.apps.cardcentre.services.movements import give_cards, refuse_movement, take_cards
from warrant.apps.cardcentre.services.stock import spoil_blank
from warrant.apps.cardcentre.services.stores import central_store, close_store, open_store
from warrant.apps.foundation.work import waiting
from warrant.core.errors import Conflict, InvalidInput, NotPermitted


@pytest.fixture
def central(receive):
    """The central store with five blanks."""
    receive("1D000001 至 1D000005", 5)
    return central_store()


def lying(store):
    return list(Card.objects.filter(store=store).order_by("serial").values_list("serial", flat=True))


def test_cards_are_the_takers_once_another_person_has_taken_them(central, station, operator, counter, now):
    movement = give_cards(operator, central, station, "1D000001 至 1D000002\n1D000004", "", now=now)
    assert (movement.count, movement.ranges) == (
        3,
        [["1D000001", "1D000002"], ["1D000004", "1D000004"]],
    )
    assert lying(station) == []
    with pytest.raises(NotPermitted, match="taken-by-giver"):
        take_cards(operator, movement, 3, now=now)
    with pytest.raises(InvalidInput, match="count-differs"):
        take_cards(counter, movement, 2, now=now)
    take_cards(counter, movement, 3, now=now)
    assert lying(station) == ["1D000001", "1D000002", "1D000004"]
    entry = Card.objects.get(serial="1D000004").entries.latest("id")
    assert (entry.action, entry.account_id, entry.second_id) == (
        "move",
        counter.account_id,
        operator.account_id,
    )
    with pytest.raises(Conflict, match="wrong-state"):
        take_cards(counter, movement, 3, now=now)


def test_database_itself_refuses_one_person_in_both_parts(central, station, operator, now):
    movement = give_cards(operator, central, station, "1D000001", "", now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        CardMovement.objects.filter(pk=movement.pk).update(state="taken", ended_by=operator.account_id)


def test_card_on_its_way_is_for_nobody(central, station, operator, counter, now):
    give_cards(operator, central, station, "1D000001", "", now=now)
    with pytest.raises(Conflict, match="card-on-its-way"):
        give_cards(counter, central, station, "1D000001 至 1D000002", "", now=now)
    with pytest.raises(Conflict, match="card-on-its-way"):
        spoil_blank(operator, Card.objects.get(serial="1D000001"), "划伤", now=now)
    with pytest.raises(Conflict, match="store-not-empty"):
        close_store(operator, station, now=now)


def test_refused_movement_leaves_the_cards_where_they_were(central, station, operator, counter, now):
    movement = give_cards(operator, central, station, "1D000001", "", now=now)
    with pytest.raises(InvalidInput, match="reason-missing"):
        refuse_movement(counter, movement, " ", now=now)
    refuse_movement(counter, movement, "少一张", now=now)
    assert len(lying(central)) == 5
    assert Card.objects.get(serial="1D000001").movement_id is None
    assert give_cards(operator, central, station, "1D000001", "", now=now).count == 1


@pytest.mark.parametrize(
    ("serials", "code"),
    [("1D000005 至 1D000006", "card-not-here"), ("", "cards-missing"), ("1D00", "card-serial-invalid")],
)
def test_only_what_lies_in_the_store_can_be_given(central, station, operator, now, serials, code):
    with pytest.raises(InvalidInput, match=code):
        give_cards(operator, central, station, serials, "", now=now)
    assert not CardMovement.objects.exists()


def test_card_in_the_central_store_is_not_personalised(
    central, operator, certificate, readers, put_blank, now
):
    put_blank("1D000001", stocked=False)
    with pytest.raises(Conflict, match="card-not-at-station"):
        jobs.start_card_job(operator, certificate, "virtual-1", now=now)


def test_card_of_another_station_is_not_personalised(
    central, operator, counter, certificate, readers, put_blank, move, now
):
    other = open_store(operator, "二号制卡点", "virtual-2", now=now)
    move(central, other, "1D000001", 1)
    put_blank("1D000001", stocked=False)
    with pytest.raises(Conflict, match="card-of-other-station"):
        jobs.start_card_job(operator, certificate, "virtual-1", now=now)
    readers.take_out("virtual-1")
    readers.put_in("virtual-2", "1D000001")
    assert jobs.start_card_job(operator, certificate, "virtual-2", now=now).state == "made"


def test_store_is_named_once_and_closed_empty(operator, central, station, move, now):
    with pytest.raises(Conflict, match="store-known"):
        open_store(operator, "一号制卡点", "", now=now)
    with pytest.raises(Conflict, match="store-central"):
        close_store(operator, central, now=now)
    move(central, station, "1D000001", 1)
    with pytest.raises(Conflict, match="store-not-empty"):
        close_store(operator, station, now=now)
    move(station, central, "1D000001", 1)
    close_store(operator, station, now=now)
    with pytest.raises(Conflict, match="store-closed"):
        give_cards(operator, central, station, "1D000001", "", now=now)


def test_pages_lead_from_one_person_to_the_other(central, station, operator, counter, sign_in, now):
    giver = sign_in(Account.objects.get(pk=operator.account_id))
    taker = sign_in(Account.objects.get(pk=counter.account_id))
    new = reverse("card-movement-new")
    assert "1D000001–1D000005" in giver.get(new).content.decode()
    typed = {"from_store": central.pk, "to_store": station.pk, "serials": "1D000009"}
    wrong = giver.post(new, typed)
    assert wrong.status_code == 400
    assert "1D000009" in wrong.content.decode()
    told = giver.post(new, {**typed, "serials": "1D000001-1D000003"}, follow=True).content.decode()
    assert "已移出 3 张" in told
    assert "/take/" not in told
    movement = CardMovement.objects.get()
    assert [item.kind for item in waiting(work_queues(counter), 10)] == ["card-movement"]
    take = reverse("card-movement-take", args=[movement.pk])
    assert giver.post(take, {"counted": "3"}).status_code == 403
    assert taker.post(take, {"counted": "2"}).status_code == 400
    assert "已接收 3 张" in taker.post(take, {"counted": "3"}, follow=True).content.decode()
    assert taker.post(take, {"counted": "3"}).status_code == 409
    shown = taker.get(reverse("card-stock"), {"store": station.pk, "serial": "1d0000"}).content.decode()
    assert "1D000003" in shown
    assert "1D000004" not in shown
