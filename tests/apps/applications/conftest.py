"""The people of one chain: registrar, reviewer, verifier, approver, each twice where a second one is needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.apps.training.people import PDF, make_officer
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.applications.models import Application
from warrant.apps.applications.services import (
    Decision,
    create_application,
    decide,
    pass_step,
    save_statement,
    submit,
)
from warrant.apps.applications.services.deciding import RETURNS
from warrant.apps.applications.types import DECLARATIONS
from warrant.apps.examinations.models import ExaminationRecord
from warrant.apps.foundation import clock
from warrant.apps.officers.models import Document, EducationRecord, Officer
from warrant.apps.training.models import TrainingRecord
from warrant.core.access import Actor, Role

STATEMENT = "品行良好，身体健康，同意申领。"
DECLARED = dict.fromkeys(DECLARATIONS, True)
REASON_ENOUGH = "下午出差，请代为办理"
FILED: list[tuple[str, str]] = []
"""What the approval hook of the tests was given: number and the approver's name."""


def hook(application: Application, actor: Actor, *, now: datetime) -> None:
    FILED.append((application.number, actor.name))


@pytest.fixture(autouse=True)
def fixed_clock(monkeypatch: pytest.MonkeyPatch, now: datetime, today: date) -> None:
    monkeypatch.setattr(clock, "now", lambda: now)
    monkeypatch.setattr(clock, "today", lambda: today)


@pytest.fixture(autouse=True)
def wiring(tmp_path: Path, settings: Any) -> None:
    FILED.clear()
    settings.WARRANT_DOCUMENT_ROOT = str(tmp_path / "documents")
    settings.WARRANT_APPROVAL_HOOK = "tests.apps.applications.conftest.hook"


@pytest.fixture
def people(tree: SimpleNamespace, account_for: Callable[..., Account]) -> SimpleNamespace:
    """Actors by their names, and their accounts under ``accounts``."""
    accounts = {
        "enterer": account_for("enterer", tree.kunshan, Role.REGISTRAR),
        "registrar": account_for("registrar", tree.kunshan, Role.REGISTRAR),
        "reviewer": account_for("reviewer", tree.kunshan, Role.REVIEWER),
        "reviewer_b": account_for("reviewer_b", tree.kunshan, Role.REVIEWER),
        "verifier": account_for("verifier", tree.suzhou, Role.VERIFIER),
        "verifier_b": account_for("verifier_b", tree.suzhou, Role.VERIFIER),
        "approver": account_for("approver", tree.jiangsu, Role.APPROVER),
        "approver_b": account_for("approver_b", tree.jiangsu, Role.APPROVER),
    }
    actors = {name: actor_for(account) for name, account in accounts.items()}
    return SimpleNamespace(accounts=SimpleNamespace(**accounts), **actors)


def _document(officer: Officer, digest: str, now: datetime) -> Document:
    document = Document(
        digest=digest * 64,
        media_type="application/pdf",
        size=len(PDF),
        file_name=f"{digest}.pdf",
        permission="officer.view",
        uploaded_at=now,
    )
    document.put_at(officer.place)
    document.save()
    return document


def qualify(officer: Officer, account: Account) -> None:
    """Give an officer photo, education, hours and both papers, each with a document whose digest is one digit."""
    at = datetime(2026, 10, 2, 1, 0, tzinfo=UTC)
    officer.photo = _document(officer, "1", at)
    officer.save()
    EducationRecord.objects.create(
        officer=officer,
        education="21",
        school="苏州大学",
        major="法学",
        graduated_on=date(2012, 6, 30),
        proof=_document(officer, "2", at),
        recorded_by=account,
        recorded_at=at,
    )
    TrainingRecord.objects.create(
        officer=officer,
        course="岗前培训",
        organiser="江苏省交通运输厅",
        hours=60,
        started_on=date(2026, 9, 1),
        finished_on=date(2026, 9, 10),
        proof=_document(officer, "3", at),
        recorded_by=account,
        recorded_at=at,
    )
    for paper, day, digest in (("special-law", 12, "4"), ("general-law", 20, "5")):
        ExaminationRecord.objects.create(
            officer=officer,
            paper=paper,
            sat_on=date(2026, 9, day),
            organiser="江苏省交通运输厅",
            score="82.5",
            pass_mark="60.0",
            proof=_document(officer, digest, at),
            recorded_by=account,
            recorded_at=at,
        )


@pytest.fixture
def officer(tree: SimpleNamespace, people: SimpleNamespace) -> Officer:
    """A qualified officer of Kunshan's brigade."""
    found = make_officer(tree.kunshan_brigade, entered_by=people.accounts.enterer)
    qualify(found, people.accounts.enterer)
    return found


def say(actor: Actor, number: str, action: str, reason: str = "", *, now: datetime) -> Application:
    """Decide with everything that the action asks for besides the reason."""
    decision = Decision(
        action,
        reason,
        remedy="十个工作日内可以申请复核" if action == "refuse" else "",
        marked_fields=("training",) if action in RETURNS else (),
        to_step="review" if action == "return-to-step" else "",
    )
    return decide(actor, number, decision, now=now)


@dataclass
class Case:
    """Brings one application to the state that a test starts from."""

    people: SimpleNamespace
    officer: Officer
    now: datetime

    def draft(self) -> Application:
        draft = create_application(self.people.registrar, self.officer.pk, ["08"], now=self.now)
        return save_statement(self.people.registrar, draft.number, "", DECLARED)

    def review(self) -> Application:
        return submit(self.people.registrar, self.draft().number, STATEMENT, now=self.now)

    def verification(self) -> Application:
        return pass_step(self.people.reviewer, self.review(), now=self.now)

    def approval(self) -> Application:
        return pass_step(self.people.verifier, self.verification(), now=self.now)

    def filing(self) -> Application:
        return pass_step(self.people.approver, self.approval(), now=self.now)


@pytest.fixture
def case(people: SimpleNamespace, officer: Officer, now: datetime) -> Case:
    return Case(people, officer, now)
