"""Waiving one condition for one person: asked by the unit, granted or refused by somebody else at the province.

Source: own form (assumption); provinces exempt by single decisions, and two people decide as with every key act.
"""

from __future__ import annotations

from enum import StrEnum

from warrant.core.access import Permission
from warrant.core.errors import N_
from warrant.core.lifecycle.table import Machine, Transition


class WaiverState(StrEnum):
    """Where a waiver stands; the value is stored."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


S = WaiverState
WAIVER = Machine(
    name="waiver",
    states=WaiverState,
    initial=S.ASKED,
    final=frozenset({S.GRANTED, S.REFUSED}),
    transitions=(
        Transition(
            "grant",
            (S.ASKED,),
            (S.GRANTED,),
            Permission.WAIVER_GRANT,
            guards=("line-is-waivable",),
            needs_reason=True,
            needs_second_person=True,
            label=N_("同意豁免"),
        ),
        Transition(
            "refuse",
            (S.ASKED,),
            (S.REFUSED,),
            Permission.WAIVER_GRANT,
            needs_reason=True,
            needs_second_person=True,
            label=N_("不同意豁免"),
        ),
    ),
)
