"""Results that come from elsewhere: who may record them, what is refused beside which field, what is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from tests.apps.training.people import PDF, make_officer
from tests.apps.training.test_pages import COURSE, proof, text
from tests.apps.training.test_pages import registrar as registrar_client
from warrant.apps.audit.models import AuditRow
from warrant.apps.examinations.models import ExaminationRecord
from warrant.apps.examinations.selectors.results import chain_links, examinations_of, officer_panel
from warrant.apps.examinations.services import record_examination
from warrant.apps.examinations.services.results import correct_examination
from warrant.apps.examinations.types import ExaminationEntry
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.sealing import seal_id_number
from warrant.apps.training.types import Proof
from warrant.core.access import Actor, Role
from warrant.core.errors import InvalidInput, NotPermitted

PROOF = Proof(PDF, "成绩单.pdf")
PAPER = ExaminationEntry("special-law", date(2026, 9, 20), "江苏省交通运输厅", Decimal("82.5"))
TYPED = {"paper": "special-law", "sat_on": "2026-09-20", "organiser": "江苏省交通运输厅", "score": "82.5"}
client = registrar_client


@pytest.fixture
def officer(tree: SimpleNamespace) -> Officer:
    return make_officer(tree.kunshan_brigade)


@pytest.fixture
def registrar(actor: Callable[..., Actor], tree: SimpleNamespace, vault: object) -> Actor:
    return actor("gu", tree.kunshan, Role.REGISTRAR)


def test_a_result_takes_the_pass_mark_of_its_day(registrar: Actor, officer: Officer, now: datetime) -> None:
    row = record_examination(registrar, officer.pk, PAPER, PROOF, now=now)
    assert (row.pass_mark, row.is_passed) == (Decimal("60.0"), True)
    assert AuditRow.objects.filter(action="examination.recorded").count() == 1


def test_a_failed_result_is_kept_too(registrar: Actor, officer: Officer, now: datetime) -> None:
    row = record_examination(registrar, officer.pk, replace(PAPER, score=Decimal("59.9")), PROOF, now=now)
    assert row.is_passed is False


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"paper": "driving"}, "paper"),
        ({"sat_on": date(2026, 11, 23)}, "sat_on"),
        ({"score": Decimal("100.1")}, "score"),
        ({"score": Decimal("-0.1")}, "score"),
        ({"score": Decimal("60.05")}, "score"),
        ({"score": Decimal("NaN")}, "score"),
        ({"pass_mark": Decimal(101)}, "pass_mark"),
        ({"organiser": ""}, "organiser"),
    ],
)
def test_a_wrong_result_is_refused_beside_its_field(
    registrar: Actor, officer: Officer, now: datetime, change: dict[str, Any], place: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        record_examination(registrar, officer.pk, replace(PAPER, **change), PROOF, now=now)
    assert refused.value.place == place
    assert not ExaminationRecord.objects.exists()


def test_a_reviewer_may_not_record(
    actor: Callable[..., Actor], tree: SimpleNamespace, officer: Officer, now: datetime
) -> None:
    with pytest.raises(NotPermitted):
        record_examination(actor("lu", tree.kunshan, Role.REVIEWER), officer.pk, PAPER, PROOF, now=now)


def test_a_passed_examination_marks_its_year_and_a_failed_one_does_not(
    registrar: Actor, officer: Officer, now: datetime
) -> None:
    record_examination(registrar, officer.pk, replace(PAPER, score=Decimal("59")), PROOF, now=now)
    officer.refresh_from_db()
    assert officer.examined_year == 0
    second = replace(PAPER, paper="general-law", sat_on=date(2025, 9, 20))
    record_examination(registrar, officer.pk, second, PROOF, now=now)
    officer.refresh_from_db()
    assert officer.examined_year == 2025
    assert officer.versions.count() == 2


def test_the_same_paper_of_a_day_is_recorded_once(registrar: Actor, officer: Officer, now: datetime) -> None:
    record_examination(registrar, officer.pk, PAPER, PROOF, now=now)
    with pytest.raises(InvalidInput, match="already-recorded"):
        record_examination(registrar, officer.pk, replace(PAPER, score=Decimal(90)), PROOF, now=now)


def test_a_result_that_was_no_pass_takes_the_year_back(
    registrar: Actor, officer: Officer, now: datetime
) -> None:
    result = record_examination(registrar, officer.pk, PAPER, PROOF, now=now)
    officer.refresh_from_db()
    assert officer.examined_year == 2026
    failed = replace(PAPER, score=Decimal("52.5"))
    row = correct_examination(registrar, result.pk, failed, None, "分数抄错", now=now)
    officer.refresh_from_db()
    assert (officer.examined_year, [one.pk for one in examinations_of(officer)]) == (0, [row.pk])
    assert ExaminationRecord.objects.count() == 2


def test_a_result_is_recorded_by_form(client: Client, officer: Officer) -> None:
    answer = client.post(f"/officers/{officer.pk}/examinations/new/", {**TYPED, "proof": proof()})
    assert answer.status_code == 302
    assert ExaminationRecord.objects.get().is_passed


@pytest.mark.parametrize("score", ["-1", "100.5", "82.55", "八十", "NaN", "Infinity", "1e2000"])
def test_a_wrong_score_is_answered_beside_the_field(client: Client, officer: Officer, score: str) -> None:
    answer = client.post(
        f"/officers/{officer.pk}/examinations/new/", {**TYPED, "score": score, "proof": proof()}
    )
    assert answer.status_code == 400
    assert "分数应为 0 至 100，最多一位小数" in text(answer)


def test_the_link_qualified_follows_hours_and_papers(client: Client, officer: Officer) -> None:
    assert chain_links(officer)[0].tone == "pending"
    client.post(f"/officers/{officer.pk}/training/new/", {**COURSE, "hours": "59", "proof": proof()})
    client.post(f"/officers/{officer.pk}/examinations/new/", {**TYPED, "proof": proof()})
    link = chain_links(officer)[0]
    assert (link.tone, link.note) == ("current", "59/60 学时；通用法律知识未通过")
    client.post(
        f"/officers/{officer.pk}/training/new/", {**COURSE, "course": "补课", "hours": "1", "proof": proof()}
    )
    client.post(
        f"/officers/{officer.pk}/examinations/new/", {**TYPED, "paper": "general-law", "proof": proof()}
    )
    link = chain_links(officer)[0]
    assert (link.tone, str(link.at), link.person) == ("whole", "2026-09-20", "gu")


def test_the_officers_page_shows_results_with_their_proofs(client: Client, officer: Officer) -> None:
    client.post(f"/officers/{officer.pk}/examinations/new/", {**TYPED, "proof": proof()})
    officer.id_number_sealed = seal_id_number(officer.uid, "329901199005012318")
    officer.save()
    page = text(client.get(f"/officers/{officer.pk}/?part=qualification"))
    assert "专门法律知识" in page
    assert f'href="/documents/{ExaminationRecord.objects.get().proof_id}/"' in page


def test_the_box_is_for_viewers_and_the_officer_only(
    actor: Callable[..., Actor], tree: SimpleNamespace, officer: Officer
) -> None:
    stranger = actor("he", tree.nanjing, Role.REGISTRAR)
    assert officer_panel(stranger, officer) is None
    own = officer_panel(replace(stranger, officer_uid=str(officer.uid)), officer)
    assert own is not None
    assert own.context["can_record"] is False
