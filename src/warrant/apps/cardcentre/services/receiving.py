"""Deliveries of blanks: registered by one person, counted by a second, a difference settled by whoever did not count."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.cardcentre.models import Card, CardBatch
from warrant.apps.cardcentre.selectors.designs import designs_on
from warrant.apps.cardcentre.services.ledger import book_all, locked_cards
from warrant.apps.cardcentre.services.stores import central_store
from warrant.apps.cardcentre.types import TRANSPORT_KEY_LABEL, WHITE
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict, InvalidInput, NotPermitted
from warrant.core.keys.hierarchy import check_suite
from warrant.core.lifecycle import CARD_BATCH, BatchState, CardState
from warrant.core.standards.card_serial import as_ranges, parse_serials

BATCH_LIMIT = 5000
_SLICE = 500
_KEY_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


@transaction.atomic
def receive_cards(
    actor: Actor,
    supplier: str,
    serials: str,
    suite: str,
    *,
    count: int,
    number: str = "",
    delivery_note: str = "",
    transport_key: str = TRANSPORT_KEY_LABEL,
    face_version: int = WHITE,
    now: datetime,
) -> CardBatch:
    """Register a delivery as its note announces it; its cards are stock once another person has counted them.

    ``serials`` lists the chips' serials, ranges or single ones; ``count`` is the number of cards that the note names.
    ``transport_key`` is the vault's name of the key under which the blanks come, ``face_version`` the common face that
    the printing house has put on them.

    Raises: InvalidInput ``card-serial-invalid``, ``card-serial-order``, ``card-serial-twice``, ``card-batch-large``,
    ``cards-missing``, ``count-announced-differs``, ``cipher-suite-unknown``, ``transport-key-invalid``,
    ``face-unknown``;
    Conflict ``card-known``.
    """
    require(actor, Permission.CARD_STOCK, NATION)
    check_suite(suite)
    announced = parse_serials(serials, "serials", BATCH_LIMIT)
    if not announced:
        raise InvalidInput("cards-missing", N_("请填写芯片序列号"), place="serials")
    if len(announced) != count:
        raise InvalidInput(
            "count-announced-differs",
            N_("所列序列号共 %(listed)s 张，与送货张数 %(count)s 不符"),
            place="count",
            listed=len(announced),
            count=count,
        )
    if not _KEY_NAME.fullmatch(transport_key):
        raise InvalidInput(
            "transport-key-invalid", N_("密钥名只用小写字母、数字和连字符"), place="transport_key"
        )
    if face_version != WHITE and designs_on(timezone.localdate(now)).version(face_version) is None:
        raise InvalidInput("face-unknown", N_("没有这一号版式"), place="face_version")
    _refuse_known(announced)
    ranges = as_ranges(announced)
    batch = CardBatch.objects.create(
        number=number.strip(),
        supplier=supplier.strip(),
        delivery_note=delivery_note.strip(),
        key_suite=suite,
        transport_key=transport_key,
        face_version=face_version,
        first_serial=announced[0],
        last_serial=announced[-1],
        ranges=[[stretch.first, stretch.last] for stretch in ranges],
        count=count,
        received_by_id=actor.account_id,
        received_at=now,
    )
    Card.objects.bulk_create(
        (Card(serial=serial, batch=batch, key_suite=suite, changed_at=now) for serial in announced),
        batch_size=_SLICE,
    )
    listed = " ".join(str(stretch) for stretch in ranges[:20])
    told = f"{listed} ({count}, {suite}{f', face {face_version}' if face_version != WHITE else ''})"
    record(actor, "cards.received", f"card-batch:{batch.pk}", told, now=now)
    return batch


def _refuse_known(serials: list[str]) -> None:
    for start in range(0, len(serials), _SLICE):
        known = Card.objects.filter(serial__in=serials[start : start + _SLICE]).order_by("serial").first()
        if known is not None:
            raise Conflict("card-known", N_("序列号 %(serial)s 已经登记过"), serial=known.serial)


@transaction.atomic
def count_batch(
    actor: Actor, batch: CardBatch, counted: int, missing: str, surplus: str, *, now: datetime
) -> CardBatch:
    """Record what a second person found in the box: an agreeing delivery is stock, another waits to be settled.

    ``counted`` is how many cards lay in the box, ``missing`` the serials of the note that were not among them,
    ``surplus`` those that the note does not name. The three must agree with the note to the card.

    Raises: NotPermitted ``counted-by-receiver``; Conflict ``wrong-state``; InvalidInput ``card-serial-invalid``,
    ``serial-not-announced``, ``serial-announced``, ``count-disagrees``.
    """
    require(actor, Permission.CARD_STOCK, NATION)
    batch = _locked(batch)
    CARD_BATCH.next_state("count", batch.state, BatchState.USABLE)
    if actor.account_id == batch.received_by_id:
        raise NotPermitted("counted-by-receiver", N_("登记到货的人不能清点同一批卡，须由另一人清点"))
    absent = parse_serials(missing, "missing", BATCH_LIMIT)
    extra = parse_serials(surplus, "surplus", BATCH_LIMIT)
    cards = _cards_of(batch, CardState.ARRIVED)
    announced = {card.serial for card in cards}
    _refuse_first(
        [serial for serial in absent if serial not in announced],
        "serial-not-announced",
        N_("序列号 %(serial)s 不在这批卡的送货单上"),
        "missing",
    )
    _refuse_first(
        [serial for serial in extra if serial in announced],
        "serial-announced",
        N_("序列号 %(serial)s 在这批卡的送货单上，不是多出的卡"),
        "surplus",
    )
    expected = batch.count - len(absent) + len(extra)
    if counted != expected:
        raise InvalidInput(
            "count-disagrees",
            N_(
                "送货 %(count)s 张，缺 %(missing)s 张、多 %(surplus)s 张，应清点到 %(expected)s 张，请重新清点"
            ),
            place="counted",
            count=batch.count,
            missing=len(absent),
            surplus=len(extra),
            expected=expected,
        )
    state = BatchState.DIFFERENT if absent or extra else BatchState.USABLE
    batch.state = CARD_BATCH.next_state("count", batch.state, state)
    batch.counted_by_id, batch.counted_at = actor.account_id, now
    batch.missing_count, batch.surplus = len(absent), extra
    batch.save(update_fields=["state", "counted_by", "counted_at", "missing_count", "surplus"])
    if state is BatchState.USABLE:
        _take_into_stock(actor, batch, cards, "count", now)
    else:
        gone = [card for card in cards if card.serial in set(absent)]
        book_all(gone, "count", target=CardState.MISSING, actor=actor, now=now)
    told = f"{batch} {counted}/{batch.count}"
    if batch.has_difference:
        told += f"; -{len(absent)} {' '.join(absent[:20])}; +{len(extra)} {' '.join(extra[:20])}"
    record(actor, "cards.counted", f"card-batch:{batch.pk}", told, now=now)
    return batch


@transaction.atomic
def settle_batch(actor: Actor, batch: CardBatch, found: str, explanation: str, *, now: datetime) -> CardBatch:
    """Settle the difference of a count; the delivery is stock then, what was not ``found`` was never delivered.

    Raises: NotPermitted ``settled-by-counter``; Conflict ``wrong-state``; InvalidInput ``reason-missing``,
    ``card-serial-invalid``, ``serial-not-missing``.
    """
    require(actor, Permission.CARD_STOCK, NATION)
    batch = _locked(batch)
    state = CARD_BATCH.next_state("settle", batch.state)
    if actor.account_id == batch.counted_by_id:
        raise NotPermitted("settled-by-counter", N_("清点的人不能处理自己清点出的差异，须由另一人处理"))
    if not explanation.strip():
        raise InvalidInput("reason-missing", N_("请写明理由"), place="explanation")
    turned_up = parse_serials(found, "found", BATCH_LIMIT)
    missing = _cards_of(batch, CardState.MISSING)
    _refuse_first(
        [serial for serial in turned_up if serial not in {card.serial for card in missing}],
        "serial-not-missing",
        N_("序列号 %(serial)s 不是这批卡清点时缺少的卡"),
        "found",
    )
    there = _cards_of(batch, CardState.ARRIVED)
    there += [card for card in missing if card.serial in set(turned_up)]
    absent = [card for card in missing if card.serial not in set(turned_up)]
    _take_into_stock(actor, batch, there, "settle", now)
    book_all(absent, "settle", target=CardState.UNDELIVERED, actor=actor, now=now)
    batch.state, batch.settled_by_id, batch.settled_at = state, actor.account_id, now
    batch.settlement, batch.found = explanation.strip()[:300], turned_up
    batch.save(update_fields=["state", "settled_by", "settled_at", "settlement", "found"])
    told = f"{batch}: {len(turned_up)}/{batch.missing_count}; {batch.settlement}"
    record(actor, "cards.difference-settled", f"card-batch:{batch.pk}", told, now=now)
    return batch


def _take_into_stock(actor: Actor, batch: CardBatch, cards: list[Card], action: str, now: datetime) -> None:
    book_all(
        cards,
        action,
        target=CardState.BLANK,
        store=central_store(),
        second_id=batch.received_by_id if action == "count" else batch.counted_by_id,
        actor=actor,
        now=now,
    )


def _locked(batch: CardBatch) -> CardBatch:
    return CardBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)


def _cards_of(batch: CardBatch, state: CardState) -> list[Card]:
    serials = batch.cards.filter(state=state).values_list("serial", flat=True)
    return locked_cards(serials)


def _refuse_first(wrong: list[str], code: str, message: str, place: str) -> None:
    if wrong:
        raise InvalidInput(code, message, place=place, serial=wrong[0])
