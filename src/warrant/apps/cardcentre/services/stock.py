"""The stock of blank cards: known by their chip serials from receipt to destruction."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import transaction

from warrant.apps.audit.services import record
from warrant.apps.cardcentre.models import Card, CardBatch, CardJob
from warrant.apps.cardcentre.services.key_states import active_version
from warrant.core.access import Actor, Permission, require
from warrant.core.access.decision import NATION
from warrant.core.errors import N_, Conflict, InvalidInput
from warrant.core.keys.hierarchy import check_suite
from warrant.core.lifecycle import CARD

BATCH_LIMIT = 5000
_SERIAL = re.compile(r"(?:[0-9A-F]{2}){4,10}")


def normal_serial(text: str, place: str = "serial") -> str:
    """Return a chip serial as stored: 8 to 20 hex digits, upper case; blanks, colons and hyphens are dropped.

    Raises: InvalidInput ``card-serial-invalid``.
    """
    serial = re.sub(r"[\s:-]", "", text).upper()
    if not _SERIAL.fullmatch(serial):
        raise InvalidInput(
            "card-serial-invalid",
            N_("芯片序列号应为 8 至 20 位十六进制数字（0-9、A-F），且位数为偶数"),
            place=place,
        )
    return serial


@transaction.atomic
def receive_cards(
    actor: Actor, supplier: str, first_serial: str, last_serial: str, suite: str, *, now: datetime
) -> CardBatch:
    """Take a box of blanks into stock, from the first to the last chip serial inclusive.

    Raises: InvalidInput ``card-serial-invalid``, ``card-serial-order``, ``card-batch-large``,
    ``cipher-suite-unknown``; Conflict ``card-known``.
    """
    require(actor, Permission.CARD_STOCK, NATION)
    first, last = normal_serial(first_serial, "first_serial"), normal_serial(last_serial, "last_serial")
    check_suite(suite)
    count = int(last, 16) - int(first, 16) + 1
    if len(first) != len(last) or count < 1:
        raise InvalidInput("card-serial-order", N_("末号须与首号位数相同，且不小于首号"), place="last_serial")
    if count > BATCH_LIMIT:
        raise InvalidInput(
            "card-batch-large",
            N_("一批最多 %(limit)s 张，请分批入库"),
            place="last_serial",
            limit=BATCH_LIMIT,
        )
    serials = [f"{number:0{len(first)}X}" for number in range(int(first, 16), int(last, 16) + 1)]
    # Serials of one length sort as text as they do as numbers; others of the range are told apart by their length.
    between = Card.objects.filter(serial__range=(first, last)).values_list("serial", flat=True)
    known = next((serial for serial in between if len(serial) == len(first)), None)
    if known is not None:
        raise Conflict("card-known", N_("序列号 %(serial)s 已经入库"), serial=known)
    batch = CardBatch.objects.create(
        supplier=supplier.strip(),
        first_serial=first,
        last_serial=last,
        count=count,
        received_by_id=actor.account_id,
        received_at=now,
    )
    Card.objects.bulk_create(
        (Card(serial=serial, batch=batch, key_suite=suite, changed_at=now) for serial in serials),
        batch_size=500,
    )
    record(actor, "cards.received", f"card-batch:{batch.pk}", f"{batch} ({count}, {suite})", now=now)
    return batch


@transaction.atomic
def spoil_blank(actor: Actor, card: Card, reason: str, *, now: datetime) -> None:
    """Take a damaged blank out of stock; it keeps its own serial for ever.

    Raises: InvalidInput ``reason-missing``; Conflict ``wrong-state``, ``card-in-job``.
    """
    require(actor, Permission.CARD_STOCK, NATION)
    card = Card.objects.select_for_update().get(pk=card.pk)
    CARD.next_state("spoil", card.state)
    if card.certificate_id is not None:
        raise Conflict("card-in-job", N_("此卡正用于制卡任务，请在任务中作废"))
    spoil(card=card, reason=reason, actor=actor, now=now)
    record(actor, "card.spoiled", f"card:{card.serial}", reason.strip(), now=now)


def take_blank(*, serial: str, job: CardJob, station: str, actor: Actor, now: datetime) -> Card:
    """Take a blank for a job, in the job's transaction: the card is reserved for the job's certificate.

    ``job`` names its certificate and need not be saved yet; it gets its card, cipher suite and key version.
    ``station`` is the reader in which the card lies.

    Raises: Conflict ``card-not-in-stock``, ``wrong-state``, ``card-keys-missing``.
    """
    require(actor, Permission.CARD_PRODUCE, job.certificate.place)
    card = Card.objects.select_for_update(of=("self",)).filter(serial=serial).first()
    if card is None:
        raise Conflict(
            "card-not-in-stock", N_("卡 %(serial)s 没有入库，请先登记入库或换一张卡"), serial=serial
        )
    card.state = CARD.next_state("reserve", card.state)
    job.card, job.reader_name = card, station
    job.key_suite = check_suite(card.key_suite)
    job.key_version = active_version(job.key_suite)
    card.certificate, card.key_version, card.changed_at = job.certificate, job.key_version, now
    card.save(update_fields=["state", "certificate", "key_version", "changed_at"])
    return card


def mark_made(*, card: Card, actor: Actor, now: datetime) -> Card:
    """Record, in the job's transaction, that a reserved card was personalised and read back.

    Raises: Conflict ``wrong-state``.
    """
    card.state, card.changed_at = CARD.next_state("record-personalisation", card.state), now
    card.save(update_fields=["state", "changed_at"])
    return card


def mark_issued(*, card: Card, received_by_name: str, actor: Actor, now: datetime) -> Card:
    """Record, in the transaction of the hand-over, that the holder took the card and signed for it.

    Raises: Conflict ``wrong-state``.
    """
    card.state = CARD.next_state("hand-over", card.state)
    card.received_by_name, card.handed_over_by_id = received_by_name, actor.account_id
    card.handed_over_at = card.changed_at = now
    card.save(update_fields=["state", "received_by_name", "handed_over_by", "handed_over_at", "changed_at"])
    return card


def spoil(*, card: Card, reason: str, actor: Actor, now: datetime) -> Card:
    """Record, in the caller's transaction, that a card can no longer be used; it keeps its own serial for ever.

    ``card`` is a locked row; the caller has asked for the right and writes the audit row.

    Raises: InvalidInput ``reason-missing``; Conflict ``wrong-state``.
    """
    if not reason.strip():
        raise InvalidInput("reason-missing", N_("请写明理由"), place="reason")
    card.state, card.spoiled_reason = CARD.next_state("spoil", card.state), reason.strip()[:300]
    card.changed_at = now
    card.save(update_fields=["state", "spoiled_reason", "changed_at"])
    return card
