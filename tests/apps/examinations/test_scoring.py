"""A score stands when two different people entered the same; nobody sees the other's before."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone

from tests.apps.examinations.conftest import SHEET, plan, scores
from warrant.apps.audit.models import AuditRow
from warrant.apps.examinations.models import ExaminationRecord, Sitting
from warrant.apps.examinations.selectors.sittings import candidate_rows, work_queues
from warrant.apps.examinations.services import (
    add_candidates,
    cancel_sitting,
    enter_scores,
    follow_merge,
    import_scores,
    plan_sitting,
    remove_candidate,
)
from warrant.apps.examinations.services.scoring import ScoresRefusedError
from warrant.apps.officers.models import Officer
from warrant.apps.training.types import Proof
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted


def test_the_mark_and_the_last_day_follow_from_the_rules(sitting: Sitting) -> None:
    assert (sitting.pass_mark, sitting.scores_due_on) == (Decimal(60), date(2026, 12, 1))


def test_scores_wait_from_the_day_of_the_sitting_however_early_it_was_planned(
    tree: SimpleNamespace, people: SimpleNamespace, now: datetime
) -> None:
    plan_sitting(people.first, plan(tree), now=now - timedelta(days=90))
    queue = work_queues(people.first)[0]
    found = queue.item(queue.rows.get()).waiting_since
    assert timezone.localtime(found).isoformat() == "2026-11-10T00:00:00+08:00"


def test_equal_scores_of_two_people_become_results(
    sitting: Sitting, people: SimpleNamespace, officers: list[Officer], now: datetime
) -> None:
    enter_scores(people.first, sitting.pk, scores(sitting, "82.5", "59.9", "缺考"), SHEET, now=now)
    assert not ExaminationRecord.objects.exists()
    enter_scores(people.second, sitting.pk, scores(sitting, "82.50", "59.9", "缺考"), None, now=now)
    sitting.refresh_from_db()
    assert (sitting.state, sitting.is_late) == ("recorded", False)
    rows = ExaminationRecord.objects.order_by("officer_id").values_list("officer_id", "score", "proof_id")
    assert list(rows) == [
        (officers[0].pk, Decimal("82.5"), sitting.proof_id),
        (officers[1].pk, Decimal("59.9"), sitting.proof_id),
    ]
    years = [Officer.system.get(pk=one.pk).examined_year for one in officers]
    assert years == [2026, 0, 0]
    assert AuditRow.objects.filter(action="sitting.recorded").count() == 1


def test_one_person_alone_records_nothing(sitting: Sitting, people: SimpleNamespace, now: datetime) -> None:
    given = scores(sitting, "82", "70", "60")
    enter_scores(people.first, sitting.pk, given, SHEET, now=now)
    with pytest.raises(Conflict) as raised:
        enter_scores(people.first, sitting.pk, given, SHEET, now=now)
    assert raised.value.code == "second-person-needed"


def test_a_third_person_looks_where_the_two_differ(
    sitting: Sitting, people: SimpleNamespace, now: datetime
) -> None:
    enter_scores(people.first, sitting.pk, scores(sitting, "82", "70", "60"), SHEET, now=now)
    enter_scores(people.second, sitting.pk, scores(sitting, "82", "71", "60"), None, now=now)
    sitting.refresh_from_db()
    assert sitting.state == "planned"
    keys = list(scores(sitting, "", "", ""))
    enter_scores(people.third, sitting.pk, {keys[1]: "71"}, None, now=now)
    found = ExaminationRecord.objects.order_by("officer_id").values_list("score", flat=True)
    assert list(found) == [Decimal(82), Decimal(71), Decimal(60)]


def test_one_of_the_two_may_mend_what_differs(
    sitting: Sitting, people: SimpleNamespace, now: datetime
) -> None:
    enter_scores(people.first, sitting.pk, scores(sitting, "82", "70", "60"), SHEET, now=now)
    enter_scores(people.second, sitting.pk, scores(sitting, "82", "71", "60"), None, now=now)
    keys = list(scores(sitting, "", "", ""))
    enter_scores(people.first, sitting.pk, {keys[0]: "99", keys[1]: "71"}, None, now=now)
    sitting.refresh_from_db()
    assert sitting.state == "recorded"
    assert ExaminationRecord.objects.order_by("officer_id").first().score == Decimal(82)  # type: ignore[union-attr]


def test_nobody_sees_what_the_other_entered(sitting: Sitting, people: SimpleNamespace, now: datetime) -> None:
    enter_scores(people.first, sitting.pk, scores(sitting, "82", "70", "缺考"), SHEET, now=now)
    assert [row.entered for row in candidate_rows(people.first, sitting)] == [
        {1: "82"},
        {1: "70"},
        {1: "缺考"},
    ]
    assert [row.entered for row in candidate_rows(people.second, sitting)] == [{}, {}, {}]
    enter_scores(people.second, sitting.pk, scores(sitting, "82", "71", "缺考"), None, now=now)
    assert candidate_rows(people.first, sitting)[1].entered == {1: "70"}
    assert [row.entered for row in candidate_rows(people.third, sitting)] == [{}, {1: "70", 2: "71"}, {}]
    assert candidate_rows(people.reviewer, sitting)[1].entered == {}


@pytest.mark.parametrize("wrong", ["", "101", "八十"])
def test_a_wrong_score_is_named_and_nothing_is_kept(
    sitting: Sitting, people: SimpleNamespace, now: datetime, wrong: str
) -> None:
    with pytest.raises(ScoresRefusedError) as raised:
        enter_scores(people.first, sitting.pk, scores(sitting, "82", wrong, "60"), SHEET, now=now)
    assert list(raised.value.problems) == [list(scores(sitting, "", "", ""))[1]]
    assert not sitting.entries.exists()


def test_the_signed_sheet_comes_with_the_first_entry(
    sitting: Sitting, people: SimpleNamespace, now: datetime
) -> None:
    with pytest.raises(InvalidInput) as raised:
        enter_scores(people.first, sitting.pk, scores(sitting, "82", "70", "60"), None, now=now)
    assert raised.value.place == "sheet"


def test_scores_after_the_last_day_are_marked(
    sitting: Sitting, people: SimpleNamespace, now: datetime
) -> None:
    given = scores(sitting, "82", "70", "60")
    enter_scores(people.first, sitting.pk, given, SHEET, now=now)
    enter_scores(people.second, sitting.pk, given, None, now=now + timedelta(days=10))
    sitting.refresh_from_db()
    assert sitting.is_late


def test_who_may_not_enter(
    sitting: Sitting, people: SimpleNamespace, officers: list[Officer], now: datetime
) -> None:
    given = scores(sitting, "82", "70", "60")
    with pytest.raises(NotFound):
        enter_scores(people.stranger, sitting.pk, given, SHEET, now=now)
    with pytest.raises(NotPermitted):
        enter_scores(people.reviewer, sitting.pk, given, SHEET, now=now)


def test_before_the_day_no_score_is_entered(
    tree: SimpleNamespace, people: SimpleNamespace, now: datetime
) -> None:
    made = plan_sitting(people.first, plan(tree, sat_on=date(2026, 11, 23)), now=now)
    with pytest.raises(Conflict) as raised:
        enter_scores(people.first, made.pk, {}, SHEET, now=now)
    assert raised.value.code == "not-sat-yet"


def test_the_general_paper_waits_for_the_special_one(
    tree: SimpleNamespace, people: SimpleNamespace, sitting: Sitting, officers: list[Officer], now: datetime
) -> None:
    given = scores(sitting, "82", "50", "缺考")
    enter_scores(people.first, sitting.pk, given, SHEET, now=now)
    enter_scores(people.second, sitting.pk, given, None, now=now)
    general = plan_sitting(people.first, plan(tree, paper="general-law", sat_on=date(2026, 11, 20)), now=now)
    done = add_candidates(people.first, general.pk, officers, now=now)
    codes = [one.problem and one.problem.code for one in done]
    assert codes == [None, "paper-before-not-passed", "paper-before-not-passed"]


def test_the_list_is_closed_once_somebody_has_entered(
    sitting: Sitting, people: SimpleNamespace, officers: list[Officer], now: datetime
) -> None:
    last = sitting.candidates.get(number=3)
    remove_candidate(people.first, sitting.pk, last.pk, now=now)
    enter_scores(people.first, sitting.pk, scores(sitting, "82", "70"), SHEET, now=now)
    for act in (
        lambda: remove_candidate(people.first, sitting.pk, sitting.candidates.earliest("pk").pk, now=now),
        lambda: add_candidates(people.first, sitting.pk, officers[2:], now=now),
        lambda: cancel_sitting(people.first, sitting.pk, "考点停电改期", now=now),
    ):
        with pytest.raises(Conflict):
            act()


def test_a_spreadsheet_counts_as_one_of_the_two(
    sitting: Sitting, people: SimpleNamespace, now: datetime
) -> None:
    table = Proof("考号,姓名,成绩\n1,单书白,82\n2,陆怀瑾,70\n3,曾国安,缺考\n".encode(), "a.csv")
    sitting, reading = import_scores(people.first, sitting.pk, table, SHEET, now=now)
    assert reading.findings == []
    enter_scores(people.second, sitting.pk, scores(sitting, "82", "70", "缺考"), None, now=now)
    assert ExaminationRecord.objects.count() == 2
    assert list(sitting.entries.order_by("seat").values_list("is_imported", flat=True)) == [True, False]


def test_a_spreadsheet_with_a_fault_enters_nothing(
    sitting: Sitting, people: SimpleNamespace, now: datetime
) -> None:
    table = Proof("考号,姓名,成绩\n1,单书白,82\n2,曾国安,70\n".encode(), "a.csv")
    _, reading = import_scores(people.first, sitting.pk, table, SHEET, now=now)
    assert [one.row for one in reading.findings] == [3]
    assert not sitting.entries.exists()


def test_a_merged_record_takes_its_sittings_along(
    sitting: Sitting, people: SimpleNamespace, officers: list[Officer], now: datetime
) -> None:
    remove_candidate(people.first, sitting.pk, sitting.candidates.get(number=1).pk, now=now)
    follow_merge(officers[0], officers[1], actor=people.first, now=now)
    follow_merge(officers[0], officers[2], actor=people.first, now=now)
    assert list(sitting.candidates.order_by("number").values_list("officer_id", flat=True)) == [
        officers[0].pk,
        officers[2].pk,
    ]
