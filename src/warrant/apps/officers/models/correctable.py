"""Records that are never overwritten: a later one may stand in the place of an earlier one, which stays readable."""

from __future__ import annotations

from datetime import datetime

from django.db import models

LONGEST_CORRECTION_REASON = 200


COUNTING = models.Q(corrections__isnull=True)
"""Picks the records that count: nothing later stands in their place."""


class Correctable(models.Model):
    """What points to the record that it corrects, and says why."""

    corrects_id: int | None
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    correction_reason = models.CharField(
        max_length=LONGEST_CORRECTION_REASON, blank=True, default="", db_default=""
    )

    recorded_at = models.DateTimeField()

    class Meta:
        abstract = True

    @property
    def ended_at(self) -> datetime | None:
        """When the record was taken back without another in its place; never, for most."""
        return None
