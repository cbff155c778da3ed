"""Versions of regulations, who wrote them, and every resolved content that was ever used."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.core.lifecycle import RegulationState
from warrant.core.regulation import RegulationKind


class RegulationVersion(models.Model):
    """One version of one kind, of the nation or of a province. Its text never changes once it is confirmed.

    ``content`` is whole, as it was read and confirmed. Of a province only its ``layer`` counts, the differences from what
    the nation had in force when it was confirmed: ``core.regulation.resolve``. ``base_digest`` names the content that the
    draft was begun from. What came from another node has no accounts here, only the names. ``state`` is set by
    ``regulations.services`` only.
    """

    kind = models.CharField(max_length=16)
    jurisdiction = models.CharField(max_length=6, blank=True, help_text="province code; empty for the nation")
    number = models.PositiveIntegerField(
        null=True, help_text="from 1 for each kind and jurisdiction, given at confirmation"
    )
    title = models.CharField(max_length=120)
    basis = models.CharField(max_length=400, help_text="the text by which it is changed")
    content = models.JSONField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the canonical content, hexadecimal")
    layer = models.JSONField(null=True, help_text="a province's differences from the nation")
    base_digest = models.CharField(max_length=64, blank=True)
    valid_from = models.DateField()
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in RegulationState],
        default=RegulationState.DRAFT.value,
    )
    drafted_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    drafted_by_name = models.CharField(max_length=80)
    drafted_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_by_name = models.CharField(max_length=80, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    remark = models.CharField(max_length=400, blank=True, help_text="why it was sent back last")
    is_received = models.BooleanField(default=False, help_text="came from another node")

    class Meta:
        db_table = "regulation_version"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "jurisdiction", "number"], name="regulation_version_number"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in RegulationState]),
                name="regulation_version_state",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None)
                | (
                    ~models.Q(confirmed_by=models.F("drafted_by"))
                    & ~models.Q(confirmed_by=models.F("proposed_by"))
                ),
                name="regulation_version_two_people",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="confirmed")
                | models.Q(confirmed_at__isnull=False, number__isnull=False),
                name="regulation_version_confirmed",
            ),
        ]
        indexes = [models.Index(fields=["state", "kind"], name="regulation_version_state")]

    def __str__(self) -> str:
        return f"{self.kind} {self.jurisdiction or 'nation'} {self.number or self.state}"

    @property
    def slot(self) -> tuple[RegulationKind, str]:
        """Kind and jurisdiction."""
        return RegulationKind(self.kind), self.jurisdiction


class RegulationAuthor(models.Model):
    """Somebody who wrote on a draft: none of them may confirm it."""

    version = models.ForeignKey(RegulationVersion, on_delete=models.CASCADE, related_name="authors")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "regulation_author"
        constraints = [models.UniqueConstraint(fields=["version", "account"], name="regulation_author_once")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.account_id}"


class RegulationSnapshot(models.Model):
    """One resolved content that something was decided under: kept for ever, never written again."""

    kind = models.CharField(max_length=16)
    digest = models.CharField(max_length=64)
    content = models.JSONField()

    class Meta:
        db_table = "regulation_snapshot"
        constraints = [models.UniqueConstraint(fields=["kind", "digest"], name="regulation_snapshot_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:12]}"
