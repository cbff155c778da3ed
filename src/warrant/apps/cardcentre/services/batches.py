"""Taking jobs to a station: from then on they are one person's to make, until they are done or put back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from warrant.apps.accounts.models import Account
from warrant.apps.audit.services import record
from warrant.apps.cardcentre.models import CardJob, StationBatch
from warrant.apps.cardcentre.services.gate import check_printable, chip_photo, pass_gate
from warrant.apps.certificates.models import Certificate
from warrant.core.access import Actor, Permission, require
from warrant.core.errors import N_, Conflict, InvalidInput, WarrantError
from warrant.core.lifecycle import CERTIFICATE, CardJobState

BATCH_MOST = 50


@dataclass(frozen=True)
class Taking:
    """What became of a taking: the batch, and the certificates that could not be taken, each with why."""

    batch: StationBatch
    refused: tuple[tuple[Certificate, WarrantError], ...] = ()


def take_jobs(actor: Actor, station: str, certificates: Iterable[Certificate], *, now: datetime) -> Taking:
    """Take the cards of ``certificates`` to a station, in this order; what cannot be made stays in the queue.

    Everything that takes long is done here and not while a card lies in the reader: gate, characters, chip photo.
    A certificate that somebody else took in the same moment is left out.

    Raises: InvalidInput ``station-missing``; Conflict ``batch-open``, ``nothing-to-take``; NotFound, NotPermitted.
    """
    wanted = list(certificates)[:BATCH_MOST]
    name = " ".join(station.split())
    if not name:
        raise InvalidInput("station-missing", N_("请写明制卡工位"), place="station")
    ready, refused = [], []
    for certificate in wanted:
        require(actor, Permission.CARD_PRODUCE, certificate.place)
        try:
            check_printable(certificate)
            chip_photo(pass_gate(certificate).photo)
        except WarrantError as error:
            refused.append((certificate, error))
        else:
            ready.append(certificate)
    return Taking(_take(actor, name[:80], ready, now), tuple(refused))


@transaction.atomic
def _take(actor: Actor, station: str, ready: list[Certificate], now: datetime) -> StationBatch:
    # The person's own row is the lock: the same person taking twice at once ends with one batch.
    Account.objects.select_for_update(of=("self",)).get(pk=actor.account_id)
    if StationBatch.objects.filter(taken_by_id=actor.account_id, closed_at=None).exists():
        raise Conflict("batch-open", N_("您已取了一批任务，请先做完或放回，再取下一批"))
    rows = Certificate.system.select_for_update(of=("self",)).filter(pk__in=[row.pk for row in ready])
    locked = {row.pk: row for row in rows.order_by("pk")}
    taken = CardJob.objects.filter(certificate__in=locked).exclude(state=CardJobState.SPOILED)
    busy = set(taken.values_list("certificate_id", flat=True))
    makeable = CERTIFICATE.transition("record-production").sources
    free = [
        row for row in ready if row.pk in locked and row.pk not in busy and locked[row.pk].state in makeable
    ]
    if not free:
        raise Conflict("nothing-to-take", N_("没有能取的任务：队列已空，或其余任务各有原因不能制作"))
    batch = StationBatch.objects.create(
        station=station, taken_by_id=actor.account_id, taken_at=now, taken_count=len(free)
    )
    CardJob.objects.bulk_create(CardJob(certificate=row, batch=batch, created_at=now) for row in free)
    record(
        actor,
        "card-batch.taken",
        f"station-batch:{batch.pk}",
        f"{station} ({len(free)})",
        now=now,
        detail={"certificates": [row.number for row in free]},
    )
    return batch


@transaction.atomic
def put_back(actor: Actor, batch: StationBatch, *, now: datetime) -> int:
    """Put the jobs of a batch that were not begun back into the queue; returns how many.

    Anybody who may make cards may do it: whoever took them may be ill. Raises: Conflict ``wrong-state``.
    """
    batch = StationBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.closed_at is not None:
        raise Conflict("wrong-state", N_("这批任务已经结束"))
    jobs = CardJob.objects.select_for_update(of=("self",)).filter(batch=batch, state=CardJobState.WAITING)
    waiting = list(jobs.select_related("certificate"))
    for job in waiting:
        require(actor, Permission.CARD_PRODUCE, job.certificate.place)
    # Nothing has happened to a job that was not begun: what stays is the audit row.
    CardJob.objects.filter(pk__in=[job.pk for job in waiting]).delete()
    batch.closed_at = now
    batch.save(update_fields=["closed_at"])
    record(
        actor,
        "card-batch.put-back",
        f"station-batch:{batch.pk}",
        f"{batch.station} ({len(waiting)})",
        now=now,
        detail={"certificates": [job.certificate.number for job in waiting]},
    )
    return len(waiting)


def close_if_done(batch_id: int | None, *, now: datetime) -> None:
    """Close a batch whose last job has ended, in the caller's transaction."""
    going_on = (CardJobState.WAITING, CardJobState.RUNNING, CardJobState.MADE)
    if batch_id is None or CardJob.objects.filter(batch=batch_id, state__in=going_on).exists():
        return
    StationBatch.objects.filter(pk=batch_id, closed_at=None).update(closed_at=now)
