from __future__ import annotations

from dataclasses import fields

from warrant.core.chip.content import LABELS, CardContent
from warrant.core.chip.inspection import CardPhase, CheckName, CheckOutcome
from warrant.core.chip.personalisation import StepName
from warrant.core.chip.titles import CHECK_TITLES, OUTCOME_TITLES, PHASE_TITLES, STEP_TITLES


def test_everything_that_people_see_has_a_title() -> None:
    assert set(STEP_TITLES) == set(StepName)
    assert set(PHASE_TITLES) == set(CardPhase)
    assert set(CHECK_TITLES) == set(CheckName)
    assert set(OUTCOME_TITLES) == set(CheckOutcome)
    assert set(LABELS) == {field.name for field in fields(CardContent)}
