"""Results; sittings, their candidates, what each person entered, and corrections."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.foundation.scoping import ScopedModel, scope_indexes
from warrant.apps.officers.models import Correctable, Document, Officer
from warrant.apps.organisations.models import Agency
from warrant.core.lifecycle import RESULT_CLAIM, SITTING, ClaimState, SittingState


class ExaminationRecord(Correctable):
    """One examination result; the mark needed is kept with it, because it differs from place to place."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="examinations")
    paper = models.CharField(max_length=16, help_text="special-law or general-law")
    sat_on = models.DateField()
    organiser = models.CharField(max_length=120)
    score = models.DecimalField(max_digits=5, decimal_places=1)
    pass_mark = models.DecimalField(max_digits=5, decimal_places=1)
    proof = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "examination_record"
        indexes = [models.Index(fields=["officer", "sat_on"], name="examination_record_officer")]

    def __str__(self) -> str:
        return f"{self.paper} {self.score}"

    @property
    def is_passed(self) -> bool:
        """Tell whether the score reaches the mark."""
        return self.score >= self.pass_mark


class Sitting(ScopedModel):
    """One paper sat by many on a day; ``state`` is assigned by ``examinations.services`` only."""

    paper = models.CharField(max_length=16, help_text="special-law or general-law")
    organiser = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    venue = models.CharField(max_length=120)
    sat_on = models.DateField()
    begins_at = models.TimeField(null=True, help_text="when the paper is handed out; none: not settled")
    pass_mark = models.DecimalField(max_digits=5, decimal_places=1)
    regulation_digest = models.CharField(
        max_length=64, help_text="of the rules of the day it was planned for"
    )
    scores_due_on = models.DateField(help_text="the last day on which scores are in time")
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in SittingState], default=SITTING.initial.value
    )
    planned_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    planned_by_name = models.CharField(max_length=80)
    planned_at = models.DateTimeField()
    proof = models.ForeignKey(
        Document, null=True, on_delete=models.PROTECT, related_name="+", help_text="score sheet"
    )
    recorded_at = models.DateTimeField(null=True)
    is_late = models.BooleanField(default=False, help_text="recorded after scores_due_on; never taken back")
    cancel_reason = models.CharField(max_length=200, blank=True)
    capacity = models.PositiveSmallIntegerField(default=500, help_text="how many may be on the list")
    enrol_until = models.DateField(
        null=True, help_text="the last day on which units below enrol their own people; none: they do not"
    )

    class Meta(ScopedModel.Meta):
        db_table = "examination_sitting"
        indexes = scope_indexes("examination_sitting", "sat_on")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in SittingState]),
                name="examination_sitting_state",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=SittingState.RECORDED.value)
                | models.Q(proof__isnull=False, recorded_at__isnull=False),
                name="examination_sitting_proof",
            ),
            models.CheckConstraint(
                condition=models.Q(enrol_until=None) | models.Q(enrol_until__lt=models.F("sat_on")),
                name="examination_sitting_enrolment",
            ),
        ]

    @property
    def when(self) -> str:
        """The day, with the time where it is settled: 2026-12-14 09:00."""
        return f"{self.sat_on} {self.begins_at:%H:%M}" if self.begins_at else self.sat_on.isoformat()

    def __str__(self) -> str:
        return f"{self.paper} {self.sat_on} {self.state}"


class Candidate(models.Model):
    """One officer on the list of a sitting; ``result`` once two people agreed and the officer was present."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="candidates")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="candidacies")
    number = models.PositiveSmallIntegerField()
    enrolled_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    enrolled_by_name = models.CharField(max_length=80, blank=True)
    enrolled_at = models.DateTimeField(null=True)
    result = models.ForeignKey(ExaminationRecord, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "examination_candidate"
        constraints = [
            models.UniqueConstraint(fields=["sitting", "officer"], name="examination_candidate_once"),
            models.UniqueConstraint(fields=["sitting", "number"], name="examination_candidate_number"),
        ]

    def __str__(self) -> str:
        return f"{self.sitting_id} {self.number}"


class Entry(models.Model):
    """That one person entered the scores of a sitting; a person has one seat, a seat one person."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="entries")
    seat = models.PositiveSmallIntegerField(help_text="1 and 2; 3 looks where the two differ")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    account_name = models.CharField(max_length=80)
    is_imported = models.BooleanField(default=False)
    entered_at = models.DateTimeField()

    class Meta:
        db_table = "examination_entry"
        constraints = [
            models.UniqueConstraint(fields=["sitting", "seat"], name="examination_entry_seat"),
            models.UniqueConstraint(fields=["sitting", "account"], name="examination_entry_account"),
        ]

    def __str__(self) -> str:
        return f"{self.sitting_id} {self.seat}"


class EnteredScore(models.Model):
    """What one person read on the sheet for one candidate; see ``core.qualification.scores``."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="scores")
    candidate = models.ForeignKey(Candidate, on_delete=models.PROTECT, related_name="scores")
    score = models.CharField(max_length=8)

    class Meta:
        db_table = "examination_entered_score"
        constraints = [
            models.UniqueConstraint(fields=["entry", "candidate"], name="examination_entered_score_once")
        ]

    def __str__(self) -> str:
        return f"{self.candidate_id} {self.score}"


class ResultClaim(ScopedModel):
    """A result that one person says is so; another decides. ``state`` as for a sitting.

    ``result``: the one that it is to take the place of; none where the result comes from elsewhere. ``made``: what a
    confirmed claim put on the record.
    """

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="result_claims")
    result = models.ForeignKey(ExaminationRecord, null=True, on_delete=models.PROTECT, related_name="claims")
    made = models.ForeignKey(ExaminationRecord, null=True, on_delete=models.PROTECT, related_name="+")
    paper = models.CharField(max_length=16)
    sat_on = models.DateField()
    organiser = models.CharField(max_length=120)
    score = models.DecimalField(max_digits=5, decimal_places=1)
    reason = models.CharField(max_length=200, blank=True, help_text="why the earlier result is wrong")
    proof = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in ClaimState],
        default=RESULT_CLAIM.initial.value,
    )
    asked_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    asked_by_name = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by_name = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        db_table = "result_claim"
        indexes = scope_indexes("result_claim", "asked_at")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in ClaimState]),
                name="result_claim_state",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("asked_by")),
                name="result_claim_two_people",
            ),
            models.UniqueConstraint(
                fields=["result"],
                condition=models.Q(state=ClaimState.ASKED.value),
                name="result_claim_asked_once",
            ),
            models.UniqueConstraint(
                fields=["officer", "paper", "sat_on"],
                condition=models.Q(state=ClaimState.ASKED.value, result=None),
                name="result_claim_paper_once",
            ),
            models.CheckConstraint(
                condition=models.Q(result__isnull=False) | models.Q(proof__isnull=False),
                name="result_claim_proof",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.paper} {self.score} {self.state}"
