"""SAMs of inspection devices, by serial: what they hold, where they are, and everything that happened to them."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.organisations.models import Agency
from warrant.core.lifecycle import SAM, SAM_COUNT, SamCountState, SamState


class Sam(models.Model):
    """One SAM. It holds the province's sub-keys of two usages in the versions named; keys never stand here."""

    serial = models.CharField(max_length=24, unique=True)
    key_suite = models.CharField(max_length=8)
    key_versions = models.JSONField(help_text="the versions whose sub-keys it holds, ascending")
    supplier = models.CharField(max_length=80)
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in SamState], default=SAM.initial.value
    )
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    device = models.CharField(max_length=40, blank=True, help_text="the inspection device it sits in")
    keeper = models.CharField(max_length=60, blank=True, help_text="who signed for it")
    received_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    accepted_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    condemned_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    destroyed_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    counted_at = models.DateTimeField(null=True, help_text="when it was last there in a confirmed count")
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "sam"
        indexes = [models.Index(fields=["state", "serial"], name="sam_state")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accepted_by__isnull=True) | ~models.Q(accepted_by=models.F("received_by")),
                name="sam_accepted_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(destroyed_by__isnull=True)
                | ~models.Q(destroyed_by=models.F("condemned_by")),
                name="sam_destroyed_by_two",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="issued") | models.Q(agency__isnull=False),
                name="sam_issued_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return self.serial


class SamEntry(models.Model):
    """A line of the ledger of a SAM. Lines are added and never changed."""

    sam = models.ForeignKey(Sam, on_delete=models.PROTECT, related_name="entries")
    action = models.CharField(max_length=16)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    agency_name = models.CharField(max_length=120, blank=True)
    remark = models.CharField(max_length=300, blank=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "sam_entry"

    def __str__(self) -> str:
        return f"{self.sam_id} {self.action}"


class SamCount(models.Model):
    """A count of every SAM that has to be there: made by one custodian, confirmed by another."""

    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in SamCountState], default=SAM_COUNT.initial.value
    )
    expected = models.JSONField(help_text="serials that had to be there, ascending")
    missing = models.JSONField(help_text="those of them that were not")
    explanation = models.CharField(max_length=300, blank=True)
    counted_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    counted_at = models.DateTimeField()
    ended_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True, help_text="why it was sent back")

    class Meta:
        db_table = "sam_count"
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state="counted"), name="sam_count_one_waits"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="confirmed") | ~models.Q(ended_by=models.F("counted_by")),
                name="sam_count_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.counted_at:%Y-%m-%d} {self.state}"


class SamBlockList(models.Model):
    """The signed list of SAMs that no device may use; one row, signed anew with each change and before it expires."""

    token = models.BinaryField()
    count = models.PositiveIntegerField()
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "sam_block_list"

    def __str__(self) -> str:
        return f"{self.issued_at:%Y-%m-%d %H:%M} {self.count}"
