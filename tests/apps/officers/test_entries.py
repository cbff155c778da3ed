"""Additional data: added with proofs, corrected and withdrawn without overwriting anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.proofs import image, pdf
from warrant.apps.audit.models import AuditRow
from warrant.apps.officers.models import AdditionalEntry, Officer
from warrant.apps.officers.selectors.entries import (
    Standing,
    documents_panel,
    entries_of,
    entries_panel,
    faces_of,
    standings,
)
from warrant.apps.officers.services.entries import add_entry, correct_entry, withdraw_entry
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, InvalidInput, NotFound, NotPermitted
from warrant.core.record import EntryRejected

REWARD = {
    "reward": "third-class",
    "title": "治超专项行动",
    "decided_by": "江苏省交通运输厅",
    "decided_on": "2024-05-01",
}
LEGAL = {"number": "C20183201234567", "grade": "A", "issued_by": "司法部", "issued_on": "2019-03-01"}
PROOF = [(pdf(), "决定.pdf")]


@pytest.fixture
def add(registrar: Actor, officer: Officer, today: date, now: Any) -> Callable[..., AdditionalEntry]:
    def add(kind: str = "reward", typed: Any = None, proofs: Any = None, **changes: Any) -> AdditionalEntry:
        return add_entry(
            changes.pop("actor", registrar),
            officer.pk,
            kind,
            {**(typed or REWARD), **changes},
            PROOF if proofs is None else proofs,
            on=today,
            now=now,
        )

    return add


def test_an_entry_keeps_its_proofs_and_makes_a_version(add: Any, officer: Officer, registrar: Actor) -> None:
    entry = add(proofs=[(pdf("a"), "a.pdf"), (image("PNG"), "b.png")])
    face = faces_of(entries_of(officer))[0]
    assert [proof.media_type for proof in face.proofs] == ["application/pdf", "image/png"]
    assert face.summary == "记三等功 治超专项行动"
    version = officer.versions.get(revision=2)
    assert (version.kind, version.effective_on) == ("entry-added", date(2024, 5, 1))
    assert version.reason == "奖励 记三等功 治超专项行动"
    row = AuditRow.objects.get(action="officer.entry-added")
    assert (row.subject, row.summary) == (f"officer:{officer.pk}", "奖励 记三等功 治超专项行动")
    assert entry.officer_id == officer.pk


def test_a_correction_is_a_further_entry_that_points_to_the_first(
    add: Any, officer: Officer, registrar: Actor, today: date, now: Any
) -> None:
    first = add()
    second = correct_entry(
        registrar, first.pk, {**REWARD, "reward": "second-class"}, [], "等次录错", on=today, now=now
    )
    first.refresh_from_db()
    assert first.content["reward"] == "third-class"
    assert second.corrects_id == first.pk
    assert [proof.document_id for proof in second.proofs.all()] == [
        proof.document_id for proof in first.proofs.all()
    ]
    assert standings(officer.entries.all()) == {first.pk: Standing.CORRECTED, second.pk: Standing.VALID}
    with pytest.raises(Conflict, match="entry-not-valid"):
        withdraw_entry(registrar, first.pk, "x", now=now)


def test_withdrawing_a_correction_lets_the_first_count_again(
    add: Any, officer: Officer, registrar: Actor, today: date, now: Any
) -> None:
    first = add()
    second = correct_entry(
        registrar, first.pk, {**REWARD, "title": "另一行动"}, [], "名称", on=today, now=now
    )
    later = now + timedelta(hours=1)
    withdraw_entry(registrar, second.pk, "原来是对的", now=later)
    rows = list(officer.entries.all())
    assert standings(rows) == {first.pk: Standing.VALID, second.pk: Standing.WITHDRAWN}
    assert standings(rows, now)[first.pk] is Standing.CORRECTED
    assert standings(rows, now - timedelta(seconds=1)) == {}
    assert officer.versions.get(kind="entry-withdrawn").reason == "奖励 记三等功 另一行动：原来是对的"


def test_a_chain_of_corrections_leaves_one_that_counts(
    add: Any, officer: Officer, registrar: Actor, today: date, now: Any
) -> None:
    entry = first = add()
    for title in ("第二稿", "第三稿", "第四稿"):
        entry = correct_entry(registrar, entry.pk, {**REWARD, "title": title}, [], "笔误", on=today, now=now)
    found = standings(officer.entries.all())
    assert found.pop(entry.pk) is Standing.VALID
    assert set(found.values()) == {Standing.CORRECTED}
    assert first.pk in found


@pytest.mark.parametrize(
    ("proofs", "code"),
    [
        ([], "proof-missing"),
        ([(b"MZ", "a.exe")], "document-format"),
        ([(pdf(), f"{n}.pdf") for n in range(9)], "too-many-files"),
    ],
)
def test_proofs_are_needed_and_must_be_readable(add: Any, proofs: Any, code: str) -> None:
    with pytest.raises(InvalidInput, match=code) as refused:
        add(proofs=proofs)
    assert refused.value.place == "proofs"
    assert not AdditionalEntry.objects.exists()


def test_the_same_entry_is_not_recorded_twice_unless_the_first_was_withdrawn(
    add: Any, registrar: Actor, now: Any
) -> None:
    first = add()
    with pytest.raises(InvalidInput, match="already-recorded"):
        add(document_number="苏交〔2024〕1号")
    withdraw_entry(registrar, first.pk, "登记错人", now=now)
    add()


def test_a_legal_qualification_sets_the_mark_and_its_withdrawal_takes_it(
    add: Any, officer: Officer, registrar: Actor, now: Any
) -> None:
    entry = add("legal-qualification", LEGAL)
    officer.refresh_from_db()
    assert officer.has_legal_qualification
    withdraw_entry(registrar, entry.pk, "证书不是本人的", now=now)
    officer.refresh_from_db()
    assert not officer.has_legal_qualification


def test_a_review_of_a_paper_year_counts_when_it_was_passed(
    add: Any, officer: Officer, registrar: Actor, now: Any
) -> None:
    review = {"result": "passed", "reviewed_by": "苏州市交通运输局", "reviewed_on": "2023-03-01"}
    passed = add("annual-review", {**review, "year": "2022"})
    add("annual-review", {**review, "year": "2023", "result": "failed", "reviewed_on": "2024-03-01"})
    officer.refresh_from_db()
    assert officer.reviewed_year == 2022
    withdraw_entry(registrar, passed.pk, "查无记录", now=now)
    officer.refresh_from_db()
    assert officer.reviewed_year == 0


def test_only_a_registrar_in_reach_adds_entries(
    add: Any, stranger: Actor, actor: Callable[..., Actor], tree: SimpleNamespace
) -> None:
    with pytest.raises(NotFound):
        add(actor=stranger)
    with pytest.raises(NotPermitted):
        add(actor=actor("reviewer", tree.kunshan, Role.REVIEWER))
    with pytest.raises(NotFound):
        add("medal")


def test_a_correction_needs_a_reason_and_a_difference(
    add: Any, registrar: Actor, today: date, now: Any
) -> None:
    first = add()
    with pytest.raises(EntryRejected) as refused:
        correct_entry(registrar, first.pk, {**REWARD, "title": ""}, [], " ", on=today, now=now)
    assert {problem.place for problem in refused.value.problems} == {"title", "reason"}
    with pytest.raises(InvalidInput, match="nothing-different"):
        correct_entry(registrar, first.pk, REWARD, [], "笔误", on=today, now=now)


def test_the_page_shows_what_counts_and_counts_it(
    add: Any, officer: Officer, registrar: Actor, stranger: Actor, now: Any
) -> None:
    add()
    withdrawn = add(title="另一次", decided_on="2023-05-01")
    withdraw_entry(registrar, withdrawn.pk, "登记错人", now=now)
    panel = entries_panel(registrar, officer)
    assert panel is not None
    assert panel.count == 1
    section = panel.context["sections"][0]
    assert (len(section["faces"]), len(section["past"])) == (1, 1)
    documents = documents_panel(registrar, officer)
    assert documents is not None
    assert documents.count == 2
    assert entries_panel(stranger, officer) is None
    assert documents_panel(stranger, officer) is None
