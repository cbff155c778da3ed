"""The life of a SAM, the key card of an inspection device, and the yearly count of all of them.

A SAM holds keys of its province, so whatever was out of the custodians' sight once is never trusted again: lost and
blocked ones stay on the block list for ever, found or not. Source: 2009 notice, 三(二), 四(四); ADR-0031.
"""

from __future__ import annotations

from enum import StrEnum

from warrant.core.access import Permission
from warrant.core.errors import N_
from warrant.core.lifecycle.table import Machine, Transition


class SamState(StrEnum):
    """Where a SAM stands; the value is stored."""

    ARRIVED = "arrived"
    IN_STORE = "in-store"
    ISSUED = "issued"
    LOST = "lost"
    BLOCKED = "blocked"
    CONDEMNED = "condemned"
    DESTROYED = "destroyed"


class SamCountState(StrEnum):
    """Where a count of all SAMs stands; the value is stored."""

    COUNTED = "counted"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


S = SamState
C = SamCountState
P = Permission.KEY_CUSTODY

SAM = Machine(
    name="SAM",
    states=SamState,
    initial=S.ARRIVED,
    final=frozenset({S.DESTROYED}),
    transitions=(
        Transition("accept", (S.ARRIVED,), (S.IN_STORE,), P, needs_second_person=True, label=N_("核对入库")),
        Transition("issue", (S.IN_STORE,), (S.ISSUED,), P, label=N_("发放")),
        Transition("take-back", (S.ISSUED,), (S.IN_STORE,), P, label=N_("收回")),
        Transition(
            "report-lost", (S.IN_STORE, S.ISSUED), (S.LOST,), P, needs_reason=True, label=N_("登记遗失")
        ),
        Transition(
            "block", (S.ARRIVED, S.IN_STORE, S.ISSUED), (S.BLOCKED,), P, needs_reason=True, label=N_("停用")
        ),
        Transition("find", (S.LOST,), (S.BLOCKED,), P, needs_reason=True, label=N_("找到")),
        Transition("condemn", (S.BLOCKED,), (S.CONDEMNED,), P, needs_reason=True, label=N_("提出销毁")),
        Transition("spare", (S.CONDEMNED,), (S.BLOCKED,), P, needs_reason=True, label=N_("撤回销毁")),
        Transition(
            "witness", (S.CONDEMNED,), (S.DESTROYED,), P, needs_second_person=True, label=N_("见证销毁")
        ),
    ),
)

DISTRUSTED = frozenset({S.LOST, S.BLOCKED, S.CONDEMNED, S.DESTROYED})
"""What stands on the block list."""
COUNTED = (S.IN_STORE, S.ISSUED)
"""What has to be there when everything is counted."""

SAM_COUNT = Machine(
    name="SAM count",
    states=SamCountState,
    initial=C.COUNTED,
    final=frozenset({C.CONFIRMED, C.REJECTED}),
    transitions=(
        Transition(
            "confirm", (C.COUNTED,), (C.CONFIRMED,), P, needs_second_person=True, label=N_("确认盘点")
        ),
        Transition("reject", (C.COUNTED,), (C.REJECTED,), P, needs_reason=True, label=N_("退回盘点")),
    ),
)
