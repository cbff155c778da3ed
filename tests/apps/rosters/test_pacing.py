"""Long work takes as many at once as fit into the time that others may wait."""

import pytest

from warrant.apps.rosters.services import pacing
from warrant.apps.rosters.services.pacing import Pace


@pytest.fixture
def _others_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "keeps_writers_out", lambda: True)


@pytest.mark.usefixtures("_others_wait")
@pytest.mark.parametrize(
    ("seconds", "size"),
    [(0.05, 100), (0.025, 150), (0.1, 50), (10.0, 40), (0.0, 600)],
    ids=[
        "as it should",
        "half the time: half way up",
        "twice: at once down",
        "far too long",
        "no time at all",
    ],
)
def test_a_transaction_is_fitted_to_fifty_milliseconds(seconds: float, size: int) -> None:
    pace = Pace(100, 40, 600)
    pace.fit(seconds)
    assert pace.size == size


def test_where_nobody_waits_as_many_as_may_be_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "keeps_writers_out", lambda: False)
    pace = Pace(100, 40, 600)
    pace.fit(3.0)
    assert pace.size == 600
