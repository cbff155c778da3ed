"""Card jobs and their steps, and the batches in which they are taken to a station."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.cardcentre.models.stock import Card
from warrant.apps.certificates.models import Certificate
from warrant.core.lifecycle import CARD_JOB, CardJobState


class StationBatch(models.Model):
    """Jobs that one person took to one station: nobody else makes these cards until they are put back."""

    station = models.CharField(max_length=80, help_text="the name that the person gave the work place")
    taken_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    taken_count = models.PositiveSmallIntegerField()
    closed_at = models.DateTimeField(null=True, help_text="when the last job ended or the rest was put back")

    class Meta:
        db_table = "card_station_batch"
        constraints = [
            models.UniqueConstraint(
                fields=["taken_by"],
                condition=models.Q(closed_at=None),
                name="card_station_batch_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.station} {self.taken_at:%Y-%m-%d}"


class CardJob(models.Model):
    """The making of one card: taken, reserved, acted, read back, printed, checked. ``running`` survives a crash."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="card_jobs")
    batch = models.ForeignKey(StationBatch, null=True, on_delete=models.PROTECT, related_name="jobs")
    card = models.ForeignKey(Card, null=True, on_delete=models.PROTECT, related_name="jobs")
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in CardJobState], default=CARD_JOB.initial.value
    )
    reader_name = models.CharField(max_length=120, blank=True)
    key_suite = models.CharField(max_length=8, blank=True)
    key_version = models.PositiveSmallIntegerField(null=True)
    content = models.BinaryField(null=True, help_text="what goes on the chip, fixed when the job starts")
    credential = models.BinaryField(null=True, help_text="the signed QR credential")
    attempts = models.PositiveSmallIntegerField(default=0)
    trouble = models.JSONField(
        default=dict, help_text="why it stopped, for the operator: code, msgid, fields; empty if nothing did"
    )
    created_at = models.DateTimeField()
    started_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True, help_text="when the chip was read back; print and check follow")
    finished_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True)
    chip_erased_at = models.DateTimeField(
        null=True, help_text="of a spoiled card: when its chip was emptied; null means it has to be cut"
    )

    class Meta:
        db_table = "card_job"
        indexes = [
            models.Index(fields=["state", "created_at"], name="card_job_queue"),
            models.Index(fields=["finished_by", "finished_at"], name="card_job_finished"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["certificate"],
                condition=models.Q(state__in=["waiting", "running", "made", "finished"]),
                name="card_job_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.state}"


class CardJobStep(models.Model):
    """A step of a job as it was begun and done; a step begun and not done is where it stopped.

    Written together at short intervals, not one by one: the chip itself says how far it is.
    """

    job = models.ForeignKey(CardJob, on_delete=models.PROTECT, related_name="step_records")
    attempt = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    begun_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "card_job_step"
        constraints = [models.UniqueConstraint(fields=["job", "attempt", "name"], name="card_job_step_key")]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.attempt} {self.name}"
