"""A key act: proposed by one custodian, carried out when a second confirms.

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


A = KeyActState

KEY_ACT = Machine(
    name="key act",
    states=KeyActState,
    initial=A.PROPOSED,
    final=frozenset({A.DONE, A.REJECTED}),
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
    ),
)
