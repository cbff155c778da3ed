"""How the states of a review are called and coloured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from warrant.core.errors import N_
from warrant.core.lifecycle import ReviewBatchState, ReviewState

PASSED, NOT_PASSED = ReviewState.PASSED.value, ReviewState.NOT_PASSED.value
RESULT_WORDS: Mapping[str, str] = {PASSED: N_("年审合格"), NOT_PASSED: N_("年审不合格")}
ENTRY_RESULTS: Mapping[str, str] = {PASSED: "passed", NOT_PASSED: "failed"}
"""The code of each result in the officer's record (``review_result``)."""

STATE_FACES: Mapping[ReviewState, tuple[str, str]] = {
    ReviewState.OPEN: (N_("待审"), "waiting"),
    ReviewState.PROPOSED: (N_("待确认"), "waiting"),
    ReviewState.PASSED: (N_("年审合格"), "valid"),
    ReviewState.NOT_PASSED: (N_("年审不合格"), "broken"),
}
"""Word and tone."""

BATCH_FACES: Mapping[ReviewBatchState, tuple[str, str]] = {
    ReviewBatchState.PROPOSED: (N_("待确认"), "waiting"),
    ReviewBatchState.CONFIRMED: (N_("已确认"), "valid"),
    ReviewBatchState.REFUSED: (N_("已退回"), "ended"),
}

SHOWN: Mapping[str, str] = {
    "exceptions": N_("需逐一审查"),
    "clean": N_("各项符合"),
    "proposed": N_("待确认"),
    "passed": N_("年审合格"),
    "not-passed": N_("年审不合格"),
}
"""What of a campaign can be listed."""


@dataclass(frozen=True)
class Progress:
    """How a campaign stands: certificates by what became of them."""

    total: int
    clean: int
    exceptions: int
    proposed: int
    passed: int
    not_passed: int

    @property
    def open(self) -> int:
        """Certificates without a result."""
        return self.clean + self.exceptions + self.proposed
