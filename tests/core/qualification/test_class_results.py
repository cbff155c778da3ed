"""A class is judged by the first result of each paper that its people sat within a year after it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from warrant.core.qualification.class_results import ClassResults, SatPaper, results_after

ENDED = date(2025, 6, 6)


def sat(officer: int, days: int, *, passed: bool = True, paper: str = "special-law") -> SatPaper:
    return SatPaper(officer, paper, ENDED + timedelta(days=days), passed)


def test_only_the_first_result_of_a_paper_counts_whatever_the_order() -> None:
    papers = [sat(1, 40), sat(1, 20, passed=False), sat(2, 20)]
    assert results_after(ENDED, {1, 2}, papers) == ClassResults(2, 1)


def test_both_papers_count() -> None:
    papers = [sat(1, 20), sat(1, 20, passed=False, paper="general-law")]
    assert results_after(ENDED, {1}, papers) == ClassResults(2, 1)


@pytest.mark.parametrize(("days", "count"), [(-1, 0), (0, 1), (365, 1), (366, 0)])
def test_a_year_from_the_last_day_on(days: int, count: int) -> None:
    assert results_after(ENDED, {1}, [sat(1, days)]).sat == count


def test_others_do_not_count() -> None:
    assert results_after(ENDED, {1}, [sat(2, 20)]) == ClassResults(0, 0)
    assert ClassResults(0, 0).rate is None


@pytest.mark.parametrize(
    ("results", "is_low"),
    [(ClassResults(9, 0), False), (ClassResults(10, 7), True), (ClassResults(10, 8), False)],
)
def test_a_low_rate_of_few_papers_says_nothing(results: ClassResults, is_low: bool) -> None:
    assert results.is_low is is_low
