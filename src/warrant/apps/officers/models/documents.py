"""Files kept about officers: proofs, photos, rosters."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.foundation.scoping import ScopedModel


class Document(ScopedModel):
    """A file kept by its digest outside the web root, sealed; served through the scope check only."""

    digest = models.CharField(max_length=64, help_text="SHA-256 of the file as sent, hex")
    media_type = models.CharField(max_length=80)
    size = models.BigIntegerField(help_text="bytes")
    file_name = models.CharField(max_length=160)
    permission = models.CharField(max_length=32, help_text="that opens it within the scope")
    officer_uid = models.UUIDField(null=True, help_text="of the officer it is about, who may open it too")
    uploaded_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        db_table = "document"
        indexes = [models.Index(fields=["digest"], name="document_digest")]

    def __str__(self) -> str:
        return self.file_name
