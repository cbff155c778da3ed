"""What a decided filing leaves for the statistics: how long each of its steps took."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from warrant.apps.filing.models import Filing, FilingRequest, FilingStretch
from warrant.apps.filing.types import FiledCase, FiledStay
from warrant.apps.regulations.selectors import in_force
from warrant.core.lifecycle import ApplicationState, FilingState
from warrant.core.qualification.lead_times import Stage
from warrant.core.regulation import RegulationKind, WorkCalendar

MOST_DAYS = 32_000
"""As many days as the column holds; a clock that was wrong makes no filing fail."""
_STAGES = {stage.value for stage in Stage}


def _this_round(stays: Iterable[FiledStay]) -> list[FiledStay]:
    """Return the stays since the ministry last returned the case: those before were counted with that decision."""
    found: list[FiledStay] = []
    for stay in stays:
        found = [] if stay.state is ApplicationState.FILING else [*found, stay]
    return found


def _sums(stays: Iterable[FiledStay]) -> dict[str, tuple[int, int]]:
    sums: dict[str, tuple[int, int]] = {}
    for stay in stays:
        workdays, days = sums.get(stay.state.value, (0, 0))
        sums[stay.state.value] = (workdays + stay.workdays, days + (stay.ended_on - stay.begun_on).days)
    return sums


def times_of(
    case: FiledCase, state: str, begun_on: date, decided_on: date, *, stood_still: tuple[int, int] = (0, 0)
) -> Mapping[str, tuple[int, int]]:
    """Return working days and days of each stage of a case that was decided.

    ``begun_on`` is the day on which its filing began to wait, ``stood_still`` the working days and days during which
    the ministry waited for documents. The whole way, from the first submission, is known once the case has ended.
    """
    calendar: WorkCalendar = in_force(RegulationKind.CALENDAR, "", decided_on).document

    def between(first: date) -> tuple[int, int]:
        return max(calendar.workdays_between(first, decided_on), 0), max((decided_on - first).days, 0)

    times = {stage: took for stage, took in _sums(_this_round(case.stays)).items() if stage in _STAGES}
    workdays, days = between(begun_on)
    times[Stage.FILING] = (max(workdays - stood_still[0], 0), max(days - stood_still[1], 0))
    if case.stays and state != FilingState.RETURNED:
        times[Stage.WHOLE] = between(case.stays[0].begun_on)
    return times


def keep_stretches(
    decided: Filing | FilingRequest, node_code: str, decided_on: date, times: Mapping[str, tuple[int, int]]
) -> None:
    """Keep how long each stage of a decided filing took."""
    side = {"filing": decided} if isinstance(decided, Filing) else {"request": decided}
    FilingStretch.objects.bulk_create(
        FilingStretch(
            **side,
            node_code=node_code,
            decided_on=decided_on,
            stage=str(stage),
            workdays=min(workdays, MOST_DAYS),
            days=min(days, MOST_DAYS),
        )
        for stage, (workdays, days) in times.items()
    )
