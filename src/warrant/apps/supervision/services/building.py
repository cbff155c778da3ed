"""Making the statistics of a register that has none yet, while people go on working in it.

Everything is read and counted outside of transactions and written in short ones. Meanwhile nothing follows the
register: whoever is changed is put on a list instead, and taken in at the end, when the books are complete. If the
process dies, the next one begins anew.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.db import transaction
from django.utils import timezone

from warrant.apps.foundation import clock
from warrant.apps.officers.models import Officer
from warrant.apps.supervision.models import OfficerFact, StatisticBuilding, StatisticMonth, StatisticWaiting
from warrant.apps.supervision.services.closing import (
    MONTHS_KEPT,
    close_months,
    month_end_before,
    month_ends_back,
)
from warrant.apps.supervision.services.following import follow_anew
from warrant.apps.supervision.services.locking import hold_books
from warrant.apps.supervision.services.posting import load_facts, load_flows
from warrant.apps.supervision.services.rebuilding import (
    forget_statistics,
    load_movements,
    load_opening,
    movements_between,
    opening_cells,
    timelines_between,
)
from warrant.apps.supervision.types import FOREVER

SILENT_FOR = timedelta(minutes=10)
"""Without a sign of life for so long, whoever was making the statistics is dead."""
PAUSE_SECONDS = 0.1
OFFICERS_A_STEP = 1000
CELLS_A_STEP = 5000
WAITING_A_STEP = 100


class BuildingTakenOverError(Exception):
    """Somebody else makes the statistics now."""


def build_statistics(*, now: datetime) -> bool:
    """Make facts, flows and cells from the versions; False where somebody else is at it."""
    building = _begin()
    if building is None:
        return False
    try:
        _load_facts(building)
        _load_books(building, timezone.localdate(now))
        close_months(now=now, pause=_pause)
        _take_in_waiting(building)
    except BuildingTakenOverError:
        return False
    return True


@transaction.atomic
def _begin() -> StatisticBuilding | None:
    hold_books()
    started_at = clock.now()
    if StatisticBuilding.objects.filter(seen_at__gt=started_at - SILENT_FOR).exists():
        return None
    if not StatisticBuilding.objects.exists() and (
        StatisticMonth.objects.exists() or OfficerFact.system.exists()
    ):
        return None
    forget_statistics()
    return StatisticBuilding.objects.create(seen_at=started_at)


def _pause() -> None:
    """Let others write: SQLite gives the lock to whoever asks first, and a step behind a step would keep it."""
    time.sleep(PAUSE_SECONDS)


def _note_alive(building: StatisticBuilding) -> None:
    """Give a sign of life, in the transaction of a step."""
    if not StatisticBuilding.objects.filter(pk=building.pk).update(seen_at=clock.now()):
        raise BuildingTakenOverError


def _load_facts(building: StatisticBuilding) -> None:
    after = 0
    while True:
        step = Officer.system.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
        keys = list(step[:OFFICERS_A_STEP])
        if not keys:
            return
        made = timelines_between(after, keys[-1])
        with transaction.atomic():
            _note_alive(building)
            load_facts((pk, key, segment) for pk, key, line in made for segment in line.segments)
            load_flows((pk, flow) for pk, _key, line in made for flow in line.flows)
        after = keys[-1]


def _load_books(building: StatisticBuilding, today: date) -> None:
    """Open the books, and post what each month added."""
    opened_on = month_ends_back(today, MONTHS_KEPT)
    opening = opening_cells(opened_on)
    with transaction.atomic():
        _note_alive(building)
        load_opening(opened_on, opening)
    for after, until in pairwise(_month_ends(opened_on, today)):
        rows = movements_between(after, until)
        for start in range(0, len(rows), CELLS_A_STEP):
            with transaction.atomic():
                _note_alive(building)
                load_movements(rows[start : start + CELLS_A_STEP])
            _pause()


def _month_ends(opened_on: date, today: date) -> list[date]:
    """Return the month ends from the opening to the last one, and the end of time."""
    months = [month_end_before(today)]
    while months[-1] > opened_on:
        months.append(month_end_before(months[-1]))
    return [*reversed(months), FOREVER - timedelta(days=1)]


def _take_in_waiting(building: StatisticBuilding) -> None:
    """Take in whoever was changed meanwhile; the last step ends the building."""
    while True:
        with transaction.atomic():
            hold_books()
            _note_alive(building)
            rows = list(
                StatisticWaiting.objects.order_by("pk").values_list("pk", "officer_id")[:WAITING_A_STEP]
            )
            if not rows:
                StatisticBuilding.objects.filter(pk=building.pk).delete()
                return
            follow_anew(_distinct([officer_id for _pk, officer_id in rows]))
            StatisticWaiting.objects.filter(pk__in=[pk for pk, _officer_id in rows]).delete()


def _distinct(keys: Sequence[int]) -> list[int]:
    return list(dict.fromkeys(keys))
