"""Filing with the ministry: the province's request and the ministry's register entry.

Source: 2009 notice, 四(三), 五(一)1.
"""

from __future__ import annotations

from enum import StrEnum

from warrant.core.access import Permission
from warrant.core.errors import N_
from warrant.core.lifecycle.table import Machine, Transition


class FilingRequestState(StrEnum):
    """The province's side: what became of the request."""

    REQUESTED = "requested"
    GRANTED = "granted"
    RETURNED = "returned"
    REFUSED = "refused"


class FilingState(StrEnum):
    """The ministry's side: the entry in the register of filings."""

    RECEIVED = "received"
    GRANTED = "granted"
    RETURNED = "returned"
    REFUSED = "refused"


class DocumentRequestState(StrEnum):
    """What became of the ministry's wish to have documents held against their originals; the same on both sides."""

    ASKED = "asked"
    ANSWERED = "answered"
    DROPPED = "dropped"


class OriginalState(StrEnum):
    """What the province found when it held the original beside the kept file."""

    AGREES = "agrees"
    DIFFERS = "differs"
    MISSING = "missing"


R = FilingRequestState
F = FilingState

FILING_REQUEST = Machine(
    name="filing request",
    states=FilingRequestState,
    initial=R.REQUESTED,
    final=frozenset({R.GRANTED, R.RETURNED, R.REFUSED}),
    transitions=(
        Transition("receive-grant", (R.REQUESTED,), (R.GRANTED,), None, guards=("verified-receipt",)),
        Transition("receive-return", (R.REQUESTED,), (R.RETURNED,), None, guards=("verified-receipt",)),
        Transition("receive-refusal", (R.REQUESTED,), (R.REFUSED,), None, guards=("verified-receipt",)),
    ),
)

FILING = Machine(
    name="filing",
    states=FilingState,
    initial=F.RECEIVED,
    final=frozenset({F.GRANTED, F.RETURNED, F.REFUSED}),
    transitions=(
        Transition("grant", (F.RECEIVED,), (F.GRANTED,), Permission.FILING_REVIEW, label=N_("准予备案")),
        Transition(
            "return",
            (F.RECEIVED,),
            (F.RETURNED,),
            Permission.FILING_REVIEW,
            needs_reason=True,
            label=N_("退回补正"),
        ),
        Transition(
            "refuse",
            (F.RECEIVED,),
            (F.REFUSED,),
            Permission.FILING_REVIEW,
            needs_reason=True,
            label=N_("不予备案"),
        ),
    ),
)

D = DocumentRequestState

DOCUMENT_REQUEST = Machine(
    name="document request",
    states=DocumentRequestState,
    initial=D.ASKED,
    final=frozenset({D.ANSWERED, D.DROPPED}),
    transitions=(
        Transition(
            "answer", (D.ASKED,), (D.ANSWERED,), Permission.APPLICATION_APPROVE, label=N_("报送核对结果")
        ),
        Transition("receive-answer", (D.ASKED,), (D.ANSWERED,), None),
        Transition("drop", (D.ASKED,), (D.DROPPED,), None, guards=("filing-decided",)),
    ),
)
"""A filing that is decided while documents are asked for drops the wish; it cannot be granted before the answer."""
