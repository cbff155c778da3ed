"""The node's append-only logs: the outbox of each peer and the audit ledger are streams of one table."""

from __future__ import annotations

from django.db import models


class LogStream(models.Model):
    """One append-only log; the locked row hands out sequence numbers without holes."""

    name = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField(default=0)
    frontier = models.BinaryField(help_text="core.ledger.merkle.Frontier, encoded")

    class Meta:
        db_table = "log_stream"

    def __str__(self) -> str:
        return f"{self.name} ({self.size})"


class LogEntry(models.Model):
    """One entry: the exact bytes, never written again and never re-serialised."""

    stream = models.ForeignKey(LogStream, on_delete=models.PROTECT, related_name="entries")
    seq = models.BigIntegerField(help_text="from 0, without holes")
    kind = models.CharField(max_length=64)
    subject = models.CharField(max_length=128)
    body = models.BinaryField()
    leaf_hash = models.BinaryField(max_length=32)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "log_entry"
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="log_entry_stream_seq")]
        indexes = [models.Index(fields=["stream", "subject", "seq"], name="log_entry_subject")]

    def __str__(self) -> str:
        return f"{self.stream_id}/{self.seq} {self.kind}"


class LogNode(models.Model):
    """One complete node of a log's Merkle tree: what proofs are made from."""

    stream = models.ForeignKey(LogStream, on_delete=models.PROTECT)
    level = models.PositiveSmallIntegerField()
    position = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        db_table = "log_node"
        constraints = [models.UniqueConstraint(fields=["stream", "level", "position"], name="log_node_key")]

    def __str__(self) -> str:
        return f"{self.stream_id} {self.level}/{self.position}"


class SubjectVersion(models.Model):
    """The version of a subject's newest entry in a stream: each entry says which one it follows."""

    stream = models.ForeignKey(LogStream, on_delete=models.PROTECT)
    subject = models.CharField(max_length=128)
    version = models.BigIntegerField()

    class Meta:
        db_table = "log_subject_version"
        constraints = [models.UniqueConstraint(fields=["stream", "subject"], name="log_subject_version_key")]

    def __str__(self) -> str:
        return f"{self.subject} v{self.version}"


class Job(models.Model):
    """Work that takes longer than a request; a runner beside the server does it, for the person who started it.

    ``state`` is set by ``foundation.jobs`` only. Everything written here may be read by its owner: no ID number.
    """

    class State(models.TextChoices):
        """Where the work stands."""

        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    kind = models.CharField(max_length=64, help_text="names the function in WARRANT_JOBS")
    account_id = models.BigIntegerField(help_text="of the person who started it")
    account_name = models.CharField(max_length=80)
    language = models.CharField(max_length=12, help_text="in which it speaks to the person")
    title = models.CharField(max_length=200)
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0, help_text="0 while it is not known")
    attempt = models.PositiveSmallIntegerField(default=0, help_text="how often a runner began it")
    runner = models.CharField(max_length=64, blank=True, help_text="who is at it")
    heartbeat_at = models.DateTimeField(null=True, help_text="when the runner last gave a sign of life")
    cancel_asked_at = models.DateTimeField(null=True)
    result_url = models.CharField(max_length=300, blank=True)
    result_text = models.CharField(max_length=300, blank=True)
    error = models.CharField(max_length=500, blank=True, help_text="in words for the person")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True, help_text="when the person saw how it ended")

    class Meta:
        db_table = "job"
        indexes = [
            models.Index(fields=["state", "id"], name="job_state"),
            models.Index(fields=["account_id", "id"], name="job_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} {self.state}"

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will happen."""
        return self.state not in (self.State.QUEUED, self.State.RUNNING)

    @property
    def percent(self) -> int:
        """How much is done, 0 to 100; 0 while the whole is not known."""
        if self.state == self.State.DONE:
            return 100
        return min(100, self.done * 100 // self.total) if self.total else 0
