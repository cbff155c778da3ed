"""The annual review that a certificate has not passed: shown as near from the day that the rules name, and as overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from warrant.apps.certificates.models import Certificate
from warrant.core.lifecycle.certificate import IN_USE


@dataclass(frozen=True)
class DueReview:
    """In words and tone how near the last day is."""

    word: str
    tone: str


def due_review(certificate: Certificate, on: date) -> DueReview | None:
    """Return how the review of a certificate in use stands on a day; ``None`` while nothing is near."""
    due = certificate.review_due_on
    if due is None or certificate.state not in IN_USE:
        return None
    day = {"day": due.isoformat()}
    if due < on:
        return DueReview(_("年审已于 %(day)s 截止，逾期未过") % day, "broken")
    warned = certificate.review_warned_from
    if warned is not None and warned <= on:
        days = {**day, "count": (due - on).days}
        return DueReview(_("年审 %(day)s 截止，还有 %(count)s 天") % days, "attention")
    return None


def is_review_due(on: date) -> Q:
    """Pick certificates in use whose review is near its last day, or past it."""
    return Q(state__in=[state.value for state in IN_USE], review_warned_from__lte=on)
