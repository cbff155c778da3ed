"""The stock: deliveries of blanks, and every card by its serial number."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.certificates.models import Certificate
from warrant.core.lifecycle import CARD, CardState


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
