"""Additional data: entries that are never overwritten, and what a person had typed before the browser closed."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.officers.models.correctable import Correctable
from warrant.apps.officers.models.documents import Document
from warrant.apps.officers.models.register import Officer
from warrant.core.record import EntryKind


class AdditionalEntry(Correctable):
    """One reward, punishment, assessment, post held ... of an officer; nothing in it changes after it was recorded.

    A correction is a further entry that points to the one it corrects; withdrawing keeps the row and says why.
    """

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=24, choices=[(kind.value, kind.value) for kind in EntryKind])
    content = models.JSONField(help_text="text by field of core.record.KINDS[kind]")
    from_on = models.DateField(help_text="the first day on which it was so")
    until_on = models.DateField(null=True, help_text="the last day on which it was so, where it ends")
    recorded_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    withdrawn_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "additional_entry"
        indexes = [models.Index(fields=["officer", "kind", "from_on"], name="additional_entry_officer")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in EntryKind]),
                name="additional_entry_kind_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.from_on}"

    @property
    def ended_at(self) -> datetime | None:
        """When the entry was withdrawn."""
        return self.withdrawn_at


class EntryProof(models.Model):
    """One file that proves an entry."""

    entry = models.ForeignKey(AdditionalEntry, on_delete=models.CASCADE, related_name="proofs")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "additional_entry_proof"
        constraints = [
            models.UniqueConstraint(fields=["entry", "document"], name="additional_entry_proof_key")
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.document_id}"


class FormDraft(models.Model):
    """What somebody had typed into a form and not saved yet: sealed, one for each person, form and subject."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    form = models.CharField(max_length=40)
    subject = models.BigIntegerField(
        default=0, help_text="primary key of what is changed; 0 for something new"
    )
    content_sealed = models.BinaryField(help_text="the fields as sent: an ID number may stand among them")
    saved_at = models.DateTimeField()

    class Meta:
        db_table = "form_draft"
        indexes = [models.Index(fields=["saved_at"], name="form_draft_saved")]
        constraints = [models.UniqueConstraint(fields=["account", "form", "subject"], name="form_draft_key")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.form} {self.subject}"
