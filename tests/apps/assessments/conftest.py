"""People who score and confirm, officers to be assessed, and an assessment of their unit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.apps.conftest import Enter
from warrant.apps.assessments.models import Assessment, Sheet
from warrant.apps.assessments.services import open_assessment, score_sheets
from warrant.apps.assessments.types import Scores
from warrant.apps.foundation import clock
from warrant.apps.officers.models import Officer
from warrant.core.access import Actor, Role

YEAR = 2026
PERSON_ITEMS = ("conduct", "law", "quality", "diligence", "manner")
AGENCY_ITEMS = ("licensing", "penalties", "supervision", "institutions", "outside")


@pytest.fixture(autouse=True)
def document_root(tmp_path: Path, settings: Any) -> None:
    settings.WARRANT_DOCUMENT_ROOT = str(tmp_path / "documents")


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch: pytest.MonkeyPatch, now: datetime, today: date) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)
    monkeypatch.setattr(clock, "today", lambda: today)


@pytest.fixture
def people(tree: SimpleNamespace, actor: Callable[..., Actor]) -> SimpleNamespace:
    """Two registrars and two confirmers of Suzhou, and one of Nanjing."""
    return SimpleNamespace(
        first=actor("first", tree.suzhou, Role.REGISTRAR),
        other=actor("other", tree.suzhou, Role.REGISTRAR),
        confirmer=actor("confirmer", tree.suzhou, Role.VERIFIER),
        both=actor("both", tree.suzhou, Role.REGISTRAR, Role.VERIFIER),
        stranger=actor("stranger", tree.nanjing, Role.REGISTRAR, Role.VERIFIER),
    )


@pytest.fixture
def officers(enter: Enter) -> list[Officer]:
    return [enter("单书白"), enter("陆怀瑾"), enter("曾国安")]


@pytest.fixture
def assessment(officers: list[Officer], people: SimpleNamespace, now: datetime) -> Assessment:
    """The assessment of the unit of three officers."""
    return open_assessment(people.first, "person", YEAR, officers[0].agency_id, now=now)


def filled(*points: str, items: tuple[str, ...] = PERSON_ITEMS, **more: Any) -> Scores:
    """Return a sheet with the points in the order of its items."""
    return Scores(dict(zip(items, points, strict=True)), **more)


GOOD = filled("20", "19", "27", "18", "9")
"""93 points: excellent."""
FAIR = filled("15", "15", "25", "15", "8.5")
"""78.5 points: competent."""
POOR = filled("5", "5", "10", "10", "5")
"""35 points: not competent."""


def sheet_of(assessment: Assessment, name: str) -> Sheet:
    return Sheet.objects.get(assessment=assessment, officer__name=name)


def score(who: Actor, assessment: Assessment, now: datetime, good: Scores = FAIR, **by_name: Scores) -> None:
    """Score everybody: by name, and the rest alike."""
    typed = {}
    for sheet in assessment.sheets.select_related("officer", "agency"):
        if not sheet.not_assessed:
            given = by_name.get(sheet.name, good)
            typed[sheet.pk] = Scores(
                given.points, given.vetoes, given.remark, given.not_assessed, sheet.revision
            )
    score_sheets(who, assessment.pk, typed, now=now)
