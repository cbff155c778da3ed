"""Accounts, the roles they hold, and who stands in for whom."""

from warrant.apps.accounts.services.accounts import (
    PASSWORD_LENGTH,
    assign_role,
    change_own_password,
    disable_account,
    generated_password,
    move_officer_account,
    open_account,
    open_first_account,
    open_officer_account,
    reset_password,
    set_officer_account_open,
    withdraw_role,
)
from warrant.apps.accounts.services.delegating import (
    confirm_delegation,
    end_delegation,
    propose_delegation,
    refuse_delegation,
)
from warrant.apps.accounts.services.leaving import end_leave, note_leave

__all__ = [
    "PASSWORD_LENGTH",
    "assign_role",
    "change_own_password",
    "confirm_delegation",
    "disable_account",
    "end_delegation",
    "end_leave",
    "generated_password",
    "move_officer_account",
    "note_leave",
    "open_account",
    "open_first_account",
    "open_officer_account",
    "propose_delegation",
    "refuse_delegation",
    "reset_password",
    "set_officer_account_open",
    "withdraw_role",
]
