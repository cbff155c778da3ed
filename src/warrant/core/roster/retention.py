"""How long an uploaded roster is kept after it has been dealt with.

Source: assumption: long enough to answer questions about an import, no longer than that (personal data are kept for
the shortest time that the purpose needs: Personal Information Protection Law, article 19).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

RETENTION_DAYS: Mapping[date, int] = {date(2009, 11, 25): 30}
"""By the first day on which it applies; never less than the 7 days within which an import is undone."""


def retention_days_on(day: date) -> int:
    """Return for how many days after its end a roster is kept, as it holds on ``day``."""
    return RETENTION_DAYS[
        max((first for first in RETENTION_DAYS if first <= day), default=min(RETENTION_DAYS))
    ]
