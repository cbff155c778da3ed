"""What a province tells the ministry about an organiser's year: figures, no people."""

from __future__ import annotations

from datetime import datetime

from warrant.apps.foundation.outbox import publish
from warrant.apps.organisations.models import Agency
from warrant.core.qualification.year_figures import FigureKind, YearFigures

MINISTRY = "ministry"
YEAR_FIGURES_CHANGED = "year-figures.changed"


def tell_year_figures(organiser: Agency, kind: FigureKind, found: YearFigures, *, now: datetime) -> None:
    """Leave ``year-figures.changed`` for the ministry: how the year stands in the running transaction."""
    content = {
        "kind": kind.value,
        "organiser": organiser.code,
        "organiser_name": organiser.name,
        "told_at": now.isoformat(),
        **found.numbers(),
    }
    subject = f"figures:{kind.value}:{organiser.code}:{found.year}"
    publish(MINISTRY, YEAR_FIGURES_CHANGED, subject, content, now=now)
