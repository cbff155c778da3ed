"""Two people who enter scores, a third, officers to be examined, and a store for score sheets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.apps.conftest import Enter
from tests.support.proofs import pdf
from warrant.apps.examinations.models import Sitting
from warrant.apps.examinations.services import add_candidates, plan_sitting
from warrant.apps.examinations.types import SittingPlan
from warrant.apps.foundation import clock
from warrant.apps.officers.models import Officer
from warrant.apps.training.types import Proof
from warrant.core.access import Actor, Role

SAT_ON = date(2026, 11, 10)
SHEET = Proof(pdf(), "成绩表.pdf")


@pytest.fixture(autouse=True)
def document_root(tmp_path: Path, settings: Any) -> None:
    settings.WARRANT_DOCUMENT_ROOT = str(tmp_path / "documents")


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch: pytest.MonkeyPatch, now: datetime, today: date) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)
    monkeypatch.setattr(clock, "today", lambda: today)


@pytest.fixture
def people(tree: SimpleNamespace, actor: Callable[..., Actor]) -> SimpleNamespace:
    """Three registrars of Suzhou, and one of Nanjing."""
    return SimpleNamespace(
        first=actor("first", tree.suzhou, Role.REGISTRAR),
        second=actor("second", tree.suzhou, Role.REGISTRAR),
        third=actor("third", tree.suzhou, Role.REGISTRAR),
        stranger=actor("stranger", tree.nanjing, Role.REGISTRAR),
        reviewer=actor("reviewer", tree.suzhou, Role.VERIFIER),
    )


@pytest.fixture
def officers(enter: Enter) -> list[Officer]:
    return [enter("单书白"), enter("陆怀瑾"), enter("曾国安")]


def plan(tree: SimpleNamespace, **changes: Any) -> SittingPlan:
    return SittingPlan(
        **{
            "paper": "special-law",
            "sat_on": SAT_ON,
            "venue": "苏州市第一考点",
            "organiser": tree.suzhou.pk,
            **changes,
        }
    )


@pytest.fixture
def sitting(
    tree: SimpleNamespace, people: SimpleNamespace, officers: list[Officer], now: datetime
) -> Sitting:
    """A sitting of the special paper with three candidates, twelve days ago."""
    made = plan_sitting(people.first, plan(tree), now=now)
    done = add_candidates(people.first, made.pk, officers, now=now)
    assert [one.problem for one in done] == [None, None, None]
    return made


def scores(sitting: Sitting, *given: str) -> dict[int, str]:
    """Return the scores by the candidates' keys, in the order of their numbers."""
    return dict(zip(sitting.candidates.order_by("number").values_list("pk", flat=True), given, strict=True))
