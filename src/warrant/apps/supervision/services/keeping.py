"""What time makes due: months that are over, and what imports appended."""

from __future__ import annotations

from datetime import datetime

from warrant.apps.officers.models import OfficerVersion
from warrant.apps.supervision.models import OfficerFact, StatisticMonth
from warrant.apps.supervision.services.closing import close_months, fold_movements
from warrant.apps.supervision.services.rebuilding import rebuild_statistics


def keep_books(*, now: datetime) -> None:
    """Close the months that are over and fold movements; where a register has no statistics yet, make them."""
    has_statistics = StatisticMonth.objects.exists() or OfficerFact.system.exists()
    if not has_statistics and OfficerVersion.system.exists():
        rebuild_statistics(now=now)
    close_months(now=now)
    fold_movements(now=now)
