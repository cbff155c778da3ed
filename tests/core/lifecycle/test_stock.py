"""The balance of the stores holds to the card, whatever happened to the cards."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warrant.core.lifecycle import CARD, CardState, StoreKind
from warrant.core.lifecycle.stock import (
    ANNOUNCED,
    Position,
    Standing,
    StoreBalance,
    balances,
    standing_of,
)

KINDS = {1: StoreKind.CENTRAL, 2: StoreKind.STATION, 3: StoreKind.STATION}


def position(state: CardState, store: int) -> Position | None:
    standing = standing_of(state, KINDS[store])
    return None if standing is None else Position(store, standing)


@st.composite
def histories(draw):
    """Random walks of a few cards through the card's own table and between the stores: (serial, before, after)."""
    steps = []
    stands = {f"1D0000{number:02X}": (CardState.ARRIVED, 1) for number in range(draw(st.integers(1, 8)))}
    for _ in range(draw(st.integers(0, 60))):
        serial = draw(st.sampled_from(sorted(stands)))
        state, store = stands[serial]
        rows = CARD.actions_from(state)
        may_move = state in (CardState.BLANK, CardState.SPOILED, CardState.RETURNED)
        if may_move and (not rows or draw(st.booleans())):
            after = (state, draw(st.sampled_from(sorted(KINDS))))
        elif rows:
            row = draw(st.sampled_from(rows))
            target = draw(st.sampled_from(row.targets))
            kept = draw(st.sampled_from(sorted(KINDS))) if row.action == "take-back" else store
            after = (CardState(target), kept)
        else:
            continue
        steps.append((serial, stands[serial], after))
        stands[serial] = after
    return steps, stands


@given(histories(), st.data())
def test_every_store_balances_to_the_card_over_any_history_and_any_cut(history, data):
    steps, stands = history
    cut = data.draw(st.integers(0, len(steps)))
    before_the_cut = {}
    for serial, _before, after in steps[:cut]:
        before_the_cut[serial] = after
    opening = Counter(
        place for state, store in before_the_cut.values() if (place := position(state, store)) is not None
    )
    flows = [(position(*before), position(*after), 1) for _serial, before, after in steps[cut:]]
    made = balances(opening, flows)
    held = Counter(place for state, store in stands.values() if (place := position(state, store)) is not None)
    for store, balance in made.items():
        assert balance.holds
        assert {one: count for one, count in balance.standings.items() if count} == {
            place.standing: count for place, count in held.items() if place.store == store
        }
    total = sum(made.values(), StoreBalance())
    assert total.taken_over == total.given_over
    assert total.opening + total.received == total.total == sum(held.values())
    assert sum(held.values()) == sum(1 for state, _store in stands.values() if state not in ANNOUNCED)


def test_a_day_at_the_centre_in_figures():
    central, station = 1, 2
    in_store, at_station = Position(central, Standing.IN_STORE), Position(station, Standing.AT_STATION)
    made = balances(
        {in_store: 400, at_station: 10},
        [
            (None, in_store, 100),
            (in_store, at_station, 50),
            (at_station, Position(station, Standing.MADE), 30),
            (Position(station, Standing.MADE), Position(station, Standing.ISSUED), 20),
            (at_station, Position(station, Standing.SPOILED), 2),
            (Position(station, Standing.SPOILED), Position(central, Standing.SPOILED), 2),
        ],
    )
    assert (made[1].opening, made[1].received, made[1].taken_over, made[1].given_over) == (400, 100, 2, 50)
    assert (made[1].standings[Standing.IN_STORE], made[1].standings[Standing.SPOILED]) == (450, 2)
    assert (made[2].opening, made[2].taken_over, made[2].given_over, made[2].total) == (10, 50, 2, 58)
    assert made[2].standings[Standing.AT_STATION] == 28
    assert all(balance.holds for balance in made.values())


def test_a_card_that_was_never_booked_in_shows():
    assert not StoreBalance(opening=3, standings={Standing.IN_STORE: 4}).holds
    made = balances({}, [(Position(1, Standing.IN_STORE), Position(1, Standing.SPOILED), 1)])
    assert not made[1].holds


def test_no_card_leaves_the_books():
    with pytest.raises(ValueError, match="never leaves"):
        balances({}, [(Position(1, Standing.IN_STORE), None, 1)])


def test_every_state_has_its_standing():
    for state in CardState:
        assert (standing_of(state, StoreKind.CENTRAL) is None) == (state in ANNOUNCED)
    assert standing_of(CardState.BLANK, StoreKind.STATION) is Standing.AT_STATION
