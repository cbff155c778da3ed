"""The officer: the state of the person, kept apart from the state of any certificate.

Source: 2009 notice, 三(一) (changes of the force); deletion by two people and its undoing: own decision.
"""

from __future__ import annotations

from enum import StrEnum

from warrant.core.access import Permission
from warrant.core.errors import N_
from warrant.core.lifecycle.table import Machine, Transition


class OfficerState(StrEnum):
    """Where a person stands in the register; the value is stored."""

    ACTIVE = "active"
    LEFT = "left"
    DELETED = "deleted"
    MERGED = "merged"


class LeavingKind(StrEnum):
    """Why somebody left the force; the value is stored."""

    RETIREMENT = "retirement"
    RESIGNATION = "resignation"
    DISMISSAL = "dismissal"
    DEATH = "death"
    TRANSFER_OUT = "transfer-out"


class ChangeKind(StrEnum):
    """What made a new version of a record; the value is stored and goes up to the ministry."""

    ENTERED = "entered"
    IMPORTED = "imported"
    CHANGED = "changed"
    PHOTO_SET = "photo-set"
    EDUCATION_ADDED = "education-added"
    ENTRY_ADDED = "entry-added"
    ENTRY_WITHDRAWN = "entry-withdrawn"
    ID_NUMBER_CORRECTED = "id-number-corrected"
    TRANSFERRED = "transferred"
    LEFT = "left"
    CAME_BACK = "came-back"
    DELETED = "deleted"
    RESTORED = "restored"
    MERGED = "merged"
    CERTIFICATE_CHANGED = "certificate-changed"
    REVIEWED = "reviewed"
    PROPOSAL_ACCEPTED = "proposal-accepted"
    UNIT_MOVED = "unit-moved"


HIDDEN_STATES = (OfficerState.DELETED.value, OfficerState.MERGED.value)

S = OfficerState
OFFICER = Machine(
    name="officer",
    states=OfficerState,
    initial=S.ACTIVE,
    final=frozenset({S.MERGED}),
    transitions=(
        Transition(
            "leave", (S.ACTIVE,), (S.LEFT,), Permission.OFFICER_EDIT, needs_reason=True, label=N_("离职登记")
        ),
        Transition(
            "come-back",
            (S.LEFT,),
            (S.ACTIVE,),
            Permission.OFFICER_EDIT,
            needs_reason=True,
            label=N_("恢复在职"),
        ),
        Transition(
            "delete",
            (S.ACTIVE, S.LEFT),
            (S.DELETED,),
            Permission.OFFICER_CONFIRM,
            guards=("nothing-built-on-it",),
            needs_reason=True,
            needs_second_person=True,
            label=N_("删除"),
        ),
        Transition(
            "restore",
            (S.DELETED,),
            (S.ACTIVE, S.LEFT),
            Permission.OFFICER_CONFIRM,
            guards=("within-30-days",),
            needs_reason=True,
            label=N_("恢复"),
        ),
        Transition(
            "merge",
            (S.ACTIVE, S.LEFT),
            (S.MERGED,),
            Permission.OFFICER_CONFIRM,
            needs_reason=True,
            needs_second_person=True,
            label=N_("合并"),
        ),
    ),
)
