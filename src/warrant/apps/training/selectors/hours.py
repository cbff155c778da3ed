"""Class hours against what a calendar year asks; a course counts in the year in which it finished."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from warrant.apps.regulations.selectors import in_force
from warrant.apps.regulations.selectors.versions import own_jurisdiction
from warrant.apps.training.models import TrainingRecord
from warrant.core.qualification.training import TrainingRules
from warrant.core.regulation import RegulationKind


def training_rules(on: date) -> TrainingRules:
    """Return the rules of training that count at this node on a day."""
    rules: TrainingRules = in_force(RegulationKind.TRAINING, own_jurisdiction(), on).document
    return rules


def hours_in_year(trainings: Sequence[TrainingRecord], year: int) -> int:
    """Return the class hours of a calendar year."""
    return sum(row.hours for row in trainings if row.finished_on.year == year)


def complete_year(trainings: Sequence[TrainingRecord], on: date) -> int:
    """Return the last year in which the hours were complete by the rules of a day; 0 without one."""
    rules = training_rules(on)
    years = {row.finished_on.year for row in trainings}
    return max(
        (year for year in years if hours_in_year(trainings, year) >= rules.hours_asked(year)), default=0
    )
