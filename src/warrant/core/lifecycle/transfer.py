"""A transfer: one side proposes, the other accepts, and on its day the record goes over.

Source: 2009 notice, 三(一) (changes of the force). That the other side accepts, and who may: own decision.
"""

from __future__ import annotations

from enum import StrEnum

from warrant.core.access import Permission
from warrant.core.errors import N_
from warrant.core.lifecycle.table import Machine, Transition


class TransferState(StrEnum):
    """Where a transfer stands; the value is stored."""

    PROPOSED = "proposed"
    DUE = "due"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class TransferSide(StrEnum):
    """Who proposed it; the other side decides. The value is stored."""

    SENDING = "sending"
    RECEIVING = "receiving"


class TransferKind(StrEnum):
    """Why somebody goes to another unit; the value is stored."""

    APPOINTMENT = "appointment"
    ROTATION = "rotation"
    REFORM = "reform"
    OTHER = "other"


S = TransferState
TRANSFER = Machine(
    name="transfer",
    states=TransferState,
    initial=S.PROPOSED,
    final=frozenset({S.ACCEPTED, S.REFUSED, S.WITHDRAWN}),
    transitions=(
        Transition(
            "accept",
            (S.PROPOSED,),
            (S.ACCEPTED, S.DUE),
            Permission.OFFICER_TRANSFER,
            guards=("by-the-other-side", "nothing-in-the-way"),
            needs_second_person=True,
            label=N_("接受调动"),
        ),
        Transition(
            "refuse",
            (S.PROPOSED,),
            (S.REFUSED,),
            Permission.OFFICER_TRANSFER,
            guards=("by-the-other-side",),
            needs_reason=True,
            needs_second_person=True,
            label=N_("不接受调动"),
        ),
        Transition(
            "withdraw",
            (S.PROPOSED, S.DUE),
            (S.WITHDRAWN,),
            Permission.OFFICER_TRANSFER,
            guards=("by-the-side-that-proposed",),
            needs_reason=True,
            label=N_("撤回调动"),
        ),
        Transition(
            "take-effect", (S.DUE,), (S.ACCEPTED,), None, guards=("day-has-come", "nothing-in-the-way")
        ),
    ),
)

OPEN_STATES = tuple(state.value for state in TransferState if state not in TRANSFER.final)
