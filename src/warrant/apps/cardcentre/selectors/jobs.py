"""Reading the stations: what waits for its card, what is being made, what waits for its holder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from warrant.apps.cardcentre.models import CardJob, ParcelLine, StationBatch
from warrant.apps.cardcentre.types import JOB_FACES, Face
from warrant.apps.certificates.models import Certificate
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle import CardJobState, CertificateState

ALIVE = timedelta(seconds=10)
"""A step takes a fraction of a second: a running job without one for longer has nobody at work."""
OPEN_STATES = (CardJobState.WAITING, CardJobState.RUNNING, CardJobState.MADE)
AT_STATION_MOST = 200
PACE_OVER = timedelta(hours=1)


@dataclass(frozen=True)
class AtStation:
    """What a person has in hand: own batch with the jobs still to begin, and all jobs that are not at their end."""

    batch: StationBatch | None
    waiting: list[CardJob]
    running: list[CardJob]
    made: list[CardJob]

    @property
    def done_count(self) -> int:
        """Cards of the own batch that have passed their check."""
        if self.batch is None:
            return 0
        mine = [job for job in (*self.waiting, *self.running, *self.made) if job.batch_id == self.batch.pk]
        return max(0, self.batch.taken_count - len(mine))


def awaiting_production(viewer: Actor) -> QuerySet[Certificate]:
    """Return the certificates whose card the viewer may make now, oldest first."""
    rows = Certificate.objects.visible_to(viewer, Permission.CARD_PRODUCE)
    return (
        rows.filter(state=CertificateState.AWAITING_PRODUCTION)
        .exclude(card_jobs__state__in=OPEN_STATES)
        .select_related("officer")
        .order_by("created_at", "id")
    )


def running_jobs(viewer: Actor) -> QuerySet[CardJob]:
    """Return the jobs that have begun and are not at their end, oldest first."""
    visible = Certificate.objects.visible_to(viewer, Permission.CARD_PRODUCE)
    return (
        CardJob.objects.filter(state__in=(CardJobState.RUNNING, CardJobState.MADE), certificate__in=visible)
        .select_related("certificate__officer", "card", "started_by")
        .annotate(last_begun_at=Max("step_records__begun_at"), last_done_at=Max("step_records__done_at"))
        .order_by("created_at", "id")
    )


def at_station(viewer: Actor) -> AtStation:
    """Return the viewer's batch, and every job in reach that runs or waits for its check, oldest first; one query."""
    visible = Certificate.objects.visible_to(viewer, Permission.CARD_PRODUCE)
    own = Q(state=CardJobState.WAITING, batch__taken_by=viewer.account_id)
    rows = (
        CardJob.objects.filter(
            own | Q(state__in=(CardJobState.RUNNING, CardJobState.MADE)), certificate__in=visible
        )
        .select_related("certificate__officer", "card", "started_by", "batch")
        .annotate(last_begun_at=Max("step_records__begun_at"), last_done_at=Max("step_records__done_at"))
        .order_by("created_at", "id")[:AT_STATION_MOST]
    )
    by_state: dict[str, list[CardJob]] = {state.value: [] for state in OPEN_STATES}
    for job in rows:
        by_state[job.state].append(job)
    batches = (job.batch for jobs in by_state.values() for job in jobs)
    batch = next((row for row in batches if row is not None and row.taken_by_id == viewer.account_id), None)
    return AtStation(batch, by_state["waiting"], by_state["running"], by_state["made"])


def batches_elsewhere(viewer: Actor) -> list[StationBatch]:
    """Return what other people have taken to their stations, oldest first."""
    rows = StationBatch.objects.filter(closed_at=None).exclude(taken_by=viewer.account_id)
    visible = Certificate.objects.visible_to(viewer, Permission.CARD_PRODUCE)
    rows = rows.filter(pk__in=CardJob.objects.filter(certificate__in=visible).values("batch"))
    return list(rows.select_related("taken_by").order_by("taken_at")[:20])


