"""The stores balance to the card; a day is closed by one person, confirmed by another, differences by serial."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from warrant.apps.accounts.models import Account
from warrant.apps.cardcentre.models import Card, StockDay
from warrant.apps.cardcentre.selectors import work_queues
from warrant.apps.cardcentre.selectors.balance import running_balances, total_of, unbooked_cards
from warrant.apps.cardcentre.services import jobs
from warrant.apps.cardcentre.services.closing import close_day, confirm_day, reject_day
from warrant.apps.cardcentre.services.hand_over import record_hand_over
from warrant.apps.cardcentre.services.ledger import carry_over
from warrant.apps.cardcentre.services.stock import spoil_blank, take_back
from warrant.apps.cardcentre.services.stores import central_store
from warrant.apps.certificates.models import Certificate
from warrant.apps.foundation.work import waiting
from warrant.core.access import Role
from warrant.core.errors import Conflict, InvalidInput, NotPermitted


@pytest.fixture
def central(receive):
    receive("1D000001 至 1D000005", 5)
    return central_store()


def figures(state):
    balance = state.balance
    return (
        balance.opening,
        balance.received,
        balance.taken_over,
        balance.given_over,
        {one.value: count for one, count in balance.standings.items() if count},
    )


def test_life_of_cards_balances_in_every_store(
    central, station, operator, actor, tree, certificate, move, put_blank, now
):
    move(central, station, "1D000001 至 1D000003", 3)
    put_blank("1D000001", stocked=False)
    jobs.pass_check(operator, jobs.start_card_job(operator, certificate, "virtual-1", now=now), now=now)
    record_hand_over(actor("wu", tree.kunshan, Role.REGISTRAR), certificate, "林书白", now=now)
    spoil_blank(operator, Card.objects.get(serial="1D000002"), "划伤", now=now)
    assert [figures(state) for state in running_balances(operator)] == [
        (0, 5, 0, 3, {"in-store": 2}),
        (0, 0, 3, 0, {"at-station": 1, "issued": 1, "spoiled": 1}),
    ]
    Certificate.system.update(state="cancelled")
    take_back(operator, Card.objects.get(serial="1D000001"), central, "退休", now=now)
    move(station, central, "1D000002", 1)
    states = running_balances(operator)
    assert all(state.agrees for state in states)
    assert [figures(state) for state in states] == [
        (0, 5, 2, 3, {"in-store": 2, "spoiled": 1, "returned": 1}),
        (0, 0, 3, 2, {"at-station": 1}),
    ]
    assert total_of(states).total == 5


def test_change_past_the_ledger_shows_by_serial_and_stops_the_closing(central, operator, now):
    Card.objects.filter(serial="1D000002").update(state="spoiled")
    (state,) = running_balances(operator)
    assert not state.agrees
    assert unbooked_cards(central) == ["1D000002"]
    with pytest.raises(Conflict, match="books-disagree"):
        close_day(operator, central, "1D000001 至 1D000005", "", now=now)


def test_next_day_begins_where_the_last_one_ended(central, station, operator, counter, move, now):
    day = close_day(operator, central, "1D000001 至 1D000005", "", now=now)
    assert (day.counted, day.missing, day.surplus) == (5, [], [])
    confirm_day(counter, day, now=now)
    later = now + timedelta(days=1)
    spoil_blank(operator, Card.objects.get(serial="1D000005"), "划伤", now=later)
    assert figures(running_balances(operator)[0]) == (5, 0, 0, 0, {"in-store": 4, "spoiled": 1})
    with pytest.raises(Conflict, match="day-closed"):
        close_day(operator, central, "1D000001 至 1D000005", "", now=now + timedelta(minutes=5))
    second = close_day(operator, central, "1D000001 至 1D000005", "", now=later + timedelta(hours=1))
    assert (second.began_at, second.figures["opening"]) == (day.closed_at, 5)


def test_closer_does_not_confirm_and_one_day_waits_at_a_time(central, operator, counter, now):
    day = close_day(operator, central, "1D000001 至 1D000005", "", now=now)
    for act in (
        lambda: confirm_day(operator, day, now=now),
        lambda: reject_day(operator, day, "错", now=now),
    ):
        with pytest.raises(NotPermitted, match="confirmed-by-closer"):
            act()
    with pytest.raises(IntegrityError), transaction.atomic():
        StockDay.objects.update(decided_by=operator.account_id)
    with pytest.raises(Conflict, match="day-unconfirmed"):
        close_day(counter, central, "1D000001 至 1D000005", "", now=now + timedelta(days=1))
    with pytest.raises(InvalidInput, match="reason-missing"):
        reject_day(counter, day, "", now=now)
    reject_day(counter, day, "重新盘点", now=now)
    assert close_day(operator, central, "1D000001 至 1D000005", "", now=now).state == "closed"


def test_difference_is_listed_explained_and_lost_once_confirmed(central, operator, counter, now):
    with pytest.raises(InvalidInput, match="difference-unexplained"):
        close_day(operator, central, "1D000001 至 1D000004\n1D0000FF", "", now=now)
    day = close_day(operator, central, "1D000001 至 1D000004\n1D0000FF", "已查监控", now=now)
    assert (day.missing, day.surplus) == (["1D000005"], ["1D0000FF"])
    assert Card.objects.get(serial="1D000005").state == "blank"
    confirm_day(counter, day, now=now + timedelta(minutes=1))
    assert Card.objects.get(serial="1D000005").state == "lost"
    (state,) = running_balances(operator)
    assert state.agrees
    assert figures(state) == (5, 0, 0, 0, {"in-store": 4, "lost": 1})
    with pytest.raises(Conflict, match="wrong-state"):
        confirm_day(counter, day, now=now)


def test_line_that_came_in_after_the_closing_stops_its_confirmation(central, operator, counter, now):
    day = close_day(operator, central, "1D000001 至 1D000005", "", now=now)
    spoil_blank(operator, Card.objects.get(serial="1D000005"), "划伤", now=now - timedelta(seconds=1))
    with pytest.raises(Conflict, match="day-changed"):
        confirm_day(counter, day, now=now)


def test_cards_made_in_bulk_are_carried_over_once(central, operator, now):
    batch = Card.objects.first().batch
    Card.objects.create(
        serial="1D0000F1", batch=batch, state="blank", store=central, key_suite="sm4", changed_at=now
    )
    assert not running_balances(operator)[0].agrees
    assert (carry_over(), carry_over()) == (1, 0)
    assert running_balances(operator)[0].agrees


def test_pages_show_the_balance_and_lead_through_the_closing(
    central, station, operator, counter, sign_in, django_assert_max_num_queries
):
    one, two = (sign_in(Account.objects.get(pk=person.account_id)) for person in (operator, counter))
    url = reverse("card-balance")
    with django_assert_max_num_queries(10):
        page = one.get(url)
    assert "全中心" in page.content.decode()
    answer = one.get(url, headers={"accept": "application/json"}).json()
    assert answer["total"]["standings"]["in-store"] == 5
    assert [(row["store"], row["received"], row["agrees"]) for row in answer["stores"]] == [
        ("中心库", 5, True),
        ("一号制卡点", 0, True),
    ]
    close = reverse("stock-day-close", args=[central.pk])
    wrong = one.post(close, {"found": "1D000001-1D000004"})
    assert wrong.status_code == 400
    assert "没有盘到 1 张" in wrong.content.decode()
    assert "1D000001-1D000004" in wrong.content.decode()
    told = one.post(close, {"found": "1D000001-1D000005"}, follow=True).content.decode()
    assert "等待另一人确认" in told
    assert one.post(close, {"found": "1D000001-1D000005"}).status_code == 409
    day = StockDay.objects.get()
    confirm = reverse("stock-day-confirm", args=[day.pk])
    assert one.post(confirm).status_code == 403
    assert [item.kind for item in waiting(work_queues(counter), 10)] == ["stock-day"]
    assert "账卡物三者相符" in two.post(confirm, follow=True).content.decode()
    assert two.post(confirm).status_code == 409
    assert "已确认" in two.get(reverse("stock-days")).content.decode()
