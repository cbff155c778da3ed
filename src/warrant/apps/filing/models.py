"""Both ends of a filing: the province's request with its receipt, the ministry's register entry."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.applications.models import Application
from warrant.apps.foundation.models import LogEntry
from warrant.core.lifecycle import FilingRequestState, FilingState
from warrant.core.lifecycle.filing import DocumentRequestState


class FilingRequest(models.Model):
    """The province's side. ``receipt`` proves the ministry's decision with the ministry's public key alone."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="filing_requests")
    entry = models.OneToOneField(
        LogEntry, on_delete=models.PROTECT, help_text="the event in the log to the ministry"
    )
    request_hash = models.BinaryField(max_length=32, unique=True, help_text="leaf hash of the event")
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in FilingRequestState],
        default=FilingRequestState.REQUESTED.value,
    )
    filing_number = models.CharField(max_length=32, blank=True)
    reason = models.TextField(blank=True)
    reason_code = models.CharField(max_length=16, blank=True, help_text="its class; of FILING_REASON")
    marked_fields = models.JSONField(default=list, help_text="at a return: what has to be mended")
    receipt = models.BinaryField(null=True, help_text="core.ledger.receipt.Receipt, encoded")
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    waits_for_documents = models.BooleanField(default=False, help_text="the ministry's clock stands still")

    class Meta:
        db_table = "filing_request"
        indexes = [models.Index(fields=["decided_at"], name="filing_request_decided")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in FilingRequestState]),
                name="filing_request_state_known",
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=~models.Q(state=FilingRequestState.RETURNED.value),
                name="filing_request_one_undisputed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.state}"


