"""A registrar of Kunshan with an officer, and a store for proofs."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.apps.training.people import make_officer
from warrant.apps.foundation import clock
from warrant.apps.officers.models import Officer


@pytest.fixture(autouse=True)
def document_root(tmp_path: Path, settings: Any) -> Path:
    settings.WARRANT_DOCUMENT_ROOT = str(tmp_path / "documents")
    return tmp_path / "documents"


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch: pytest.MonkeyPatch, now: datetime, today: date) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)
    monkeypatch.setattr(clock, "today", lambda: today)


@pytest.fixture
def officer(tree: SimpleNamespace) -> Officer:
    return make_officer(tree.kunshan_brigade)
