"""Campaigns of annual review, one line for each certificate, and the proposals that two people decide on."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.certificates.models import Certificate
from warrant.apps.foundation.scoping import ScopedModel, scope_indexes
from warrant.apps.officers.models import Officer
from warrant.core.lifecycle import ANNUAL_REVIEW, REVIEW_BATCH, ReviewBatchState, ReviewState


class ReviewCampaign(models.Model):
    """The review of one year; its days and conditions are those in force when it was opened."""

    year = models.PositiveSmallIntegerField(unique=True)
    due_on = models.DateField(help_text="the last day in time")
    warned_from = models.DateField()
    regulation_digest = models.CharField(max_length=64)
    opened_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    opened_by_name = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True, help_text="when the record was last read for all lines")

    class Meta:
        db_table = "review_campaign"

    def __str__(self) -> str:
        return str(self.year)


class ReviewBatch(ScopedModel):
    """Results that one person proposed together: clean ones in hundreds, an exception always alone."""

    campaign = models.ForeignKey(ReviewCampaign, on_delete=models.PROTECT, related_name="batches")
    result = models.CharField(max_length=12, help_text="passed or not-passed")
    reason = models.CharField(max_length=300, blank=True)
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in ReviewBatchState],
        default=REVIEW_BATCH.initial.value,
    )
    count = models.PositiveIntegerField(help_text="lines when it was proposed")
    taken_out = models.PositiveIntegerField(
        default=0, help_text="lines that no longer met everything at confirmation"
    )
    proposed_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    proposed_by_name = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by_name = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.CharField(max_length=300, blank=True)

    class Meta(ScopedModel.Meta):
        db_table = "review_batch"
        indexes = [models.Index(fields=["campaign", "state"], name="review_batch_state")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in ReviewBatchState]),
                name="review_batch_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | models.Q(state=ReviewBatchState.REFUSED.value)
                | ~models.Q(decided_by=models.F("proposed_by")),
                name="review_batch_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.result} {self.state}"


class ReviewLine(ScopedModel):
    """One certificate in a campaign; ``state`` is assigned by ``reviews.services`` only."""

    campaign = models.ForeignKey(ReviewCampaign, on_delete=models.PROTECT, related_name="lines")
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="review_lines")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="review_lines")
    facts = models.JSONField(help_text="what the record said: core.qualification.review.ReviewFacts")
    findings = models.JSONField(default=list, help_text="rule, code and fields of each reason to look")
    is_clean = models.BooleanField()
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in ReviewState],
        default=ANNUAL_REVIEW.initial.value,
    )
    batch = models.ForeignKey(ReviewBatch, null=True, on_delete=models.PROTECT, related_name="lines")
    decided_at = models.DateTimeField(null=True)
    chip_written_at = models.DateTimeField(null=True, help_text="when a station wrote the result to the card")

    class Meta(ScopedModel.Meta):
        db_table = "review_line"
        indexes = [
            *scope_indexes("review_line", "campaign"),
            models.Index(fields=["campaign", "state", "is_clean", "id"], name="review_line_work"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "certificate"], name="review_line_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in ReviewState]), name="review_line_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.certificate_id} {self.state}"


class ProvinceReview(models.Model):
    """How a province's campaign stands, as it told the ministry: figures, no people."""

    node = models.CharField(max_length=16)
    year = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    total = models.PositiveIntegerField()
    passed = models.PositiveIntegerField()
    not_passed = models.PositiveIntegerField()
    told_at = models.DateTimeField(help_text="when it stood so")

    class Meta:
        db_table = "province_review"
        constraints = [models.UniqueConstraint(fields=["node", "year"], name="province_review_once")]

    def __str__(self) -> str:
        return f"{self.node} {self.year}"
