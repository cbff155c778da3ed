"""What time makes due: months that are over, and what imports appended."""

from __future__ import annotations

from datetime import datetime

from warrant.apps.officers.models import OfficerVersion
from warrant.apps.supervision.models import OfficerFact, StatisticBuilding, StatisticMonth
from warrant.apps.supervision.services.building import build_statistics
from warrant.apps.supervision.services.closing import close_months, fold_movements


def keep_books(*, now: datetime) -> None:
    """Close the months that are over and fold movements; where a register has no statistics yet, make them."""
    has_statistics = StatisticMonth.objects.exists() or OfficerFact.system.exists()
    is_being_built = StatisticBuilding.objects.exists()
    must_build = is_being_built or (not has_statistics and OfficerVersion.system.exists())
    if must_build and not build_statistics(now=now):
        return
    close_months(now=now)
    fold_movements(now=now)
