"""Reading the stations: what waits for its card, what is being made, what waits for its holder."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from warrant.apps.cardcentre.models import CardJob
from warrant.apps.cardcentre.types import JOB_FACES, Face
from warrant.apps.certificates.models import Certificate
from warrant.core.access import Actor, Permission
from warrant.core.errors import N_, NotFound
from warrant.core.lifecycle import CardJobState, CertificateState

ALIVE = timedelta(seconds=10)
"""A step takes a fraction of a second: a running job without one for longer has nobody at work."""


def awaiting_production(viewer: Actor) -> QuerySet[Certificate]:
    """Return the certificates whose card the viewer may make now, oldest first."""
    rows = Certificate.objects.visible_to(viewer, Permission.CARD_PRODUCE)
    return (
        rows.filter(state=CertificateState.AWAITING_PRODUCTION)
        .exclude(card_jobs__state=CardJobState.RUNNING)
        .select_related("officer")
        .order_by("created_at", "id")
    )


def running_jobs(viewer: Actor) -> QuerySet[CardJob]:
    """Return the jobs that are not at their end, oldest first."""
    visible = Certificate.objects.visible_to(viewer, Permission.CARD_PRODUCE)
    return (
        CardJob.objects.filter(state=CardJobState.RUNNING, certificate__in=visible)
        .select_related("certificate__officer", "card", "started_by")
        .annotate(last_begun_at=Max("step_records__begun_at"), last_done_at=Max("step_records__done_at"))
        .order_by("created_at", "id")
    )


def job_for(viewer: Actor, pk: int) -> CardJob:
    """Return a job whose certificate the viewer may see cards of. Raises: NotFound."""
    job = (
        CardJob.objects.select_related("certificate__officer", "card", "started_by", "finished_by")
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
    """Return the certificates whose finished card waits for its holder, oldest first."""
    rows = Certificate.objects.visible_to(viewer, Permission.CARD_HAND_OVER)
    return rows.filter(state=CertificateState.PRODUCED).select_related("officer").order_by("changed_at", "id")


def certificate_with_card(viewer: Actor, permission: Permission, number: str) -> Certificate:
    """Return a certificate in the viewer's reach by ``permission``. Raises: NotFound."""
    Certificate.objects.get_visible(viewer, permission, number=number)
    return Certificate.system.select_related("officer__agency", "status_list").get(number=number)
