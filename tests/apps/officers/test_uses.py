"""What stands on an officer, told by the apps above."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.support.proofs import pdf
from warrant.apps.applications.models import Application
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.uses import uses_of
from warrant.apps.officers.services import store_document
from warrant.apps.training.models import TrainingRecord
from warrant.core.access import Actor


def test_a_new_record_carries_nothing(officer: Officer) -> None:
    assert uses_of([officer.pk]) == {}


def test_training_and_applications_stand_on_an_officer(officer: Officer, registrar: Actor, now: Any) -> None:
    proof = store_document(registrar, pdf(), "a.pdf", officer.place, now=now)
    TrainingRecord.objects.create(
        officer=officer,
        course="岗前培训",
        organiser="省厅",
        hours=60,
        started_on=date(2026, 9, 1),
        finished_on=date(2026, 9, 9),
        proof=proof,
        recorded_by_id=registrar.account_id,
        recorded_at=now,
    )
    application = Application(
        number="A322026000001",
        officer=officer,
        categories="01",
        prepared_by_id=registrar.account_id,
        created_at=now,
    )
    application.put_at(officer.place)
    application.save()
    assert uses_of([officer.pk, 999]) == {officer.pk: ("有 1 次培训", "有 1 份资格申请")}
