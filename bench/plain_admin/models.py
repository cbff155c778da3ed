"""The tables of units and officers, as somebody else's models over them."""

from __future__ import annotations

from typing import Any

from django.db import models


class RegisterElsewhere:
    """Sends units and officers to the measured database, everything else to the small one."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str | None:
        """Return the database of a model."""
        return "register" if model._meta.app_label == "plain_admin" else None

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Leave the measured database alone."""
        return db != "register"


class Unit(models.Model):
    """A unit."""

    name = models.CharField(max_length=120)
    level = models.CharField(max_length=12)
    province = models.ForeignKey("self", null=True, on_delete=models.DO_NOTHING, related_name="+")

    class Meta:
        managed = False
        db_table = "agency"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """An officer."""

    name = models.CharField(max_length=60)
    sort_key = models.CharField(max_length=120)
    sex = models.CharField(max_length=1)
    birth_on = models.DateField()
    education = models.CharField(max_length=2)
    agency = models.ForeignKey(Unit, on_delete=models.DO_NOTHING)
    categories = models.CharField(max_length=60)
    post = models.CharField(max_length=40)
    staffing = models.CharField(max_length=24)
    phone = models.CharField(max_length=24)
    state = models.CharField(max_length=12)
    certificate_number = models.CharField(max_length=24)
    certificate_state = models.CharField(max_length=20)
    certificate_valid_until = models.DateField(null=True)

    class Meta:
        managed = False
        db_table = "officer"
        ordering = ["sort_key"]

    def __str__(self) -> str:
        return self.name
