"""Passing many clean cases with one written opinion: each by itself, so that one that fails stops no other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from warrant.apps.applications.selectors.batches import MOST_AT_ONCE, SortedCase, sort_out
from warrant.apps.applications.services.deciding import Decision, decide
from warrant.apps.applications.services.moving import LONGEST_REASON, SHORTEST_REASON
from warrant.core.access import Actor
from warrant.core.errors import N_, InvalidInput, WarrantError


@dataclass(frozen=True)
class Passed:
    """What became of one chosen case: passed, left for a look of its own (``case.reasons``), or failed by ``problem``."""

    case: SortedCase
    is_passed: bool = False
    problem: WarrantError | None = None


def _checked_opinion(opinion: str) -> str:
    text = opinion.strip()
    if len(text) < SHORTEST_REASON:
        raise InvalidInput(
            "opinion-too-short",
            N_("请写明意见，至少 %(shortest)s 个字；它会写入每一件的办理经过"),
            place="reason",
            shortest=SHORTEST_REASON,
        )
    if len(text) > LONGEST_REASON:
        raise InvalidInput(
            "reason-too-long", N_("最多 %(longest)s 个字"), place="reason", longest=LONGEST_REASON
        )
    return text


def pass_together(
    actor: Actor, numbers: Sequence[str], shown_clean: Sequence[str], opinion: str, *, now: datetime
) -> list[Passed]:
    """Pass the step of each case that is clean now and was shown as clean; all others are left as they are.

    Every case is one transaction of :func:`decide`: when the process ends half-way, each case is decided wholly or
    not at all, and the same call again takes up the rest.

    Raises:
        InvalidInput: nothing chosen, more than can be decided at once, or an opinion that is too short or too long.
    """
    text = _checked_opinion(opinion)
    if not numbers or len(numbers) > MOST_AT_ONCE:
        raise InvalidInput("too-many-cases", N_("一次可办理 1 至 %(most)s 件，请重新选择"), most=MOST_AT_ONCE)
    agreed = set(shown_clean)
    return [
        _pass(actor, case, text, now=now)
        if case.is_clean and case.application.number in agreed
        else Passed(case)
        for case in sort_out(actor, numbers, timezone.localtime(now).date())
    ]


def _pass(actor: Actor, case: SortedCase, opinion: str, *, now: datetime) -> Passed:
    try:
        decide(actor, case.application.number, Decision(case.action, opinion), now=now)
    except WarrantError as error:
        return Passed(case, problem=error)
    return Passed(case, is_passed=True)
