"""Findings with what happened to them, how far each detector has looked, and what is known of enforcement acts."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.certificates.models import Certificate
from warrant.apps.foundation.scoping import ScopedModel, scope_indexes
from warrant.apps.officers.models import Officer
from warrant.apps.organisations.models import Agency
from warrant.core.lifecycle import FINDING, FindingState
from warrant.core.lifecycle.finding import PENDING
from warrant.core.qualification.detection import Detector

_PENDING = [state.value for state in PENDING]


class DetectorLook(models.Model):
    """How far one detector has looked; the locked row lets only the newest of several looks write."""

    detector = models.CharField(max_length=24, primary_key=True)
    round = models.PositiveIntegerField(default=0, help_text="counts the looks that were begun")
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="of the last look that came to its end")
    ended_round = models.PositiveIntegerField(default=0)
    holding = models.PositiveIntegerField(default=0, help_text="found by that look")
    lacks_source = models.BooleanField(
        default=False, help_text="it could not look: nobody handed in what it reads"
    )

    class Meta:
        db_table = "detector_look"

    def __str__(self) -> str:
        return f"{self.detector} {self.round}"


class Finding(ScopedModel):
    """One thing found; a row for each detector and subject for ever. ``state`` is assigned by ``detectors.services`` only."""

    detector = models.CharField(max_length=24, choices=[(one.value, one.value) for one in Detector])
    subject = models.CharField(
        max_length=40, help_text="officer:PK, certificate:NUMBER or card:SERIAL; unique within the detector"
    )
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="findings")
    certificate = models.ForeignKey(Certificate, null=True, on_delete=models.PROTECT, related_name="findings")
    facts = models.JSONField(help_text="code, fields and source of each thing found; no name, no ID number")
    facts_digest = models.CharField(max_length=16, help_text="of facts and place, to see that they changed")
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in FindingState],
        default=FINDING.initial.value,
    )
    is_pending = models.BooleanField(default=True, help_text="open or assigned")
    opened_at = models.DateTimeField(help_text="when it was found, or found again")
    due_on = models.DateField(help_text="the last day in time")
    regulation_digest = models.CharField(max_length=64, help_text="of the rules under which it was opened")
    times_opened = models.PositiveIntegerField(default=1)
    held_by = models.ForeignKey(
        Agency,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the competent authority that has to see to it; goes up when it is overdue",
    )
    home_unit = models.BigIntegerField(
        null=True, editable=False, help_text="the lowest competent authority of the place: it has to act"
    )
    raise_on = models.DateField(null=True, help_text="after this day it goes up one level; none at the top")
    raised_at = models.DateTimeField(null=True, help_text="when it last went up")
    assigned_to = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="findings")
    assigned_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by_name = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="why it was closed although it holds")
    looks_again_on = models.DateField(
        null=True, help_text="a closed finding that still holds after this day opens again"
    )

    class Meta(ScopedModel.Meta):
        db_table = "finding"
        indexes = [
            *scope_indexes("finding", "is_pending", "due_on"),
            models.Index(fields=["is_pending", "due_on", "id"], name="finding_due"),
            models.Index(fields=["detector", "is_pending", "due_on", "id"], name="finding_detector"),
            models.Index(fields=["home_unit", "is_pending", "due_on", "id"], name="finding_home"),
            models.Index(
                fields=["held_by", "due_on", "id"],
                condition=models.Q(is_pending=True, raised_at__isnull=False),
                name="finding_raised",
            ),
            models.Index(
                fields=["assigned_to", "due_on", "id"],
                condition=models.Q(assigned_to__isnull=False),
                name="finding_assigned",
            ),
            models.Index(
                fields=["raise_on", "id"], condition=models.Q(is_pending=True), name="finding_raise"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["detector", "subject"], name="finding_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in FindingState]), name="finding_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(is_pending=True, state__in=_PENDING)
                | models.Q(is_pending=False) & ~models.Q(state__in=_PENDING),
                name="finding_pending_by_state",
            ),
            models.CheckConstraint(
                condition=models.Q(assigned_to__isnull=True) | ~models.Q(state=FindingState.OPEN.value),
                name="finding_open_is_nobodys",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.detector} {self.subject} {self.state}"


class FindingEntry(models.Model):
    """One thing that happened to a finding after it was opened, with who and why; lines are only added."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="entries")
    action = models.CharField(max_length=16)
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12)
    text = models.CharField(max_length=300, blank=True)
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    account_name = models.CharField(max_length=80, blank=True, help_text="empty for what happened by itself")
    happened_at = models.DateTimeField()

    class Meta:
        db_table = "finding_entry"
        indexes = [models.Index(fields=["finding", "happened_at"], name="finding_entry_order")]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.action}"


class CaseFigures(ScopedModel):
    """One hand-in of a unit: when each of its officers last acted, for a period that the unit answers for."""

    unit = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    from_on = models.DateField(help_text="the first day that the figures cover")
    until_on = models.DateField(help_text="the last day that they cover")
    file_name = models.CharField(max_length=120)
    file_digest = models.CharField(max_length=64, help_text="SHA-256 of the file")
    row_count = models.PositiveIntegerField()
    handed_in_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    handed_in_by_name = models.CharField(max_length=80)
    handed_in_at = models.DateTimeField()

    class Meta(ScopedModel.Meta):
        db_table = "case_figures"
        indexes = [*scope_indexes("case_figures")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_on__gte=models.F("from_on")), name="case_figures_days_in_order"
            ),
            models.UniqueConstraint(fields=["unit", "file_digest"], name="case_figures_once"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.from_on}..{self.until_on}"


class LastAct(models.Model):
    """The day on which an officer is last known to have enforced."""

    officer = models.OneToOneField(
        Officer, on_delete=models.CASCADE, primary_key=True, related_name="last_act"
    )
    acted_on = models.DateField()
    figures = models.ForeignKey(CaseFigures, on_delete=models.PROTECT, related_name="acts")

    class Meta:
        db_table = "last_act"

    def __str__(self) -> str:
        return f"{self.officer_id} {self.acted_on}"


class ProvinceFindings(models.Model):
    """What one detector finds in a province, as the province told the ministry: figures, no people."""

    node = models.CharField(max_length=16)
    detector = models.CharField(max_length=24)
    pending = models.PositiveIntegerField()
    overdue = models.PositiveIntegerField()
    lacks_source = models.BooleanField(help_text="the province has nothing to look at")
    told_at = models.DateTimeField(help_text="when it stood so")

    class Meta:
        db_table = "province_findings"
        constraints = [models.UniqueConstraint(fields=["node", "detector"], name="province_findings_once")]

    def __str__(self) -> str:
        return f"{self.node} {self.detector}"
