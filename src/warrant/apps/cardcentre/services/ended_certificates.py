"""What becomes of cards whose certificate has just ended: dead wherever they are, in the same transaction.

A card that is being made is given up under its own serial, and its chip has to be emptied or cut; a job that nobody
began goes. Cards that came back, were spoiled or lost stay as the stock has them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from warrant.apps.audit.services import record
from warrant.apps.cardcentre.models import Card, CardJob, StationBatch
from warrant.apps.cardcentre.services import stock
from warrant.apps.cardcentre.services.batches import close_if_done
from warrant.apps.certificates.models import Certificate
from warrant.core.access import Actor
from warrant.core.lifecycle import CARD, CARD_JOB, CardJobState, CardState

_OPEN_JOBS = (CardJobState.WAITING, CardJobState.RUNNING, CardJobState.MADE)
_KILLED = CARD.transition("kill").sources


def follow_end(certificates: Sequence[Certificate], actor: Actor | None, *, now: datetime) -> None:
    """Kill the cards of ended certificates and give up those that are being made; all rows are locked set by set.

    The batches of a station come before their jobs, as putting back locks them.
    """
    numbers = {certificate.pk: certificate.number for certificate in certificates}
    batches = StationBatch.objects.select_for_update().filter(
        pk__in=CardJob.objects.filter(
            certificate__in=numbers, state=CardJobState.WAITING, batch__isnull=False
        ).values("batch")
    )
    list(batches.order_by("pk"))
    rows = CardJob.objects.select_for_update(of=("self",)).filter(
        certificate__in=numbers, state__in=_OPEN_JOBS
    )
    jobs = list(rows.order_by("pk"))
    cards = Card.objects.select_for_update(of=("self",)).filter(
        certificate__in=numbers, state__in=[*_KILLED, CardState.RESERVED]
    )
    found = list(cards.order_by("serial"))
    _give_up(jobs, {card.pk: card for card in found if card.state == CardState.RESERVED}, numbers, actor, now)
    stock.mark_dead(cards=[card for card in found if card.state in _KILLED], actor=actor, now=now)


def _give_up(
    jobs: Sequence[CardJob],
    reserved: dict[int, Card],
    numbers: dict[int, str],
    actor: Actor | None,
    now: datetime,
) -> None:
    for job in jobs:
        number = numbers[job.certificate_id]
        if job.state == CardJobState.WAITING:
            record(actor, "card-job.dropped", f"certificate:{number}", f"{number} 证件已终结", now=now)
            job.delete()
            continue
        job.state = CARD_JOB.next_state("spoil", job.state)
        job.finished_by_id, job.finished_at = actor.account_id if actor else None, now
        job.save(update_fields=["state", "finished_by", "finished_at"])
        card = reserved[job.card_id or 0]
        stock.spoil(card=card, reason=f"证件 {number} 已终结", actor=actor, now=now)
        record(
            actor, "card-job.spoiled", f"card-job:{job.pk}", f"{number} {card.serial}: 证件已终结", now=now
        )
    for batch_id in sorted({job.batch_id for job in jobs if job.batch_id is not None}):
        close_if_done(batch_id, now=now)
