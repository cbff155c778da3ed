"""Single cards of the stock: taken for a job, made, issued, spoiled, taken back, found again.

The functions with named arguments only are parts of somebody else's transaction, who has asked for the right and
writes the audit row; every one books its line in the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from warrant.apps.audit.services import record
from warrant.apps.cardcentre.models import Card, CardJob, CardStore
from warrant.apps.cardcentre.selectors.designs import designs_on
from warrant.apps.cardcentre.services.key_states import active_version
from warrant.apps.cardcentre.services.ledger import book, book_all, check_free
from warrant.apps.cardcentre.services.stores import check_open
from warrant.apps.cardcentre.types import WHITE
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.keys.hierarchy import check_suite
from warrant.core.lifecycle import CARD, CERTIFICATE, CardState, StoreKind
from warrant.core.lifecycle.stock import ANNOUNCED


def take_blank(*, serial: str, job: CardJob, station: str, actor: Actor, now: datetime) -> Card:
    """Take a blank for a job, in the job's transaction: the card is reserved for the job's certificate.

    ``job`` names its certificate and need not be saved yet; it gets its card, cipher suite and key version.
    ``station`` is the reader in which the card lies.

    Raises: Conflict ``card-not-in-stock``, ``card-not-counted``, ``card-not-at-station``, ``card-of-other-station``,
    ``card-on-its-way``, ``wrong-state``, ``card-keys-missing``, ``card-of-other-face``.
    """
    require(actor, Permission.CARD_PRODUCE, job.certificate.place)
    card = (
        Card.objects.select_for_update(of=("self",))
        .select_related("store", "batch")
        .filter(serial=serial)
        .first()
    )
    if card is None:
        raise Conflict(
            "card-not-in-stock", N_("卡 %(serial)s 没有入库，请先登记入库或换一张卡"), serial=serial
        )
    if card.state in ANNOUNCED:
        raise Conflict(
            "card-not-counted", N_("卡 %(serial)s 还没有清点入库，请先由另一人清点这批到货"), serial=serial
        )
    CARD.next_state("reserve", card.state)
    check_free(card)
    _check_station(card, station)
    _check_face(card, now)
    job.card, job.reader_name = card, station
    job.key_suite = check_suite(card.key_suite)
    job.key_version = active_version(job.key_suite)
    return book(
        card,
        "reserve",
        actor=actor,
        now=now,
        remark=job.certificate.number,
        certificate=job.certificate,
        key_version=job.key_version,
    )


def _check_face(card: Card, now: datetime) -> None:
    """Refuse a blank that was printed with another common face than cards of today get."""
    printed = card.batch.face_version
    if printed == WHITE:
        return
    today = timezone.localdate(now)
    used = designs_on(today).used_on(today).version
    if printed != used:
        raise Conflict(
            "card-of-other-face",
            N_("卡 %(serial)s 印好的是第 %(printed)s 号版式，现在制卡用第 %(used)s 号，请换一张卡"),
            serial=card.serial,
            printed=printed,
            used=used,
        )


def _check_station(card: Card, station: str) -> None:
    store = card.store
    if store is None or store.kind != StoreKind.STATION:
        raise Conflict(
            "card-not-at-station",
            N_("卡 %(serial)s 还在“%(store)s”，请先移交到制卡点库再制卡"),
            serial=card.serial,
            store=store.name if store else "",
        )
    if store.reader_name and store.reader_name != station:
        raise Conflict(
            "card-of-other-station",
            N_("卡 %(serial)s 属于“%(store)s”（读卡器 %(reader)s），请换本制卡点的卡或先办移交"),
            serial=card.serial,
            store=store.name,
            reader=store.reader_name,
        )


def mark_made(*, card: Card, actor: Actor, now: datetime) -> Card:
    """Record, in the job's transaction, that a reserved card was personalised and read back.

    Raises: Conflict ``wrong-state``.
    """
    return book(card, "record-personalisation", actor=actor, now=now)


def mark_issued(*, card: Card, received_by_name: str, actor: Actor, now: datetime) -> Card:
    """Record, in the transaction of the hand-over, that the holder took the card and signed for it.

    Raises: Conflict ``wrong-state``.
    """
    return book(
        card,
        "hand-over",
        actor=actor,
        now=now,
        received_by_name=received_by_name,
        handed_over_by_id=actor.account_id,
        handed_over_at=now,
    )


def mark_dead(*, cards: Sequence[Card], actor: Actor | None, now: datetime) -> None:
    """Record, in the transaction that ends their certificates, that locked cards are good for nothing wherever they are.

    Raises: Conflict ``wrong-state``.
    """
    book_all(cards, "kill", actor=actor, now=now)


def spoil(*, card: Card, reason: str, actor: Actor | None, now: datetime) -> Card:
    """Record, in the caller's transaction, that a card can no longer be used; it keeps its own serial for ever.

    Raises: InvalidInput ``reason-missing``; Conflict ``wrong-state``, ``card-on-its-way``.
    """
    if not reason.strip():
        raise InvalidInput("reason-missing", N_("请写明理由"), place="reason")
    CARD.next_state("spoil", card.state)
    check_free(card)
    written = reason.strip()[:300]
    return book(card, "spoil", actor=actor, now=now, remark=written, spoiled_reason=written)


@transaction.atomic
def spoil_blank(actor: Actor, card: Card, reason: str, *, now: datetime) -> None:
    """Take a damaged blank out of use; it keeps its own serial for ever and lies in its store until it is destroyed.

    Raises: InvalidInput ``reason-missing``; Conflict ``wrong-state``, ``card-in-job``, ``card-on-its-way``.
    """
    require(actor, Permission.CARD_STOCK, NATION)
    card = _locked(card)
    CARD.next_state("spoil", card.state)
    if card.state != CardState.BLANK:
        raise Conflict("card-in-job", N_("此卡正用于制卡任务，请在任务中作废"))
    spoil(card=card, reason=reason, actor=actor, now=now)
    record(actor, "card.spoiled", f"card:{card.serial}", reason.strip(), now=now)


@transaction.atomic
def take_back(actor: Actor, card: Card, store: CardStore, reason: str, *, now: datetime) -> None:
    """Take a card into a store whose certificate has ended; it lies there until it is destroyed.

    Raises: InvalidInput ``reason-missing``; Conflict ``wrong-state``, ``certificate-not-ended``, ``store-closed``.
    """
    require(actor, Permission.CARD_STOCK, NATION)
    card = _locked(card)
    CARD.next_state("take-back", card.state)
    check_open(store)
    if not reason.strip():
        raise InvalidInput("reason-missing", N_("请写明理由"), place="reason")
    if card.certificate is not None and card.certificate.state not in CERTIFICATE.final:
        raise Conflict(
            "certificate-not-ended",
            N_("证件 %(number)s 还没有注销、吊销或届满，不能收回它的卡；请先办理注销"),
            number=card.certificate.number,
        )
    written = reason.strip()[:300]
    book(card, "take-back", store=store, actor=actor, now=now, remark=written)
    record(actor, "card.taken-back", f"card:{card.serial}", f"{store.name}: {written}", now=now)


@transaction.atomic
def find_card(actor: Actor, card: Card, reason: str, *, now: datetime) -> None:
    """Record that a card lost from its store turned up: nobody knows where it was, so it is spoiled.

    Raises: InvalidInput ``reason-missing``; Conflict ``wrong-state``.
    """
    require(actor, Permission.CARD_STOCK, NATION)
    card = _locked(card)
    CARD.next_state("find", card.state)
    if not reason.strip():
        raise InvalidInput("reason-missing", N_("请写明理由"), place="reason")
    written = reason.strip()[:300]
    book(card, "find", actor=actor, now=now, remark=written, spoiled_reason=written)
    record(actor, "card.found", f"card:{card.serial}", written, now=now)


def _locked(card: Card) -> Card:
    return Card.objects.select_for_update(of=("self",)).select_related("certificate").get(pk=card.pk)
