"""What the account pages tell apart."""

from __future__ import annotations

from collections.abc import Mapping

from warrant.core.errors import N_

ACCOUNT_STATES: Mapping[str, str] = {
    "in-use": N_("在用账号"),
    "without-role": N_("没有角色的账号"),
    "disabled": N_("已停用账号"),
}
