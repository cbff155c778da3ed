"""The stores: the central one, and one at each station."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from warrant.apps.audit.services import record
from warrant.apps.cardcentre.models import Card, CardMovement, CardStore
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.lifecycle import CardState, MovementState, StoreKind
from warrant.core.lifecycle.stock import LYING

CENTRAL_NAME = "中心库"


def central_store() -> CardStore:
    """Return the node's central store; the first to ask for it opens it."""
    store, _made = CardStore.objects.get_or_create(kind=StoreKind.CENTRAL, defaults={"name": CENTRAL_NAME})
    return store


@transaction.atomic
def open_store(actor: Actor, name: str, reader_name: str, *, now: datetime) -> CardStore:
    """Open the store of a station; ``reader_name`` binds it to one reader, empty to none.

    Raises: InvalidInput ``store-name-missing``; Conflict ``store-known``.
    """
    require(actor, Permission.CARD_STOCK, NATION)
    central_store()
    wanted = " ".join(name.split())
    if not wanted:
        raise InvalidInput("store-name-missing", N_("请填写库名"), place="name")
    try:
        with transaction.atomic():
            store = CardStore.objects.create(
                kind=StoreKind.STATION,
                name=wanted,
                reader_name=reader_name.strip(),
                opened_by_id=actor.account_id,
                opened_at=now,
            )
    except IntegrityError as error:
        raise Conflict("store-known", N_("已有名为“%(name)s”的库"), name=wanted) from error
    record(actor, "card-store.opened", f"card-store:{store.pk}", wanted, now=now)
    return store


@transaction.atomic
def close_store(actor: Actor, store: CardStore, *, now: datetime) -> CardStore:
    """Close the store of a station that has no cards left to keep.

    Raises: Conflict ``store-central``, ``store-closed``, ``store-not-empty``.
    """
    require(actor, Permission.CARD_STOCK, NATION)
    store = CardStore.objects.select_for_update(of=("self",)).get(pk=store.pk)
    if store.kind == StoreKind.CENTRAL:
        raise Conflict("store-central", N_("中心库不能撤销"))
    check_open(store)
    held = Card.objects.filter(store=store, state__in=(*LYING, CardState.RESERVED, CardState.PERSONALISED))
    coming = CardMovement.objects.filter(to_store=store, state=MovementState.GIVEN)
    if held.exists() or coming.exists():
        raise Conflict(
            "store-not-empty", N_("“%(name)s”还有卡或在途的移交，请先全部移交后再撤销"), name=store.name
        )
    store.closed_at = now
    store.save(update_fields=["closed_at"])
    record(actor, "card-store.closed", f"card-store:{store.pk}", store.name, now=now)
    return store


def check_open(store: CardStore) -> None:
    """Return if a store is in use. Raises: Conflict ``store-closed``."""
    if store.closed_at is not None:
        raise Conflict("store-closed", N_("“%(name)s”已经撤销"), name=store.name)
