"""Made-up yearly assessments: one confirmed, with an objection; one of a city's units, half scored."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.assessments.models import Assessment
from warrant.apps.assessments.selectors.rounds import form_of
from warrant.apps.assessments.services import (
    confirm_assessment,
    hand_in_assessment,
    open_assessment,
    raise_objection,
    score_sheets,
)
from warrant.apps.assessments.types import Scores
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor
from warrant.core.lifecycle import OfficerState
from warrant.nodes.samples.people import actor_of

PERCENT = (94, 82, 78, 85, 63, 80)
"""How much of each item's points somebody gets, by the order of the sheets."""


def _score(actor: Actor, assessment: Assessment, *, now: datetime, most: int = 500) -> None:
    items = form_of(assessment).items
    typed = {}
    for place, sheet in enumerate(assessment.sheets.order_by("pk")):
        if sheet.not_assessed or place >= most:
            continue
        percent = PERCENT[place % len(PERCENT)]
        points = {item.code: str(round(int(item.points) * percent / 100)) for item in items}
        typed[sheet.pk] = Scores(points, seen=sheet.revision)
    score_sheets(actor, assessment.pk, typed, now=now)


def _largest_unit(code: str) -> Agency:
    """Return the agency of a county with the most officers in post."""
    in_post = Count("officers", filter=Q(officers__state=OfficerState.ACTIVE.value))
    rows = Agency.objects.filter(county__code=code, level="agency").annotate(people=in_post)
    return rows.order_by("-people", "pk")[0]


@transaction.atomic
def make_sample_assessments(*, now: datetime) -> list[Assessment]:
    """Make two assessments of this year; nothing where there are assessments already."""
    if Assessment.system.exists():
        return []
    year = timezone.localtime(now).year
    registrar, reviewer = actor_of("kunshan-registrar"), actor_of("kunshan-reviewer")
    unit = _largest_unit("320583")
    done = open_assessment(registrar, "person", year, unit.pk, now=now - timedelta(days=20))
    _score(registrar, done, now=now - timedelta(days=12))
    hand_in_assessment(registrar, done.pk, now=now - timedelta(days=10))
    confirm_assessment(reviewer, done.pk, now=now - timedelta(days=6))
    assessed = {
        one.officer.uid: one for one in done.sheets.select_related("officer") if one.officer and one.band
    }
    owner = Account.objects.filter(officer_uid__in=list(assessed)).order_by("pk").first()
    if owner is not None and owner.officer_uid is not None:
        reason = "“执法质量与案卷”扣分的两份案卷不是本人主办，见案卷首页的承办人栏"
        sheet = assessed[owner.officer_uid]
        raise_objection(actor_for(owner), sheet.pk, reason, None, now=now - timedelta(days=1))
    nanjing = Agency.objects.get(code="320100")
    units = open_assessment(
        actor_of("nanjing-registrar"), "agency", year, nanjing.pk, now=now - timedelta(days=3)
    )
    _score(actor_of("nanjing-registrar"), units, now=now - timedelta(days=2), most=4)
    return [done, units]
