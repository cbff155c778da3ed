"""One person in the registers of two provinces: found by the ministry, told to both, settled by them.

Source: 2009 notice, 三(一) (one live register of the country); the procedure is an own decision.
"""

from __future__ import annotations

from enum import StrEnum

from warrant.core.access import Permission
from warrant.core.errors import N_
from warrant.core.lifecycle.table import Machine, Transition


class DuplicateGround(StrEnum):
    """Why two records seem to be one person; the value is stored and goes down to the provinces."""

    ID_NUMBER = "id-number"
    NAME_AND_BIRTH = "name-and-birth"


class NationalDuplicateState(StrEnum):
    """Where a pair stands; the value is stored."""

    FOUND = "found"
    INFORMED = "informed"
    DISMISSED = "dismissed"
    SETTLED = "settled"


S = NationalDuplicateState
NATIONAL_DUPLICATE = Machine(
    name="national-duplicate",
    states=NationalDuplicateState,
    initial=S.FOUND,
    final=frozenset({S.DISMISSED}),
    transitions=(
        Transition(
            "inform",
            (S.FOUND,),
            (S.INFORMED,),
            Permission.DUPLICATE_REPORT,
            needs_reason=True,
            label=N_("通知两省核实"),
        ),
        Transition(
            "dismiss",
            (S.FOUND, S.INFORMED),
            (S.DISMISSED,),
            Permission.DUPLICATE_REPORT,
            needs_reason=True,
            label=N_("认定不是同一人"),
        ),
        Transition("settle", (S.FOUND, S.INFORMED), (S.SETTLED,), None, label=N_("已不重复")),
        Transition("find-again", (S.SETTLED,), (S.FOUND,), None, label=N_("再次发现")),
    ),
)
