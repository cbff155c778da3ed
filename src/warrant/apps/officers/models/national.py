"""One person in two provinces: what the ministry finds, and what a province was told of it."""

from __future__ import annotations

import uuid

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.foundation.scoping import ScopedModel
from warrant.apps.officers.models.register import Officer
from warrant.core.lifecycle.national_duplicate import (
    NATIONAL_DUPLICATE,
    DuplicateGround,
    NationalDuplicateState,
)

_GROUNDS = [(ground.value, ground.value) for ground in DuplicateGround]


class NationalDuplicate(models.Model):
    """Two records of different provinces that seem to be one person; kept at the ministry."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    first = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="+", help_text="the lower id")
    second = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="+")
    ground = models.CharField(max_length=24, choices=_GROUNDS)
    state = models.CharField(
        max_length=12,
        choices=[(state.value, state.value) for state in NationalDuplicateState],
        default=NATIONAL_DUPLICATE.initial.value,
    )
    found_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True, help_text="what both provinces were told")
    informed_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    informed_at = models.DateTimeField(null=True)
    first_answer = models.CharField(max_length=300, blank=True, help_text="of the first record's province")
    second_answer = models.CharField(max_length=300, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="why it was set aside")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "national_duplicate"
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="national_duplicate_key")]
        indexes = [models.Index(fields=["state", "-id"], name="national_duplicate_state")]

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id} {self.ground}"


class ReportedDuplicate(ScopedModel):
    """What the ministry told this province about one of its officers; open until the province has answered."""

    uid = models.UUIDField(unique=True, editable=False, help_text="of the ministry's pair")
    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="reported_duplicates")
    ground = models.CharField(max_length=24, choices=_GROUNDS)
    other_name = models.CharField(max_length=60)
    other_unit = models.CharField(max_length=120)
    other_province = models.CharField(max_length=120)
    other_state = models.CharField(max_length=12)
    note = models.CharField(max_length=300)
    received_at = models.DateTimeField()
    answer = models.CharField(max_length=300, blank=True)
    answered_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        db_table = "reported_duplicate"
        indexes = [models.Index(fields=["answered_at", "-id"], name="reported_duplicate_open")]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.ground}"
