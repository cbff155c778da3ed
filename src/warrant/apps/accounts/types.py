"""What the account pages tell apart, and what a session remembers."""

from __future__ import annotations

from collections.abc import Mapping

from warrant.core.errors import N_

ACCOUNT_STATES: Mapping[str, str] = {
    "in-use": N_("在用账号"),
    "without-role": N_("没有角色的账号"),
    "disabled": N_("已停用账号"),
}

SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
"""Under these a session keeps when the person signed in and was last seen: whole seconds since 1970."""

SEEN_STEP_SECONDS = 60
"""How much later a sign of life must be to be worth a write."""
