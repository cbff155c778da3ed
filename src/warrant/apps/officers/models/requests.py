"""What one person asks for a record and a second one carries out."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.foundation.scoping import ScopedModel, scope_indexes
from warrant.apps.officers.models.documents import Document
from warrant.apps.officers.models.register import Officer
from warrant.core.lifecycle import RECORD_REQUEST, RecordRequestKind, RecordRequestState


class RecordRequest(ScopedModel):
    """A request to delete a record or to correct its ID number; ``state`` moves by its table only."""

    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in RecordRequestKind])
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in RecordRequestState],
        default=RECORD_REQUEST.initial.value,
    )
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="record_requests")
    reason = models.CharField(max_length=200)
    number_sealed = models.BinaryField(default=b"", help_text="the new ID number, bound to the officer's uid")
    proof = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    opinion = models.CharField(max_length=200, blank=True, help_text="of whoever decided or undid it")
    state_before = models.CharField(max_length=12, blank=True, help_text="of the officer, before a deletion")

    class Meta(ScopedModel.Meta):
        db_table = "record_request"
        indexes = [
            *scope_indexes("record_request", "state", "requested_at"),
            models.Index(fields=["officer", "state"], name="record_request_officer"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in RecordRequestState]),
                name="record_request_state_known",
            ),
            models.UniqueConstraint(
                fields=["officer", "kind"],
                condition=models.Q(state=RecordRequestState.WAITING.value),
                name="record_request_waits_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.officer_id} {self.state}"
