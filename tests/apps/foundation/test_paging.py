"""Keyset pages: every row once, in order, whichever way one walks; rows without a value stand last."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warrant.apps.foundation.paging import keyset_page, keyset_values
from warrant.apps.officers.models import Officer

SORTS = [
    "certificate_valid_until",
    "-certificate_valid_until",
    "reviewed_year",
    "-reviewed_year",
    "name",
    "-name",
]


def _fill(tree: Any, now: datetime, cells: list[tuple[int, int]]) -> list[Officer]:
    officers = []
    for count, (day, year) in enumerate(cells):
        officer = Officer(
            name=f"n{year}",
            sort_key="",
            birth_on=date(1990, 5, 1),
            id_number_sealed=b"",
            id_number_index=count.to_bytes(16, "big"),
            agency=tree.kunshan,
            categories="02",
            certificate_valid_until=date(2026, 1, day) if day else None,
            reviewed_year=year,
            entered_at=now,
            changed_at=now,
        )
        officers.append(officer)
    Officer.system.all().delete()
    return Officer.system.bulk_create(officers)


def _expected(officers: list[Officer], sort: str, blank: Any) -> list[int]:
    column = sort.lstrip("-")
    there = [row for row in officers if getattr(row, column) != blank]
    missing = [row for row in officers if getattr(row, column) == blank]
    there.sort(key=lambda row: (getattr(row, column), row.pk), reverse=sort.startswith("-"))
    missing.sort(key=lambda row: row.pk, reverse=sort.startswith("-"))
    return [row.pk for row in [*there, *missing]]


@pytest.mark.parametrize("sort", SORTS)
@given(cells=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=12), size=st.integers(1, 5))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_give_every_row_once_in_order_forwards_and_back(
    tree: Any, now: datetime, sort: str, cells: list[tuple[int, int]], size: int
) -> None:
    officers = _fill(tree, now, cells)
    blank: Any = 0 if "year" in sort else None
    expected = _expected(officers, sort, blank)
    more: dict[str, Any] = {"blank": 0} if blank == 0 else {}

    def page(key: str) -> Any:
        return keyset_values(Officer.system.all(), ["name"], sort, key, size, **more)

    pages = [page("")]
    while pages[-1].next_key:
        pages.append(page(pages[-1].next_key))
    assert [row[-1] for one in pages for row in one.rows] == expected
    assert not pages[0].previous_key
    walked = [pages[-1]]
    while walked[0].previous_key:
        walked.insert(0, page(walked[0].previous_key))
    assert [row[-1] for one in walked for row in one.rows] == expected


def test_rows_come_as_tuples_with_the_key_last(tree: Any, now: datetime) -> None:
    (officer,) = _fill(tree, now, [(1, 2026)])
    page = keyset_values(Officer.system.all(), ["name", "reviewed_year"], "name", "")
    assert page.rows == [("n2026", 2026, officer.pk)]
    assert page.count_text == "1"


def test_a_list_of_models_may_be_ordered_by_what_is_not_known_of_all(tree: Any, now: datetime) -> None:
    one, none = _fill(tree, now, [(1, 0), (0, 0)])
    page = keyset_page(Officer.system.all(), "-certificate_valid_until", "", size=1)
    assert [row.pk for row in page.rows] == [one.pk]
    after = keyset_page(Officer.system.all(), "-certificate_valid_until", page.next_key, size=1)
    assert [row.pk for row in after.rows] == [none.pk]
