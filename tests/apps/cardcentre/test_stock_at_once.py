"""Two people reach for the same card at the same moment: one gets it."""

from __future__ import annotations

import pytest

from tests.support.at_once import at_once, shared_database
from warrant.apps.cardcentre.models import Card, CardMovement, StockDay
from warrant.apps.cardcentre.services import jobs
from warrant.apps.cardcentre.services.closing import close_day
from warrant.apps.cardcentre.services.movements import give_cards, take_cards
from warrant.apps.cardcentre.services.stores import central_store
from warrant.core.access import Role

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_blank_makes_one_card(operator, counter, case_for, put_blank, now, tmp_path):
    put_blank()
    first, second = case_for("林书白"), case_for("陈予安")
    with shared_database(tmp_path):
        ends = at_once(
            *(
                lambda who=who, whose=whose: jobs.start_card_job(who, whose, "virtual-1", now=now)
                for who, whose in ((operator, first), (counter, second))
            )
        )
        assert ends.count("done") == 1
        assert Card.objects.get().entries.filter(action="reserve").count() == 1


def test_one_card_is_given_once_and_taken_once(
    receive, station, operator, counter, actor, tree, now, tmp_path
):
    receive("1D000001 至 1D000003", 3)
    central = central_store()
    third = actor("fan", tree.jiangsu, Role.CARD_OPERATOR)
    with shared_database(tmp_path):
        ends = at_once(
            *(
                lambda who=who: give_cards(who, central, station, "1D000001", "", now=now)
                for who in (operator, counter)
            )
        )
        assert sorted(ends) == ["card-on-its-way", "done"]
        movement = CardMovement.objects.get()
        takers = [who for who in (operator, counter, third) if who.account_id != movement.given_by_id]
        ends = at_once(*(lambda who=who: take_cards(who, movement, 1, now=now) for who in takers))
        assert sorted(ends) == ["done", "wrong-state"]
        assert Card.objects.get(serial="1D000001").entries.filter(action="move").count() == 1


def test_one_day_is_closed_once(receive, operator, counter, now, tmp_path):
    receive("1D000001 至 1D000003", 3)
    central = central_store()
    with shared_database(tmp_path):
        ends = at_once(
            *(
                lambda who=who: close_day(who, central, "1D000001 至 1D000003", "", now=now)
                for who in (operator, counter)
            )
        )
        assert sorted(ends) == ["day-unconfirmed", "done"]
        assert StockDay.objects.count() == 1
