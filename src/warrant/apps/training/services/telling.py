"""What the ministry is told of an organiser's classes: figures, no people."""

from __future__ import annotations

from datetime import datetime

from warrant.apps.organisations.models import Agency
from warrant.apps.organisations.services.year_figures import tell_year_figures
from warrant.apps.training.selectors.supervision import figures_of
from warrant.core.qualification.year_figures import FigureKind


def tell_year(organiser: Agency, year: int, *, now: datetime) -> None:
    """Tell the ministry how the organiser's year stands in the running transaction."""
    tell_year_figures(organiser, FigureKind.TRAINING, figures_of(organiser, year), now=now)
