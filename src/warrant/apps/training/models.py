"""Training hours and examination results, each with its proof."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.officers.models import Correctable, Document, Officer


class TrainingRecord(Correctable):
    """Hours of one course that an officer completed."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="trainings")
    course = models.CharField(max_length=120)
    organiser = models.CharField(max_length=120)
    hours = models.PositiveSmallIntegerField(help_text="class hours of face-to-face teaching")
    started_on = models.DateField()
    finished_on = models.DateField()
    proof = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "training_record"
        indexes = [models.Index(fields=["officer", "finished_on"], name="training_record_officer")]

    def __str__(self) -> str:
        return f"{self.course} {self.hours}"


class TrainingAssignment(models.Model):
    """A course that an officer is to take by a day; done when that course is recorded for the officer."""

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="assigned_trainings")
    course = models.CharField(max_length=120)
    due_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    assigned_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()
    done_by = models.ForeignKey(TrainingRecord, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "training_assignment"
        constraints = [
            models.UniqueConstraint(
                fields=["officer", "course"],
                condition=models.Q(done_by=None, withdrawn_at=None),
                name="training_assignment_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.course} {self.due_on}"


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
