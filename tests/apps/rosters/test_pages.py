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
from warrant.apps.rosters.models import RosterImport
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
