"""How people keep their lists: saved views, and the columns and the view with which the list opens."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.organisations.models import Agency


class SavedView(models.Model):
    """A list worth keeping, of officers or of something else: filters, order and columns under a name; with ``unit`` everybody of that unit has it."""

    name = models.CharField(max_length=40)
    list_name = models.CharField(max_length=24, default="officers", help_text="of which list it is a view")
    owner = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    params = models.CharField(max_length=1500, help_text="as in the address of the list; no ID number")
    saved_at = models.DateTimeField()

    class Meta:
        db_table = "saved_view"
        constraints = [models.UniqueConstraint(fields=["owner", "list_name", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name


class ListPreference(models.Model):
    """What one of an account's lists looks like where the address says nothing."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    list_name = models.CharField(max_length=24, default="officers")
    columns = models.CharField(max_length=400, blank=True, help_text="keys joined by commas")
    opens_with = models.ForeignKey(SavedView, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        db_table = "list_choice"
        constraints = [models.UniqueConstraint(fields=["account", "list_name"], name="list_choice_once")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.list_name}"
