"""The assessment of a unit for a year, its score sheets, corrections of what came out, and objections to it."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.foundation.scoping import ScopedModel, scope_indexes
from warrant.apps.officers.models import AdditionalEntry, Document, Officer
from warrant.apps.organisations.models import Agency
from warrant.core.lifecycle import (
    ASSESSMENT,
    OBJECTION,
    OUTCOME_CORRECTION,
    AssessmentState,
    ObjectionState,
    OutcomeCorrectionState,
)
from warrant.core.qualification.assessment import SheetKind


class Assessment(ScopedModel):
    """One year of one unit: of its officers, or of the units below it. ``state`` is assigned by services only."""

    kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in SheetKind])
    year = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="assessments")
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in AssessmentState],
        default=ASSESSMENT.initial.value,
    )
    regulation_digest = models.CharField(max_length=64, help_text="of the sheet that is filled in")
    due_on = models.DateField(help_text="the last day on which it is handed in in time")
    opened_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    opened_by_name = models.CharField(max_length=80)
    opened_at = models.DateTimeField()
    handed_in_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    handed_in_by_name = models.CharField(max_length=80, blank=True)
    handed_in_at = models.DateTimeField(null=True)
    is_late = models.BooleanField(default=False, help_text="first handed in after due_on; never taken back")
    returns = models.PositiveSmallIntegerField(default=0, help_text="how often it was returned")
    return_reason = models.CharField(max_length=200, blank=True, help_text="of the last time")
    confirmed_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_by_name = models.CharField(max_length=80, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=200, blank=True)

    class Meta(ScopedModel.Meta):
        db_table = "assessment"
        indexes = scope_indexes("assessment", "year")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in AssessmentState]), name="assessment_state"
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("handed_in_by")),
                name="assessment_two_people",
            ),
            models.UniqueConstraint(
                fields=["kind", "year", "unit"],
                condition=~models.Q(state=AssessmentState.CANCELLED.value),
                name="assessment_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year} {self.unit_id} {self.state}"


class Sheet(models.Model):
    """The score sheet of one officer or of one unit; ``band`` once everything on it is scored."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="sheets")
    officer = models.ForeignKey(
        Officer, null=True, on_delete=models.PROTECT, related_name="assessment_sheets"
    )
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="assessment_sheets")
    points = models.JSONField(default=dict, help_text="text by item")
    vetoes = models.JSONField(default=list, help_text="codes of the sheet's vetoes")
    remark = models.CharField(max_length=300, blank=True)
    not_assessed = models.CharField(max_length=20, blank=True, help_text="why nobody is scored here")
    total = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    band = models.CharField(max_length=20, blank=True)
    scored_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    scored_by_name = models.CharField(max_length=80, blank=True)
    scored_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0)
    corrections_made = models.PositiveSmallIntegerField(default=0, help_text="after it was confirmed")
    objection_due_on = models.DateField(
        null=True, help_text="the last day on which the officer may object to the outcome"
    )
    entry = models.ForeignKey(
        AdditionalEntry, null=True, on_delete=models.PROTECT, related_name="+", help_text="of the outcome"
    )

    class Meta:
        db_table = "assessment_sheet"
        constraints = [
            models.UniqueConstraint(fields=["assessment", "officer"], name="assessment_sheet_officer"),
            models.UniqueConstraint(fields=["assessment", "agency"], name="assessment_sheet_agency"),
            models.CheckConstraint(
                condition=models.Q(officer__isnull=False, agency=None)
                | models.Q(officer=None, agency__isnull=False),
                name="assessment_sheet_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.officer_id or self.agency_id} {self.band}"

    @property
    def is_done(self) -> bool:
        """Tell whether there is nothing left to fill in."""
        return bool(self.band or self.not_assessed)

    @property
    def name(self) -> str:
        """Whom the sheet is about."""
        if self.officer is not None:
            return self.officer.name
        return self.agency.name if self.agency is not None else ""


class Objection(ScopedModel):
    """What an officer says against the own outcome, once; other people reconsider it. ``state`` as for an assessment."""

    sheet = models.OneToOneField(Sheet, on_delete=models.PROTECT, related_name="objection")
    reason = models.CharField(max_length=300)
    proof = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in ObjectionState],
        default=OBJECTION.initial.value,
    )
    raised_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    answer = models.CharField(max_length=200, blank=True, help_text="why it was upheld or corrected")
    decided_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by_name = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        db_table = "assessment_objection"
        indexes = scope_indexes("assessment_objection")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in ObjectionState]),
                name="assessment_objection_state",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("raised_by")),
                name="assessment_objection_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.state}"


class OutcomeCorrection(ScopedModel):
    """An outcome that somebody wants to put right; another person decides. ``state`` as for an assessment."""

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="corrections")
    points = models.JSONField()
    vetoes = models.JSONField(default=list)
    total = models.DecimalField(max_digits=5, decimal_places=1)
    band = models.CharField(max_length=20)
    reason = models.CharField(max_length=200)
    objection = models.ForeignKey(
        Objection, null=True, on_delete=models.PROTECT, related_name="corrections", help_text="it answers to"
    )
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in OutcomeCorrectionState],
        default=OUTCOME_CORRECTION.initial.value,
    )
    asked_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    asked_by_name = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by_name = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        db_table = "outcome_correction"
        indexes = scope_indexes("outcome_correction")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in OutcomeCorrectionState]),
                name="outcome_correction_state",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("asked_by")),
                name="outcome_correction_two_people",
            ),
            models.UniqueConstraint(
                fields=["sheet"],
                condition=models.Q(state=OutcomeCorrectionState.ASKED.value),
                name="outcome_correction_asked_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.band} {self.state}"
