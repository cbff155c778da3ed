"""Pages of additional data and of drafts, as a registrar uses them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.support.proofs import pdf
from warrant.apps.accounts.models import Account
from warrant.apps.officers.models import AdditionalEntry, FormDraft, Officer
from warrant.core.access import Actor, Role

REWARD = {
    "reward": "third-class",
    "title": "治超专项行动",
    "decided_by": "江苏省交通运输厅",
    "decided_on": "2024-05-01",
    "document_number": "",
}


@pytest.fixture
def client(registrar: Actor, officer: Officer, sign_in: Callable[[Account], Client]) -> Client:
    return sign_in(Account.objects.get(pk=registrar.account_id))


def _add_url(officer: Officer, kind: str = "reward") -> str:
    return reverse("officer-entry-add", args=[officer.pk, kind])


def _file() -> SimpleUploadedFile:
    return SimpleUploadedFile("决定.pdf", pdf())


def test_an_entry_is_recorded_opened_corrected_and_withdrawn(client: Client, officer: Officer) -> None:
    answer = client.post(_add_url(officer), {**REWARD, "proofs": [_file(), _file()]}, follow=True)
    assert "已为单书白登记奖励：记三等功 治超专项行动" in answer.content.decode()
    entry = AdditionalEntry.objects.get()
    page = client.get(reverse("officer-entry", args=[entry.pk])).content.decode()
    assert page.count("决定.pdf") == 2
    correct = reverse("officer-entry-correct", args=[entry.pk])
    assert 'value="治超专项行动"' in client.get(correct).content.decode()
    client.post(correct, {**REWARD, "title": "治超行动", "reason": "名称多字"})
    second = AdditionalEntry.objects.latest("pk")
    page = client.get(reverse("officer-entry", args=[entry.pk])).content.decode()
    assert "更正为：记三等功 治超行动" in page
    client.post(reverse("officer-entry-withdraw", args=[second.pk]), {"reason": "未经批准"})
    assert "未经批准" in client.get(reverse("officer-entry", args=[second.pk])).content.decode()


def test_errors_stand_beside_their_fields_and_what_was_typed_stays(client: Client, officer: Officer) -> None:
    answer = client.post(
        _add_url(officer),
        {**REWARD, "decided_on": "2099-01-01", "proofs": [SimpleUploadedFile("a.exe", b"MZ")]},
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "2099-01-01 在今天之后" in page
    assert 'value="治超专项行动"' in page
    good = client.post(_add_url(officer), {**REWARD, "proofs": [SimpleUploadedFile("a.exe", b"MZ")]})
    assert "“a.exe”：只接受 PDF、JPEG、PNG 文件" in good.content.decode()


@pytest.mark.parametrize("kind", ["medal", "REWARD", "x" * 40])
def test_an_unknown_kind_is_not_found(client: Client, officer: Officer, kind: str) -> None:
    assert client.get(_add_url(officer, kind)).status_code == 404


def test_others_do_not_see_the_entry(
    client: Client,
    officer: Officer,
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
) -> None:
    client.post(_add_url(officer), {**REWARD, "proofs": [_file()]})
    entry = AdditionalEntry.objects.get()
    reviewer = sign_in(account_for("reviewer", tree.kunshan, Role.REVIEWER))
    stranger = sign_in(account_for("stranger", tree.nanjing, Role.REGISTRAR))
    own_account = account_for("own", tree.kunshan, Role.OFFICER)
    own_account.officer_uid = officer.uid
    own_account.save()
    address, correct = (reverse(name, args=[entry.pk]) for name in ("officer-entry", "officer-entry-correct"))
    assert reviewer.get(address).status_code == 200
    assert reviewer.get(correct).status_code == 403
    assert stranger.get(address).status_code == 404
    assert stranger.get(correct).status_code == 404
    assert sign_in(own_account).get(address).status_code == 200


def test_a_draft_is_kept_sealed_offered_again_and_gone_after_saving(client: Client, officer: Officer) -> None:
    save = reverse("draft-save", args=["entry-reward", officer.pk])
    assert client.post(save, {**REWARD, "csrfmiddlewaretoken": "x"}).status_code == 200
    draft = FormDraft.objects.get()
    assert "治超".encode() not in bytes(draft.content_sealed)
    page = client.get(_add_url(officer)).content.decode()
    assert "没有提交，已自动保存为草稿" in page
    assert 'value="治超专项行动"' not in page
    assert 'value="治超专项行动"' in client.get(_add_url(officer) + "?draft=1").content.decode()
    client.post(_add_url(officer), {**REWARD, "proofs": [_file()]})
    assert not FormDraft.objects.exists()


def test_a_draft_belongs_to_one_person_and_can_be_thrown_away(
    client: Client,
    officer: Officer,
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    sign_in: Callable[[Account], Client],
) -> None:
    client.post(reverse("draft-save", args=["entry-reward", officer.pk]), REWARD)
    colleague = sign_in(account_for("colleague", tree.kunshan, Role.REGISTRAR))
    assert "治超" not in colleague.get(_add_url(officer) + "?draft=1").content.decode()
    discard = reverse("draft-discard", args=["entry-reward", officer.pk])
    answer = client.post(discard, {"next": _add_url(officer)})
    assert answer.headers["Location"] == _add_url(officer)
    assert not FormDraft.objects.exists()


def test_a_draft_of_an_unknown_form_or_beyond_bounds_is_refused(client: Client, officer: Officer) -> None:
    for form, subject in (("nothing", officer.pk), ("officer-enter", 1), ("officer-change", 999)):
        assert client.post(reverse("draft-save", args=[form, subject]), REWARD).status_code == 404
    large: dict[str, Any] = {"title": "长" * 20_000}
    assert client.post(reverse("draft-save", args=["entry-reward", officer.pk]), large).status_code == 400
