"""The searchable face of the audit ledger; the truth is the entry in the append-only log."""

from __future__ import annotations

from django.db import models

from warrant.apps.foundation.models import LogEntry


class AuditRow(models.Model):
    """Who did what to which thing, when."""

    entry = models.OneToOneField(LogEntry, on_delete=models.PROTECT, primary_key=True)
    at = models.DateTimeField()
    account_id = models.BigIntegerField(null=True)
    account_name = models.CharField(max_length=80)
    action = models.CharField(max_length=64)
    subject = models.CharField(max_length=80)
    summary = models.CharField(max_length=300)

    class Meta:
        db_table = "audit_row"
        indexes = [
            models.Index(fields=["subject", "entry"], name="audit_row_subject"),
            models.Index(fields=["account_id", "entry"], name="audit_row_account"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.account_name} {self.action} {self.subject}"
