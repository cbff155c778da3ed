"""One version of a regulation: drafted by one person, put into force by another.

Source: our own form; that two people change what decides about others is the rule for every key act, too.
"""

from __future__ import annotations

from enum import StrEnum

from warrant.core.access import Permission
from warrant.core.errors import N_
from warrant.core.lifecycle.table import Machine, Transition


class RegulationState(StrEnum):
    """Where a version stands; the value is stored."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


S = RegulationState
REGULATION = Machine(
    name="regulation",
    states=RegulationState,
    initial=S.DRAFT,
    final=frozenset({S.CONFIRMED, S.WITHDRAWN}),
    transitions=(
        Transition(
            "propose",
            (S.DRAFT,),
            (S.PROPOSED,),
            Permission.REGULATION_DRAFT,
            guards=("content-parses", "differs-from-what-is-in-force"),
            label=N_("提交核对"),
        ),
        Transition(
            "confirm",
            (S.PROPOSED,),
            (S.CONFIRMED,),
            Permission.REGULATION_CONFIRM,
            guards=("content-parses", "valid-from-not-passed"),
            needs_second_person=True,
            label=N_("确认发布"),
        ),
        Transition(
            "send-back",
            (S.PROPOSED,),
            (S.DRAFT,),
            Permission.REGULATION_CONFIRM,
            needs_reason=True,
            label=N_("退回修改"),
        ),
        Transition(
            "withdraw",
            (S.DRAFT, S.PROPOSED),
            (S.WITHDRAWN,),
            Permission.REGULATION_DRAFT,
            label=N_("撤销草案"),
        ),
    ),
)
