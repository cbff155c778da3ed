"""What one person asks for a record and a second one carries out: deleting it, or correcting the ID number.

Source: four eyes: ADR-0007; 30 days to undo a deletion: own decision, ADR-0010.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from warrant.core.access import Permission
from warrant.core.errors import N_
from warrant.core.lifecycle.table import Machine, Transition

UNDO_DAYS = 30
UNDO_TIME = timedelta(days=UNDO_DAYS)


class RecordRequestKind(StrEnum):
    """What is asked for; the value is stored."""

    DELETION = "deletion"
    ID_NUMBER = "id-number"


class RecordRequestState(StrEnum):
    """Where a request stands; the value is stored."""

    WAITING = "waiting"
    APPLIED = "applied"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    UNDONE = "undone"
    ERASED = "erased"


S = RecordRequestState
RECORD_REQUEST = Machine(
    name="record-request",
    states=RecordRequestState,
    initial=S.WAITING,
    final=frozenset({S.REFUSED, S.WITHDRAWN, S.UNDONE, S.ERASED}),
    transitions=(
        Transition(
            "apply",
            (S.WAITING,),
            (S.APPLIED,),
            Permission.OFFICER_CONFIRM,
            guards=("still-possible",),
            needs_second_person=True,
            label=N_("核对无误，执行"),
        ),
        Transition(
            "refuse",
            (S.WAITING,),
            (S.REFUSED,),
            Permission.OFFICER_CONFIRM,
            needs_reason=True,
            needs_second_person=True,
            label=N_("驳回"),
        ),
        Transition("withdraw", (S.WAITING,), (S.WITHDRAWN,), Permission.OFFICER_EDIT, label=N_("撤回请求")),
        Transition(
            "undo",
            (S.APPLIED,),
            (S.UNDONE,),
            Permission.OFFICER_CONFIRM,
            guards=("deletion", "within-30-days", "id-number-free"),
            needs_reason=True,
            label=N_("恢复记录"),
        ),
        Transition("erase", (S.APPLIED,), (S.ERASED,), None, guards=("deletion", "after-30-days")),
    ),
)
