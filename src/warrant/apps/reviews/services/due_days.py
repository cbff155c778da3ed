"""By when a certificate has to pass, kept on the certificate itself: pages and lists read one row."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import OuterRef, Subquery

from warrant.apps.certificates.models import Certificate
from warrant.apps.reviews.models import ReviewLine
from warrant.core.lifecycle import ReviewState


def note_due_days(certificate_keys: Collection[int]) -> None:
    """Write on these certificates the last day of the earliest review that they have not passed, in one statement.

    The caller is in the transaction that opened the lines or decided on them.
    """
    open_lines = ReviewLine.system.filter(certificate=OuterRef("pk")).exclude(state=ReviewState.PASSED.value)
    earliest = open_lines.order_by("campaign__due_on", "pk")
    Certificate.system.filter(pk__in=certificate_keys).update(
        review_due_on=Subquery(earliest.values("campaign__due_on")[:1]),
        review_warned_from=Subquery(earliest.values("campaign__warned_from")[:1]),
    )
