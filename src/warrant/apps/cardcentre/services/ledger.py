"""The ledger of cards: the one place that assigns a card's state and store, and books a line for each change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from warrant.apps.cardcentre.models import Card, CardEntry, CardStore
from warrant.core.access import Actor
from warrant.core.errors import N_, Conflict
from warrant.core.lifecycle import CARD, CardState

_SLICE = 500
_SAME: Any = object()


def book(
    card: Card,
    action: str,
    *,
    actor: Actor | None,
    now: datetime,
    target: CardState | None = None,
    store: CardStore = _SAME,
    second_id: int | None = None,
    remark: str = "",
    **changes: object,
) -> Card:
    """Move one locked card by a row of its table, with ``changes`` to its other columns, and book the line.

    Raises: Conflict ``wrong-state``.
    """
    after = CARD.next_state(action, card.state, target)
    before, from_store_id = card.state, card.store_id
    card.state, card.changed_at = after, now
    if store is not _SAME:
        card.store = store
    for name, value in changes.items():
        setattr(card, name, value)
    card.save(update_fields=["state", "store", "changed_at", *changes])
    CardEntry.objects.create(
        card=card,
        action=action,
        from_state=before,
        to_state=after,
        from_store_id=from_store_id,
        to_store_id=card.store_id,
        account_id=actor.account_id if actor else None,
        second_id=second_id,
        remark=remark[:300],
        happened_at=now,
    )
    return card


def book_all(
    cards: Sequence[Card],
    action: str,
    *,
    actor: Actor | None,
    now: datetime,
    target: CardState | None = None,
    store: CardStore = _SAME,
    second_id: int | None = None,
    remark: str = "",
    **changes: object,
) -> None:
    """Move many locked cards by one row of the table, as :func:`book` does with one; ``move`` changes the store alone.

    Raises: Conflict ``wrong-state`` for the first that the row does not allow; nothing is changed then.
    """
    after = [
        CardState(card.state) if action == "move" else CardState(CARD.next_state(action, card.state, target))
        for card in cards
    ]
    for start in range(0, len(cards), _SLICE):
        chosen = list(zip(cards[start : start + _SLICE], after[start : start + _SLICE], strict=True))
        CardEntry.objects.bulk_create(
            CardEntry(
                card=card,
                action=action,
                from_state=card.state,
                to_state=state,
                from_store_id=card.store_id,
                to_store_id=card.store_id if store is _SAME else store.pk,
                account_id=actor.account_id if actor else None,
                second_id=second_id,
                remark=remark[:300],
                happened_at=now,
            )
            for card, state in chosen
        )
        moved = {} if store is _SAME else {"store": store}
        for state in {state for _card, state in chosen}:
            Card.objects.filter(pk__in=[card.pk for card, reached in chosen if reached is state]).update(
                state=state, changed_at=now, **moved, **changes
            )


def locked_cards(serials: Iterable[str]) -> list[Card]:
    """Lock cards by serial, in the order of their serials so that two people never wait for each other."""
    wanted = sorted(serials)
    found: list[Card] = []
    for start in range(0, len(wanted), _SLICE):
        rows = Card.objects.select_for_update().filter(serial__in=wanted[start : start + _SLICE])
        found.extend(rows.order_by("serial"))
    return found


def check_free(card: Card) -> None:
    """Return if nobody else holds the card. Raises: Conflict ``card-on-its-way``, ``card-condemned``."""
    if card.movement_id is not None:
        raise Conflict("card-on-its-way", N_("卡 %(serial)s 正在移交途中，请先办完移交"), serial=card.serial)
    if card.destruction_id is not None:
        raise Conflict("card-condemned", N_("卡 %(serial)s 已列入销毁"), serial=card.serial)


def carry_over() -> int:
    """Book one line for every card in a store that has none, as it stands; return how many. For cards made in bulk."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO card_entry (card_id, action, from_state, to_state, to_store_id, remark, happened_at)"
            " SELECT id, 'carry-over', '', state, store_id, '', changed_at FROM card WHERE store_id IS NOT NULL"
            " AND NOT EXISTS (SELECT 1 FROM card_entry WHERE card_entry.card_id = card.id)"
        )
        return int(cursor.rowcount)
