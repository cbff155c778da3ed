"""What the ministry is told of a unit's assessments of its people: figures, nobody's name."""

from __future__ import annotations

from datetime import datetime

from warrant.apps.assessments.models import Assessment
from warrant.apps.assessments.selectors.supervision import figures_of
from warrant.apps.organisations.services.year_figures import tell_year_figures
from warrant.core.qualification.assessment import SheetKind
from warrant.core.qualification.year_figures import FigureKind


def tell_year(assessment: Assessment, *, now: datetime) -> None:
    """Tell the ministry how the unit's year stands in the running transaction; of units assessed nothing is told."""
    if assessment.kind == SheetKind.PERSON:
        found = figures_of(assessment.unit, assessment.year)
        tell_year_figures(assessment.unit, FigureKind.ASSESSMENT, found, now=now)
