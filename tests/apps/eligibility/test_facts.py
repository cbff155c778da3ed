"""Facts come from every record, as of a day, in one query; they say what they were read from."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from tests.apps.applications.conftest import Case
from tests.apps.training.people import make_officer
from warrant.apps.eligibility.selectors import explain, facts_of, facts_of_many
from warrant.apps.eligibility.selectors.facts import answerable
from warrant.apps.eligibility.selectors.records import recompute
from warrant.apps.eligibility.services import keep_record
from warrant.apps.officers.models import AdditionalEntry, DuplicatePair, Officer, OfficerVersion
from warrant.apps.officers.services.writing import content_of
from warrant.core.eligibility import FACTS, PunishmentFact
from warrant.core.errors import NotFound

TODAY = date(2026, 11, 22)


def values(officer: Officer, on: date = TODAY) -> dict[str, Any]:
    return {name: fact.value for name, fact in facts_of(officer, on).items()}


def entry(officer: Officer, kind: str, on: date, case: Case, **content: str) -> AdditionalEntry:
    return AdditionalEntry.objects.create(
        officer=officer,
        kind=kind,
        content=content,
        from_on=on,
        recorded_by=case.people.accounts.enterer,
        recorded_at=case.now,
    )


def test_every_record_is_read_in_one_query(case: Case, django_assert_num_queries: Any) -> None:
    values(case.officer)  # the first time the database is asked what it can do
    with django_assert_num_queries(1):
        found = values(case.officer)
    assert found["birth_on"] == date(1990, 5, 1)
    assert (found["training_hours"], found["training_hours_by_year"]) == (60, (("2026", 60),))
    assert found["training_hours_by_day"] == (("2026-09-10", 60),)
    asked = (("basic-law", 16), ("transport-law", 20), ("practice", 20), ("conduct", 4))
    assert found["training_subjects_asked"] == asked
    assert [(one.paper, one.score) for one in found["examinations"]] == [
        ("special-law", Decimal("82.5")),
        ("general-law", Decimal("82.5")),
    ]
    assert (found["photo"], found["education_proof"], found["certificates"]) == (True, True, ())
    assert (found["transfer"], found["duplicates"], found["open_applications"]) == ("", 0, ())


def test_hours_by_subject_are_known_once_a_course_says_them(case: Case) -> None:
    assert "training_hours_by_subject" not in values(case.officer)
    course = case.officer.trainings.get()
    course.subject_hours.create(subject="practice", hours=40)
    course.subject_hours.create(subject="basic-law", hours=20)
    assert values(case.officer)["training_hours_by_subject"] == (("basic-law", 20), ("practice", 40))
    assert "training_hours_by_subject" not in values(case.officer, date(2026, 9, 9))


def test_what_has_not_happened_by_the_day_does_not_count(case: Case) -> None:
    found = values(case.officer, date(2026, 9, 15))
    assert [one.paper for one in found["examinations"]] == ["special-law"]
    assert values(case.officer, date(2026, 9, 9))["training_hours"] == 0
    assert values(case.officer, date(2026, 9, 10))["training_hours"] == 60


def test_on_a_past_day_the_record_is_as_it_was_then(case: Case) -> None:
    officer = case.officer
    early = {**content_of(officer), "staffing": "contract"}
    for revision, content, changed, day in (
        (1, early, [], date(2026, 1, 1)),
        (2, content_of(officer), ["staffing"], date(2026, 8, 1)),
    ):
        version = OfficerVersion(
            officer=officer,
            revision=revision,
            kind="changed",
            effective_on=day,
            content=content,
            changed_fields=changed,
            recorded_at=case.now,
            arrived_at=case.now,
        )
        version.put_at(officer.place)
        version.save()
    on = {
        day: values(officer, day).get("staffing")
        for day in (date(2025, 12, 31), date(2026, 7, 31), date(2026, 8, 1))
    }
    assert on == {
        date(2025, 12, 31): None,
        date(2026, 7, 31): "contract",
        date(2026, 8, 1): "civil-servant",
    }


def test_punishments_and_assessments_come_from_the_entries_that_stand(case: Case) -> None:
    entry(case.officer, "punishment", date(2020, 3, 4), case, punishment="dismissal")
    gone = entry(case.officer, "punishment", date(2021, 3, 4), case, punishment="warning")
    entry(case.officer, "assessment", date(2026, 1, 10), case, year="2025", band="competent")
    gone.withdrawn_at = case.now
    gone.save()
    found = values(case.officer)
    assert found["punishments"] == (PunishmentFact("dismissal", date(2020, 3, 4)),)
    assert found["assessment_bands"] == (("2025", "competent"),)
    assert values(case.officer, date(2020, 3, 3))["punishments"] == ()


def test_an_undecided_pair_counts_on_both_of_its_sides(case: Case, tree: SimpleNamespace) -> None:
    twin = make_officer(tree.kunshan_brigade, "林书帛")
    first, second = sorted((case.officer, twin), key=lambda one: one.pk)
    pair = DuplicatePair.objects.create(
        first=first, second=second, rules="one-digit-off", score=50, found_at=case.now - timedelta(days=3)
    )
    assert [values(one)["duplicates"] for one in (case.officer, twin)] == [1, 1]
    pair.state, pair.decided_at = "distinct", case.now - timedelta(days=1)
    pair.save()
    assert values(case.officer)["duplicates"] == 0
    assert values(case.officer, TODAY - timedelta(days=2))["duplicates"] == 1


def test_the_facts_of_many_are_those_of_each(
    case: Case, tree: SimpleNamespace, django_assert_num_queries: Any
) -> None:
    bare = make_officer(tree.kunshan_brigade, "陈予安")
    values(bare)
    with django_assert_num_queries(1):
        found = facts_of_many([case.officer.pk, bare.pk], TODAY)
    assert found[case.officer.pk] == facts_of(case.officer, TODAY)
    assert found[bare.pk] == facts_of(bare, TODAY)
    assert found[bare.pk]["training_hours"].value == 0


def test_every_fact_has_its_name(case: Case) -> None:
    assert set(facts_of(case.officer, TODAY)) <= answerable() <= FACTS.keys()


def test_nothing_that_names_the_person_is_among_the_facts(case: Case) -> None:
    text = repr(facts_of(case.officer, TODAY))
    assert case.officer.name not in text
    assert str(case.officer.uid) not in text


def test_an_open_case_bars_another_one_but_not_itself(case: Case) -> None:
    number = case.draft().number
    assert values(case.officer)["open_applications"] == (number,)
    result = next(
        one
        for one in explain(case.people.registrar, case.officer, TODAY).results
        if one.rule_id == "open-application"
    )
    assert result.outcome.value == "not-met"


def test_a_stranger_is_told_nothing(case: Case, tree: SimpleNamespace, actor: Any) -> None:
    with pytest.raises(NotFound):
        explain(actor("stranger", tree.nanjing), case.officer, TODAY)


def test_a_kept_explanation_comes_out_the_same_after_the_records_changed(case: Case) -> None:
    explanation = explain(case.people.registrar, case.officer, TODAY, "first-issue")
    record = keep_record(explanation, now=datetime(2026, 11, 22, tzinfo=UTC))
    case.officer.trainings.all().delete()
    record.refresh_from_db()
    assert recompute(record) == record.results
    assert [one["outcome"] for one in record.results if one["id"] == "training"] == ["met"]
    record.facts["training_hours"]["value"] = 59
    assert recompute(record) != record.results
