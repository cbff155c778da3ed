"""A result is corrected by two people, and pass rates follow."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from tests.apps.examinations.conftest import SAT_ON, SHEET, scores
from warrant.apps.examinations.models import ExaminationRecord, Sitting
from warrant.apps.examinations.selectors.results import examinations_of
from warrant.apps.examinations.selectors.sittings import work_queues
from warrant.apps.examinations.selectors.supervision import organisers
from warrant.apps.examinations.services import ask_correction, decide_claim, enter_scores
from warrant.apps.examinations.types import ExaminationEntry
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted

WHY = "第二页合计有误"


@pytest.fixture
def result(sitting: Sitting, people: SimpleNamespace, now: datetime) -> ExaminationRecord:
    given = scores(sitting, "58", "70", "缺考")
    enter_scores(people.first, sitting.pk, given, SHEET, now=now)
    enter_scores(people.second, sitting.pk, given, None, now=now)
    return ExaminationRecord.objects.get(score=58)


def better(score: str = "68") -> ExaminationEntry:
    return ExaminationEntry("special-law", SAT_ON, "苏州市交通运输局", Decimal(score))


def test_a_second_person_confirms(
    result: ExaminationRecord, sitting: Sitting, people: SimpleNamespace, now: datetime
) -> None:
    asked = ask_correction(people.first, result.pk, better(), None, WHY, now=now)
    assert [row.score for row in examinations_of(result.officer)] == [Decimal(58)]
    with pytest.raises(NotPermitted):
        decide_claim(people.first, asked.pk, "confirm", now=now)
    decide_claim(people.second, asked.pk, "confirm", now=now)
    (row,) = examinations_of(result.officer)
    assert (row.score, row.corrects_id, row.correction_reason) == (Decimal(68), result.pk, WHY)
    assert sitting.candidates.get(number=1).result == row
    with pytest.raises(Conflict):
        decide_claim(people.third, asked.pk, "refuse", now=now)


def test_a_refused_correction_changes_nothing(
    result: ExaminationRecord, people: SimpleNamespace, now: datetime
) -> None:
    asked = ask_correction(people.first, result.pk, better(), None, WHY, now=now)
    decide_claim(people.second, asked.pk, "refuse", now=now)
    assert [row.pk for row in examinations_of(result.officer)] == [result.pk]


def test_one_correction_waits_at_a_time(
    result: ExaminationRecord, people: SimpleNamespace, now: datetime
) -> None:
    ask_correction(people.first, result.pk, better(), None, WHY, now=now)
    with pytest.raises(Conflict) as raised:
        ask_correction(people.second, result.pk, better("61"), None, WHY, now=now)
    assert raised.value.code == "correction-asked"


@pytest.mark.parametrize(
    ("entry", "reason", "code"),
    [
        (better("58"), WHY, "nothing-different"),
        (better("101"), WHY, "score-out-of-range"),
        (better(), "", "reason-missing"),
    ],
)
def test_what_is_asked_for_must_hold(
    result: ExaminationRecord,
    people: SimpleNamespace,
    now: datetime,
    entry: ExaminationEntry,
    reason: str,
    code: str,
) -> None:
    with pytest.raises(InvalidInput) as raised:
        ask_correction(people.first, result.pk, entry, None, reason, now=now)
    assert raised.value.code == code


def test_strangers_neither_ask_nor_decide(
    result: ExaminationRecord, people: SimpleNamespace, now: datetime
) -> None:
    with pytest.raises(NotFound):
        ask_correction(people.stranger, result.pk, better(), None, WHY, now=now)
    asked = ask_correction(people.first, result.pk, better(), None, WHY, now=now)
    with pytest.raises(NotFound):
        decide_claim(people.stranger, asked.pk, "confirm", now=now)
    with pytest.raises(NotPermitted):
        decide_claim(people.reviewer, asked.pk, "confirm", now=now)


def test_pass_rates_count_what_counts_now(
    result: ExaminationRecord, people: SimpleNamespace, now: datetime
) -> None:
    (row,) = organisers(people.reviewer, 2026)
    assert [(year.year, year.held, year.people, year.reached, year.rate) for year in row.years] == [
        (2026, 1, 2, 1, 50)
    ]
    asked = ask_correction(people.first, result.pk, better(), None, WHY, now=now)
    decide_claim(people.second, asked.pk, "confirm", now=now)
    (row,) = organisers(people.reviewer, 2026)
    assert (row.years[0].rate, row.years[0].corrected, row.odd) == (100, 1, ["有更正过的成绩"])
    assert organisers(people.stranger, 2026) == []


def test_a_correction_waits_for_everybody_but_the_asker(
    result: ExaminationRecord, people: SimpleNamespace, now: datetime
) -> None:
    ask_correction(people.first, result.pk, better(), None, WHY, now=now)
    waiting = {
        who: work_queues(getattr(people, who))[1].rows.count() for who in ("first", "second", "stranger")
    }
    assert waiting == {"first": 0, "second": 1, "stranger": 0}


def test_the_ministry_is_told_how_the_year_stands_and_again_when_a_result_is_mended(
    result: ExaminationRecord, people: SimpleNamespace, now: datetime, told_figures: Any
) -> None:
    asked = ask_correction(people.first, result.pk, better(), None, WHY, now=now)
    decide_claim(people.second, asked.pk, "confirm", now=now)
    first, second = told_figures()
    names = ("kind", "organiser_name", "year", "held", "people", "base", "corrected")
    assert [first[name] for name in names] == ["examination", "苏州市交通运输局", SAT_ON.year, 1, 2, 2, 0]
    assert [second[name] for name in names] == ["examination", "苏州市交通运输局", SAT_ON.year, 1, 2, 2, 1]
    assert second["reached"] == first["reached"] + 1
