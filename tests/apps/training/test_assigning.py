"""Courses that officers are told to take: assigned to many, done when recorded, taken back while open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.apps.conftest import Enter
from tests.support.proofs import pdf
from warrant.apps.accounts.models import Account
from warrant.apps.officers.models import Officer
from warrant.apps.training.models import TrainingAssignment
from warrant.apps.training.services import assign_training, follow_merge, record_training, withdraw_assignment
from warrant.apps.training.types import Proof, TrainingEntry
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound

DUE = date(2026, 12, 31)
PDF = pdf()


@pytest.fixture
def registrar(tree: Any, actor: Callable[..., Actor], settings: Any, tmp_path: Path) -> Actor:
    settings.WARRANT_DOCUMENT_ROOT = str(tmp_path / "documents")
    return actor("li", tree.kunshan, Role.REGISTRAR)


def assign(actor: Actor, officer: Officer, now: datetime, course: str = "换证培训") -> TrainingAssignment:
    (one,) = assign_training(actor, [officer], course, DUE, "", now=now)
    assert one.problem is None
    return TrainingAssignment.objects.get(officer=officer, course=course)


def test_each_is_assigned_and_who_cannot_be_is_named(
    enter: Enter,
    tree: Any,
    registrar: Actor,
    now: datetime,
) -> None:
    officers = [
        enter("单书白"),
        enter("陆怀瑾", tree.nanjing),
        enter("曾国安", state="left", left_kind="retirement"),
    ]
    assigned = assign_training(registrar, officers, " 换证  培训 ", DUE, "", now=now)
    assert [one.problem and one.problem.code for one in assigned] == [None, "not-found", "officer-left"]
    assert TrainingAssignment.objects.get().course == "换证 培训"
    again = assign_training(registrar, officers[:1], "换证 培训", DUE, "", now=now)
    assert again[0].problem is not None
    assert again[0].problem.code == "assigned-already"


def test_recording_the_course_ends_the_assignment(
    enter: Enter,
    registrar: Actor,
    now: datetime,
) -> None:
    officer = enter("单书白")
    assignment = assign(registrar, officer, now)
    other = assign(registrar, officer, now, "法制培训")
    entry = TrainingEntry("换证培训", "江苏省交通运输厅", 20, date(2026, 10, 1), date(2026, 10, 3))
    row = record_training(registrar, officer.pk, entry, Proof(PDF, "proof.pdf"), now=now)
    assignment.refresh_from_db()
    other.refresh_from_db()
    assert (assignment.done_by, other.done_by) == (row, None)


def test_an_open_assignment_is_taken_back_once(
    enter: Enter,
    tree: Any,
    registrar: Actor,
    actor: Callable[..., Actor],
    now: datetime,
) -> None:
    assignment = assign(registrar, enter("单书白"), now)
    stranger = actor("zhao", tree.nanjing, Role.REGISTRAR)
    with pytest.raises(NotFound):
        withdraw_assignment(stranger, assignment.pk, now=now)
    withdraw_assignment(registrar, assignment.pk, now=now)
    with pytest.raises(Conflict):
        withdraw_assignment(registrar, assignment.pk, now=now)


@pytest.mark.parametrize(("course", "due_on"), [("", DUE), ("换证培训", date(2026, 11, 21))])
def test_a_course_needs_a_name_and_a_day_to_come(
    enter: Enter,
    registrar: Actor,
    now: datetime,
    course: str,
    due_on: date,
) -> None:
    with pytest.raises(InvalidInput):
        assign_training(registrar, [enter("单书白")], course, due_on, "", now=now)


def test_a_merged_record_keeps_one_assignment_of_each_course(
    enter: Enter,
    registrar: Actor,
    now: datetime,
) -> None:
    kept, gone = enter("单书白"), enter("单书白")
    assign(registrar, kept, now)
    assign(registrar, gone, now)
    assign(registrar, gone, now, "法制培训")
    follow_merge(kept, gone, actor=registrar, now=now)
    still_open = TrainingAssignment.objects.filter(officer=kept, withdrawn_at=None)
    assert sorted(still_open.values_list("course", flat=True)) == ["换证培训", "法制培训"]


def test_the_page_asks_which_and_when_and_the_officer_sees_it(
    enter: Enter,
    tree: Any,
    registrar: Actor,
    account_for: Callable[..., Account],
    sign_in: Callable[..., Client],
) -> None:
    client = sign_in(account_for("zhao", tree.kunshan, Role.REGISTRAR))
    officer = enter("单书白")
    asked = client.post("/training/assign/", {"pk": [officer.pk]})
    assert "下列 1 人须参加" in asked.content.decode()
    wrong = client.post("/training/assign/", {"pk": [officer.pk], "confirmed": "1", "course": "换证培训"})
    assert wrong.status_code == 400
    assert 'value="换证培训"' in wrong.content.decode()
    filled = {"pk": [officer.pk], "confirmed": "1", "course": "换证培训", "due_on": "2099-12-31"}
    assert "已向 1 人指派“换证培训”" in client.post("/training/assign/", filled).content.decode()
    page = client.get(f"/officers/{officer.pk}/", {"part": "qualification"}).content.decode()
    assert "2099-12-31" in page
    reviewer = sign_in(account_for("wang", tree.kunshan, Role.REVIEWER))
    assert reviewer.post("/training/assign/", filled).status_code == 403
    assignment = TrainingAssignment.objects.get()
    assert reviewer.post(f"/training/assignments/{assignment.pk}/withdraw/").status_code == 403
    client.post(f"/training/assignments/{assignment.pk}/withdraw/")
    assignment.refresh_from_db()
    assert assignment.withdrawn_at is not None
