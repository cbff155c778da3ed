"""What a standing detector found about one person, certificate or card, until it is dealt with.

A finding ends because what was found no longer holds, or because somebody closed it with a reason; it opens again when
it holds again, or still holds after its deadline. Source: 2009 notice, 二(三) and 五 (supervision); the states: own
decision, docs/adr/0029-standing-detectors.md.
"""

from __future__ import annotations

from enum import StrEnum

from warrant.core.access import Permission
from warrant.core.errors import N_
from warrant.core.lifecycle.table import Machine, Transition


class FindingState(StrEnum):
    """Where a finding stands; the value is stored."""

    OPEN = "open"
    ASSIGNED = "assigned"
    CLOSED = "closed"
    RESOLVED = "resolved"


F = FindingState

FINDING = Machine(
    name="finding",
    states=FindingState,
    initial=F.OPEN,
    final=frozenset(),
    transitions=(
        Transition(
            "assign",
            (F.OPEN, F.ASSIGNED),
            (F.ASSIGNED,),
            Permission.FINDING_HANDLE,
            guards=("person-of-the-unit",),
            label=N_("交人办理"),
        ),
        Transition("put-back", (F.ASSIGNED,), (F.OPEN,), Permission.FINDING_HANDLE, label=N_("退回待分派")),
        Transition(
            "close",
            (F.OPEN, F.ASSIGNED),
            (F.CLOSED,),
            Permission.FINDING_HANDLE,
            needs_reason=True,
            label=N_("说明情况并办结"),
        ),
        Transition(
            "resolve",
            (F.OPEN, F.ASSIGNED, F.CLOSED),
            (F.RESOLVED,),
            None,
            guards=("no-longer-holds",),
            label=N_("情况消除，自动办结"),
        ),
        Transition(
            "reopen",
            (F.CLOSED, F.RESOLVED),
            (F.OPEN,),
            None,
            guards=("holds-again",),
            label=N_("情况仍在，重新列出"),
        ),
    ),
)

PENDING = (F.OPEN, F.ASSIGNED)
"""Somebody has to do something."""
