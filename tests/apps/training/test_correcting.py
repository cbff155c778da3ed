"""Courses are put right by a later record; the earlier one stays readable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.apps.training.people import PDF
from tests.apps.training.test_pages import COURSE as TYPED
from tests.apps.training.test_pages import registrar as registrar_client
from tests.apps.training.test_services import COURSE, PROOF
from tests.support.proofs import pdf
from warrant.apps.audit.models import AuditRow
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.sealing import seal_id_number
from warrant.apps.training.models import TrainingRecord
from warrant.apps.training.selectors import officer_panel, trainings_of
from warrant.apps.training.services import (
    correct_training,
    record_training,
)
from warrant.apps.training.types import Proof
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted

client = registrar_client
WHY = "证书上是 40 学时"
FEWER = replace(COURSE, hours=40)


@pytest.fixture
def registrar(actor: Callable[..., Actor], tree: SimpleNamespace, vault: object) -> Actor:
    return actor("clerk", tree.kunshan, Role.REGISTRAR)


@pytest.fixture
def course(registrar: Actor, officer: Officer, now: datetime) -> TrainingRecord:
    return record_training(registrar, officer.pk, COURSE, PROOF, now=now)


def test_hours_and_the_year_of_complete_training_follow_a_correction(
    registrar: Actor, officer: Officer, course: TrainingRecord, now: datetime
) -> None:
    officer.refresh_from_db()
    assert officer.trained_year == 2026
    row = correct_training(registrar, course.pk, FEWER, None, WHY, now=now)
    officer.refresh_from_db()
    assert officer.trained_year == 0
    assert [(one.pk, one.hours) for one in trainings_of(officer)] == [(row.pk, 40)]
    assert (row.corrects, row.correction_reason, row.proof) == (course, WHY, course.proof)
    audit = AuditRow.objects.get(action="training.corrected")
    assert audit.subject == f"officer:{officer.pk}"
    assert officer.versions.latest("revision").reason == "培训 岗前培训 40 学时（更正：证书上是 40 学时）"


def test_a_year_that_came_from_elsewhere_and_is_later_stays(
    registrar: Actor, officer: Officer, course: TrainingRecord, now: datetime
) -> None:
    Officer.system.filter(pk=officer.pk).update(trained_year=2027)
    correct_training(registrar, course.pk, FEWER, None, WHY, now=now)
    officer.refresh_from_db()
    assert officer.trained_year == 2027


def test_the_corrected_course_stays_readable_with_the_reason(
    registrar: Actor, officer: Officer, course: TrainingRecord, now: datetime
) -> None:
    correct_training(registrar, course.pk, FEWER, Proof(pdf("另一份"), "新证书.pdf"), WHY, now=now)
    panel = officer_panel(registrar, officer)
    assert panel is not None
    assert [(line["summary"], line["reason"]) for line in panel.context["past"]] == [("岗前培训 60", WHY)]
    assert panel.context["total_hours"] == 40


def test_a_record_is_corrected_once_and_the_correction_may_be_corrected(
    registrar: Actor, officer: Officer, course: TrainingRecord, now: datetime
) -> None:
    row = correct_training(registrar, course.pk, FEWER, None, WHY, now=now)
    with pytest.raises(Conflict, match="entry-not-valid"):
        correct_training(registrar, course.pk, replace(COURSE, hours=50), None, WHY, now=now)
    again = correct_training(registrar, row.pk, COURSE, None, "原来的才对", now=now)
    assert [one.pk for one in trainings_of(officer)] == [again.pk]


def test_a_correction_says_why_and_changes_something(
    registrar: Actor, course: TrainingRecord, now: datetime
) -> None:
    with pytest.raises(InvalidInput, match="reason-missing"):
        correct_training(registrar, course.pk, FEWER, None, " ", now=now)
    with pytest.raises(InvalidInput, match="nothing-different"):
        correct_training(registrar, course.pk, COURSE, None, WHY, now=now)
    assert TrainingRecord.objects.count() == 1


def test_only_who_records_here_corrects(
    actor: Callable[..., Actor], tree: SimpleNamespace, course: TrainingRecord, now: datetime
) -> None:
    with pytest.raises(NotFound):
        correct_training(actor("far", tree.nanjing, Role.REGISTRAR), course.pk, FEWER, None, WHY, now=now)
    with pytest.raises(NotPermitted):
        correct_training(actor("reads", tree.kunshan, Role.REVIEWER), course.pk, FEWER, None, WHY, now=now)


def test_a_course_is_corrected_by_form_and_what_was_typed_stays(
    client: Client, registrar: Actor, officer: Officer, course: TrainingRecord
) -> None:
    url = f"/training/records/{course.pk}/correct/"
    page = client.get(url).content.decode()
    assert 'value="岗前培训"' in page
    refused = client.post(url, {**TYPED, "hours": "40", "reason": ""})
    assert refused.status_code == 400
    assert 'value="40"' in refused.content.decode()
    proof = SimpleUploadedFile("证书.pdf", PDF, "application/pdf")
    done: Any = client.post(url, {**TYPED, "hours": "40", "reason": WHY, "proof": proof})
    assert (done.status_code, done["Location"]) == (
        302,
        f"/officers/{officer.pk}/?part=qualification#training",
    )
    assert client.get(url).status_code == 409
    Officer.system.filter(pk=officer.pk).update(
        id_number_sealed=seal_id_number(officer.uid, "329901199005011235")
    )
    page = client.get(f"/officers/{officer.pk}/?part=qualification").content.decode()
    assert "已更正的 1 条" in page
    assert WHY in page


def test_the_same_course_twice_is_still_refused(
    registrar: Actor, officer: Officer, course: TrainingRecord, now: datetime
) -> None:
    other = replace(COURSE, started_on=date(2026, 10, 1), finished_on=date(2026, 10, 8))
    second = record_training(registrar, officer.pk, other, PROOF, now=now)
    with pytest.raises(InvalidInput, match="already-recorded"):
        correct_training(registrar, second.pk, COURSE, None, WHY, now=now)
