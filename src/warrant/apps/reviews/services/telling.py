"""What a province tells the ministry about its campaign: figures, no people."""

from __future__ import annotations

from datetime import date, datetime

from warrant.apps.foundation.inbox import ReceivedEvent
from warrant.apps.foundation.outbox import publish
from warrant.apps.reviews.models import ProvinceReview, ReviewCampaign, ReviewLine
from warrant.apps.reviews.selectors.campaigns import progress_of
from warrant.core.errors import N_, InvalidInput

MINISTRY = "ministry"
REVIEW_CHANGED = "review.changed"


def tell_progress(campaign: ReviewCampaign, *, now: datetime) -> None:
    """Leave ``review.changed`` for the ministry: how the campaign stands in the running transaction."""
    progress = progress_of(ReviewLine.system.filter(campaign=campaign))
    content = {
        "year": campaign.year,
        "due_on": campaign.due_on.isoformat(),
        "total": progress.total,
        "passed": progress.passed,
        "not_passed": progress.not_passed,
        "told_at": now.isoformat(),
    }
    publish(MINISTRY, REVIEW_CHANGED, f"review:{campaign.year}", content, now=now)


def receive_review_changed(received: ReceivedEvent, *, now: datetime) -> None:
    """Keep how a province's campaign stands.

    Raises: InvalidInput ``review-unreadable``.
    """
    told = received.event.data
    try:
        numbers = {name: int(str(told[name])) for name in ("total", "passed", "not_passed")}
        year, due_on = int(str(told["year"])), date.fromisoformat(str(told["due_on"]))
        told_at = datetime.fromisoformat(str(told["told_at"]))
    except (KeyError, ValueError) as error:
        raise InvalidInput("review-unreadable", N_("收到的年审进展无法读取")) from error
    if min(numbers.values()) < 0 or told_at.tzinfo is None:
        raise InvalidInput("review-unreadable", N_("收到的年审进展无法读取"))
    ProvinceReview.objects.update_or_create(
        node=received.node, year=year, defaults={**numbers, "due_on": due_on, "told_at": told_at}
    )
