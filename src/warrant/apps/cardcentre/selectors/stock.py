"""Reading the stock: cards and their histories, stores, deliveries, movements."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from warrant.apps.cardcentre.models import Card, CardBatch, CardEntry, CardMovement, CardStore
from warrant.apps.cardcentre.types import SUITE_LABELS
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle import BatchState, CardState, MovementState, StoreKind
from warrant.core.lifecycle.stock import LYING
from warrant.core.standards.card_serial import SerialRange, as_ranges

READ_FOR_RANGES = 5000
"""So many serials are read to show what lies in the stores as ranges."""


def cards_in_stock(
    viewer: Actor, state: str = "", store: int | None = None, serial: str = ""
) -> QuerySet[Card]:
    """Return the node's cards, ``serial`` being how theirs begin. Raises: NotFound, NotPermitted."""
    require(viewer, Permission.CARD_STOCK, NATION)
    rows = Card.objects.select_related("certificate__officer", "batch", "store")
    if state:
        rows = rows.filter(state=state)
    if store is not None:
        rows = rows.filter(store=store)
    return rows.filter(serial__startswith=serial) if serial else rows


def card_counts(viewer: Actor) -> dict[CardState, int]:
    """Return how many cards stand in each state that has some."""
    require(viewer, Permission.CARD_STOCK, NATION)
    counted = dict(Card.objects.order_by().values_list("state").annotate(Count("id")))
    return {state: counted[state.value] for state in CardState if counted.get(state.value)}


def blanks_at(station: str = "") -> QuerySet[Card]:
    """Return the blanks that a job may take, by serial: those in a station's store that is open to the reader."""
    rows = Card.objects.filter(
        state=CardState.BLANK, store__kind=StoreKind.STATION, movement=None, destruction=None
    )
    reader = station.replace("\x00", "")  # typed, and no database holds it
    return (rows.filter(store__reader_name__in=("", reader)) if reader else rows).order_by("serial")


def blanks_by_suite() -> dict[str, int]:
    """Return how many blanks of each cipher suite the stations have left."""
    rows = blanks_at().order_by().values_list("key_suite").annotate(Count("id"))
    return {SUITE_LABELS.get(suite, suite): count for suite, count in rows}


def card_for(viewer: Actor, serial: str) -> Card:
    """Return one card of the stock. Raises: NotFound, NotPermitted."""
    card = cards_in_stock(viewer).filter(serial=serial).first()
    if card is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return card


def card_history(card: Card) -> QuerySet[CardEntry]:
    """Return the lines of a card's ledger, newest first."""
    return card.entries.select_related("from_store", "to_store", "account", "second").order_by("-id")


def stores(viewer: Actor) -> QuerySet[CardStore]:
    """Return the stores, the central one first. Raises: NotFound, NotPermitted."""
    require(viewer, Permission.CARD_STOCK, NATION)
    return CardStore.objects.order_by("kind", "closed_at", "id")


def open_stores(viewer: Actor) -> list[CardStore]:
    """Return the stores in use, the central one first. Raises: NotFound, NotPermitted."""
    return [store for store in stores(viewer) if store.closed_at is None]


def store_for(viewer: Actor, pk: int) -> CardStore:
    """Return one store. Raises: NotFound, NotPermitted."""
    store = stores(viewer).filter(pk=pk).first()
    if store is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return store


def lying_by_store(viewer: Actor) -> dict[int, dict[CardState, int]]:
    """Return how many cards lie in each store, by state."""
    require(viewer, Permission.CARD_STOCK, NATION)
    rows = Card.objects.filter(store__isnull=False, state__in=LYING).order_by()
    found: dict[int, dict[CardState, int]] = {}
    for store, state, count in rows.values_list("store", "state").annotate(Count("id")):
        found.setdefault(store, {})[CardState(state)] = count
    return found


def ranges_by_store(
    viewer: Actor, states: Iterable[CardState] = LYING
) -> list[tuple[CardStore, CardState, list[SerialRange]]]:
    """Return what lies free in the stores as ranges of serials, by store and state; of a large stock the beginning."""
    require(viewer, Permission.CARD_STOCK, NATION)
    rows = Card.objects.filter(
        state__in=tuple(states), movement=None, destruction=None, store__closed_at=None
    ).select_related("store")
    found: dict[tuple[int, str], list[str]] = {}
    known: dict[int, CardStore] = {}
    for card in rows.only("serial", "state", "store").order_by("store", "state", "serial")[:READ_FOR_RANGES]:
        if card.store is not None:
            known[card.store.pk] = card.store
            found.setdefault((card.store.pk, card.state), []).append(card.serial)
    return [(known[store], CardState(state), as_ranges(serials)) for (store, state), serials in found.items()]


def stored_ranges(pairs: Iterable[Iterable[str]]) -> list[SerialRange]:
    """Return ranges as a batch, a movement or a destruction keeps them."""
    return [SerialRange(first, last) for first, last in pairs]


def card_batches(viewer: Actor) -> QuerySet[CardBatch]:
    """Return the deliveries of blanks, with the people who dealt with them. Raises: NotFound, NotPermitted."""
    require(viewer, Permission.CARD_STOCK, NATION)
    return CardBatch.objects.select_related("received_by", "counted_by", "settled_by")


def batch_for(viewer: Actor, pk: int) -> CardBatch:
    """Return one delivery. Raises: NotFound, NotPermitted."""
    batch = card_batches(viewer).filter(pk=pk).first()
    if batch is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return batch


def missing_ranges(batch: CardBatch) -> list[SerialRange]:
    """Return the serials that the count missed and that did not turn up since."""
    if not batch.missing_count:
        return []
    absent = batch.cards.filter(state__in=(CardState.MISSING, CardState.UNDELIVERED))
    return as_ranges(absent.values_list("serial", flat=True))


def movements(viewer: Actor, state: str = "") -> QuerySet[CardMovement]:
    """Return the movements, with stores and people. Raises: NotFound, NotPermitted."""
    require(viewer, Permission.CARD_STOCK, NATION)
    rows = CardMovement.objects.select_related("from_store", "to_store", "given_by", "ended_by")
    return rows.filter(state=state) if state else rows


def movement_for(viewer: Actor, pk: int) -> CardMovement:
    """Return one movement. Raises: NotFound, NotPermitted."""
    movement = movements(viewer).filter(pk=pk).first()
    if movement is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return movement


def batches_waiting(viewer: Actor) -> QuerySet[CardBatch]:
    """Return the deliveries that the viewer has to count or to settle, oldest first."""
    rows = CardBatch.objects.filter(state=BatchState.ARRIVED).exclude(received_by_id=viewer.account_id)
    different = CardBatch.objects.filter(state=BatchState.DIFFERENT).exclude(counted_by_id=viewer.account_id)
    return (rows | different).order_by("received_at", "id")


def movements_waiting(viewer: Actor) -> QuerySet[CardMovement]:
    """Return the movements that the viewer may take, oldest first."""
    rows = CardMovement.objects.filter(state=MovementState.GIVEN).exclude(given_by_id=viewer.account_id)
    return rows.order_by("given_at", "id")
