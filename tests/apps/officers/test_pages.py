"""Pages: rights, bounds, errors beside the field, and what was typed stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.apps.officers.entries import ID_NUMBER, entry, posted
from tests.support.proofs import pdf
from warrant.adapters.made_up_portraits import portrait
from warrant.apps.accounts.models import Account
from warrant.apps.accounts.selectors import actor_for
from warrant.apps.officers.models import Officer
from warrant.apps.officers.services import enter_officer, open_account_for_officer, set_photo
from warrant.apps.officers.services.entering import new_officer
from warrant.apps.officers.services.writing import write_new
from warrant.apps.officers.types import ChainLink, Panel
from warrant.core.access import Actor, Role
from warrant.core.lifecycle import ChangeKind
from warrant.core.roster.entry import RosterEntry

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


def panel_for_test(actor: Actor, officer: Officer) -> Panel:
    return Panel(
        "培训", "officers/id_number_reading.jinja", {"problem": officer.name, "reading": None}, count=3
    )


def links_for_test(officer: Officer) -> list[ChainLink]:
    return [ChainLink("备案", "broken", note="部级退回", cure="补正后再报", order=60)]


def text_of(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def crowd(vault: Any, registrar: Actor, tree: SimpleNamespace, now: datetime) -> None:
    entries = [
        RosterEntry(
            name=f"阿卜杜热合曼·买买提{number:02}",
            id_number=f"{number:018}",
            sex_code="1",
            born_on=date(1990, 1, 1),
            education_code="21",
            category_codes=("01", "02"),
            post="行政执法岗",
            position="四级主任科员",
            staffing_code="civil-service-law",
        )
        for number in range(60)
    ]
    officers = [new_officer(registrar, one, tree.kunshan_brigade, now=now) for one in entries]
    write_new(officers, ChangeKind.ENTERED, registrar, now=now)


def test_a_full_list_stays_within_bounds(
    client: Client, crowd: None, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    with django_assert_max_num_queries(MOST_QUERIES):
        response = client.get(reverse("officer-list"))
    assert response.status_code == 200
    assert len(response.content) <= LARGEST_PAGE
    assert "共 60 人" in text_of(response)


def test_the_next_page_follows(client: Client, crowd: None) -> None:
    first = text_of(client.get(reverse("officer-list")))
    address = first.split('href="/officers/?after=')[1].split('"')[0]
    second = text_of(client.get(f"/officers/?after={address}".replace("&amp;", "&")))
    assert "买买提39" in first
    assert "买买提40" not in first
    assert "买买提40" in second


@pytest.mark.parametrize("query", ["书白", "单", "shan", "shubai", "ssb", "SB"])
def test_a_name_is_found_by_any_part(client: Client, officer: Officer, query: str) -> None:
    assert "单书白" in text_of(client.get(reverse("officer-list"), {"q": query}))


@pytest.mark.parametrize(
    "query", [{"q": "曾"}, {"category": "03"}, {"education": "3"}, {"unit": "320583", "q": "x"}]
)
def test_others_are_not_shown(client: Client, officer: Officer, query: dict[str, str]) -> None:
    response = client.get(reverse("officer-list"), query)
    assert response.status_code == 200
    assert "没有符合条件的人员" in text_of(response)


def test_filters_narrow_to_the_unit_and_say_so(client: Client, officer: Officer) -> None:
    page = text_of(
        client.get(reverse("officer-list"), {"unit": "320583-01", "category": "01", "education": "2"})
    )
    assert "单书白" in page
    assert 'value="320583-01" checked' in page


def test_a_list_shows_nobody_out_of_scope(
    officer: Officer,
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    sign_in: Callable[..., Client],
) -> None:
    stranger = sign_in(account_for("stranger", tree.nanjing, Role.REGISTRAR))
    assert "单书白" not in text_of(stranger.get(reverse("officer-list"), {"q": "单"}))
    for name in ("officer-detail", "officer-glance", "officer-change", "officer-photo", "officer-unmask"):
        assert stranger.get(reverse(name, args=[officer.pk])).status_code == 404


def test_an_id_number_leads_to_the_officer(client: Client, officer: Officer) -> None:
    target = reverse("officer-detail", args=[officer.pk])
    assert client.post(reverse("officer-search"), {"q": f" {ID_NUMBER} "})["Location"] == target
    swapped = client.post(reverse("officer-search"), {"q": ID_NUMBER}, headers={"HX-Request": "true"})
    assert swapped["HX-Redirect"] == target
    assert client.get(reverse("officer-list"), {"q": ID_NUMBER})["Location"] == target


def test_the_page_of_an_officer_stays_within_bounds(
    client: Client,
    officer: Officer,
    settings: Any,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    settings.WARRANT_OFFICER_PANELS = ["tests.apps.officers.test_pages.panel_for_test"]
    settings.WARRANT_CHAIN_PROVIDERS = ["tests.apps.officers.test_pages.links_for_test"]
    client.get(reverse("home"))
    with django_assert_max_num_queries(MOST_QUERIES):
        response = client.get(reverse("officer-detail", args=[officer.pk]))
    page = text_of(response)
    assert len(response.content) <= LARGEST_PAGE
    assert ID_NUMBER not in page
    assert "329901**********35" in page
    assert "2012-07<" in page
    assert "补正后再报" in page
    address = f"{reverse('officer-detail', args=[officer.pk])}?part=qualification"
    assert address in page
    fragment = client.get(address, headers={"HX-Request": "true"})
    assert "<html" not in text_of(fragment)
    assert "培训" in text_of(fragment)


def test_each_part_of_the_record_has_its_address(client: Client, officer: Officer) -> None:
    address = reverse("officer-detail", args=[officer.pk])
    assert "还没有附证明材料的学历记录" in text_of(client.get(address, {"part": "education"}))
    assert "registrar" in text_of(client.get(address, {"part": "history"}))


def test_a_reviewer_sees_but_does_not_change(
    officer: Officer,
    tree: SimpleNamespace,
    account_for: Callable[..., Account],
    sign_in: Callable[..., Client],
) -> None:
    reviewer = sign_in(account_for("reviewer", tree.kunshan, Role.REVIEWER))
    page = text_of(reviewer.get(reverse("officer-detail", args=[officer.pk])))
    assert "单书白" in page
    assert reverse("officer-change", args=[officer.pk]) not in page
    for name in ("officer-change", "officer-photo-upload", "officer-education-add", "officer-account-open"):
        assert reviewer.get(reverse(name, args=[officer.pk])).status_code == 403
    assert reviewer.get(reverse("officer-enter")).status_code == 403


def test_an_officer_is_entered_by_form(client: Client, vault: Any) -> None:
    response = client.post(reverse("officer-enter"), posted(), follow=True)
    officer = Officer.system.get()
    assert response.redirect_chain[-1][0] == reverse("officer-detail", args=[officer.pk])
    assert "已登记单书白（昆山市交通运输综合行政执法大队）" in text_of(response)
    assert officer.category_codes == ["01", "02"]


def test_wrong_input_is_told_beside_the_field_and_stays(client: Client, vault: Any) -> None:
    response = client.post(
        reverse("officer-enter"),
        posted(id_number="329901199005011234", agency="昆山大队甲", work_started="去年", school="河海"),
    )
    page = text_of(response)
    assert response.status_code == 400
    assert 'id="id_id_number_error"' in page
    assert 'id="id_agency_error"' in page
    assert 'id="id_work_started_error"' in page
    assert 'value="昆山大队甲"' in page
    assert 'value="河海"' in page


def test_an_empty_form_names_every_missing_field(client: Client, vault: Any) -> None:
    response = client.post(reverse("officer-enter"), {})
    page = text_of(response)
    assert response.status_code == 400
    for field in ("name", "id_number", "agency", "categories"):
        assert f'id="id_{field}_error"' in page


@pytest.mark.parametrize(
    ("typed", "shown"),
    [(ID_NUMBER, "1990-05-01"), ("329901199005011234", "校验位不符"), ("", "自动得出")],
)
def test_the_id_number_fills_in_what_it_says(client: Client, typed: str, shown: str) -> None:
    assert shown in text_of(client.post(reverse("officer-id-reading"), {"id_number": typed}))


def test_a_change_says_what_was_changed(client: Client, officer: Officer) -> None:
    address = reverse("officer-change", args=[officer.pk])
    page = text_of(client.get(address))
    assert 'value="2012-07"' in page
    sent = posted(position="副大队长", revision=officer.revision)
    assert "已修改单书白的职务" in text_of(client.post(address, sent, follow=True))
    assert client.post(address, {**sent, "position": "大队长"}).status_code == 409


def test_a_photo_is_checked_and_shown_privately(client: Client, officer: Officer) -> None:
    address = reverse("officer-photo-upload", args=[officer.pk])
    bad = client.post(address, {"photo": SimpleUploadedFile("a.jpg", b"GIF89a not a photo")})
    assert bad.status_code == 400
    assert 'id="id_photo_error"' in text_of(bad)
    assert client.get(reverse("officer-photo", args=[officer.pk])).status_code == 404
    good = client.post(address, {"photo": SimpleUploadedFile("照片.jpg", portrait(3, "male"))})
    assert good.status_code == 302
    served = client.get(reverse("officer-photo", args=[officer.pk]))
    assert served.content.startswith(b"\xff\xd8\xff")
    assert served["Cache-Control"] == "private, no-store"
    assert served["X-Content-Type-Options"] == "nosniff"
    assert "inline" in served["Content-Disposition"]


def test_a_proof_goes_in_and_opens_again(client: Client, officer: Officer) -> None:
    address = reverse("officer-education-add", args=[officer.pk])
    sent = {
        "education": "21",
        "degree": "3",
        "school": "河海大学",
        "major": "法学",
        "graduated_on": "2012-06-30",
    }
    bad = client.post(address, {**sent, "proof": SimpleUploadedFile("diploma.pdf", b"MZ program")})
    assert bad.status_code == 400
    assert 'id="id_proof_error"' in text_of(bad)
    assert 'value="河海大学"' in text_of(bad)
    client.post(address, {**sent, "proof": SimpleUploadedFile("diploma.pdf", pdf())})
    proof = officer.educations.get().proof
    assert client.get(reverse("document-open", args=[proof.pk])).content == pdf()


def test_an_account_shows_its_password_once(client: Client, officer: Officer) -> None:
    address = reverse("officer-account-open", args=[officer.pk])
    assert client.post(address, {"username": "含空格 名"}).status_code == 400
    response = client.post(address, {"username": "shan.shubai"})
    assert "一次性密码" in text_of(response)
    assert response["Cache-Control"] == "private, no-store"
    assert client.post(address, {"username": "shan.again"}).status_code == 409


def test_the_id_number_is_shown_once_for_a_reason(client: Client, officer: Officer) -> None:
    address = reverse("officer-unmask", args=[officer.pk])
    refused = client.post(address, {"reason": ""})
    assert refused.status_code == 400
    assert ID_NUMBER not in text_of(refused)
    shown = client.post(address, {"reason": "核对社保信息"})
    assert ID_NUMBER in text_of(shown)
    assert shown["Cache-Control"] == "private, no-store"
    assert ID_NUMBER not in text_of(client.get(reverse("officer-detail", args=[officer.pk])))


def test_an_officer_follows_the_own_record_only(
    officer: Officer,
    registrar: Actor,
    now: datetime,
    today: date,
    sign_in: Callable[[Account], Client],
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    set_photo(registrar, officer.pk, portrait(3, "male"), "a.jpg", now=now)
    other, _doubts = enter_officer(
        registrar, entry(name="曾某", id_number="329901198503020025"), on=today, now=now
    )
    _officer, account, _password = open_account_for_officer(registrar, officer.pk, "shan", now=now)
    account.must_change_password = False
    account.save()
    own = sign_in(account)
    own.get(reverse("home"))  # writes when the session was seen, once a minute
    for part in ("", "education", "records", "history"):
        with django_assert_max_num_queries(MOST_QUERIES):
            own.get(reverse("own-record"), {"part": part})
    page = own.get(reverse("own-record"))
    assert "单书白" in text_of(page)
    assert ID_NUMBER not in text_of(page)
    assert own.get(reverse("officer-photo", args=[officer.pk])).status_code == 200
    assert own.get(reverse("officer-photo", args=[other.pk])).status_code == 404
    assert own.get(reverse("officer-detail", args=[other.pk])).status_code == 403
    assert own.get(reverse("officer-list")).status_code == 403
