"""Opening, scoring, handing in, confirming, correcting; and what the register and the conditions get of it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from tests.apps.assessments.conftest import AGENCY_ITEMS, FAIR, GOOD, POOR, YEAR, filled, score, sheet_of
from tests.apps.conftest import Enter
from tests.support.proofs import pdf
from warrant.apps.assessments.models import Assessment, Sheet
from warrant.apps.assessments.selectors.rounds import work_queues
from warrant.apps.assessments.selectors.supervision import figures, sheets_behind, units_without
from warrant.apps.assessments.services import (
    SheetsRefusedError,
    ask_correction,
    cancel_assessment,
    confirm_assessment,
    decide_correction,
    hand_in_assessment,
    open_assessment,
    refresh_sheets,
    return_assessment,
    score_sheets,
)
from warrant.apps.eligibility.selectors import explain
from warrant.apps.officers.models import AdditionalEntry, Officer
from warrant.apps.officers.selectors.uses import uses_of
from warrant.apps.officers.services.entries import add_entry, correct_entry, withdraw_entry
from warrant.core.access import Permission, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted

PROOF = [(pdf(), "考核登记表.pdf")]


def confirmed(assessment: Assessment, people: SimpleNamespace, now: datetime, **by_name: Any) -> None:
    score(people.first, assessment, now, **by_name)
    hand_in_assessment(people.first, assessment.pk, now=now)
    confirm_assessment(people.confirmer, assessment.pk, now=now)


def by_hand(officer: Officer, **changes: str) -> dict[str, str]:
    return {
        "year": str(YEAR),
        "band": "competent",
        "decided_by": "南京市交通运输局",
        "decided_on": "2026-11-01",
        **changes,
    }


def test_everybody_of_the_unit_gets_a_sheet(assessment: Assessment) -> None:
    names = assessment.sheets.values_list("officer__name", flat=True)
    assert sorted(names) == ["单书白", "曾国安", "陆怀瑾"]
    assert assessment.due_on == date(2027, 3, 31)


def test_a_year_is_assessed_once(assessment: Assessment, people: SimpleNamespace, now: datetime) -> None:
    with pytest.raises(InvalidInput) as raised:
        open_assessment(people.other, "person", YEAR, assessment.unit_id, now=now)
    assert raised.value.code == "assessment-open"
    cancel_assessment(people.first, assessment.pk, "开错了单位", now=now)
    open_assessment(people.other, "person", YEAR, assessment.unit_id, now=now)


@pytest.mark.parametrize("year", [2025, 2027])
def test_years_before_the_first_and_to_come_are_refused(
    officers: list[Officer], people: SimpleNamespace, now: datetime, year: int
) -> None:
    with pytest.raises(InvalidInput) as raised:
        open_assessment(people.first, "person", year, officers[0].agency_id, now=now)
    assert raised.value.place == "year"


def test_who_is_new_or_off_the_establishment_is_not_assessed(
    officers: list[Officer], people: SimpleNamespace, now: datetime
) -> None:
    Officer.system.filter(pk=officers[0].pk).update(arrived_on=date(2026, 7, 2))
    Officer.system.filter(pk=officers[1].pk).update(staffing="contract")
    made = open_assessment(people.first, "person", YEAR, officers[0].agency_id, now=now)
    assert sheet_of(made, "单书白").not_assessed == "newcomer"
    assert sheet_of(made, "陆怀瑾").not_assessed == "off-establishment"
    assert sheet_of(made, "曾国安").not_assessed == ""
    with pytest.raises(SheetsRefusedError):
        score_sheets(people.first, made.pk, {sheet_of(made, "单书白").pk: GOOD}, now=now)


def test_points_make_a_band_and_a_veto_the_worst(
    assessment: Assessment, people: SimpleNamespace, now: datetime
) -> None:
    vetoed = filled("20", "19", "27", "18", "9", vetoes=("lending", "unheard-of"))
    score(people.first, assessment, now, 单书白=GOOD, 陆怀瑾=vetoed)
    rows = {
        one.name: (one.total, one.band, one.vetoes) for one in assessment.sheets.select_related("officer")
    }
    assert rows == {
        "单书白": (Decimal(93), "excellent", []),
        "陆怀瑾": (Decimal(93), "incompetent", ["lending"]),
        "曾国安": (Decimal("78.5"), "competent", []),
    }


def test_a_fault_on_one_sheet_keeps_none(
    assessment: Assessment, people: SimpleNamespace, now: datetime
) -> None:
    with pytest.raises(SheetsRefusedError) as raised:
        score(people.first, assessment, now, 单书白=filled("21", "", "27", "18", "9"))
    wrong = sheet_of(assessment, "单书白").pk
    assert set(raised.value.problems) == {(wrong, "conduct"), (wrong, "law")}
    assert not assessment.sheets.exclude(band="").exists()


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    assessment: Assessment, people: SimpleNamespace, now: datetime
) -> None:
    sheet = sheet_of(assessment, "单书白")
    score_sheets(people.first, assessment.pk, {sheet.pk: FAIR}, now=now)
    with pytest.raises(SheetsRefusedError):
        score_sheets(people.other, assessment.pk, {sheet.pk: POOR}, now=now)


def test_nothing_is_handed_in_before_everybody_is_scored_or_excused(
    assessment: Assessment, people: SimpleNamespace, now: datetime
) -> None:
    with pytest.raises(Conflict) as raised:
        hand_in_assessment(people.first, assessment.pk, now=now)
    assert raised.value.code == "not-scored"
    score(people.first, assessment, now, 单书白=filled("", "", "", "", "", not_assessed="long-leave"))
    hand_in_assessment(people.first, assessment.pk, now=now)
    with pytest.raises(Conflict):
        score(people.first, assessment, now)


def test_too_many_of_the_best_band_are_told_with_numbers(
    assessment: Assessment, people: SimpleNamespace, now: datetime
) -> None:
    score(people.first, assessment, now, 单书白=GOOD, 陆怀瑾=GOOD)
    with pytest.raises(Conflict) as raised:
        hand_in_assessment(people.first, assessment.pk, now=now)
    assert raised.value.code == "too-many-best"
    assert (raised.value.fields["most"], raised.value.fields["best"]) == (1, 2)


def test_who_scored_or_handed_in_neither_confirms_nor_returns(
    assessment: Assessment, people: SimpleNamespace, now: datetime
) -> None:
    score(people.both, assessment, now)
    hand_in_assessment(people.first, assessment.pk, now=now)
    with pytest.raises(NotPermitted):
        confirm_assessment(people.both, assessment.pk, now=now)
    with pytest.raises(NotPermitted):
        return_assessment(people.both, assessment.pk, "再核对一遍", now=now)
    with pytest.raises(NotPermitted):
        confirm_assessment(people.first, assessment.pk, now=now)
    with pytest.raises(NotFound):
        confirm_assessment(people.stranger, assessment.pk, now=now)
    assert not AdditionalEntry.objects.exists()


def test_confirming_writes_one_entry_for_everybody_assessed(
    assessment: Assessment, people: SimpleNamespace, officers: list[Officer], now: datetime
) -> None:
    excused = filled("", "", "", "", "", not_assessed="long-leave")
    confirmed(assessment, people, now, 单书白=GOOD, 曾国安=excused)
    rows = AdditionalEntry.objects.filter(kind="assessment").order_by("officer_id")
    assert [(row.officer_id, row.content["year"], row.content["band"]) for row in rows] == [
        (officers[0].pk, "2026", "excellent"),
        (officers[1].pk, "2026", "competent"),
    ]
    assert sheet_of(assessment, "单书白").entry == rows[0]
    with pytest.raises(Conflict):
        confirm_assessment(people.confirmer, assessment.pk, now=now)


def test_a_returned_assessment_is_scored_again(
    assessment: Assessment, people: SimpleNamespace, now: datetime
) -> None:
    score(people.first, assessment, now)
    hand_in_assessment(people.first, assessment.pk, now=now)
    return_assessment(people.confirmer, assessment.pk, "分数没有拉开", now=now)
    score(people.first, assessment, now, 单书白=GOOD)
    hand_in_assessment(people.first, assessment.pk, now=now)
    confirm_assessment(people.confirmer, assessment.pk, now=now)
    (row,) = figures(people.confirmer, "person", YEAR)
    assert row.odd == ("changed",)


def test_incompetent_bars_a_renewal_through_the_condition_that_stands(
    assessment: Assessment, people: SimpleNamespace, officers: list[Officer], now: datetime
) -> None:
    confirmed(assessment, people, now, 单书白=POOR)
    outcomes = {}
    for officer in officers[:2]:
        told = explain(people.first, officer, date(2027, 2, 1), kind="renewal")
        outcomes[officer.name] = {one.rule_id: str(one.outcome) for one in told.results}["last-assessment"]
    assert outcomes == {"单书白": "not-met", "陆怀瑾": "met"}


def test_by_hand_stays_what_is_from_before_or_from_elsewhere(
    officers: list[Officer], people: SimpleNamespace, now: datetime, today: date
) -> None:
    officer = officers[0]
    own = by_hand(officer, decided_by=officer.agency.name)
    with pytest.raises(InvalidInput) as raised:
        add_entry(people.first, officer.pk, "assessment", own, [], on=today, now=now)
    assert (raised.value.code, raised.value.place) == ("assess-here", "decided_by")
    before = {**own, "year": "2025", "decided_on": "2026-01-10"}
    add_entry(people.first, officer.pk, "assessment", before, PROOF, on=today, now=now)
    add_entry(people.first, officer.pk, "assessment", by_hand(officer), PROOF, on=today, now=now)
    made = open_assessment(people.first, "person", YEAR, officer.agency_id, now=now)
    assert sheet_of(made, officer.name).not_assessed == "known"


def test_a_year_that_is_assessed_here_is_not_recorded_by_hand(
    assessment: Assessment, people: SimpleNamespace, officers: list[Officer], now: datetime, today: date
) -> None:
    with pytest.raises(InvalidInput) as raised:
        add_entry(people.first, officers[0].pk, "assessment", by_hand(officers[0]), [], on=today, now=now)
    assert (raised.value.code, raised.value.place) == ("assessed-here", "year")


def test_an_outcome_is_corrected_by_two_people_only(
    assessment: Assessment, people: SimpleNamespace, officers: list[Officer], now: datetime, today: date
) -> None:
    confirmed(assessment, people, now)
    sheet = sheet_of(assessment, "单书白")
    entry = sheet.entry
    assert entry is not None
    with pytest.raises(Conflict):
        correct_entry(
            people.other, entry.pk, {**entry.content, "band": "excellent"}, [], "笔误", on=today, now=now
        )
    with pytest.raises(Conflict):
        withdraw_entry(people.other, entry.pk, "不要了", now=now)
    asked = ask_correction(people.first, sheet.pk, POOR, "案卷扣分漏算", now=now)
    assert asked.band == "incompetent"
    with pytest.raises(NotPermitted):
        decide_correction(people.first, asked.pk, "confirm", now=now)
    with pytest.raises(Conflict):
        ask_correction(people.other, sheet.pk, GOOD, "另有看法在此", now=now)
    decide_correction(people.confirmer, asked.pk, "confirm", now=now)
    sheet.refresh_from_db()
    assert (sheet.band, sheet.total, sheet.corrections_made) == ("incompetent", Decimal(35), 1)
    assert sheet.entry is not None
    assert (sheet.entry.corrects_id, sheet.entry.content["band"]) == (entry.pk, "incompetent")


def test_a_refused_correction_changes_nothing(
    assessment: Assessment, people: SimpleNamespace, now: datetime
) -> None:
    confirmed(assessment, people, now)
    sheet = sheet_of(assessment, "单书白")
    with pytest.raises(InvalidInput):
        ask_correction(people.first, sheet.pk, FAIR, "没有差别的", now=now)
    with pytest.raises(InvalidInput):
        ask_correction(people.first, sheet.pk, POOR, "", now=now)
    asked = ask_correction(people.first, sheet.pk, POOR, "案卷扣分漏算", now=now)
    decide_correction(people.confirmer, asked.pk, "refuse", now=now)
    sheet.refresh_from_db()
    assert sheet.band == "competent"
    assert AdditionalEntry.objects.filter(officer=sheet.officer).count() == 1


def test_who_came_or_left_since_stops_handing_in_until_the_list_is_brought_up_to_date(
    assessment: Assessment, people: SimpleNamespace, enter: Enter, officers: list[Officer], now: datetime
) -> None:
    score(people.first, assessment, now)
    enter("仇英杰")
    Officer.system.filter(pk=officers[0].pk).update(state="left", left_on=date(2026, 11, 20))
    with pytest.raises(Conflict) as raised:
        hand_in_assessment(people.first, assessment.pk, now=now)
    assert (raised.value.code, raised.value.fields["count"]) == ("list-changed", 2)
    assert refresh_sheets(people.first, assessment.pk, now=now) == 2
    left = sheet_of(assessment, "单书白")
    assert (left.not_assessed, left.band) == ("left", "")
    assert sheet_of(assessment, "仇英杰").is_done is False


def test_units_are_assessed_by_the_level_above(
    tree: SimpleNamespace, people: SimpleNamespace, officers: list[Officer], now: datetime
) -> None:
    made = open_assessment(people.first, "agency", YEAR, tree.suzhou.pk, now=now)
    below = sorted(made.sheets.values_list("agency__code", flat=True))
    assert below == ["320500-01", "320583"]
    given = filled("18", "25", "18", "15", "8", items=AGENCY_ITEMS)
    score(people.first, made, now, good=given)
    hand_in_assessment(people.first, made.pk, now=now)
    with pytest.raises(NotPermitted):
        confirm_assessment(people.first, made.pk, now=now)
    confirm_assessment(people.confirmer, made.pk, now=now)
    assert set(made.sheets.values_list("band", flat=True)) == {"up-to-standard"}
    assert not AdditionalEntry.objects.exists()
    with pytest.raises(NotFound):
        open_assessment(people.stranger, "agency", YEAR, tree.suzhou.pk, now=now)


def test_a_unit_does_not_assess_itself(
    tree: SimpleNamespace, actor: Any, people: SimpleNamespace, now: datetime
) -> None:
    made = open_assessment(people.first, "agency", YEAR, tree.suzhou.pk, now=now)
    assessed = actor("assessed", tree.kunshan, Role.REGISTRAR)
    with pytest.raises(NotFound):
        score(assessed, made, now)


def test_figures_point_out_the_same_points_for_everybody_and_what_is_missing(
    assessment: Assessment, people: SimpleNamespace, tree: SimpleNamespace, now: datetime
) -> None:
    score(people.first, assessment, now)
    (row,) = figures(people.confirmer, "person", YEAR)
    assert (row.people, row.unscored, row.not_assessed) == (3, 0, 0)
    assert dict(row.bands) == {
        "excellent": 0,
        "competent": 3,
        "basically-competent": 0,
        "incompetent": 0,
    }
    assert row.odd == ("same",)
    behind = sheets_behind(
        people.confirmer, Permission.STATISTICS_VIEW, "person", YEAR, unit="", show="competent"
    )
    assert behind.count() == 3
    assert figures(people.stranger, "person", YEAR) == []
    assert units_without(people.confirmer, "person", YEAR) == []
    assert units_without(people.confirmer, "person", 2025) == [assessment.unit]


def test_work_waits_for_whom_it_concerns(
    assessment: Assessment, people: SimpleNamespace, now: datetime
) -> None:
    def waiting(who: str) -> list[int]:
        return [queue.rows.count() for queue in work_queues(getattr(people, who))]

    assert (waiting("first"), waiting("confirmer"), waiting("stranger")) == ([1], [0, 0], [0, 0, 0])
    score(people.first, assessment, now)
    hand_in_assessment(people.first, assessment.pk, now=now)
    assert (waiting("first"), waiting("confirmer")) == ([0], [1, 0])


def test_an_officer_with_a_sheet_is_in_use(assessment: Assessment, officers: list[Officer]) -> None:
    assert uses_of([officers[0].pk]) == {officers[0].pk: ("有 1 张年度考核表",)}
    assert Sheet.objects.filter(officer=officers[0]).count() == 1


def test_the_ministry_is_told_how_many_were_assessed_and_nobodys_name(
    assessment: Assessment, people: SimpleNamespace, now: datetime, told_figures: Any
) -> None:
    confirmed(assessment, people, now, 单书白=GOOD)
    (told,) = told_figures()
    names = ("kind", "year", "held", "people", "reached", "base", "late", "corrected", "uniform")
    assert [told[name] for name in names] == ["assessment", YEAR, 1, 3, 1, 3, 0, 0, 0]
    assert "单书白" not in str(told)
