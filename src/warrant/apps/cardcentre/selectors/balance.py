"""The balance of the stores, from the ledger on one side and from the cards on the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Value

from warrant.apps.cardcentre.models import Card, CardDestruction, CardEntry, CardStore, StockDay
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle import CardState, DestructionState, StockDayState, StoreKind
from warrant.core.lifecycle.stock import (
    ANNOUNCED,
    LYING,
    Flow,
    Position,
    Standing,
    StoreBalance,
    balances,
    standing_of,
)

_MOVED = ("from_state", "to_state", "from_store", "from_store__kind", "to_store", "to_store__kind")


@dataclass(frozen=True)
class StoreState:
    """A store in its running day: since when, its balance by the ledger, and what the cards themselves say."""

    store: CardStore
    began_at: datetime | None
    balance: StoreBalance
    counted: Mapping[Standing, int]
    is_closed: bool

    @property
    def agrees(self) -> bool:
        """Whether the books hold, and say of every standing what the cards say."""
        return self.balance.holds and all(
            self.balance.standings.get(one, 0) == self.counted.get(one, 0) for one in Standing
        )


def running_balances(viewer: Actor) -> list[StoreState]:
    """Return every store's running day, the central store first. Raises: NotFound, NotPermitted."""
    require(viewer, Permission.CARD_STOCK, NATION)
    return states_of(list(CardStore.objects.order_by("kind", "id")))


def states_of(stores: Sequence[CardStore]) -> list[StoreState]:
    """Return the running days of stores: what the last closing left, every line since, and the cards; three queries."""
    last = _last_days(stores)
    lines = [
        _lines_of(store, last.get(store.pk), None)
        .annotate(book=Value(store.pk))
        .values("book", *_MOVED)
        .annotate(count=Count("id"))
        for store in stores
    ]
    flows: dict[int, list[Flow]] = {store.pk: [] for store in stores}
    rows = lines[0].union(*lines[1:], all=True) if len(lines) > 1 else (lines[0] if lines else [])
    for row in rows:
        flows[row["book"]].append((_place(row, "from"), _place(row, "to"), row["count"]))
    counted = _standings_by_card(stores)
    return [
        StoreState(
            store,
            last[store.pk].closed_at if store.pk in last else None,
            _balance(store, last.get(store.pk), flows[store.pk]),
            counted[store.pk],
            store.pk in last and last[store.pk].state == StockDayState.CLOSED,
        )
        for store in stores
    ]


def balance_between(store: CardStore, last: StockDay | None, until: datetime) -> StoreBalance:
    """Return a store's balance from the end of its last closed day up to an instant, inclusive, by the ledger."""
    return _balance(store, last, flows_of(_lines_of(store, last, until)))


def _lines_of(store: CardStore, last: StockDay | None, until: datetime | None) -> QuerySet[CardEntry]:
    lines = CardEntry.objects.filter(Q(from_store=store) | Q(to_store=store)).order_by()
    if last is not None:
        lines = lines.filter(happened_at__gt=last.closed_at)
    return lines if until is None else lines.filter(happened_at__lte=until)


def _balance(store: CardStore, last: StockDay | None, flows: Sequence[Flow]) -> StoreBalance:
    opening = {
        Position(store.pk, Standing(standing)): count
        for standing, count in (last.figures["standings"] if last else {}).items()
    }
    found = balances(opening, flows)
    return found.get(store.pk, StoreBalance(standings=dict.fromkeys(Standing, 0)))


def flows_of(lines: QuerySet[CardEntry]) -> list[Flow]:
    """Return how many cards went from where to where, in one query."""
    rows = lines.order_by().values(*_MOVED).annotate(count=Count("id"))
    return [(_place(row, "from"), _place(row, "to"), row["count"]) for row in rows]


def _place(row: Mapping[str, Any], end: str) -> Position | None:
    store, state = row[f"{end}_store"], row[f"{end}_state"]
    if store is None or not state:
        return None
    standing = standing_of(CardState(state), StoreKind(row[f"{end}_store__kind"]))
    return None if standing is None else Position(store, standing)


def _standings_by_card(stores: Sequence[CardStore]) -> dict[int, dict[Standing, int]]:
    counted: dict[int, Counter[Standing]] = {store.pk: Counter() for store in stores}
    kinds = {store.pk: StoreKind(store.kind) for store in stores}
    rows = Card.objects.filter(store__in=stores).exclude(state__in=ANNOUNCED).order_by()
    for store, state, count in rows.values_list("store", "state").annotate(Count("id")):
        standing = standing_of(CardState(state), kinds[store])
        if standing is not None:
            counted[store][standing] += count
    return {store: dict(figures) for store, figures in counted.items()}


