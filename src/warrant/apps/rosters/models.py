"""Rosters on their way in, and the table forms that an office sends again and again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.foundation.scoping import ScopedModel
from warrant.apps.officers.models import Document, Officer
from warrant.apps.organisations.models import Agency

UNDOABLE_DAYS = 7


class RosterImport(ScopedModel):
    """One uploaded roster: checked and previewed first, then its good rows are taken in; undone within 7 days."""

    class State(models.TextChoices):
        """What became of the upload."""

        RECEIVED = "received"
        PREVIEWED = "previewed"
        IMPORTING = "importing"
        IMPORTED = "imported"
        UNDOING = "undoing"
        UNDONE = "undone"
        DISCARDED = "discarded"

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.PREVIEWED)
    row_count = models.IntegerField(default=0)
    good_count = models.IntegerField(default=0)
    warning_count = models.IntegerField(default=0, help_text="good rows with a warning")
    fix_count = models.IntegerField(default=0, help_text="good rows in which something was repaired")
    error_count = models.IntegerField(default=0, help_text="rows that an error keeps out")
    imported_count = models.IntegerField(default=0)
    file_findings = models.JSONField(default=list, help_text="what concerns the file, not a row")
    rule_counts = models.JSONField(default=list, help_text="[severity, code, rows] of what was found in rows")
    plan = models.JSONField(
        default=dict, help_text="by sheet: is_read, columns (meaning to place), constants"
    )
    fingerprint = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the headings, hex")
    sample_sealed = models.BinaryField(default=b"", help_text="headings and first rows of every sheet")
    checked_on = models.DateField(help_text="the day as of which the rows were checked")
    uploaded_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    imported_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    contents_erased_at = models.DateTimeField(
        null=True, help_text="since then neither file nor rows are kept"
    )
    job_id = models.BigIntegerField(null=True, help_text="of the background job that is at it, or was last")

    class Meta(ScopedModel.Meta):
        db_table = "roster_import"
        indexes = [models.Index(fields=["uploaded_by", "-uploaded_at"], name="roster_import_mine")]

    def __str__(self) -> str:
        return f"{self.document_id} {self.state}"

    def is_undoable(self, now: datetime) -> bool:
        """Say whether the import may still be undone as far as time goes."""
        return (
            self.state == self.State.IMPORTED
            and self.imported_at is not None
            and now < self.imported_at + timedelta(days=UNDOABLE_DAYS)
        )


class RosterRow(models.Model):
    """One row of an uploaded roster with what was found in it and what it would become."""

    roster = models.ForeignKey(RosterImport, on_delete=models.CASCADE, related_name="rows", db_index=False)
    sheet = models.CharField(max_length=80)
    row = models.IntegerField(help_text="row number in the sheet, from 1")
    content_sealed = models.BinaryField(
        help_text="findings and the officer it would become: ID numbers stand in both"
    )
    has_error = models.BooleanField()
    has_warning = models.BooleanField()
    has_fix = models.BooleanField()
    codes = models.CharField(max_length=400, blank=True, help_text="of what was found, each between commas")
    officer = models.ForeignKey(Officer, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        db_table = "roster_row"
        constraints = [models.UniqueConstraint(fields=["roster", "sheet", "row"], name="roster_row_key")]
        indexes = [models.Index(fields=["roster", "id"], name="roster_row_order")]

    def __str__(self) -> str:
        return f"{self.sheet}!{self.row}"


class RosterLayout(models.Model):
    """How a unit wants rosters of one table form read: remembered when it was decided, used the next time."""

    unit = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=64)
    plan = models.JSONField()
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        db_table = "roster_layout"
        constraints = [models.UniqueConstraint(fields=["unit", "fingerprint"], name="roster_layout_key")]

    def __str__(self) -> str:
        return self.fingerprint[:12]
