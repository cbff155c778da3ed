"""Movements between stores: one person gives, another takes; every card by its serial, nothing by a bare count."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from warrant.apps.audit.services import record
from warrant.apps.cardcentre.models import Card, CardMovement, CardStore
from warrant.apps.cardcentre.services.ledger import book_all, check_free, locked_cards
from warrant.apps.cardcentre.services.stores import check_open
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict, InvalidInput, NotPermitted
from warrant.core.lifecycle import CARD_MOVEMENT
from warrant.core.lifecycle.stock import LYING
from warrant.core.standards.card_serial import as_ranges, parse_serials

MOVEMENT_LIMIT = 5000


def cards_lying(store: CardStore, serials: list[str], place: str) -> list[Card]:
    """Lock cards that lie in a store and are free.

    Raises: InvalidInput at ``place``: ``cards-missing``, ``card-not-here``; Conflict ``card-on-its-way``,
    ``card-condemned``.
    """
    if not serials:
        raise InvalidInput("cards-missing", N_("请填写芯片序列号"), place=place)
    cards = locked_cards(serials)
    here = {card.serial for card in cards if card.store_id == store.pk and card.state in LYING}
    absent = [serial for serial in serials if serial not in here]
    if absent:
        raise InvalidInput(
            "card-not-here",
            N_("卡 %(serial)s 不在“%(store)s”的库存中（共 %(count)s 张不在）"),
            place=place,
            serial=absent[0],
            store=store.name,
            count=len(absent),
        )
    for card in cards:
        check_free(card)
    return cards


@transaction.atomic
def give_cards(
    actor: Actor, source: CardStore, target: CardStore, serials: str, remark: str, *, now: datetime
) -> CardMovement:
    """Hand cards from one store to another; they stay on the giver's books until somebody else takes them.

    Raises: InvalidInput ``same-store``, ``cards-missing``, ``card-not-here`` and what lists of serials raise;
    Conflict ``store-closed``, ``card-on-its-way``, ``card-condemned``.
    """
    require(actor, Permission.CARD_STOCK, NATION)
    if source.pk == target.pk:
        raise InvalidInput("same-store", N_("移出库与移入库不能相同"), place="to_store")
    check_open(CardStore.objects.select_for_update(of=("self",)).get(pk=target.pk))
    cards = cards_lying(source, parse_serials(serials, "serials", MOVEMENT_LIMIT), "serials")
    ranges = as_ranges(card.serial for card in cards)
    movement = CardMovement.objects.create(
        from_store=source,
        to_store=target,
        ranges=[[stretch.first, stretch.last] for stretch in ranges],
        count=len(cards),
        remark=remark.strip()[:200],
        given_by_id=actor.account_id,
        given_at=now,
    )
    _hold(cards, movement)
    listed = " ".join(str(stretch) for stretch in ranges[:20])
    told = f"{source.name} → {target.name}: {len(cards)}; {listed}"
    record(actor, "cards.given", f"card-movement:{movement.pk}", told, now=now)
    return movement


@transaction.atomic
def take_cards(actor: Actor, movement: CardMovement, counted: int, *, now: datetime) -> CardMovement:
    """Take cards that somebody else has given, having counted them; they are on the taker's books from now on.

    Raises: NotPermitted ``taken-by-giver``; Conflict ``wrong-state``, ``store-closed``; InvalidInput
    ``count-differs``.
    """
    require(actor, Permission.CARD_STOCK, NATION)
    movement = _locked(movement)
    state = CARD_MOVEMENT.next_state("take", movement.state)
    if actor.account_id == movement.given_by_id:
        raise NotPermitted("taken-by-giver", N_("移出的人不能自己接收，须由另一人接收"))
    check_open(movement.to_store)
    if counted != movement.count:
        raise InvalidInput(
            "count-differs",
            N_("移交 %(count)s 张，清点到 %(counted)s 张：请当面核对序列号；不符时退回此次移交"),
            place="counted",
            count=movement.count,
            counted=counted,
        )
    cards = _on_the_way(movement)
    book_all(
        cards,
        "move",
        store=movement.to_store,
        second_id=movement.given_by_id,
        actor=actor,
        now=now,
        movement=None,
    )
    movement.state, movement.ended_by_id, movement.ended_at = state, actor.account_id, now
    movement.save(update_fields=["state", "ended_by", "ended_at"])
    told = f"{movement.from_store.name} → {movement.to_store.name}: {movement.count}"
    record(actor, "cards.taken", f"card-movement:{movement.pk}", told, now=now)
    return movement


@transaction.atomic
def refuse_movement(actor: Actor, movement: CardMovement, reason: str, *, now: datetime) -> CardMovement:
    """Send cards back to the store from which they came; the giver may do it too.

    Raises: InvalidInput ``reason-missing``; Conflict ``wrong-state``.
    """
    require(actor, Permission.CARD_STOCK, NATION)
    movement = _locked(movement)
    state = CARD_MOVEMENT.next_state("refuse", movement.state)
    if not reason.strip():
        raise InvalidInput("reason-missing", N_("请写明理由"), place="reason")
    _hold(_given(movement), None)
    movement.state, movement.ended_by_id, movement.ended_at = state, actor.account_id, now
    movement.reason = reason.strip()[:300]
    movement.save(update_fields=["state", "ended_by", "ended_at", "reason"])
    record(actor, "cards.refused", f"card-movement:{movement.pk}", movement.reason, now=now)
    return movement


def _given(movement: CardMovement) -> list[Card]:
    return locked_cards(movement.cards_on_the_way.values_list("serial", flat=True))


def _on_the_way(movement: CardMovement) -> list[Card]:
    cards = _given(movement)
    if len(cards) != movement.count:
        raise Conflict("movement-changed", N_("移交的卡已有变动（盘点遗失），请退回此次移交后重新办理"))
    return cards


def _hold(cards: list[Card], movement: CardMovement | None) -> None:
    for start in range(0, len(cards), 500):
        Card.objects.filter(pk__in=[card.pk for card in cards[start : start + 500]]).update(movement=movement)


def _locked(movement: CardMovement) -> CardMovement:
    return (
        CardMovement.objects.select_for_update(of=("self",))
        .select_related("from_store", "to_store")
        .get(pk=movement.pk)
    )
