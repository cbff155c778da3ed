"""Officers, the proofs kept about them, and rosters on their way in."""

from __future__ import annotations

import uuid

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.foundation.scoping import ScopedModel, scope_indexes
from warrant.apps.organisations.models import Agency


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


class Officer(ScopedModel):
    """One officer: the basic data of the 2009 notice, 三(一)."""

    class Precision(models.TextChoices):
        """How much of a date was known when it was recorded."""

        DAY = "day"
        MONTH = "month"
        YEAR = "year"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=60)
    sort_key = models.CharField(max_length=120, help_text="full pinyin in ASCII, for order and range search")
    sex = models.CharField(max_length=1, help_text="GB/T 2261.1")
    birth_on = models.DateField()
    ethnicity = models.CharField(max_length=2, blank=True, help_text="GB/T 3304")
    id_number_sealed = models.BinaryField(help_text="AES-256-GCM, bound to uid")
    id_number_index = models.BinaryField(max_length=16, unique=True, help_text="keyed blind index")
    political_status = models.CharField(max_length=2, blank=True, help_text="GB/T 4762")
    education = models.CharField(max_length=2, blank=True, help_text="GB/T 4658")
    degree = models.CharField(max_length=3, blank=True, help_text="GB/T 6864")
    school = models.CharField(max_length=80, blank=True)
    major = models.CharField(max_length=80, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="officers")
    categories = models.CharField(max_length=60, help_text="enforcement categories, codes joined by commas")
    post = models.CharField(max_length=40, blank=True)
    position = models.CharField(max_length=40, blank=True)
    staffing = models.CharField(max_length=24, blank=True)
    work_started_on = models.DateField(null=True, help_text="the first day that what is known can mean")
    work_started_precision = models.CharField(max_length=5, choices=Precision.choices, default=Precision.DAY)
    enforcement_started_on = models.DateField(null=True)
    enforcement_started_precision = models.CharField(
        max_length=5, choices=Precision.choices, default=Precision.DAY
    )
    phone = models.CharField(max_length=24, blank=True)
    remark = models.CharField(max_length=300, blank=True)
    photo = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    entered_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        db_table = "officer"
        indexes = [
            *scope_indexes("officer", "sort_key"),
            models.Index(fields=["sort_key", "id"], name="officer_sort"),
            models.Index(fields=["name"], name="officer_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def category_codes(self) -> list[str]:
        """The enforcement categories, in the order of entry."""
        return [code for code in self.categories.split(",") if code]


class OfficerNameToken(models.Model):
    """What a name can be found by: suffixes of the name, of its pinyin and of its initials; searched by range."""

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="name_tokens")
    token = models.CharField(max_length=60)

    class Meta:
        db_table = "officer_name_token"
        constraints = [
            models.UniqueConstraint(fields=["token", "officer"], name="officer_name_token_key"),
        ]

    def __str__(self) -> str:
        return f"{self.token} {self.officer_id}"


class EducationRecord(models.Model):
    """One education with its proof; a later entry never overwrites an earlier one."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="educations")
    education = models.CharField(max_length=2, help_text="GB/T 4658")
    degree = models.CharField(max_length=3, blank=True, help_text="GB/T 6864")
    school = models.CharField(max_length=80)
    major = models.CharField(max_length=80)
    graduated_on = models.DateField()
    proof = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "education_record"
        indexes = [models.Index(fields=["officer", "graduated_on"], name="education_record_officer")]

    def __str__(self) -> str:
        return f"{self.school} {self.graduated_on}"


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