class Filing(models.Model):
    """The ministry's side: one entry of the register; ``state`` is assigned by ``filing.services`` only."""

    node_code = models.CharField(max_length=16)
    application_number = models.CharField(max_length=20)
    request_hash = models.BinaryField(max_length=32, unique=True)
    event_raw = models.BinaryField(help_text="the request's exact bytes")
    officer_uid = models.CharField(max_length=64, help_text="as the province names the officer everywhere")
    kind = models.CharField(max_length=24, default="first-issue", help_text="of the application")
    officer_name = models.CharField(max_length=60)
    agency_name = models.CharField(max_length=120)
    content = models.JSONField(help_text="what was filed, as received")
    sample_reasons = models.JSONField(
        default=list, help_text="ids of the sampling rules that drew it; none: not drawn"
    )
    sampling_digest = models.CharField(
        max_length=64, blank=True, help_text="of the sampling rules when it arrived"
    )
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in FilingState], default=FilingState.RECEIVED.value
    )
    filing_number = models.CharField(max_length=32, blank=True)
    reason = models.TextField(blank=True)
    reason_code = models.CharField(max_length=16, blank=True, help_text="its class; of FILING_REASON")
    marked_fields = models.JSONField(default=list, help_text="at a return: what has to be mended")
    received_at = models.DateTimeField()
    decided_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    waits_for_documents = models.BooleanField(default=False, help_text="the clock stands still")

    class Meta:
        db_table = "filing"
        indexes = [
            models.Index(fields=["state", "received_at", "id"], name="filing_queue"),
            models.Index(
                fields=["state", "node_code", "received_at", "waits_for_documents"], name="filing_waiting"
            ),
            models.Index(fields=["received_at", "id"], name="filing_order"),
            models.Index(fields=["node_code", "received_at", "id"], name="filing_province"),
            models.Index(fields=["officer_uid"], name="filing_officer"),
            models.Index(fields=["decided_at", "node_code", "state", "reason_code"], name="filing_decided"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in FilingState]), name="filing_state_known"
            ),
            models.UniqueConstraint(
                fields=["node_code", "application_number"],
                condition=~models.Q(state=FilingState.RETURNED.value),
                name="filing_one_undisputed",
            ),
            models.UniqueConstraint(
                fields=["filing_number"], condition=~models.Q(filing_number=""), name="filing_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node_code} {self.application_number} {self.state}"


class FilingStretch(models.Model):
    """How long one step of a decided filing took; written with the decision, on both nodes, and never changed."""

    filing = models.ForeignKey(Filing, null=True, on_delete=models.PROTECT, related_name="stretches")
    request = models.ForeignKey(FilingRequest, null=True, on_delete=models.PROTECT, related_name="stretches")
    node_code = models.CharField(max_length=16, help_text="of the province")
    decided_on = models.DateField(help_text="day of the ministry's decision: the day for which it counts")
    stage = models.CharField(max_length=16, help_text="of core.qualification.lead_times.Stage")
    workdays = models.PositiveSmallIntegerField()
    days = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "filing_stretch"
        indexes = [
            models.Index(
                fields=["decided_on", "node_code", "stage", "workdays", "days"], name="filing_stretch_counted"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(filing__isnull=False) ^ models.Q(request__isnull=False),
                name="filing_stretch_of_one",
            ),
            models.UniqueConstraint(fields=["filing", "stage"], name="filing_stretch_filing"),
            models.UniqueConstraint(fields=["request", "stage"], name="filing_stretch_request"),
        ]

    def __str__(self) -> str:
        return f"{self.node_code} {self.stage} {self.workdays}"


class DocumentRequest(models.Model):
    """The ministry's wish to have documents of a filing held against their originals, and the province's answer.

    On the ministry's node it hangs on the filing, in the province on the request; ``state`` is assigned by
    ``filing.services.documents`` only.
    """

    filing = models.ForeignKey(Filing, null=True, on_delete=models.PROTECT, related_name="document_requests")
    request = models.ForeignKey(
        FilingRequest, null=True, on_delete=models.PROTECT, related_name="document_requests"
    )
    number = models.PositiveSmallIntegerField(help_text="counts the wishes of one filing from 1")
    reason = models.TextField()
    digests = models.JSONField(help_text="SHA-256, hex, of each document, as filed")
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in DocumentRequestState],
        default=DocumentRequestState.ASKED.value,
    )
    asked_by = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="+", help_text="none in the province"
    )
    asked_at = models.DateTimeField()
    answer = models.JSONField(default=list, help_text="one statement for each document, as it was sent")
    answered_by = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="+", help_text="none at the ministry"
    )
    answered_by_name = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "filing_document_request"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(filing__isnull=False) ^ models.Q(request__isnull=False),
                name="filing_document_request_of_one",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in DocumentRequestState]),
                name="filing_document_request_state",
            ),
            models.UniqueConstraint(
                fields=["filing"],
                condition=models.Q(state=DocumentRequestState.ASKED.value),
                name="filing_document_request_one_open",
            ),
            models.UniqueConstraint(fields=["filing", "number"], name="filing_document_request_filing"),
            models.UniqueConstraint(fields=["request", "number"], name="filing_document_request_request"),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=models.Q(state=DocumentRequestState.ASKED.value),
                name="filing_document_request_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.filing_id or self.request_id}/{self.number} {self.state}"


class FilingClosing(models.Model):
    """What the ministry decided on one past day or in one past month for one province; made once, never changed.

    Decisions are never dated back, so a day that is over stays as it is. A row without province says that the day or
    month is closed, also where nothing was decided.
    """

    is_month = models.BooleanField()
    begun_on = models.DateField(help_text="the day, or the first of the month")
    node_code = models.CharField(
        max_length=16, blank=True, help_text="of the province; empty on the closing row"
    )
    figures = models.JSONField(default=dict, help_text="selectors.figures.Figures, as JSON")

    class Meta:
        db_table = "filing_closing"
        constraints = [
            models.UniqueConstraint(fields=["is_month", "begun_on", "node_code"], name="filing_closing_once")
        ]

    def __str__(self) -> str:
        return f"{self.begun_on} {self.node_code}"


class FilingCounter(models.Model):
    """The last filing number of a year; the locked row hands out the next, so that none is left out."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.IntegerField(default=0)

    class Meta:
        db_table = "filing_counter"

    def __str__(self) -> str:
        return f"{self.year} {self.last}"
