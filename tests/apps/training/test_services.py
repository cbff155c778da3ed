"""Recording training: who may, what is refused beside which field, what is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from tests.apps.training.people import PDF
from warrant.apps.audit.models import AuditRow
from warrant.apps.officers.models import Officer
from warrant.apps.training.models import TrainingRecord
from warrant.apps.training.services import record_training
from warrant.apps.training.types import Proof, TrainingEntry
from warrant.core.access import Actor, Role
from warrant.core.errors import InvalidInput, NotFound, NotPermitted

PROOF = Proof(PDF, "结业证书.pdf")
COURSE = TrainingEntry("岗前培训", "江苏省交通运输厅", 60, date(2026, 9, 1), date(2026, 9, 10))


@pytest.fixture
def registrar(actor: Callable[..., Actor], tree: SimpleNamespace, vault: object) -> Actor:
    return actor("gu", tree.kunshan, Role.REGISTRAR)


def test_a_course_is_kept_with_its_proof_and_its_audit_row(
    registrar: Actor, officer: Officer, now: datetime
) -> None:
    row = record_training(registrar, officer.pk, COURSE, PROOF, now=now)
    assert (row.hours, row.proof.media_type, row.proof.file_name) == (60, "application/pdf", "结业证书.pdf")
    assert row.proof.place == officer.place
    audit = AuditRow.objects.get(action="training.recorded")
    assert (audit.subject, audit.account_id) == (f"officer:{officer.pk}", registrar.account_id)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"course": " "}, "course"),
        ({"course": "训" * 121}, "course"),
        ({"organiser": "厅"}, "organiser"),
        ({"hours": 0}, "hours"),
        ({"hours": 401}, "hours"),
        ({"finished_on": date(2026, 11, 23)}, "finished_on"),
        ({"started_on": date(2026, 9, 11)}, "finished_on"),
        ({"started_on": date(2005, 1, 1)}, "started_on"),
    ],
)
def test_a_wrong_course_is_refused_beside_its_field(
    registrar: Actor, officer: Officer, now: datetime, change: dict[str, Any], place: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        record_training(registrar, officer.pk, replace(COURSE, **change), PROOF, now=now)
    assert refused.value.place == place
    assert not TrainingRecord.objects.exists()


@pytest.mark.parametrize("raw", [b"", b"MZ not a proof"])
def test_a_proof_that_is_no_document_is_refused_beside_the_file(
    registrar: Actor, officer: Officer, now: datetime, raw: bytes
) -> None:
    with pytest.raises(InvalidInput) as refused:
        record_training(registrar, officer.pk, COURSE, Proof(raw, "a.pdf"), now=now)
    assert refused.value.place == "proof"


def test_the_same_course_is_recorded_once(registrar: Actor, officer: Officer, now: datetime) -> None:
    record_training(registrar, officer.pk, COURSE, PROOF, now=now)
    with pytest.raises(InvalidInput, match="already-recorded"):
        record_training(registrar, officer.pk, COURSE, PROOF, now=now)


def test_a_registrar_elsewhere_does_not_find_the_officer(
    actor: Callable[..., Actor], tree: SimpleNamespace, officer: Officer, now: datetime
) -> None:
    with pytest.raises(NotFound):
        record_training(actor("he", tree.nanjing, Role.REGISTRAR), officer.pk, COURSE, PROOF, now=now)


def test_nobody_records_the_own_training(registrar: Actor, officer: Officer, now: datetime) -> None:
    myself = replace(registrar, officer_uid=str(officer.uid))
    with pytest.raises(NotPermitted, match="own-record"):
        record_training(myself, officer.pk, COURSE, PROOF, now=now)


def test_the_year_is_complete_with_sixty_hours_that_ended_in_it(
    registrar: Actor, officer: Officer, now: datetime
) -> None:
    half = replace(COURSE, hours=30)
    record_training(registrar, officer.pk, half, PROOF, now=now)
    last_year = replace(half, course="复训", started_on=date(2025, 12, 1), finished_on=date(2025, 12, 31))
    record_training(registrar, officer.pk, last_year, PROOF, now=now)
    officer.refresh_from_db()
    assert officer.trained_year == 0
    record_training(registrar, officer.pk, replace(half, course="轮训"), PROOF, now=now)
    officer.refresh_from_db()
    assert officer.trained_year == 2026
    version = officer.versions.latest("revision")
    assert (version.kind, version.changed_fields) == ("entry-added", ["trained_year"])
    assert (version.effective_on, version.reason) == (date(2026, 9, 10), "培训 轮训 30 学时")


def test_a_reviewer_may_not_record(
    actor: Callable[..., Actor], tree: SimpleNamespace, officer: Officer, now: datetime
) -> None:
    with pytest.raises(NotPermitted):
        record_training(actor("lu", tree.kunshan, Role.REVIEWER), officer.pk, COURSE, PROOF, now=now)
