"""Results that come from elsewhere: who may record them, what is refused beside which field, what is kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

import warrant
from tests.apps.training.people import PDF, make_officer
from tests.apps.training.test_pages import COURSE, proof, text
from tests.apps.training.test_pages import registrar as registrar_client
from warrant.apps.accounts.models import Account
from warrant.apps.audit.models import AuditRow
from warrant.apps.eligibility.selectors import explain
from warrant.apps.examinations.models import ExaminationRecord, ResultClaim
from warrant.apps.examinations.selectors.results import chain_links, examinations_of, officer_panel
from warrant.apps.examinations.services import claim_result, decide_claim
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


def confirmed(first: Actor, officer: Officer, entry: ExaminationEntry, *, now: datetime) -> ExaminationRecord:
    """Let one registrar claim a result and another confirm it."""
    claim = claim_result(first, officer.pk, entry, PROOF, now=now)
    second = replace(first, account_id=account_of("second").pk, name="second")
    made = decide_claim(second, claim.pk, "confirm", now=now).made
    assert made is not None
    return made


def account_of(username: str) -> Account:
    """Return the account of another registrar of the same unit."""
    found = Account.objects.filter(username=username).first()
    return found or Account.objects.create(
        username=username,
        display_name=username,
        agency=Account.objects.earliest("pk").agency,
        opened_at=datetime(2026, 10, 1, tzinfo=UTC),
    )


@pytest.fixture
def registrar(actor: Callable[..., Actor], tree: SimpleNamespace, vault: object) -> Actor:
    return actor("clerk", tree.kunshan, Role.REGISTRAR)


def test_a_result_takes_the_pass_mark_of_its_day(registrar: Actor, officer: Officer, now: datetime) -> None:
    row = confirmed(registrar, officer, PAPER, now=now)
    assert (row.pass_mark, row.is_passed) == (Decimal("60.0"), True)
    assert AuditRow.objects.filter(action="examination.recorded").count() == 1


def test_a_failed_result_is_kept_too(registrar: Actor, officer: Officer, now: datetime) -> None:
    row = confirmed(registrar, officer, replace(PAPER, score=Decimal("59.9")), now=now)
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
        claim_result(registrar, officer.pk, replace(PAPER, **change), PROOF, now=now)
    assert refused.value.place == place
    assert not ExaminationRecord.objects.exists()


def test_a_reviewer_may_not_record(
    actor: Callable[..., Actor], tree: SimpleNamespace, officer: Officer, now: datetime
) -> None:
    with pytest.raises(NotPermitted):
        claim_result(actor("lu", tree.kunshan, Role.REVIEWER), officer.pk, PAPER, PROOF, now=now)


def test_a_passed_examination_marks_its_year_and_a_failed_one_does_not(
    registrar: Actor, officer: Officer, now: datetime
) -> None:
    confirmed(registrar, officer, replace(PAPER, score=Decimal("59")), now=now)
    officer.refresh_from_db()
    assert officer.examined_year == 0
    second = replace(PAPER, paper="general-law", sat_on=date(2025, 9, 20))
    confirmed(registrar, officer, second, now=now)
    officer.refresh_from_db()
    assert officer.examined_year == 2025
    assert officer.versions.count() == 2


def test_the_same_paper_of_a_day_is_recorded_once(registrar: Actor, officer: Officer, now: datetime) -> None:
    confirmed(registrar, officer, PAPER, now=now)
    with pytest.raises(InvalidInput, match="already-recorded"):
        confirmed(registrar, officer, replace(PAPER, score=Decimal(90)), now=now)


def test_a_result_that_was_no_pass_takes_the_year_back(
    registrar: Actor, officer: Officer, now: datetime
) -> None:
    result = confirmed(registrar, officer, PAPER, now=now)
    officer.refresh_from_db()
    assert officer.examined_year == 2026
    failed = replace(PAPER, score=Decimal("52.5"))
    row = correct_examination(registrar, result.pk, failed, None, "分数抄错", now=now)
    officer.refresh_from_db()
    assert (officer.examined_year, [one.pk for one in examinations_of(officer)]) == (0, [row.pk])
    assert ExaminationRecord.objects.count() == 2


def confirm_all(first: Actor, now: datetime) -> None:
    """Let a second registrar confirm what waits."""
    second = replace(first, account_id=account_of("second").pk, name="second")
    for claim in ResultClaim.system.filter(state="asked"):
        decide_claim(second, claim.pk, "confirm", now=now)


def test_a_result_from_elsewhere_takes_two_people_by_form(
    client: Client,
    officer: Officer,
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
) -> None:
    page = f"/officers/{officer.pk}/examinations/new/"
    assert client.post(page, {**TYPED, "proof": proof()}).status_code == 302
    assert not ExaminationRecord.objects.exists()
    again = client.post(page, {**TYPED, "proof": proof()})
    assert (again.status_code, "正在等待他人确认" in text(again)) == (400, True)
    claim = ResultClaim.system.get()
    decide = f"/result-claims/{claim.pk}/decide/"
    assert client.post(decide, {"then": "confirm"}).status_code == 403
    assert "确认成绩</button>" not in text(client.get(f"/result-claims/{claim.pk}/"))
    other = sign_in(account_for("other", tree.kunshan, Role.REGISTRAR))
    assert "林书白" in text(other.get("/result-claims/?state=asked"))
    assert "确认申报的成绩：林书白" in text(other.get("/"))
    assert other.post(decide, {"then": "maybe"}).status_code == 400
    assert other.post(decide, {"then": "confirm"}).status_code == 302
    row = ExaminationRecord.objects.get()
    assert (row.is_passed, row.recorded_by.username, row.proof_id) == (True, "other", claim.proof_id)
    assert other.post(decide, {"then": "refuse"}).status_code == 409


def test_one_person_alone_puts_no_result_on_the_record(
    registrar: Actor, officer: Officer, now: datetime
) -> None:
    claim = claim_result(registrar, officer.pk, PAPER, PROOF, now=now)
    with pytest.raises(NotPermitted, match="four-eyes"):
        decide_claim(registrar, claim.pk, "confirm", now=now)
    itself = replace(registrar, account_id=account_of("second").pk, officer_uid=str(officer.uid))
    with pytest.raises(NotPermitted, match="four-eyes"):
        decide_claim(itself, claim.pk, "confirm", now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        ResultClaim.system.filter(pk=claim.pk).update(decided_by_id=registrar.account_id)
    assert not ExaminationRecord.objects.exists()


def test_results_are_written_where_two_people_are_asked_for_and_nowhere_else() -> None:
    """No command and no interface writes one: each way leads over two entries or a confirmed claim."""
    source = Path(warrant.__file__).parent
    writers = {
        str(path.relative_to(source))
        for path in source.rglob("*.py")
        if re.search(
            r"\b(keep_result|record_sat|correct_examination)\(|ExaminationRecord\b.*\.create\(",
            path.read_text(),
        )
    }
    assert writers == {
        "apps/examinations/services/results.py",  # defines the three
        "apps/examinations/services/scoring.py",  # once two entries agree
        "apps/examinations/services/claiming.py",  # once another person confirms
    }


def test_a_refused_claim_leaves_nothing_and_may_be_made_again(
    registrar: Actor, officer: Officer, now: datetime
) -> None:
    claim = claim_result(registrar, officer.pk, PAPER, PROOF, now=now)
    second = replace(registrar, account_id=account_of("second").pk)
    assert decide_claim(second, claim.pk, "refuse", now=now).made is None
    assert not ExaminationRecord.objects.exists()
    assert confirmed(registrar, officer, PAPER, now=now).is_passed


def test_a_claimed_result_leaves_the_condition_unknown_until_it_is_confirmed(
    registrar: Actor, officer: Officer, now: datetime, today: date
) -> None:
    def outcome() -> str:
        explanation = explain(registrar, officer, today)
        return next(
            str(one.outcome) for one in explanation.results if one.rule_id == "examination-special-law"
        )

    assert outcome() == "not-met"
    claim_result(registrar, officer.pk, PAPER, PROOF, now=now)
    assert outcome() == "unknown"
    confirm_all(registrar, now)
    assert outcome() == "met"


@pytest.mark.parametrize("score", ["-1", "100.5", "82.55", "八十", "NaN", "Infinity", "1e2000"])
def test_a_wrong_score_is_answered_beside_the_field(client: Client, officer: Officer, score: str) -> None:
    answer = client.post(
        f"/officers/{officer.pk}/examinations/new/", {**TYPED, "score": score, "proof": proof()}
    )
    assert answer.status_code == 400
    assert "分数应为 0 至 100，最多一位小数" in text(answer)


def test_the_link_qualified_follows_hours_and_papers(
    client: Client, registrar: Actor, officer: Officer, now: datetime
) -> None:
    assert chain_links(officer)[0].tone == "pending"
    client.post(f"/officers/{officer.pk}/training/new/", {**COURSE, "hours": "59", "proof": proof()})
    client.post(f"/officers/{officer.pk}/examinations/new/", {**TYPED, "proof": proof()})
    confirm_all(registrar, now)
    link = chain_links(officer)[0]
    assert (link.tone, link.note) == ("current", "59/60 学时；通用法律知识未通过")
    client.post(
        f"/officers/{officer.pk}/training/new/", {**COURSE, "course": "补课", "hours": "1", "proof": proof()}
    )
    client.post(
        f"/officers/{officer.pk}/examinations/new/", {**TYPED, "paper": "general-law", "proof": proof()}
    )
    confirm_all(registrar, now)
    link = chain_links(officer)[0]
    assert (link.tone, str(link.at), link.person) == ("whole", "2026-09-20", "second")


def test_the_officers_page_shows_results_with_their_proofs(
    client: Client, registrar: Actor, officer: Officer, now: datetime
) -> None:
    client.post(f"/officers/{officer.pk}/examinations/new/", {**TYPED, "proof": proof()})
    officer.refresh_from_db()
    officer.id_number_sealed = seal_id_number(officer.uid, "329901199005012318")
    officer.save()
    waiting = text(client.get(f"/officers/{officer.pk}/?part=qualification"))
    assert "待他人确认" in waiting
    confirm_all(registrar, now)
    page = text(client.get(f"/officers/{officer.pk}/?part=qualification"))
    assert "专门法律知识" in page
    assert "待他人确认" not in page
    assert f'href="/documents/{ExaminationRecord.objects.get().proof_id}/"' in page


def test_the_box_is_for_viewers_and_the_officer_only(
    actor: Callable[..., Actor], tree: SimpleNamespace, officer: Officer
) -> None:
    stranger = actor("he", tree.nanjing, Role.REGISTRAR)
    assert officer_panel(stranger, officer) is None
    own = officer_panel(replace(stranger, officer_uid=str(officer.uid)), officer)
    assert own is not None
    assert own.context["can_record"] is False


def test_a_pass_shows_how_long_it_counts_and_warns_before_it_lapses(
    registrar: Actor, officer: Officer, now: datetime
) -> None:
    days = {
        "lapsed": date(2021, 11, 20),
        "soon": date(2022, 1, 10),
        "failed": date(2026, 9, 1),
        "good": date(2026, 9, 20),
    }
    for name, day in days.items():
        score = Decimal(50) if name == "failed" else Decimal(80)
        confirmed(registrar, officer, replace(PAPER, sat_on=day, score=score), now=now)
    panel = officer_panel(registrar, officer)
    assert panel is not None
    shown = [
        (one.attempt, str(one.counts_until), one.warning.get("word", ""))
        for one in panel.context["examinations"]
    ]
    assert shown == [
        (4, "2031-09-20", ""),
        (3, "None", ""),
        (2, "2027-01-10", "即将到期"),
        (1, "2026-11-20", "已过有效期"),
    ]