def _last_days(stores: Sequence[CardStore]) -> dict[int, StockDay]:
    counting = StockDay.objects.exclude(state=StockDayState.REJECTED)
    newest = counting.filter(store=OuterRef("store")).order_by("-closed_at").values("pk")[:1]
    rows = counting.filter(store__in=stores, pk=Subquery(newest))
    return {day.store_id: day for day in rows}


def unbooked_cards(store: CardStore, most: int = 200) -> list[str]:
    """Return the serials of cards whose last line in the ledger says another state or store than the card does."""
    last = CardEntry.objects.filter(card=OuterRef("pk")).order_by("-id")
    rows = Card.objects.annotate(
        booked_state=Subquery(last.values("to_state")[:1]), booked_store=Subquery(last.values("to_store")[:1])
    )
    rows = rows.filter(Q(store=store) | Q(booked_store=store.pk)).exclude(
        booked_state=F("state"), booked_store=F("store")
    )
    return list(rows.exclude(state__in=ANNOUNCED).order_by("serial").values_list("serial", flat=True)[:most])


def lying_serials(store: CardStore) -> set[str]:
    """Return the serials that lie in a store by the books; those given and not yet taken are the giver's."""
    return set(Card.objects.filter(store=store, state__in=LYING).values_list("serial", flat=True))


def last_day(store: CardStore) -> StockDay | None:
    """Return the newest closed day of a store that nobody sent back."""
    return _last_days([store]).get(store.pk)


def stock_days(viewer: Actor) -> QuerySet[StockDay]:
    """Return the closed days with their stores and people. Raises: NotFound, NotPermitted."""
    require(viewer, Permission.CARD_STOCK, NATION)
    return StockDay.objects.select_related("store", "closed_by", "decided_by")


def stock_day_for(viewer: Actor, pk: int) -> StockDay:
    """Return one closed day. Raises: NotFound, NotPermitted."""
    day = stock_days(viewer).filter(pk=pk).first()
    if day is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return day


def days_waiting(viewer: Actor) -> QuerySet[StockDay]:
    """Return the closed days that the viewer may confirm, oldest first."""
    rows = StockDay.objects.filter(state=StockDayState.CLOSED).exclude(closed_by_id=viewer.account_id)
    return rows.order_by("closed_at", "id")


def destructions(viewer: Actor) -> QuerySet[CardDestruction]:
    """Return the destructions with store and people. Raises: NotFound, NotPermitted."""
    require(viewer, Permission.CARD_VIEW, NATION)
    return CardDestruction.objects.select_related(
        "store", "proposed_by", "first_witness", "second_witness", "withdrawn_by"
    )


def destruction_for(viewer: Actor, pk: int) -> CardDestruction:
    """Return one destruction. Raises: NotFound, NotPermitted."""
    destruction = destructions(viewer).filter(pk=pk).first()
    if destruction is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return destruction


def destructions_waiting(viewer: Actor) -> QuerySet[CardDestruction]:
    """Return the destructions that the viewer may witness, oldest first."""
    rows = CardDestruction.objects.filter(state__in=(DestructionState.PROPOSED, DestructionState.WITNESSED))
    rows = rows.exclude(proposed_by_id=viewer.account_id)
    rows = rows.filter(Q(first_witness=None) | ~Q(first_witness_id=viewer.account_id))
    return rows.order_by("proposed_at", "id")


def figures_of(balance: StoreBalance) -> dict[str, Any]:
    """Return a balance as a closed day keeps it."""
    return {
        "opening": balance.opening,
        "received": balance.received,
        "taken_over": balance.taken_over,
        "given_over": balance.given_over,
        "standings": {one.value: balance.standings.get(one, 0) for one in Standing},
    }


def balance_of(figures: Mapping[str, Any]) -> StoreBalance:
    """Return what :func:`figures_of` kept."""
    return StoreBalance(
        figures["opening"],
        figures["received"],
        figures["taken_over"],
        figures["given_over"],
        {one: figures["standings"].get(one.value, 0) for one in Standing},
    )


def total_of(found: Sequence[StoreState]) -> StoreBalance:
    """Return the balance of all stores together."""
    return sum((state.balance for state in found), StoreBalance(standings=dict.fromkeys(Standing, 0)))
