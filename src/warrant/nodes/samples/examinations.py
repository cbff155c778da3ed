"""Made-up sittings: one with results, one that waits for the second person's scores, one open for candidates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from warrant.apps.examinations.models import Sitting
from warrant.apps.examinations.services import add_candidates, enter_scores, plan_sitting
from warrant.apps.examinations.types import SittingPlan
from warrant.apps.officers.models import Officer
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor
from warrant.core.eligibility.facts import Paper
from warrant.nodes.samples.people import actor_of, officers_of, paper

VENUE = "江苏省交通运输执法培训中心一号考场"
SCORES = ("82.5", "76", "91", "68.5", "57", "79", "88", "absent", "73.5", "64", "95", "70")
"""By the order of the candidates; one is absent, one fails."""


def _sitting(actor: Actor, plan: SittingPlan, officers: Sequence[Officer], *, now: datetime) -> Sitting:
    made = plan_sitting(actor, plan, now=now)
    if officers:
        add_candidates(actor, made.pk, officers, now=now + timedelta(hours=1))
    return made


def _scores(actor: Actor, sitting: Sitting, now: datetime) -> None:
    keys = sitting.candidates.order_by("number").values_list("pk", flat=True)
    texts = {key: SCORES[place % len(SCORES)] for place, key in enumerate(keys)}
    enter_scores(actor, sitting.pk, texts, paper("signed score sheet"), now=now)


@transaction.atomic
def make_sample_sittings(*, now: datetime) -> list[Sitting]:
    """Make three sittings of the province; nothing where there are sittings already."""
    if Sitting.system.exists():
        return []
    registrar, training, county = actor_of("registrar"), actor_of("training"), actor_of("kunshan-registrar")
    jiangsu = Agency.objects.get(code="320000")
    today = timezone.localtime(now).date()
    people = officers_of(county, len(SCORES))

    def ago(days: int) -> datetime:
        return now - timedelta(days=days)

    held = SittingPlan(Paper.SPECIAL_LAW.value, today - timedelta(days=24), VENUE, jiangsu.pk)
    done = _sitting(registrar, held, people, now=ago(40))
    _scores(registrar, done, ago(22))
    _scores(training, done, ago(21))
    lately = SittingPlan(Paper.GENERAL_LAW.value, today - timedelta(days=4), VENUE, jiangsu.pk)
    waiting = _sitting(registrar, lately, people, now=ago(18))
    _scores(registrar, waiting, ago(2))
    plan = SittingPlan(
        Paper.SPECIAL_LAW.value,
        today + timedelta(days=20),
        VENUE,
        jiangsu.pk,
        capacity=60,
        enrol_until=today + timedelta(days=13),
        begins_at=time(9),
    )
    coming = _sitting(registrar, plan, (), now=ago(3))
    add_candidates(county, coming.pk, officers_of(county, 5, people), now=ago(1))
    return [done, waiting, coming]
