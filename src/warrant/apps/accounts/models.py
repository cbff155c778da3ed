"""Accounts and the roles they hold over units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from warrant.apps.organisations.models import Agency
from warrant.core.access import Role


class AccountManager(BaseUserManager["Account"]):
    """What Django's login needs; accounts are opened by the service only. The unit always comes along."""

    def get_queryset(self) -> models.QuerySet[Account]:
        """Return accounts with their units: every page names both."""
        return super().get_queryset().select_related("agency")

    def get_by_natural_key(self, username: str | None) -> Account:
        """Find an account by its user name, whatever the case."""
        return self.get(username__iexact=username or "")


class Account(AbstractBaseUser):
    """One person who signs in; never shared, never a superuser."""

    username = models.CharField(max_length=40, unique=True)
    display_name = models.CharField(max_length=80)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="accounts")
    officer_uid = models.UUIDField(
        null=True, unique=True, help_text="of an officer who follows the own record"
    )
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=True)
    opened_at = models.DateTimeField()

    objects: ClassVar[AccountManager] = AccountManager()

    held_roles: Sequence[tuple[str, str, int, str, int | None, str | None]] | None = None
    """Role, level, id and code of the unit of each grant, id and name of the person for whom it is held as a substitute; where
    ``selectors.account_of_session`` read them along."""

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        db_table = "account"

    def __str__(self) -> str:
        return f"{self.display_name} ({self.username})"

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Deny: permissions come from grants, never from Django's own tables."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        """Deny, as above."""
        return False


class RoleAssignment(models.Model):
    """One role over one unit and all below it, from a moment until another."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=32, choices=[(role.value, role.value) for role in Role])
    unit = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="assignments")
    assigned_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "role_assignment"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "role", "unit"],
                condition=models.Q(withdrawn_at=None),
                name="role_assignment_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.role} {self.unit_id}"


class Delegation(models.Model):
    """One role over one unit, handed on to a substitute from a day to a day; it counts once it is confirmed."""

    from_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="delegations_given")
    to_account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="delegations_held")
    role = models.CharField(max_length=32)
    unit = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    from_on = models.DateField()
    until_on = models.DateField(help_text="the last day on which it counts")
    reason = models.CharField(max_length=200)
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, help_text="ended before its day, or refused")

    class Meta:
        db_table = "delegation"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_on__gte=models.F("from_on")), name="delegation_days_in_order"
            ),
            models.CheckConstraint(
                condition=~models.Q(from_account=models.F("to_account")), name="delegation_two_people"
            ),
        ]
        indexes = [models.Index(fields=["to_account", "until_on"], name="delegation_of_substitute")]

    def __str__(self) -> str:
        return f"{self.from_account_id} -> {self.to_account_id} {self.role} {self.unit_id}"


class Leave(models.Model):
    """Days on which a person is not at work; what lies with them by name goes back to the unit unless somebody stands in."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="leaves")
    from_on = models.DateField()
    until_on = models.DateField(help_text="the last day of it")
    noted_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="ended before its day, or taken back")

    class Meta:
        db_table = "account_leave"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_on__gte=models.F("from_on")), name="account_leave_days_in_order"
            )
        ]
        indexes = [
            models.Index(
                fields=["until_on", "from_on"],
                condition=models.Q(ended_at=None),
                name="account_leave_running",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.from_on} - {self.until_on}"
