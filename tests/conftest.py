"""What every test may use: a fixed clock."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 22, 8, 45, tzinfo=UTC)


@pytest.fixture
def today() -> date:
    return date(2026, 11, 22)
