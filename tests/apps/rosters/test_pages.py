"""Pages: upload, preview, import, and what was kept out."""

from __future__ import annotations

import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.apps.rosters.test_importing import GOOD, WRONG, workbook
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.foundation.jobs import run_waiting_jobs
from warrant.apps.rosters.models import RosterImport
from warrant.apps.rosters.views import rosters
from warrant.core.access import Actor, Role

LARGEST_PAGE = 60_000
MOST_QUERIES = 12


@pytest.fixture
def registrar_account(tree: SimpleNamespace, account_for: Callable[..., Account]) -> Account:
    return account_for("registrar", tree.kunshan, Role.REGISTRAR)


@pytest.fixture
def registrar(registrar_account: Account) -> Actor:
    return actor_for(registrar_account)


@pytest.fixture
def client(registrar_account: Account, sign_in: Callable[[Account], Client]) -> Client:
    return sign_in(registrar_account)


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_a_reviewer_has_no_roster_pages(
    tree: SimpleNamespace, account_for: Callable[..., Account], sign_in: Callable[..., Client]
) -> None:
    reviewer = sign_in(account_for("reviewer", tree.kunshan, Role.REVIEWER))
    assert reviewer.get(reverse("roster-list")).status_code == 403


def test_a_roster_goes_from_upload_to_result(
    client: Client, vault: Any, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    sent = SimpleUploadedFile("花名册.xlsx", workbook(GOOD, WRONG))
    uploaded = client.post(reverse("roster-list"), {"file": sent})
    roster = RosterImport.system.get()
    assert uploaded["Location"] == reverse("roster-detail", args=[roster.pk])
    with django_assert_max_num_queries(MOST_QUERIES):
        preview = client.get(uploaded["Location"])
    assert "校验位不符" in text_of(preview)
    assert "导入 1 人" in text_of(preview)
    result = client.post(reverse("roster-import", args=[roster.pk]), follow=True)
    assert "已导入 1 人，1 行有误未导入" in text_of(result)
    rejected = client.get(reverse("roster-rejected", args=[roster.pk]))
    assert rejected.content.startswith(b"PK")
    assert "attachment" in rejected["Content-Disposition"]
    assert client.post(reverse("roster-import", args=[roster.pk])).status_code == 409


def test_a_bad_roster_is_told_beside_the_field(client: Client, vault: Any) -> None:
    bad = client.post(reverse("roster-list"), {"file": io.BytesIO(b"%PDF-1.7")})
    assert bad.status_code == 400
    assert 'id="id_file_error"' in text_of(bad)
    assert client.post(reverse("roster-list"), {}).status_code == 400


def test_a_long_preview_stays_within_bounds(
    client: Client, vault: Any, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    rows = [[f"仇英{number}", f"3299011979080800{number}", *WRONG[2:]] for number in range(10, 90)]
    client.post(reverse("roster-list"), {"file": SimpleUploadedFile("花名册.xlsx", workbook(*rows))})
    with django_assert_max_num_queries(MOST_QUERIES):
        page = client.get(reverse("roster-detail", args=[RosterImport.system.get().pk]))
    assert len(page.content) <= LARGEST_PAGE


def test_a_roster_of_others_is_not_there(
    client: Client,
    vault: Any,
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    sign_in: Callable[..., Client],
) -> None:
    client.post(reverse("roster-list"), {"file": SimpleUploadedFile("花名册.xlsx", workbook(GOOD, WRONG))})
    roster = RosterImport.system.get()
    stranger = sign_in(account_for("stranger", tree.nanjing, Role.REGISTRAR))
    assert stranger.get(reverse("roster-detail", args=[roster.pk])).status_code == 404
    assert stranger.get(reverse("roster-rejected", args=[roster.pk])).status_code == 404
    assert stranger.post(reverse("roster-import", args=[roster.pk])).status_code == 404
    assert stranger.get(reverse("document-open", args=[roster.document_id])).status_code == 404


def test_findings_are_looked_at_rule_by_rule(client: Client, vault: Any) -> None:
    doubled = ["曾国", GOOD[1], *GOOD[2:]]
    rows = workbook(GOOD, WRONG, doubled)
    client.post(reverse("roster-list"), {"file": SimpleUploadedFile("花名册.xlsx", rows)})
    address = reverse("roster-detail", args=[RosterImport.system.get().pk])
    page = text_of(client.get(address))
    assert "身份证号码校验位不符 <b>1</b>" in page
    assert "与前面的行重复 <b>1</b>" in page
    only = text_of(client.get(address, {"rule": "id-checksum"}))
    assert "仇英" in only
    assert "曾国" not in only
    assert client.get(address, {"rule": "no-such-rule", "severity": "x"}).status_code == 200


def test_an_import_is_undone_from_its_page(client: Client, vault: Any) -> None:
    client.post(reverse("roster-list"), {"file": SimpleUploadedFile("花名册.xlsx", workbook(GOOD))})
    roster = RosterImport.system.get()
    address = reverse("roster-detail", args=[roster.pk])
    assert "撤销整份导入" not in text_of(client.get(address))
    client.post(reverse("roster-import", args=[roster.pk]))
    assert "撤销整份导入" in text_of(client.get(address))
    undone = client.post(reverse("roster-undo", args=[roster.pk]), follow=True)
    assert "已撤销 1 人的登记" in text_of(undone)
    assert "撤销整份导入" not in text_of(client.get(address))
    assert client.post(reverse("roster-undo", args=[roster.pk])).status_code == 409


def test_a_long_roster_goes_to_the_background(
    client: Client, vault: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rosters, "LARGEST_AT_ONCE_BYTES", 10)
    monkeypatch.setattr(rosters, "MOST_AT_ONCE", 0)
    sent = client.post(reverse("roster-list"), {"file": SimpleUploadedFile("花名册.xlsx", workbook(GOOD))})
    assert sent["Location"].startswith("/jobs/")
    roster = RosterImport.system.get()
    address = reverse("roster-detail", args=[roster.pk])
    assert "查看进度" in text_of(client.get(address))
    run_waiting_jobs()
    assert client.post(reverse("roster-import", args=[roster.pk]))["Location"].startswith("/jobs/")
    assert "正在后台办理" in text_of(client.get(address))
    run_waiting_jobs()
    assert client.post(reverse("roster-undo", args=[roster.pk]))["Location"].startswith("/jobs/")
    run_waiting_jobs()
    assert "已撤销" in text_of(client.get(address))


def test_a_roster_of_many_columns_is_mapped_within_bounds(
    client: Client, vault: Any, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    extra = [f"其他情况说明第{number}栏" for number in range(60)]
    lines = [",".join(["姓名", "身份证号", *extra]), ",".join([GOOD[0], GOOD[1], *extra])]
    raw = "\n".join(lines).encode()
    client.post(reverse("roster-list"), {"file": SimpleUploadedFile("a.csv", raw)})
    address = reverse("roster-mapping", args=[RosterImport.system.get().pk])
    client.get(reverse("home"))
    with django_assert_max_num_queries(10):
        page = client.get(address)
    assert len(page.content) <= LARGEST_PAGE
    assert "第21栏" in text_of(page)
    assert "第22栏" not in text_of(page)
    assert "第22栏" in text_of(client.get(address, {"from": "24", "sheet": "0"}))
    assert client.get(address, {"from": "x", "sheet": "9"}).status_code == 200
