"""What people do with cards together: movements between stores, destructions, closed days."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.cardcentre.models.stock import CardStore
from warrant.core.lifecycle import (
    CARD_DESTRUCTION,
    CARD_MOVEMENT,
    STOCK_DAY,
    DestructionState,
    MovementState,
    StockDayState,
)


class CardMovement(models.Model):
    """Cards on their way between two stores: given by one person, taken by another, by serial."""

    from_store = models.ForeignKey(CardStore, on_delete=models.PROTECT, related_name="given")
    to_store = models.ForeignKey(CardStore, on_delete=models.PROTECT, related_name="taken")
    ranges = models.JSONField(help_text="pairs of first and last serial")
    count = models.PositiveIntegerField()
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in MovementState],
        default=CARD_MOVEMENT.initial.value,
    )
    remark = models.CharField(max_length=200, blank=True)
    given_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    ended_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True, help_text="why it was not taken")

    class Meta:
        db_table = "card_movement"
        indexes = [models.Index(fields=["state", "given_at"], name="card_movement_queue")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(from_store=models.F("to_store")), name="card_movement_two_stores"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="taken") | ~models.Q(ended_by=models.F("given_by")),
                name="card_movement_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_store_id}>{self.to_store_id} {self.count}"


class CardDestruction(models.Model):
    """Spoiled and returned cards that are destroyed in front of two witnesses."""

    store = models.ForeignKey(CardStore, on_delete=models.PROTECT, related_name="destructions")
    ranges = models.JSONField(help_text="pairs of first and last serial")
    count = models.PositiveIntegerField()
    method = models.CharField(max_length=80)
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in DestructionState],
        default=CARD_DESTRUCTION.initial.value,
    )
    proposed_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    first_witness = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    first_witnessed_at = models.DateTimeField(null=True)
    second_witness = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    second_witnessed_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True, help_text="why it was withdrawn")

    class Meta:
        db_table = "card_destruction"
        indexes = [models.Index(fields=["state", "proposed_at"], name="card_destruction_queue")]
        constraints = [
            models.CheckConstraint(
                condition=(
                    models.Q(first_witness__isnull=True) | ~models.Q(first_witness=models.F("proposed_by"))
                )
                & (models.Q(second_witness__isnull=True) | ~models.Q(second_witness=models.F("proposed_by")))
                & (
                    models.Q(second_witness__isnull=True)
                    | ~models.Q(second_witness=models.F("first_witness"))
                ),
                name="card_destruction_three_people",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="done") | models.Q(second_witness__isnull=False),
                name="card_destruction_two_witnesses",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.count}"


class StockDay(models.Model):
    """A store's day: counted by serial and closed by one person, confirmed by another; the next begins there."""

    store = models.ForeignKey(CardStore, on_delete=models.PROTECT, related_name="days")
    on = models.DateField()
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in StockDayState], default=STOCK_DAY.initial.value
    )
    began_at = models.DateTimeField(
        null=True, help_text="when the day before was closed; nothing for the first"
    )
    figures = models.JSONField(help_text="opening, received, taken_over, given_over, and the standings")
    counted = models.PositiveIntegerField(help_text="cards found in the store")
    missing = models.JSONField(default=list, help_text="serials on the books and not found")
    surplus = models.JSONField(default=list, help_text="serials found and not on the books of this store")
    explanation = models.CharField(max_length=300, blank=True)
    closed_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True, help_text="why it was not confirmed")

    class Meta:
        db_table = "card_stock_day"
        indexes = [models.Index(fields=["store", "closed_at"], name="card_stock_day_store")]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "on"], condition=~models.Q(state="rejected"), name="card_stock_day_once"
            ),
            models.UniqueConstraint(
                fields=["store"], condition=models.Q(state="closed"), name="card_stock_day_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("closed_by")),
                name="card_stock_day_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.store_id} {self.on}"

    @property
    def has_difference(self) -> bool:
        """Whether the count found other cards than the books say."""
        return bool(self.missing or self.surplus)
