"""What a register needs to be mirrored at the ministry: versions still to be sent, and units not known there yet."""

from __future__ import annotations

from django.db import models

from warrant.apps.officers.models.register import Officer, OfficerVersion


class ReplicaDue(models.Model):
    """A version that the ministry has not been told yet; the row goes in the transaction that leaves the event."""

    version = models.OneToOneField(
        OfficerVersion, on_delete=models.CASCADE, primary_key=True, related_name="replica_due"
    )

    class Meta:
        db_table = "replica_due"

    def __str__(self) -> str:
        return str(self.version_id)


class UnknownUnit(models.Model):
    """An officer of a province whose unit this node does not know; until it does, the nearest unit above stands in."""

    officer = models.OneToOneField(
        Officer, on_delete=models.CASCADE, primary_key=True, related_name="unknown_unit"
    )
    node_code = models.CharField(max_length=16)
    agency_code = models.CharField(max_length=24)
    agency_name = models.CharField(max_length=120, blank=True)
    found_at = models.DateTimeField()

    class Meta:
        db_table = "replica_unknown_unit"
        indexes = [models.Index(fields=["agency_code"], name="replica_unknown_unit_code")]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.agency_code}"
