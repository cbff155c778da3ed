"""Rosters on their way in."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.foundation.scoping import ScopedModel
from warrant.apps.officers.models import Document, Officer


class RosterImport(ScopedModel):
    """One uploaded roster: previewed first, then its good rows are taken in."""

    class State(models.TextChoices):
        """What became of the upload."""

        PREVIEWED = "previewed"
        IMPORTED = "imported"
        DISCARDED = "discarded"

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.PREVIEWED)
    row_count = models.IntegerField()
    good_count = models.IntegerField()
    warning_count = models.IntegerField(help_text="good rows with a warning")
    fix_count = models.IntegerField(help_text="good rows in which something was repaired")
    error_count = models.IntegerField(help_text="rows that an error keeps out")
    imported_count = models.IntegerField(default=0)
    file_findings = models.JSONField(default=list, help_text="what concerns the file, not a row")
    checked_on = models.DateField(help_text="the day as of which the rows were checked")
    uploaded_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    imported_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        db_table = "roster_import"
        indexes = [models.Index(fields=["uploaded_by", "-uploaded_at"], name="roster_import_mine")]

    def __str__(self) -> str:
        return f"{self.document_id} {self.state}"


class RosterRow(models.Model):
    """One row of an uploaded roster with what was found in it and what it would become."""

    roster = models.ForeignKey(RosterImport, on_delete=models.CASCADE, related_name="rows")
    sheet = models.CharField(max_length=80)
    row = models.IntegerField(help_text="row number in the sheet, from 1")
    content_sealed = models.BinaryField(
        help_text="findings and the officer it would become: ID numbers stand in both"
    )
    has_error = models.BooleanField()
    has_warning = models.BooleanField()
    has_fix = models.BooleanField()
    officer = models.ForeignKey(Officer, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        db_table = "roster_row"
        constraints = [models.UniqueConstraint(fields=["roster", "sheet", "row"], name="roster_row_key")]

    def __str__(self) -> str:
        return f"{self.sheet}!{self.row}"
