"""What a node holds of its peers: their logs byte for byte, positions, receipts, and what could not be applied."""

from __future__ import annotations

from django.db import models


class InboxStream(models.Model):
    """The mirror of one peer's log to this node. ``frontier`` is core.ledger.merkle.Frontier, encoded."""

    peer = models.CharField(max_length=16, primary_key=True)
    size = models.BigIntegerField(default=0)
    frontier = models.BinaryField()
    checkpoint = models.BinaryField(
        help_text="the peer's newest checkpoint, as signed; empty before the first"
    )
    contacted_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=64, blank=True, help_text="why the last batch was refused")
    reported_at = models.DateTimeField(null=True, help_text="the peer's clock when it last reported")
    reported_size = models.BigIntegerField(default=0, help_text="the size that the peer says its log has")
    reported_oldest_at = models.DateTimeField(null=True, help_text="since when, as it says, something waits")
    behind_since = models.DateTimeField(
        null=True, help_text="since when less is held than reported, none coming"
    )
    clock_difference_ms = models.BigIntegerField(
        null=True, help_text="the peer's clock less ours, travel included"
    )
    fork_found_at = models.DateTimeField(null=True, help_text="stopped: people decide")

    class Meta:
        db_table = "inbox_stream"

    def __str__(self) -> str:
        return f"{self.peer} ({self.size})"


class InboxEntry(models.Model):
    """One event of a peer, its exact bytes. ``seq`` counts from 1, as in the event's id."""

    stream = models.ForeignKey(InboxStream, on_delete=models.PROTECT, related_name="entries")
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=64)
    subject = models.CharField(max_length=128)
    body = models.BinaryField()
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, help_text="empty: a dead letter, or waiting behind one")

    class Meta:
        db_table = "inbox_entry"
        constraints = [models.UniqueConstraint(fields=["stream", "seq"], name="inbox_entry_key")]
        indexes = [models.Index(fields=["stream", "subject", "seq"], name="inbox_entry_subject")]

    def __str__(self) -> str:
        return f"{self.stream_id}/{self.seq} {self.kind}"


class InboxNode(models.Model):
    """One complete node of the mirrored Merkle tree: what overlaps are compared with and proofs are made from."""

    stream = models.ForeignKey(InboxStream, on_delete=models.PROTECT)
    level = models.PositiveSmallIntegerField()
    position = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        db_table = "inbox_node"
        constraints = [models.UniqueConstraint(fields=["stream", "level", "position"], name="inbox_node_key")]

    def __str__(self) -> str:
        return f"{self.stream_id} {self.level}/{self.position}"


class InboxSubject(models.Model):
    """The newest applied version of a subject; a parked subject waits, the others go on."""

    stream = models.ForeignKey(InboxStream, on_delete=models.PROTECT)
    subject = models.CharField(max_length=128)
    version = models.BigIntegerField()
    is_parked = models.BooleanField(default=False)

    class Meta:
        db_table = "inbox_subject"
        constraints = [models.UniqueConstraint(fields=["stream", "subject"], name="inbox_subject_key")]

    def __str__(self) -> str:
        return f"{self.subject} v{self.version}"


class DeadLetter(models.Model):
    """An event that verifies but cannot be applied; its subject is parked until people have decided."""

    entry = models.OneToOneField(InboxEntry, on_delete=models.PROTECT)
    code = models.CharField(max_length=64)
    message = models.TextField(help_text="msgid with named places")
    fields = models.JSONField(default=dict, help_text="what fills the places, as text")
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "dead_letter"

    def __str__(self) -> str:
        return f"{self.entry_id} {self.code}"


class OutboxReceipt(models.Model):
    """How far a peer has taken this node's log over: its counter-signed checkpoint."""

    peer = models.CharField(max_length=16, primary_key=True)
    size = models.BigIntegerField(default=0)
    checkpoint = models.BinaryField(null=True)
    received_at = models.DateTimeField(null=True)
    contacted_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=64, blank=True, help_text="why the peer refused the last batch")
    fork_found_at = models.DateTimeField(null=True, help_text="stopped: people decide")

    class Meta:
        db_table = "outbox_receipt"

    def __str__(self) -> str:
        return f"{self.peer} ({self.size})"


class LinkCertificate(models.Model):
    """A certificate that counts on a link: at the ministry every node's that it issued, elsewhere the node's own."""

    fingerprint = models.CharField(max_length=64, primary_key=True, help_text="SHA-256 of the DER form, hex")
    node = models.CharField(max_length=16)
    key_fingerprint = models.CharField(max_length=64)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(help_text="exclusive")
    recorded_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, help_text="a newer one is there; counts until its own end")
    revoked_at = models.DateTimeField(null=True, help_text="counts no more")

    class Meta:
        db_table = "link_certificate"
        indexes = [models.Index(fields=["node", "valid_until"], name="link_certificate_node")]

    def __str__(self) -> str:
        return f"{self.node} {self.fingerprint[:12]}"


class RemovedNode(models.Model):
    """A node that is not talked to any more, whatever it can still sign; its mirror stays."""

    node = models.CharField(max_length=16, primary_key=True)
    removed_at = models.DateTimeField()
    reason = models.CharField(max_length=200)

    class Meta:
        db_table = "removed_node"

    def __str__(self) -> str:
        return self.node
