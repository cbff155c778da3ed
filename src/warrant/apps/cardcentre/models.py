"""Stock of cards, card jobs and their steps, key sets and the acts of their custodians."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.certificates.models import Certificate
from warrant.core.lifecycle import CARD, CARD_JOB, KEY_ACT, CardJobState, CardState, KeyActState
from warrant.core.lifecycle.key import KEY, KeyState


class CardBatch(models.Model):
    """Blanks received together."""

    supplier = models.CharField(max_length=80)
    first_serial = models.CharField(max_length=24)
    last_serial = models.CharField(max_length=24)
    count = models.PositiveIntegerField()
    received_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()

    class Meta:
        db_table = "card_batch"

    def __str__(self) -> str:
        return f"{self.first_serial}..{self.last_serial}"


class Card(models.Model):
    """One physical chip card, known by its serial number from receipt to destruction."""

    serial = models.CharField(max_length=24, unique=True)
    batch = models.ForeignKey(CardBatch, on_delete=models.PROTECT, related_name="cards")
    state = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in CardState], default=CARD.initial.value
    )
    certificate = models.ForeignKey(Certificate, null=True, on_delete=models.PROTECT, related_name="cards")
    key_suite = models.CharField(max_length=8, help_text="the cipher suite that the chip is made for")
    key_version = models.PositiveSmallIntegerField(null=True)
    spoiled_reason = models.CharField(max_length=300, blank=True)
    received_by_name = models.CharField(max_length=80, blank=True, help_text="the holder who signed for it")
    handed_over_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    handed_over_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "card"
        indexes = [models.Index(fields=["state", "serial"], name="card_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["certificate"],
                condition=models.Q(state__in=["reserved", "personalised", "handed-over"]),
                name="card_one_live",
            )
        ]

    def __str__(self) -> str:
        return self.serial


class CardJob(models.Model):
    """The making of one card: reserved, acted, read back, recorded. ``running`` survives a crash."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="card_jobs")
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
    finished_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "card_job"
        indexes = [models.Index(fields=["state", "created_at"], name="card_job_queue")]
        constraints = [
            models.UniqueConstraint(
                fields=["certificate"],
                condition=models.Q(state__in=["waiting", "running", "finished"]),
                name="card_job_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id} {self.state}"


class CardJobStep(models.Model):
    """A step of a job as it was begun and done; a step begun and not done is where it stopped."""

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


class KeySet(models.Model):
    """A version of the node's card keys as the register knows it: check values, state and periods, never keys."""

    suite = models.CharField(max_length=8)
    version = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, help_text="master (ministry) or sub (province)")
    province_code = models.CharField(max_length=6, blank=True)
    check_values = models.JSONField()
    created_at = models.DateTimeField()
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in KeyState], default=KEY.initial.value
    )
    active_from = models.DateTimeField(null=True, help_text="from when on it went onto new cards")
    active_until = models.DateTimeField(null=True, help_text="when that ended, for whatever reason")
    changed_at = models.DateTimeField(null=True, help_text="when it came to its state")

    class Meta:
        db_table = "key_set"
        constraints = [
            models.UniqueConstraint(
                fields=["suite", "kind", "province_code"],
                condition=models.Q(state="active"),
                name="key_set_one_active",
            ),
            models.UniqueConstraint(fields=["suite", "version", "kind", "province_code"], name="key_set_key"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.suite} v{self.version} {self.province_code}"


class KeyAct(models.Model):
    """One act on keys: proposed by a custodian, done when a second one confirms."""

    kind = models.CharField(max_length=32)
    parameters = models.JSONField(default=dict)
    package = models.BinaryField(null=True, help_text="a wrapped sub-key package on its way in")
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in KeyActState], default=KEY_ACT.initial.value
    )
    proposed_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "key_act"
        indexes = [models.Index(fields=["state", "proposed_at"], name="key_act_queue")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class PeerTransportKey(models.Model):
    """A province's public key for receiving sub-keys, as it arrived at the ministry."""

    node_code = models.CharField(max_length=16, unique=True)
    public_key = models.BinaryField()
    received_at = models.DateTimeField()

    class Meta:
        db_table = "peer_transport_key"

    def __str__(self) -> str:
        return self.node_code
