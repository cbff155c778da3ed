"""What an officer proposes to correct in the own record: decided by the unit, field by field.

Source: 2009 notice, 三(一); the form is our own.
"""

from __future__ import annotations

from enum import StrEnum

from warrant.core.access import Permission
from warrant.core.errors import N_
from warrant.core.lifecycle.table import Machine, Transition


class ProposalState(StrEnum):
    """Where a proposal stands; the value is stored."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


S = ProposalState
PROPOSAL = Machine(
    name="proposal",
    states=ProposalState,
    initial=S.OPEN,
    final=frozenset({S.ANSWERED, S.WITHDRAWN}),
    transitions=(
        Transition(
            "answer",
            (S.OPEN,),
            (S.ANSWERED,),
            Permission.OFFICER_EDIT,
            guards=("not-the-own-record", "reason-for-each-refusal"),
            needs_second_person=True,
            label=N_("答复更正申请"),
        ),
        Transition("withdraw", (S.OPEN,), (S.WITHDRAWN,), Permission.OWN_RECORD, label=N_("撤回更正申请")),
    ),
)
