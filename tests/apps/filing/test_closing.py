"""Days that are over are closed once; the statistics say the same with and without closings."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from tests.apps.filing.conftest import TwoNodes
from tests.apps.filing.test_review import several
from tests.apps.filing.test_statistics import decided

from warrant.apps.filing.models import Filing, FilingClosing, FilingStretch
from warrant.apps.filing.selectors.closings import last_closed_day
from warrant.apps.filing.selectors.statistics import statistics_of
from warrant.apps.filing.services import close_figures
from warrant.apps.filing.views.statistics import statistics_document
from warrant.core.access import Actor
from warrant.core.qualification.lead_times import Period

TODAY = date(2026, 11, 22)
PERIODS = (
    Period(date(2026, 11, 1), date(2026, 11, 30)),
    Period(date(2026, 10, 1), date(2026, 10, 31)),
    Period(date(2026, 9, 1), date(2026, 11, 30)),
    Period(date(2026, 10, 13), date(2026, 11, 5)),
    Period(date(2026, 11, 22), date(2026, 11, 22)),
    Period(date(2025, 12, 5), date(2025, 12, 9)),
)


@pytest.fixture
def ten(nodes: TwoNodes, reviewer: Actor, now: datetime) -> None:
    """Ten filings, decided one each week from the middle of September on; the last one today."""
    nodes.be_ministry()
    ids = several(now, 10)
    Filing.objects.update(received_at=now - timedelta(days=90))
    for number, pk in enumerate(ids):
        action, code = (("grant", ""), ("return", "photo"), ("refuse", "training"))[number % 3]
        decided(reviewer, pk, action, code, now - timedelta(days=7 * (9 - number)))


def shown(reviewer: Actor) -> list[object]:
    return [statistics_document(statistics_of(reviewer, period, TODAY)) for period in PERIODS]


def test_closed_days_say_what_counting_says(ten: None, reviewer: Actor, now: datetime):
    counted = shown(reviewer)
    close_figures(now=now)
    assert last_closed_day() == date(2026, 11, 1)  # 62 days at once
    assert shown(reviewer) == counted
    close_figures(now=now)
    assert last_closed_day() == date(2026, 11, 21)
    assert shown(reviewer) == counted


def test_for_closed_days_no_filing_is_counted(ten: None, reviewer: Actor, now: datetime):
    close_figures(now=now)
    close_figures(now=now)
    counted = shown(reviewer)[1]
    FilingStretch.objects.all().delete()
    Filing.objects.update(decided_at=now)
    assert shown(reviewer)[1] == counted


def test_a_day_is_closed_once_and_a_month_with_its_last_day(ten: None, now: datetime):
    for _again in range(3):
        close_figures(now=now)
    closed = FilingClosing.objects.filter(node_code="")
    assert closed.filter(is_month=False).count() == 30 + 31 + 21
    assert list(closed.filter(is_month=True).order_by("begun_on").values_list("begun_on", flat=True)) == [
        date(2026, 9, 1),
        date(2026, 10, 1),
    ]


def test_a_day_stays_open_for_ten_minutes_after_midnight(ten: None, now: datetime):
    midnight = datetime.fromisoformat("2026-11-23T00:09:00+08:00")
    for _again in range(2):
        close_figures(now=midnight)
    assert last_closed_day() == date(2026, 11, 21)
    close_figures(now=midnight + timedelta(minutes=2))
    assert last_closed_day() == date(2026, 11, 22)


def test_without_a_decision_nothing_is_closed(nodes: TwoNodes, db: None, now: datetime):
    nodes.be_ministry()
    close_figures(now=now)
    assert not FilingClosing.objects.exists()
