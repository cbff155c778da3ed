"""Certificates, what happened to them, and the province's status lists."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.filing.models import FilingRequest
from warrant.apps.foundation.scoping import ScopedModel, scope_indexes
from warrant.apps.officers.models import Document, Officer
from warrant.apps.organisations.models import Agency
from warrant.core.lifecycle import CERTIFICATE, CertificateState
from warrant.core.lifecycle.certificate import IN_USE, UPCOMING


class StatusList(models.Model):
    """One signed status list of the province; ``token`` is what the public gets."""

    name = models.CharField(max_length=32, unique=True)
    size = models.IntegerField(help_text="places")
    token = models.BinaryField(null=True)
    version = models.BigIntegerField(default=0)
    issued_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "status_list"

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class Certificate(ScopedModel):
    """One certificate; ``state`` is assigned by ``certificates.services`` only."""

    number = models.CharField(max_length=24, unique=True)
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="certificates")
    filing_request = models.ForeignKey(
        FilingRequest,
        on_delete=models.PROTECT,
        related_name="certificates",
        help_text="the filing it rests on; a certificate for a lost card rests on the same",
    )
    replaces = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="successors",
        help_text="the certificate that ends when this one is handed over",
    )
    categories = models.CharField(max_length=60)
    agency_name = models.CharField(max_length=120, help_text="as filed and printed")
    area_code = models.CharField(max_length=6, help_text="GB/T 2260")
    area_name = models.CharField(max_length=60)
    issuer_name = models.CharField(max_length=120)
    state = models.CharField(
        max_length=20,
        choices=[(s.value, s.value) for s in CertificateState],
        default=CERTIFICATE.initial.value,
    )
    state_before = models.CharField(
        max_length=20, blank=True, help_text="where a withheld certificate came from"
    )
    due_on = models.DateField(
        null=True, help_text="by when a lost or withheld certificate has to be dealt with"
    )
    renewal_reason = models.CharField(
        max_length=200,
        blank=True,
        help_text="why the card has to be replaced; empty while it says what is true",
    )
    review_due_on = models.DateField(
        null=True,
        help_text="last day of the earliest annual review that it has not passed; none if it has passed all",
    )
    review_warned_from = models.DateField(null=True, help_text="from when that day is shown as near")
    valid_from = models.DateField()
    valid_until = models.DateField(help_text="the last valid day")
    status_list = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="certificates")
    status_index = models.IntegerField()
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        db_table = "certificate"
        indexes = [
            *scope_indexes("certificate", "number"),
            models.Index(fields=["state", "created_at"], name="certificate_state"),
            models.Index(fields=["state", "valid_until"], name="certificate_expiry"),
            models.Index(fields=["state", "number", "id"], name="certificate_state_number"),
            models.Index(fields=["review_warned_from"], name="certificate_by_review_warning"),
            # The orders of a list of everything.
            *(
                models.Index(fields=[column, "id"], name=f"certificate_by_{column}")
                for column in (
                    "state",
                    "agency_name",
                    "area_name",
                    "categories",
                    "valid_from",
                    "valid_until",
                    "due_on",
                    "review_due_on",
                    "changed_at",
                )
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["status_list", "status_index"], name="certificate_status_place"),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in CertificateState]),
                name="certificate_state_known",
            ),
            models.UniqueConstraint(
                fields=["officer"],
                condition=models.Q(state__in=[s.value for s in IN_USE]),
                name="certificate_one_in_use",
            ),
            models.UniqueConstraint(
                fields=["officer"],
                condition=models.Q(state__in=[s.value for s in UPCOMING]),
                name="certificate_one_upcoming",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def category_codes(self) -> tuple[str, ...]:
        """The enforcement categories, in the order of the filing."""
        return tuple(code for code in self.categories.split(",") if code)


class CertificatePhoto(models.Model):
    """The filed photo as the public sees it, made once: apart from the certificate, because lists never need it."""

    certificate = models.OneToOneField(
        Certificate, on_delete=models.PROTECT, primary_key=True, related_name="public_photo"
    )
    jpeg = models.BinaryField(help_text="at most 12 kB")

    class Meta:
        db_table = "certificate_photo"

    def __str__(self) -> str:
        return str(self.certificate_id)


class CertificateSerial(models.Model):
    """The last serial that was given under one province code; the locked row hands out the next."""

    province_code = models.CharField(max_length=2, primary_key=True)
    last_serial = models.IntegerField()

    class Meta:
        db_table = "certificate_serial"

    def __str__(self) -> str:
        return f"{self.province_code} {self.last_serial}"


class CertificateEntry(models.Model):
    """One thing that happened to a certificate, with who and why."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="entries")
    action = models.CharField(max_length=32)
    from_state = models.CharField(max_length=20)
    to_state = models.CharField(max_length=20)
    ground = models.CharField(
        max_length=32,
        blank=True,
        help_text="code of core.lifecycle.certificate_grounds; empty where none is asked",
    )
    reason = models.TextField(blank=True)
    until = models.DateField(null=True, help_text="the term that was declared with the act")
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    account_name = models.CharField(max_length=80)
    happened_at = models.DateTimeField()

    class Meta:
        db_table = "certificate_entry"
        indexes = [
            models.Index(fields=["certificate", "happened_at"], name="certificate_entry_order"),
            models.Index(fields=["action", "ground"], name="certificate_entry_ground"),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.action}"


class LossNotice(models.Model):
    """The published notice that a certificate was lost. Rows are added, never changed; of one report the latest counts."""

    report = models.ForeignKey(CertificateEntry, on_delete=models.PROTECT, related_name="loss_notices")
    where = models.CharField(max_length=120, help_text="the paper or site in which it was published")
    happened_on = models.DateField(help_text="the day of the notice")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "certificate_loss_notice"

    def __str__(self) -> str:
        return f"{self.report_id} {self.where}"


class NoticeCounter(models.Model):
    """The last number that a unit gave to a notice in a year; the locked row hands out the next."""

    unit = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "certificate_notice_counter"
        constraints = [
            models.UniqueConstraint(fields=["unit", "year"], name="certificate_notice_counter_key")
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.year} {self.last}"


class CertificateNotice(models.Model):
    """A notice about one act, kept as it was drawn: whoever opens it again gets the same bytes."""

    entry = models.ForeignKey(CertificateEntry, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=16, help_text="code of certificates.types.NOTICES")
    unit = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="that issued it")
    year = models.PositiveSmallIntegerField()
    seq = models.PositiveIntegerField(help_text="counted by unit and year, from 1")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    issued_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    issued_by_name = models.CharField(max_length=80)
    issued_at = models.DateTimeField()

    class Meta:
        db_table = "certificate_notice"
        constraints = [
            models.UniqueConstraint(fields=["entry", "kind"], name="certificate_notice_once"),
            models.UniqueConstraint(fields=["unit", "year", "seq"], name="certificate_notice_number"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}-{self.seq}"
