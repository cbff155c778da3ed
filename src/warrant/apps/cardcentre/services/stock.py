"""The stock of blank cards: known by their chip serials from receipt to destruction."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import transaction

from warrant.apps.audit.services import record
from warrant.apps.cardcentre.models import Card, CardBatch
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
    if not reason.strip():
        raise InvalidInput("reason-missing", N_("请写明理由"), place="reason")
    card = Card.objects.select_for_update().get(pk=card.pk)
    state = CARD.next_state("spoil", card.state)
    if card.certificate_id is not None:
        raise Conflict("card-in-job", N_("此卡正用于制卡任务，请在任务中作废"))
    card.state, card.spoiled_reason, card.changed_at = state, reason.strip(), now
    card.save(update_fields=["state", "spoiled_reason", "changed_at"])
    record(actor, "card.spoiled", f"card:{card.serial}", reason.strip(), now=now)
