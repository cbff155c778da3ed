"""Overdue means invalid, by rule: a certificate that was not passed by the last day lapses, and comes back when it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from warrant.apps.certificates.models import Certificate
from warrant.apps.certificates.services.life import carry_out_by_rule
from warrant.apps.reviews.models import ReviewCampaign, ReviewLine
from warrant.apps.reviews.selectors.looking import rules_of
from warrant.core.lifecycle import CERTIFICATE, CertificateState, ReviewState
from warrant.core.qualification.review import PERIOD

MOST_AT_ONCE = 200
_PASSED = Q(state=ReviewState.PASSED.value)


def overdue_campaigns(now: datetime) -> list[ReviewCampaign]:
    """Return the campaigns whose last day is over and whose rules let certificates lapse."""
    over = ReviewCampaign.objects.filter(due_on__lt=timezone.localdate(now)).order_by("-year")
    return [campaign for campaign in over if rules_of(campaign).asks(PERIOD)]


def _not_passed(campaigns: Sequence[ReviewCampaign]) -> Exists:
    lines = ReviewLine.system.filter(campaign__in=campaigns, certificate=OuterRef("pk"))
    return Exists(lines.exclude(_PASSED))


@transaction.atomic
def lapse_overdue(*, now: datetime) -> int:
    """Let certificates lapse whose review is overdue, at most ``MOST_AT_ONCE``; returns how many.

    A loop calls it again until nothing is left. State, record, status list, audit and event change together.
    """
    campaigns = overdue_campaigns(now)
    lapsed = 0
    for campaign in campaigns:
        among = Q(_not_passed([campaign]))
        sources = [state.value for state in CERTIFICATE.transition("lapse").sources]
        due = Certificate.system.filter(among, state__in=sources).order_by("pk")
        owners = dict(due.values_list("pk", "officer_id")[: MOST_AT_ONCE - lapsed])
        if owners:
            reason = f"{campaign.year} 年度年审截止 {campaign.due_on.isoformat()}，逾期未通过"
            lapsed += len(carry_out_by_rule("lapse", owners, among, reason, now=now))
        if lapsed >= MOST_AT_ONCE:
            break
    return lapsed


def reinstate_passed(lines: Sequence[ReviewLine], *, now: datetime) -> int:
    """Bring certificates back that have just passed, unless another review of theirs is overdue; returns how many."""
    owners = {
        line.certificate_id: line.officer_id
        for line in lines
        if line.certificate.state == CertificateState.LAPSED
    }
    if not owners:
        return 0
    among = ~Q(_not_passed(overdue_campaigns(now)))
    reason = f"通过 {lines[0].campaign.year} 年度年审"
    return len(carry_out_by_rule("reinstate", owners, among, reason, now=now))
