"""What counts where and when, and what a decision was taken under."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from warrant.apps.regulations.models import RegulationSnapshot, RegulationVersion
from warrant.apps.regulations.selectors import by_digest, forget_regulations, in_force
from warrant.apps.regulations.services import keep_snapshot
from warrant.core.errors import InvalidInput, NotFound
from warrant.core.regulation import digest
from warrant.core.regulation.calendar import NATIONAL

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 22)


def year(number: str, **changes: Any) -> dict[str, Any]:
    return {"id": number, "basis": {"zh": "通知", "en": "Notice"}, "holidays": [], "workdays": [], **changes}


def confirmed(
    now: datetime, content: dict[str, Any], valid_from: date, number: int = 1, code: str = ""
) -> None:
    RegulationVersion.objects.create(
        kind="calendar",
        jurisdiction=code,
        number=number,
        title="工作日历",
        content=content,
        digest=digest(content),
        layer=content if code else None,
        valid_from=valid_from,
        state="confirmed",
        drafted_by_name="甲",
        drafted_at=now,
        changed_at=now,
        confirmed_at=now,
    )
    forget_regulations()


def test_what_ships_counts_until_a_version_is_confirmed():
    found = in_force("calendar", "320000", DAY)
    assert found.layers == ()
    assert found.digest == digest(NATIONAL)
    assert found.document.years == (2025, 2026, 2027)


def test_a_version_counts_from_its_first_day(now):
    confirmed(now, {"lines": [year("2026")]}, date(2026, 12, 1))
    assert in_force("calendar", "320000", date(2026, 11, 30)).document.years == (2025, 2026, 2027)
    assert in_force("calendar", "320000", date(2026, 12, 1)).document.years == (2026,)


def test_of_two_versions_from_one_day_the_later_number_counts(now):
    confirmed(now, {"lines": [year("2026")]}, DAY, 1)
    confirmed(now, {"lines": [year("2028")]}, DAY, 2)
    assert in_force("calendar", "", DAY).document.years == (2028,)


def test_a_province_differs_only_at_home(now):
    confirmed(now, {"lines": [year("2028")]}, DAY, code="310000")
    assert in_force("calendar", "310000", DAY).document.years == (2025, 2026, 2027, 2028)
    assert in_force("calendar", "320000", DAY).document.years == (2025, 2026, 2027)
    assert [label.jurisdiction for label in in_force("calendar", "310000", DAY).layers] == ["310000"]


def test_what_was_asked_once_costs_no_query(now, django_assert_num_queries):
    in_force("calendar", "320000", DAY)
    with django_assert_num_queries(0):
        in_force("calendar", "320000", DAY)


def test_an_unknown_kind_is_refused_in_words():
    with pytest.raises(NotFound, match="unknown-regulation-kind"):
        in_force("weather", "320000", DAY)


def test_a_kept_snapshot_is_found_after_the_regulation_changed(now):
    used = in_force("calendar", "320000", DAY)
    assert keep_snapshot(used) == keep_snapshot(used)
    confirmed(now, {"lines": [year("2028")]}, DAY)
    again = by_digest("calendar", used.digest)
    assert again.document == used.document
    assert RegulationSnapshot.objects.count() == 1


def test_a_snapshot_that_somebody_altered_is_not_used():
    used = in_force("calendar", "320000", DAY)
    keep_snapshot(used)
    RegulationSnapshot.objects.update(content={"lines": [year("2026")]})
    with pytest.raises(InvalidInput, match="regulation-altered"):
        by_digest("calendar", used.digest)


def test_a_digest_that_was_never_used_is_not_found():
    with pytest.raises(NotFound):
        by_digest("calendar", "0" * 64)
