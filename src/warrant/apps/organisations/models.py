"""Units of the tree: an identity that stays, and versions that say what it was called and stood under, when."""

from __future__ import annotations

from typing import Any

from django.db import models

from warrant.core.access import Level, Place
from warrant.core.errors import N_
from warrant.core.standards.agency_names import name_key

LEVEL_LABELS = {
    Level.MINISTRY: N_("部级"),
    Level.PROVINCE: N_("省级"),
    Level.CITY: N_("市级"),
    Level.COUNTY: N_("县级"),
    Level.AGENCY: N_("执法机构"),
}


class Agency(models.Model):
    """One unit: a competent authority of a level, or an enforcement agency below one.

    ``province``, ``city`` and ``county`` are the authorities above it (or itself), denormalised for scoping.
    """

    code = models.CharField(max_length=24, unique=True, help_text="stays for ever")
    level = models.CharField(max_length=12, choices=[(level.value, level.value) for level in Level])
    division_code = models.CharField(max_length=6, blank=True, help_text="GB/T 2260")
    province = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    city = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    county = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120, help_text="the name today; history stands in the versions")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)

    class Meta:
        db_table = "agency"
        indexes = [
            models.Index(fields=["name"], name="agency_name"),
            models.Index(fields=["parent", "code"], name="agency_parent"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> Place:
        """Where the unit lies in the tree; a unit lies in itself."""
        return Place(
            self.province_id, self.city_id, self.county_id, self.pk if self.level == Level.AGENCY else None
        )


class AgencyVersion(models.Model):
    """What a unit was called and stood under in ``[valid_from, valid_until)``; ``None`` is open."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="versions")
    name = models.CharField(max_length=120)
    name_key = models.CharField(max_length=120, editable=False, help_text="the name as it is compared")
    parent = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        db_table = "agency_version"
        constraints = [models.UniqueConstraint(fields=["agency", "valid_from"], name="agency_version_key")]
        indexes = [
            models.Index(fields=["name", "valid_from"], name="agency_version_name"),
            models.Index(fields=["name_key", "valid_from"], name="agency_version_name_key"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.valid_from}..{self.valid_until or ''}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the compared form in step with the name."""
        self.name_key = name_key(self.name)
        super().save(*args, **kwargs)


class AgencySuccession(models.Model):
    """One unit went over into another on a day: a merger has several rows with one successor."""

    predecessor = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="origins")
    happened_on = models.DateField()
    reason = models.CharField(max_length=300)

    class Meta:
        db_table = "agency_succession"
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="agency_succession_key")
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} -> {self.successor_id} {self.happened_on}"
