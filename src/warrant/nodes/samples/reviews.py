"""A made-up annual review: this year's, with the certificates that are there."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from warrant.apps.reviews.models import ReviewCampaign
from warrant.apps.reviews.services import open_campaign
from warrant.nodes.samples.people import actor_of


def make_sample_review(*, now: datetime) -> list[ReviewCampaign]:
    """Open this year's review, whose lines the node's job fills in; nothing where there is one already."""
    if ReviewCampaign.objects.exists():
        return []
    return [open_campaign(actor_of("approver"), timezone.localtime(now).year, now=now)]
