"""Records that may be one person: found, told apart, merged by two with nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.apps.officers.entries import ID_NUMBER, entry
from tests.support.proofs import pdf
from warrant.apps.accounts.models import Account
from warrant.apps.foundation.jobs import run_waiting_jobs
from warrant.apps.foundation.work import waiting
from warrant.apps.officers.models import Document, DuplicatePair, EducationRecord, Officer
from warrant.apps.officers.selectors.pairs import kept_instead_of, near_registered, pairs_for, work_queues
from warrant.apps.officers.selectors.sealing import id_number_index, id_number_of
from warrant.apps.officers.services import (
    add_education_record,
    enter_officer,
    merging,
    open_account_for_officer,
)
from warrant.apps.officers.services import pairs as services
from warrant.apps.officers.services.writing import write_change
from warrant.apps.training.models import TrainingRecord
from warrant.core.access import Actor, Role
from warrant.core.errors import Conflict, NotFound, NotPermitted
from warrant.core.lifecycle import ChangeKind
from warrant.core.standards.id_number import check_character

pytestmark = pytest.mark.django_db

PDF = pdf()
NEAR = "32990119900501133" + check_character("32990119900501133")
"""One digit of the order differs from ID_NUMBER."""


@pytest.fixture
def twin(officer: Officer, registrar: Actor, now: Any, today: Any) -> Officer:
    values = entry(id_number=NEAR, phone="13900000001", post="检查岗")
    return enter_officer(registrar, values, on=today, now=now)[0]


@pytest.fixture
def pair(twin: Officer) -> DuplicatePair:
    return DuplicatePair.objects.get()


@pytest.fixture
def confirmer(actor: Callable[..., Actor], tree: SimpleNamespace) -> Actor:
    return actor("confirmer", tree.kunshan, Role.REVIEWER)


def test_a_number_one_digit_off_is_told_at_entry_and_kept_as_a_pair(
    officer: Officer, registrar: Actor, now: Any, today: Any
):
    values = entry(id_number=NEAR)
    twin, doubts = enter_officer(registrar, values, on=today, now=now)
    assert "one-digit-off" in [finding.code for finding in doubts]
    pair = DuplicatePair.objects.get()
    assert (pair.first_id, pair.second_id) == (officer.pk, twin.pk)
    assert pair.rule_names == ["one-digit-off", "same-name-and-birth"]
    assert pair.score == 100


def test_near_numbers_are_found_by_one_query(officer: Officer, django_assert_num_queries: Any):
    with django_assert_num_queries(1):
        found = near_registered(NEAR)
    assert [(row.pk, rule.value) for row, rule in found] == [(officer.pk, "one-digit-off")]
    assert near_registered(ID_NUMBER) == []


def test_the_scan_finds_what_was_there_before(
    twin: Officer, actor: Any, tree: Any, now: datetime, django_capture_on_commit_callbacks: Any
):
    DuplicatePair.objects.all().delete()
    province = actor("province", tree.jiangsu, Role.REGISTRAR)
    job = services.start_scan(province, now=now)
    run_waiting_jobs()
    job.refresh_from_db()
    assert job.state == "done", job.__dict__
    assert "查对 2 人，新发现 1 对" in job.result_text
    assert DuplicatePair.objects.get().rule_names == ["one-digit-off", "same-name-and-birth"]


def test_only_who_sees_the_whole_node_scans_it(registrar: Actor, now: datetime):
    with pytest.raises(NotFound):
        services.start_scan(registrar, now=now)


def test_two_different_people_stay_so_through_the_next_scan(
    pair: DuplicatePair, twin: Officer, registrar: Actor, now: datetime
):
    services.tell_apart(registrar, pair.pk, "双胞胎，证件已核", now=now)
    services.look_for_pairs(twin, now=now)
    assert DuplicatePair.objects.get().state == "distinct"


def test_a_merge_needs_a_second_person_with_the_right(
    pair: DuplicatePair, officer: Officer, registrar: Actor, actor: Any, tree: Any, now: datetime
):
    both = actor("both", tree.kunshan, Role.REGISTRAR, Role.REVIEWER)
    merging.propose_merge(both, pair.pk, officer.pk, {}, "同一人两次登记", now=now)
    with pytest.raises(NotPermitted, match="second-person"):
        merging.confirm_merge(both, pair.pk, now=now)
    with pytest.raises(NotPermitted, match="not-permitted-over-both"):
        merging.confirm_merge(registrar, pair.pk, now=now)


def test_a_merge_loses_nothing_and_takes_the_chosen_fields(
    pair: DuplicatePair,
    officer: Officer,
    twin: Officer,
    registrar: Actor,
    confirmer: Actor,
    now: datetime,
    today: Any,
):
    values = {
        "education": "21",
        "degree": "3",
        "school": "苏州大学",
        "major": "法学",
        "graduated_on": today.replace(year=2012),
    }
    add_education_record(registrar, twin.pk, values, PDF, "diploma.pdf", on=today, now=now)
    proof = Document.system.get()
    TrainingRecord.objects.create(
        officer=twin,
        course="岗前培训",
        organiser="省厅",
        hours=60,
        started_on=today,
        finished_on=today,
        proof=proof,
        recorded_by_id=registrar.account_id,
        recorded_at=now,
    )
    open_account_for_officer(registrar, twin.pk, "shanshubai", now=now)
    taken = {"phone": twin.pk, "id_number": twin.pk, "post": officer.pk}
    merging.propose_merge(registrar, pair.pk, officer.pk, taken, "同一人两次登记", now=now)
    assert [item.kind for item in waiting(work_queues(confirmer), 5)] == ["duplicate"]
    kept = merging.confirm_merge(confirmer, pair.pk, now=now)

    kept, gone = Officer.system.get(pk=kept.pk), Officer.system.get(pk=twin.pk)
    assert (kept.pk, kept.phone, kept.post, id_number_of(kept)) == (officer.pk, "13900000001", "执法岗", NEAR)
    assert bytes(kept.id_number_index) == id_number_index(NEAR)
    assert (gone.state, gone.merged_into_id, id_number_of(gone)) == ("merged", kept.pk, ID_NUMBER)
    assert EducationRecord.objects.get().officer_id == kept.pk
    assert TrainingRecord.objects.get().officer_id == kept.pk
    assert Document.system.get().officer_uid == kept.uid
    assert Account.objects.get(username="shanshubai").officer_uid == kept.uid
    assert gone.versions.count() >= 2
    assert kept_instead_of(gone.pk) == kept.pk
    assert DuplicatePair.objects.get().state == "merged"


def test_a_record_changed_since_the_proposal_is_not_merged(
    pair: DuplicatePair, officer: Officer, registrar: Actor, confirmer: Actor, now: datetime
):
    merging.propose_merge(registrar, pair.pk, officer.pk, {}, "同一人两次登记", now=now)
    write_change(Officer.system.get(pk=officer.pk), {"phone": "1"}, ChangeKind.CHANGED, registrar, now=now)
    with pytest.raises(Conflict, match="changed-meanwhile"):
        merging.confirm_merge(confirmer, pair.pk, now=now)
    merging.refuse_merge(confirmer, pair.pk, "先核对电话", now=now)
    assert DuplicatePair.objects.get().state == "open"


def test_two_certificates_in_use_keep_records_apart(
    pair: DuplicatePair, officer: Officer, registrar: Actor, now: datetime, settings: Any
):
    settings.WARRANT_MOVE_OBSTACLES = ["tests.apps.officers.test_pairs.always_a_certificate"]
    with pytest.raises(Conflict, match="both-have-one"):
        merging.propose_merge(registrar, pair.pk, officer.pk, {}, "同一人两次登记", now=now)


def always_a_certificate(officer: Officer) -> list[Any]:
    return [SimpleNamespace(kind="certificate", text="持有证件", url="", clear=None, bars_moving=False)]


@pytest.fixture
def across(officer: Officer, stranger: Actor, now: Any, today: Any) -> DuplicatePair:
    values = entry(id_number=NEAR, agency="南京市交通运输局", phone="13700000007")
    enter_officer(stranger, values, on=today, now=now)
    return DuplicatePair.objects.get()


def test_a_pair_across_units_shows_nothing_but_the_unit_until_it_is_opened(
    across: DuplicatePair,
    stranger: Actor,
    account_for: Any,
    sign_in: Callable[[Account], Client],
    tree: Any,
    now: datetime,
):
    client = sign_in(account_for("page", tree.kunshan, Role.REGISTRAR))
    page = client.get(reverse("duplicate-detail", args=[across.pk])).content.decode()
    assert "南京市交通运输局" in page
    assert "13700000007" not in page
    assert client.get(reverse("duplicate-merge", args=[across.pk])).status_code == 403
    services.open_to_other_side(stranger, across.pk, now=now)
    page = client.get(reverse("duplicate-detail", args=[across.pk])).content.decode()
    assert "13700000007" in page
    assert NEAR not in page


def test_nobody_else_finds_the_pair(across: DuplicatePair, actor: Any, tree: Any):
    wuxi = actor("elsewhere", tree.jiangsu_brigade, Role.REGISTRAR)
    assert list(pairs_for(wuxi)) == []


def test_pages_from_the_queue_to_the_kept_record(
    pair: DuplicatePair, officer: Officer, twin: Officer, account_for: Any, sign_in: Any, tree: Any
):
    registrar = sign_in(account_for("page", tree.kunshan, Role.REGISTRAR))
    reviewer = sign_in(account_for("second", tree.kunshan, Role.REVIEWER))
    assert registrar.get(reverse("duplicate-list")).status_code == 200
    address = reverse("duplicate-merge", args=[pair.pk])
    assert registrar.get(address).status_code == 200
    refused = registrar.post(address, {"kept": twin.pk, "take-phone": officer.pk, "reason": ""})
    assert refused.status_code == 400
    posted = {"kept": officer.pk, "take-phone": twin.pk, "reason": "同一人"}
    assert registrar.post(address, posted).status_code == 302
    confirm = reverse("duplicate-confirm", args=[pair.pk])
    assert "联系电话" in reviewer.get(confirm).content.decode()
    answer = reviewer.post(confirm)
    assert answer.headers["Location"] == reverse("officer-detail", args=[officer.pk])
    old = registrar.get(reverse("officer-detail", args=[twin.pk]))
    assert old.headers["Location"] == reverse("officer-detail", args=[officer.pk])
