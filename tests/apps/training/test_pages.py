"""The forms of training, and what the officer's page shows of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.apps.training.people import PDF
from warrant.apps.accounts.models import Account
from warrant.apps.officers.models import Officer
from warrant.apps.officers.selectors.sealing import seal_id_number
from warrant.apps.training.models import TrainingRecord
from warrant.apps.training.selectors import officer_panel
from warrant.core.access import Actor, Role

COURSE = {
    "course": "岗前培训",
    "organiser": "江苏省交通运输厅",
    "started_on": "2026-09-01",
    "finished_on": "2026-09-10",
    "hours": "60",
}


@pytest.fixture
def registrar(
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    vault: object,
) -> Client:
    return sign_in(account_for("gu", tree.kunshan, Role.REGISTRAR))


def proof(raw: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile("证书.pdf", raw, "application/pdf")


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_course_is_recorded_by_form(registrar: Client, officer: Officer) -> None:
    answer = registrar.post(f"/officers/{officer.pk}/training/new/", {**COURSE, "proof": proof()})
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"/officers/{officer.pk}/?part=qualification#training",
    )
    assert TrainingRecord.objects.get().hours == 60


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hours": "500"}, "学时应为 1 至 400 的整数"),
        ({"hours": "六十"}, "学时应为 1 至 400 的整数"),
        ({"started_on": ""}, "请填写开始日期"),
        ({"finished_on": "2026-08-01"}, "结束日期早于开始日期"),
        ({"finished_on": "2027-01-01"}, "日期 2027-01-01 在今天之后"),
    ],
)
def test_a_wrong_course_is_answered_beside_the_field_and_keeps_what_was_typed(
    registrar: Client, officer: Officer, change: dict[str, str], message: str
) -> None:
    answer = registrar.post(f"/officers/{officer.pk}/training/new/", {**COURSE, **change, "proof": proof()})
    assert answer.status_code == 400
    assert message in text(answer)
    assert 'value="岗前培训"' in text(answer)
    assert not TrainingRecord.objects.exists()


def test_a_missing_or_wrong_proof_is_answered_beside_the_file(registrar: Client, officer: Officer) -> None:
    address = f"/officers/{officer.pk}/training/new/"
    assert "请选择证明文件" in text(registrar.post(address, COURSE))
    answer = registrar.post(address, {**COURSE, "proof": proof(b"MZ\x90 program")})
    assert (answer.status_code, "只接受 PDF、JPEG、PNG" in text(answer)) == (400, True)


def test_too_large_a_proof_is_refused_before_it_is_read(registrar: Client, officer: Officer) -> None:
    large = proof(b"%PDF-" + bytes(10 * 1024 * 1024))
    answer = registrar.post(f"/officers/{officer.pk}/training/new/", {**COURSE, "proof": large})
    assert (answer.status_code, "文件超过 10 MB" in text(answer)) == (400, True)


def test_who_may_not_record_gets_403_and_a_stranger_404(
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
    officer: Officer,
) -> None:
    reviewer = sign_in(account_for("lu", tree.kunshan, Role.REVIEWER))
    stranger = sign_in(account_for("he", tree.nanjing, Role.REGISTRAR))
    address = f"/officers/{officer.pk}/training/new/"
    assert (reviewer.get(address).status_code, stranger.get(address).status_code) == (403, 404)


def test_the_officers_page_shows_courses_with_their_proofs(registrar: Client, officer: Officer) -> None:
    registrar.post(f"/officers/{officer.pk}/training/new/", {**COURSE, "proof": proof()})
    officer.id_number_sealed = seal_id_number(officer.uid, "329901199005012318")
    officer.save()
    page = text(registrar.get(f"/officers/{officer.pk}/?part=qualification"))
    assert "岗前培训" in page
    assert f'href="/documents/{TrainingRecord.objects.get().proof_id}/"' in page


def test_the_box_is_for_viewers_and_the_officer_only(
    actor: Callable[..., Actor], tree: SimpleNamespace, officer: Officer
) -> None:
    stranger = actor("he", tree.nanjing, Role.REGISTRAR)
    assert officer_panel(stranger, officer) is None
    own = officer_panel(replace(stranger, officer_uid=str(officer.uid)), officer)
    assert own is not None
    assert own.context["can_record"] is False
