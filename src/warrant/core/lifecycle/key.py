"""A key act: proposed by one custodian, carried out when a second confirms; and the life of a key version.

Source: 2009 notice, 四(四); two-person control: GB/T 39786-2021 (key life cycle), see docs/assumptions.md.
"""

from __future__ import annotations

from enum import StrEnum

from warrant.core.access import Permission
from warrant.core.errors import N_
from warrant.core.lifecycle.table import Machine, Transition


class KeyActState(StrEnum):
    """Where a key act stands; the value is stored."""

    PROPOSED = "proposed"
    DONE = "done"
    REJECTED = "rejected"
    EXPIRED = "expired"
    STOPPED = "stopped"


class KeyState(StrEnum):
    """Where a version of keys stands; the value is stored.

    Only the active version goes onto new cards; a retired one still reads and changes the cards that have it; a
    compromised one makes no card at all; a destroyed one is gone from the vault, its number never used again.
    """

    PRE_ACTIVE = "pre-active"
    ACTIVE = "active"
    RETIRED = "retired"
    COMPROMISED = "compromised"
    DESTROYED = "destroyed"


A = KeyActState
K = KeyState

KEY_ACT = Machine(
    name="key act",
    states=KeyActState,
    initial=A.PROPOSED,
    final=frozenset({A.DONE, A.REJECTED, A.EXPIRED, A.STOPPED}),
    transitions=(
        Transition(
            "confirm",
            (A.PROPOSED,),
            (A.DONE,),
            Permission.KEY_CUSTODY,
            needs_second_person=True,
            label=N_("确认执行"),
        ),
        Transition(
            "reject",
            (A.PROPOSED,),
            (A.REJECTED,),
            Permission.KEY_CUSTODY,
            needs_reason=True,
            label=N_("否决"),
        ),
        Transition("expire", (A.PROPOSED,), (A.EXPIRED,), None),
        Transition("stop", (A.PROPOSED,), (A.STOPPED,), None),
    ),
)


def _key_row(action: str, sources: tuple[KeyState, ...], target: KeyState, label: str) -> Transition:
    return Transition(
        action,
        sources,
        (target,),
        Permission.KEY_CUSTODY,
        needs_reason=True,
        needs_second_person=True,
        label=label,
    )


KEY = Machine(
    name="key version",
    states=KeyState,
    initial=K.PRE_ACTIVE,
    final=frozenset({K.DESTROYED}),
    transitions=(
        _key_row("activate-keys", (K.PRE_ACTIVE,), K.ACTIVE, N_("启用")),
        _key_row("retire-keys", (K.ACTIVE,), K.RETIRED, N_("退役")),
        _key_row("revoke-keys", (K.PRE_ACTIVE, K.ACTIVE, K.RETIRED), K.COMPROMISED, N_("宣布泄露并停用")),
        _key_row("destroy-keys", (K.PRE_ACTIVE, K.RETIRED, K.COMPROMISED), K.DESTROYED, N_("销毁")),
    ),
)
"""The actions are also the kinds of key acts by which two custodians do them. Source: NIST SP 800-57 part 1, 7."""
