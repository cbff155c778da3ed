"""A pair of records that may be one person: found by rules, decided by people, merged by two.

Source: own decision; ADR-0011.
"""

from __future__ import annotations

from enum import StrEnum

from warrant.core.access import Permission
from warrant.core.errors import N_
from warrant.core.lifecycle.table import Machine, Transition


class DuplicateState(StrEnum):
    """Where a pair stands; the value is stored."""

    OPEN = "open"
    DISTINCT = "distinct"
    MERGE_PROPOSED = "merge-proposed"
    MERGED = "merged"


class DuplicateRule(StrEnum):
    """Why two records may be one person; the value is stored."""

    ONE_DIGIT_OFF = "one-digit-off"
    TWO_SWAPPED = "two-swapped"
    SAME_NAME_AND_BIRTH = "same-name-and-birth"


RULE_SCORES = {
    DuplicateRule.ONE_DIGIT_OFF: 30,
    DuplicateRule.TWO_SWAPPED: 30,
    DuplicateRule.SAME_NAME_AND_BIRTH: 50,
}
SAME_NAME_SCORE = 20
"""What each rule adds, and the same name on top; the queue begins with the highest sum. Two numbers one digit apart are
common among people born on one day in one place, so that alone says little."""

S = DuplicateState
DUPLICATE = Machine(
    name="duplicate",
    states=DuplicateState,
    initial=S.OPEN,
    final=frozenset({S.MERGED}),
    transitions=(
        Transition(
            "tell-apart",
            (S.OPEN,),
            (S.DISTINCT,),
            Permission.OFFICER_EDIT,
            needs_reason=True,
            label=N_("不是同一人"),
        ),
        Transition(
            "look-again",
            (S.DISTINCT,),
            (S.OPEN,),
            Permission.OFFICER_EDIT,
            needs_reason=True,
            label=N_("重新核查"),
        ),
        Transition(
            "propose-merge",
            (S.OPEN,),
            (S.MERGE_PROPOSED,),
            Permission.OFFICER_EDIT,
            guards=("one-live-certificate", "one-open-application", "no-open-transfer"),
            needs_reason=True,
            label=N_("提出合并"),
        ),
        Transition(
            "refuse-merge",
            (S.MERGE_PROPOSED,),
            (S.OPEN,),
            Permission.OFFICER_CONFIRM,
            needs_reason=True,
            needs_second_person=True,
            label=N_("不同意合并"),
        ),
        Transition(
            "merge",
            (S.MERGE_PROPOSED,),
            (S.MERGED,),
            Permission.OFFICER_CONFIRM,
            guards=("one-live-certificate", "one-open-application", "no-open-transfer", "nothing-changed"),
            needs_second_person=True,
            label=N_("确认合并"),
        ),
    ),
)
