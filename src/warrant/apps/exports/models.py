"""Files that people took along."""

from __future__ import annotations

import uuid

from django.db import models

from warrant.apps.accounts.models import Account


class ExportFile(models.Model):
    """One file made of a list: whose it is, what is in it, and until when it can be fetched.

    The bytes lie sealed under ``uid`` outside the web root; the row stays when they are gone.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    permission = models.CharField(max_length=32, help_text="that the owner must still hold to fetch it")
    kind = models.CharField(max_length=40, help_text="key of WARRANT_EXPORTS, or of a form")
    title = models.CharField(max_length=120)
    file_name = models.CharField(max_length=160)
    format = models.CharField(max_length=16)
    media_type = models.CharField(max_length=80)
    size = models.BigIntegerField(help_text="bytes, unsealed")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file as fetched, hex")
    row_count = models.PositiveIntegerField()
    id_numbers = models.CharField(max_length=8)
    purpose = models.CharField(max_length=80)
    described = models.JSONField(help_text="the filter in words: pairs")
    job_id = models.BigIntegerField(null=True, unique=True, help_text="of the background job that made it")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="the file can be fetched before this moment")
    fetched_at = models.DateTimeField(null=True, help_text="for the first time")
    removed_at = models.DateTimeField(null=True, help_text="when the bytes were deleted")

    class Meta:
        db_table = "export_file"
        indexes = [
            models.Index(fields=["owner", "id"], name="export_file_owner"),
            models.Index(fields=["removed_at", "expires_at"], name="export_file_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.row_count})"
