"""Who looked at whose whole ID number, when and why."""

from __future__ import annotations

from django.db import models

from warrant.apps.accounts.models import Account
from warrant.apps.officers.models.register import Officer


class IdNumberLook(models.Model):
    """One look at a whole ID number; counted for the limit, listed for the audit administrator."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="id_number_looks")
    reason = models.CharField(max_length=200)
    looked_at = models.DateTimeField()

    class Meta:
        db_table = "id_number_look"
        indexes = [models.Index(fields=["account", "looked_at"], name="id_number_look_account")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.officer_id} {self.looked_at:%Y-%m-%d %H:%M}"
