"""The stock: stores, deliveries of blanks, every card by its serial number, and the ledger of what happened to it."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.certificates.models import Certificate
from warrant.core.lifecycle import CARD, CARD_BATCH, BatchState, CardState, StoreKind
from warrant.core.lifecycle.stock import ANNOUNCED


class CardStore(models.Model):
    """Where cards are kept: the node's central store, and one at each station."""

    kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in StoreKind])
    name = models.CharField(max_length=40, unique=True)
    reader_name = models.CharField(
        max_length=120, blank=True, help_text="the reader at this station; empty for any"
    )
    opened_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "card_store"
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=models.Q(kind="central"), name="card_store_one_central"
            )
        ]

    def __str__(self) -> str:
        return self.name


class CardBatch(models.Model):
    """Blanks received together by one person and counted by another; what differs is settled by a third act.

    Serials that lay in the box and were not on the delivery note are kept in ``surplus`` and are no stock until they
    are received with a note of their own.
    """

    number = models.CharField(max_length=40, blank=True, help_text="the supplier's batch number")
    supplier = models.CharField(max_length=80)
    delivery_note = models.CharField(max_length=40, blank=True, help_text="the supplier's number")
    key_suite = models.CharField(max_length=8, blank=True)
    transport_key = models.CharField(
        max_length=40, blank=True, help_text="the vault's name of the key under which the blanks come"
    )
    face_version = models.PositiveSmallIntegerField(
        default=0, help_text="the common face that is printed on the blanks already; 0: none, they are white"
    )
    first_serial = models.CharField(max_length=24)
    last_serial = models.CharField(max_length=24)
    ranges = models.JSONField(default=list, help_text="what the note names: pairs of first and last serial")
    count = models.PositiveIntegerField()
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in BatchState], default=CARD_BATCH.initial.value
    )
    received_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    counted_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    counted_at = models.DateTimeField(null=True)
    missing_count = models.PositiveIntegerField(default=0)
    surplus = models.JSONField(default=list, help_text="serials found and not announced")
    settled_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settlement = models.CharField(max_length=300, blank=True, help_text="how the difference was explained")
    found = models.JSONField(default=list, help_text="missing serials that turned up after all")

    class Meta:
        db_table = "card_batch"
        indexes = [models.Index(fields=["state", "received_at"], name="card_batch_queue")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(counted_by__isnull=True) | ~models.Q(counted_by=models.F("received_by")),
                name="card_batch_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(settled_by__isnull=True) | ~models.Q(settled_by=models.F("counted_by")),
                name="card_batch_settled_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.first_serial}..{self.last_serial}"

    @property
    def has_difference(self) -> bool:
        """Whether the count found other cards than the delivery note names."""
        return bool(self.missing_count or self.surplus)


class Card(models.Model):
    """One physical chip card, known by its serial number from receipt to destruction."""

    serial = models.CharField(max_length=24, unique=True)
    batch = models.ForeignKey(CardBatch, on_delete=models.PROTECT, related_name="cards")
    state = models.CharField(
        max_length=16, choices=[(s.value, s.value) for s in CardState], default=CARD.initial.value
    )
    store = models.ForeignKey(CardStore, null=True, on_delete=models.PROTECT, related_name="cards")
    movement = models.ForeignKey(
        "cardcentre.CardMovement",
        null=True,
        on_delete=models.PROTECT,
        related_name="cards_on_the_way",
        help_text="the movement on which it is, until somebody takes it",
    )
    destruction = models.ForeignKey(
        "cardcentre.CardDestruction", null=True, on_delete=models.PROTECT, related_name="cards"
    )
    certificate = models.ForeignKey(Certificate, null=True, on_delete=models.PROTECT, related_name="cards")
    key_suite = models.CharField(max_length=8, help_text="the cipher suite that the chip is made for")
    key_version = models.PositiveSmallIntegerField(null=True)
    next_key_version = models.PositiveSmallIntegerField(
        null=True,
        help_text="to which its keys are being exchanged, from before the first command to the last",
    )
    spoiled_reason = models.CharField(max_length=300, blank=True)
    received_by_name = models.CharField(max_length=80, blank=True, help_text="the holder who signed for it")
    handed_over_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    handed_over_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "card"
        indexes = [
            models.Index(fields=["state", "serial"], name="card_state"),
            models.Index(fields=["store", "state"], name="card_store_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["certificate"],
                condition=models.Q(state__in=["reserved", "personalised", "handed-over"]),
                name="card_one_live",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in ANNOUNCED])
                | models.Q(store__isnull=False),
                name="card_store_known",
            ),
        ]

    def __str__(self) -> str:
        return self.serial


class CardEntry(models.Model):
    """A line of the ledger: a card came from one state and store to another. Lines are added and never changed."""

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="entries")
    action = models.CharField(max_length=24)
    from_state = models.CharField(max_length=16, blank=True)
    to_state = models.CharField(max_length=16)
    from_store = models.ForeignKey(CardStore, null=True, on_delete=models.PROTECT, related_name="+")
    to_store = models.ForeignKey(CardStore, null=True, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(
        Account,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="the giver, or who acted before",
    )
    remark = models.CharField(max_length=300, blank=True)
    happened_at = models.DateTimeField()

    class Meta:
        db_table = "card_entry"
        indexes = [
            models.Index(fields=["happened_at"], name="card_entry_at"),
            models.Index(fields=["card", "id"], name="card_entry_card"),
        ]

    def __str__(self) -> str:
        return f"{self.card_id} {self.action}"
