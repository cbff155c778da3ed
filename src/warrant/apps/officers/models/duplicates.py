"""Pairs of records that may be one person."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.officers.models.register import Officer
from warrant.core.lifecycle import DUPLICATE, DuplicateState


class DuplicatePair(models.Model):
    """Two records, the older one first; ``state`` is assigned by ``officers.services`` only.

    It has no place of its own: whoever reaches one of the two officers sees that the pair exists.
    """

    first = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="+")
    rules = models.CharField(max_length=80, help_text="values of DuplicateRule joined by commas")
    score = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=16,
        choices=[(s.value, s.value) for s in DuplicateState],
        default=DUPLICATE.initial.value,
    )
    found_at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True, help_text="of the last decision")
    decided_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    kept = models.ForeignKey(
        Officer, null=True, on_delete=models.PROTECT, related_name="+", help_text="the record that stays"
    )
    choices = models.JSONField(
        default=dict, help_text="columns taken from the other record, and the revisions seen"
    )
    opened_by_first = models.BooleanField(
        default=False, help_text="whether the first one's unit shows details"
    )
    opened_by_second = models.BooleanField(default=False)

    class Meta:
        db_table = "duplicate_pair"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_key"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="duplicate_order"),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in DuplicateState]), name="duplicate_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-score", "id"], name="duplicate_queue"),
            models.Index(fields=["second"], name="duplicate_second"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ~ {self.second_id} {self.state}"

    @property
    def rule_names(self) -> list[str]:
        """The rules by which it was found."""
        return [rule for rule in self.rules.split(",") if rule]
