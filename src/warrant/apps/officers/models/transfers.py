"""Transfers between units of the node, and who did what about them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.foundation.scoping import ScopedManager, ScopedModel, scope_indexes
from warrant.apps.officers.models.documents import Document
from warrant.apps.officers.models.register import Officer
from warrant.apps.organisations.models import Agency
from warrant.core.access import Actor, Level, Permission, Place, Role
from warrant.core.lifecycle import TRANSFER, TransferKind, TransferSide, TransferState
from warrant.core.lifecycle.transfer import OPEN_STATES

_TARGET_COLUMN = {
    Level.PROVINCE: "to_province_unit",
    Level.CITY: "to_city_unit",
    Level.COUNTY: "to_county_unit",
    Level.AGENCY: "to_agency_unit",
}


class TransferManager(ScopedManager["Transfer"]):
    """The one door to transfers: both sides see them."""

    def visible_to(self, actor: Actor, permission: Permission) -> models.QuerySet[Transfer]:
        """Return the transfers out of and into units in which ``actor`` holds ``permission``."""
        outgoing = super().visible_to(actor, permission)
        grants = [grant for grant in actor.grants_for(permission) if grant.role is not Role.OFFICER]
        if any(grant.level is Level.MINISTRY or grant.is_node_wide for grant in grants):
            return outgoing  # which is everything
        condition = models.Q(pk__in=[])
        for grant in grants:
            condition |= models.Q(**{_TARGET_COLUMN[grant.level]: grant.unit_id})
        incoming: models.QuerySet[Transfer] = models.QuerySet(self.model, using=self._db).filter(condition)
        return outgoing | incoming


class Transfer(ScopedModel):
    """One officer's way from a unit to another; ``state`` is assigned by ``officers.services.transfers`` only.

    The scope columns are those of the unit that lets the officer go, the ``to_`` columns those of the other.
    """

    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="transfers")
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    to_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    to_province_unit = models.BigIntegerField(null=True)
    to_city_unit = models.BigIntegerField(null=True)
    to_county_unit = models.BigIntegerField(null=True)
    to_agency_unit = models.BigIntegerField(null=True)
    side = models.CharField(max_length=12, choices=[(s.value, s.value) for s in TransferSide])
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in TransferKind])
    categories = models.CharField(max_length=60, help_text="enforcement categories afterwards")
    effective_on = models.DateField(help_text="the first day in the new unit")
    reason = models.CharField(max_length=300)
    document_number = models.CharField(max_length=80, help_text="of the written order")
    proof = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    withdraws_application = models.BooleanField(
        default=False, help_text="whether an open application is withdrawn along with it"
    )
    state = models.CharField(
        max_length=12,
        choices=[(s.value, s.value) for s in TransferState],
        default=TRANSFER.initial.value,
    )
    trouble = models.CharField(max_length=300, blank=True, help_text="what keeps a due one from its effect")
    proposed_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects: ClassVar[TransferManager] = TransferManager()
    system: ClassVar[models.Manager[Transfer]] = models.Manager()

    class Meta(ScopedModel.Meta):
        db_table = "transfer"
        indexes = [
            *scope_indexes("transfer"),
            *(
                models.Index(fields=[column, "id"], name=f"transfer_{column.removesuffix('_unit')}")
                for column in _TARGET_COLUMN.values()
            ),
            models.Index(fields=["state", "effective_on"], name="transfer_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["officer"], condition=models.Q(state__in=OPEN_STATES), name="transfer_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in TransferState]), name="transfer_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.from_agency_id}>{self.to_agency_id} {self.state}"

    @property
    def target_place(self) -> Place:
        """Where the new unit lies in the tree."""
        return Place(self.to_province_unit, self.to_city_unit, self.to_county_unit, self.to_agency_unit)

    def aim_at(self, place: Place) -> None:
        """Set the ``to_`` columns; the caller saves."""
        self.to_province_unit = place.province_id
        self.to_city_unit = place.city_id
        self.to_county_unit = place.county_id
        self.to_agency_unit = place.agency_id

    @property
    def category_codes(self) -> list[str]:
        """The enforcement categories afterwards."""
        return [code for code in self.categories.split(",") if code]


class TransferStep(models.Model):
    """One act of one person on a transfer; kept for ever."""

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="steps")
    action = models.CharField(max_length=16)
    reason = models.CharField(max_length=300, blank=True)
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    account_name = models.CharField(max_length=80, blank=True)
    unit_name = models.CharField(max_length=120, blank=True)
    happened_at = models.DateTimeField()

    class Meta:
        db_table = "transfer_step"
        indexes = [models.Index(fields=["transfer", "id"], name="transfer_step_order")]

    def __str__(self) -> str:
        return f"{self.transfer_id} {self.action}"