def batch_for(viewer: Actor, pk: int) -> StationBatch:
    """Return a batch with a job in the viewer's reach. Raises: NotFound."""
    visible = Certificate.objects.visible_to(viewer, Permission.CARD_PRODUCE)
    jobs = CardJob.objects.filter(certificate__in=visible, batch=pk)
    batch = StationBatch.objects.filter(pk=pk, pk__in=jobs.values("batch")).first()
    if batch is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return batch


@dataclass(frozen=True)
class Pace:
    """How fast a person works: cards passed in the last hour, and from them cards an hour; 0 below three cards."""

    count: int
    per_hour: int

    def minutes_for(self, cards: int) -> int:
        """Return how long so many cards take at this pace, a minute at least."""
        return max(1, round(cards * 60 / self.per_hour)) if self.per_hour else 0


def pace_of(viewer: Actor, now: datetime) -> Pace:
    """Return the viewer's pace in the hour before ``now``: breaks before the first card do not count."""
    passed = CardJob.objects.filter(
        finished_by=viewer.account_id, finished_at__gt=now - PACE_OVER, state=CardJobState.FINISHED
    ).aggregate(count=Count("pk"), first=Min("finished_at"), last=Max("finished_at"))
    if passed["count"] < 3 or passed["last"] <= passed["first"]:
        return Pace(passed["count"], 0)
    return Pace(
        passed["count"], round((passed["count"] - 1) * PACE_OVER / (passed["last"] - passed["first"]))
    )


def job_for(viewer: Actor, pk: int) -> CardJob:
    """Return a job whose certificate the viewer may see cards of. Raises: NotFound."""
    job = (
        CardJob.objects.select_related("certificate__officer", "card", "started_by", "finished_by", "batch")
        .annotate(last_begun_at=Max("step_records__begun_at"), last_done_at=Max("step_records__done_at"))
        .filter(pk=pk, certificate__in=Certificate.objects.visible_to(viewer, Permission.CARD_VIEW))
        .first()
    )
    if job is None:
        raise NotFound("not-found", N_("没有找到，或者不在您的管辖范围内"))
    return job


def is_interrupted(job: CardJob, now: datetime) -> bool:
    """Tell whether a running job has nobody at work: it has told its trouble, or no step for a while."""
    if job.state != CardJobState.RUNNING:
        return False
    moments = [
        getattr(job, "last_begun_at", None),
        getattr(job, "last_done_at", None),
        job.started_at,
    ]
    return bool(job.trouble) or now - max(moment for moment in moments if moment) > ALIVE


def face_of(job: CardJob, now: datetime) -> Face:
    """Return how the job's state is called and coloured."""
    return JOB_FACES["interrupted" if is_interrupted(job, now) else job.state]


def trouble_text(trouble: Mapping[str, Any]) -> str:
    """Return what stopped a job, in the language of the request; empty if nothing did."""
    if not trouble:
        return ""
    fields = {name: _(str(value)) if value else "" for name, value in trouble["fields"].items()}
    text = _(trouble["message"])
    return text % fields if fields else text


def produced_for_hand_over(viewer: Actor) -> QuerySet[Certificate]:
    """Return the certificates whose finished card waits for its holder, oldest first; none that is still on its way."""
    rows = Certificate.objects.visible_to(viewer, Permission.CARD_HAND_OVER)
    under_way = ParcelLine.objects.filter(certificate=OuterRef("pk"), arrived_at=None)
    rows = rows.filter(~Exists(under_way), state=CertificateState.PRODUCED)
    return rows.select_related("officer").order_by("changed_at", "id")


def certificate_with_card(viewer: Actor, permission: Permission, number: str) -> Certificate:
    """Return a certificate in the viewer's reach by ``permission``. Raises: NotFound."""
    Certificate.objects.get_visible(viewer, permission, number=number)
    return Certificate.system.select_related("officer__agency", "status_list").get(number=number)
