"""Training: courses of officers, what is to be taken, programmes, classes with sessions and attendance."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.foundation.scoping import ScopedModel, scope_indexes
from warrant.apps.officers.models import Correctable, Document, Officer
from warrant.apps.organisations.models import Agency
from warrant.core.lifecycle import HOURS_CORRECTION, TRAINING_CLASS, ClassState, HoursCorrectionState
from warrant.core.qualification.training import Mark, ProgrammeKind


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


class TrainingHours(models.Model):
    """Class hours of one subject within a course; the subject is a line of the regulation of training."""

    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="subject_hours")
    subject = models.CharField(max_length=32)
    hours = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "training_hours"
        constraints = [models.UniqueConstraint(fields=["record", "subject"], name="training_hours_once")]

    def __str__(self) -> str:
        return f"{self.subject} {self.hours}"


class Programme(ScopedModel):
    """What a class teaches: subjects with their hours. It never changes; a new one takes its place."""

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in ProgrammeKind])
    organiser = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    made_by_name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, help_text="no new class takes it")

    class Meta(ScopedModel.Meta):
        db_table = "training_programme"
        indexes = scope_indexes("training_programme", "made_at")
        constraints = [
            models.UniqueConstraint(
                fields=["organiser", "name"],
                condition=models.Q(closed_at=None),
                name="training_programme_name",
            )
        ]

    def __str__(self) -> str:
        return self.name


class ProgrammeSubject(models.Model):
    """How many class hours of a subject a programme has."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="subjects")
    subject = models.CharField(max_length=32)
    hours = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "training_programme_subject"
        constraints = [
            models.UniqueConstraint(fields=["programme", "subject"], name="training_programme_subject_once")
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.hours}"


class TrainingClass(ScopedModel):
    """One holding of a programme; ``state`` is assigned by ``training.services`` only."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="classes")
    term = models.CharField(max_length=40, help_text="which holding of the programme it is")
    organiser = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    venue = models.CharField(max_length=120)
    teacher = models.CharField(max_length=80, help_text="who is in charge")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="the last day")
    capacity = models.PositiveSmallIntegerField()
    enrol_until = models.DateField(
        null=True, help_text="the last day on which units below enrol their own people; none: they do not"
    )
    planned_hours = models.PositiveSmallIntegerField(help_text="of the programme")
    regulation_digest = models.CharField(max_length=64, help_text="of the rules of the day it begins on")
    hand_in_due_on = models.DateField(help_text="the last day on which it is handed in in time")
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in ClassState], default=TRAINING_CLASS.initial.value
    )
    planned_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    planned_by_name = models.CharField(max_length=80)
    planned_at = models.DateTimeField()
    proof = models.ForeignKey(
        Document, null=True, on_delete=models.PROTECT, related_name="+", help_text="signed attendance"
    )
    handed_in_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    handed_in_by_name = models.CharField(max_length=80, blank=True)
    handed_in_at = models.DateTimeField(null=True)
    is_late = models.BooleanField(default=False, help_text="first handed in after hand_in_due_on")
    confirmed_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_by_name = models.CharField(max_length=80, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True, help_text="why it was returned or cancelled")

    class Meta(ScopedModel.Meta):
        db_table = "training_class"
        indexes = scope_indexes("training_class", "starts_on")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in ClassState]), name="training_class_state"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=ClassState.CONFIRMED.value)
                | models.Q(proof__isnull=False, confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="training_class_proof",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("handed_in_by")),
                name="training_class_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.term} {self.state}"


class ClassSession(models.Model):
    """One lesson of a class."""

    training_class = models.ForeignKey(TrainingClass, on_delete=models.PROTECT, related_name="sessions")
    held_on = models.DateField()
    begins_at = models.TimeField()
    ends_at = models.TimeField()
    subject = models.CharField(max_length=32)
    hours = models.PositiveSmallIntegerField()
    teacher = models.CharField(max_length=80)
    venue = models.CharField(max_length=120, help_text="that of the class, or another")

    class Meta:
        db_table = "training_session"
        indexes = [
            models.Index(fields=["training_class", "held_on", "begins_at"], name="training_session_order"),
            models.Index(fields=["held_on", "teacher"], name="training_session_teacher"),
        ]

    def __str__(self) -> str:
        return f"{self.held_on} {self.subject}"


class Enrolment(models.Model):
    """One officer in a class; ``record`` once the class is confirmed and hours were earned."""

    training_class = models.ForeignKey(TrainingClass, on_delete=models.PROTECT, related_name="enrolments")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="enrolments")
    number = models.PositiveSmallIntegerField()
    record = models.ForeignKey(TrainingRecord, null=True, on_delete=models.PROTECT, related_name="enrolments")
    enrolled_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    enrolled_by_name = models.CharField(max_length=80, blank=True)
    enrolled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "training_enrolment"
        constraints = [
            models.UniqueConstraint(fields=["training_class", "officer"], name="training_enrolment_once"),
            models.UniqueConstraint(fields=["training_class", "number"], name="training_enrolment_number"),
        ]

    def __str__(self) -> str:
        return f"{self.training_class_id} {self.number}"


class Attendance(models.Model):
    """Whether somebody was there at a lesson."""

    session = models.ForeignKey(ClassSession, on_delete=models.PROTECT, related_name="attendances")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="attendances")
    mark = models.CharField(max_length=8, choices=[(m.value, m.value) for m in Mark])

    class Meta:
        db_table = "training_attendance"
        constraints = [
            models.UniqueConstraint(fields=["session", "enrolment"], name="training_attendance_once")
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.mark}"


class HoursCorrection(ScopedModel):
    """A correction of hours that a confirmed class credited; ``state`` is assigned by ``training.services`` only."""

    training_class = models.ForeignKey(TrainingClass, on_delete=models.PROTECT, related_name="corrections")
    reason = models.CharField(max_length=200, help_text="why the hours are wrong")
    proof = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in HoursCorrectionState],
        default=HOURS_CORRECTION.initial.value,
    )
    asked_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    asked_by_name = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    decided_by_name = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=200, blank=True, help_text="why it was refused")

    class Meta(ScopedModel.Meta):
        db_table = "training_hours_correction"
        indexes = scope_indexes("hours_correction", "asked_at")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in HoursCorrectionState]),
                name="hours_correction_state",
            ),
            models.CheckConstraint(
                condition=~models.Q(
                    state__in=[HoursCorrectionState.CONFIRMED.value, HoursCorrectionState.REFUSED.value]
                )
                | (models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("asked_by"))),
                name="hours_correction_two_people",
            ),
            models.UniqueConstraint(
                fields=["training_class"],
                condition=models.Q(state=HoursCorrectionState.ASKED.value),
                name="hours_correction_asked_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.training_class_id} {self.state}"


class HoursCorrectionLine(models.Model):
    """What a correction changes for one person; class hours in all and by subject.

    ``record``: what counted when it was asked for, none where nothing was credited. ``made``: what a confirmed
    correction put on the record. An empty ``before`` with hours: nobody knows them by subject.
    """

    correction = models.ForeignKey(HoursCorrection, on_delete=models.PROTECT, related_name="lines")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="corrections")
    record = models.ForeignKey(TrainingRecord, null=True, on_delete=models.PROTECT, related_name="+")
    made = models.ForeignKey(TrainingRecord, null=True, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    hours_before = models.PositiveSmallIntegerField()
    hours_after = models.PositiveSmallIntegerField()

    class Meta:
        db_table = "training_hours_correction_line"
        constraints = [
            models.UniqueConstraint(fields=["correction", "enrolment"], name="hours_correction_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.hours_before} {self.hours_after}"
