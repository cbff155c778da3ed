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
