"""Leavings entered before their day."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.officers.models.documents import Document
from warrant.apps.officers.models.register import Officer
from warrant.core.lifecycle.officer import LeavingKind
from warrant.core.lifecycle.planned_leaving import PLANNED_LEAVING, PlannedLeavingState


class PlannedLeaving(models.Model):
    """Somebody who will leave; seen by whoever sees the officer. ``state`` moves by its table only."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="planned_leavings")
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in PlannedLeavingState],
        default=PLANNED_LEAVING.initial.value,
    )
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in LeavingKind])
    left_on = models.DateField(help_text="the first day out of the force")
    reason = models.CharField(max_length=300)
    document_number = models.CharField(max_length=80, blank=True)
    is_for_cause = models.BooleanField(default=False)
    proof = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    planned_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    ended_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)
    trouble = models.CharField(max_length=300, blank=True, help_text="why it could not take effect so far")

    class Meta:
        db_table = "planned_leaving"
        indexes = [models.Index(fields=["state", "left_on"], name="planned_leaving_due")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in PlannedLeavingState]),
                name="planned_leaving_state_known",
            ),
            models.UniqueConstraint(
                fields=["officer"],
                condition=models.Q(state=PlannedLeavingState.PLANNED.value),
                name="planned_leaving_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.left_on} {self.state}"
