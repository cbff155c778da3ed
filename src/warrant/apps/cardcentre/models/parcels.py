"""Parcels of finished cards on their way from the card centre to the units."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.cardcentre.models.stock import Card
from warrant.apps.certificates.models import Certificate
from warrant.apps.foundation.scoping import ScopedModel, scope_indexes
from warrant.apps.organisations.models import Agency


class Parcel(ScopedModel):
    """Finished cards sent to one unit together; scoped by that unit."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    carrier = models.CharField(max_length=120, help_text="who takes it there: courier and number, or a name")
    card_count = models.PositiveSmallIntegerField()
    sent_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    received_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(null=True, help_text="when it was opened and counted")
    note = models.CharField(max_length=300, blank=True, help_text="what the count found, in words")

    class Meta(ScopedModel.Meta):
        db_table = "card_parcel"
        indexes = scope_indexes("card_parcel", "sent_at")

    def __str__(self) -> str:
        return f"{self.pk} {self.agency_id}"


class ParcelLine(models.Model):
    """One card of a parcel. A card that did not arrive can be marked when it turns up."""

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="lines")
    card = models.OneToOneField(Card, on_delete=models.PROTECT, related_name="parcel_line")
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="+")
    arrived_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "card_parcel_line"

    def __str__(self) -> str:
        return f"{self.parcel_id} {self.card_id}"
