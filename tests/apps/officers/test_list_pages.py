"""The list page: one box finds everything, the address says what is shown, no ID number gets into one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from tests.apps.conftest import Enter
from tests.apps.officers.test_listing import ID_NUMBER
from tests.apps.world import made_up_id_number
from warrant.apps.accounts.models import Account
from warrant.apps.officers.models import SavedView
from warrant.apps.officers.selectors.sealing import id_number_index, id_tail_index
from warrant.core.access import Role

HTMX = {"HX-Request": "true"}
LIST = "/officers/"


@pytest.fixture
def client(tree: Any, account_for: Callable[..., Account], sign_in: Callable[..., Client]) -> Client:
    return sign_in(account_for("li", tree.suzhou, Role.REGISTRAR))


@pytest.fixture
def registered(enter: Enter) -> None:
    enter(
        "单书白",
        id_number_index=id_number_index(ID_NUMBER),
        id_tail_index=id_tail_index(ID_NUMBER),
        certificate_state="active",
        certificate_valid_until=date(2030, 1, 1),
    )
    enter("曾国安", categories="01", birth_on=date(1970, 1, 1), state="left", left_kind="retirement")


def shown(response: Any) -> list[str]:
    text = response.content.decode()
    places = {name: text.find(f">{name}</a>") for name in ("单书白", "曾国安")}
    return [name for name in sorted(places, key=lambda name: places[name]) if places[name] >= 0]


@pytest.mark.usefixtures("registered")
def test_the_list_is_ordered_and_filtered_as_the_address_says(client: Client) -> None:
    assert shown(client.get(LIST)) == ["单书白", "曾国安"]
    assert shown(client.get(LIST, {"sort": "-name"})) == ["曾国安", "单书白"]
    assert shown(client.get(LIST, {"sort": "age"})) == ["单书白", "曾国安"]
    assert shown(client.get(LIST, {"sort": "valid_until"})) == ["单书白", "曾国安"]
    assert shown(client.get(LIST, {"sort": "-valid_until"})) == ["单书白", "曾国安"]
    assert shown(client.get(LIST, {"category": "01"})) == ["曾国安"]
    assert shown(client.get(LIST, {"certificate_state": "none"})) == ["曾国安"]


@pytest.mark.usefixtures("registered")
def test_a_search_goes_to_an_address_that_says_it(client: Client) -> None:
    typed = {"q": "书白", "category": "", "sort": "name", "age_from": "30"}
    assert (
        client.post("/officers/search/", typed)["Location"] == "/officers/?q=%E4%B9%A6%E7%99%BD&age_from=30"
    )
    swapped = client.post("/officers/search/", typed, headers=HTMX)
    assert swapped["HX-Push-Url"] == "/officers/?q=%E4%B9%A6%E7%99%BD&age_from=30"
    assert shown(swapped) == ["单书白"]
    assert b"<html" not in swapped.content


@pytest.mark.usefixtures("registered")
def test_the_end_of_an_id_number_finds_and_stays_out_of_the_address(client: Client) -> None:
    found = client.post("/officers/search/", {"q": "0010"}, headers=HTMX)
    assert shown(found) == ["单书白"]
    query = parse_qs(urlsplit(found["HX-Push-Url"]).query)
    assert query == {"tail": [id_tail_index("0010").hex()]}
    assert "0010" not in found.content.decode().replace(query["tail"][0], "")
    assert shown(client.get(found["HX-Push-Url"])) == ["单书白"]
    assert "0010" not in client.get(LIST, {"q": "0010"})["Location"].replace(query["tail"][0], "")


@pytest.mark.usefixtures("registered")
def test_a_wrong_or_unknown_id_number_is_explained_and_not_repeated(client: Client) -> None:
    wrong = client.post("/officers/search/", {"q": "329901199005011234"}, headers=HTMX)
    assert "校验位不符" in wrong.content.decode()
    number = made_up_id_number(77)
    text = client.post("/officers/search/", {"q": number}, follow=True).content.decode()
    assert "您的管辖范围内没有登记这个身份证号码" in text
    assert number not in text


@pytest.mark.usefixtures("registered")
def test_digits_wait_until_they_are_sent(client: Client) -> None:
    headers = {**HTMX, "HX-Trigger-Name": "q"}
    assert client.post("/officers/search/", {"q": "0010"}, headers=headers).status_code == 204
    assert client.post("/officers/search/", {"q": "单"}, headers=headers).status_code == 200


@pytest.mark.usefixtures("registered")
def test_a_wrong_filter_is_named_and_the_rest_still_works(client: Client) -> None:
    page = client.get(LIST, {"age_from": "alt", "category": "01"})
    assert page.status_code == 400
    assert "“alt”不是可用的筛选条件" in page.content.decode()
    assert shown(page) == ["曾国安"]
    typed = client.post("/officers/search/", {"age_from": "alt", "category": "01"})
    assert typed.status_code == 400
    assert shown(typed) == ["曾国安"]


@pytest.mark.usefixtures("registered")
def test_columns_are_chosen_ordered_and_remembered(client: Client) -> None:
    chosen = {"column": ["phone", "age"], "listing": "category=01"}
    address = client.post("/officers/columns/", chosen)["Location"]
    assert parse_qs(urlsplit(address).query)["columns"] == ["name,phone,age"]
    text = client.get(LIST).content.decode().split("<thead>")[1]
    assert text.index("联系电话</th>") < text.index("年龄</a>")
    assert "证件状态</a>" not in text
    client.post("/officers/columns/", {"reset": "1", "listing": ""})
    assert "证件状态</a>" in client.get(LIST).content.decode()


@pytest.mark.usefixtures("registered")
def test_a_view_is_kept_and_can_open_the_list(client: Client) -> None:
    kept = {"name": "退休人员", "listing": "left_kind=retirement", "is_first": "1", "is_shared": "1"}
    assert client.post("/officers/views/save/", kept)["Location"] == "/officers/?left_kind=retirement"
    assert client.get(LIST)["Location"] == "/officers/?left_kind=retirement"
    assert shown(client.get(LIST, {"all": "1"})) == ["单书白", "曾国安"]
    view = SavedView.objects.get()
    assert "退休人员" in client.get("/officers/views/").content.decode()
    client.post(f"/officers/views/{view.pk}/delete/")
    assert client.get(LIST).status_code == 200


def test_further_filters_keep_what_is_chosen(client: Client) -> None:
    asked = {"education": "2", "age_from": "30", "category": "02"}
    part = client.get("/officers/filters/", asked, headers=HTMX).content.decode()
    assert '<option value="2" selected>' in part
    assert 'value="30"' in part
    assert "<html" not in part
    page = client.get("/officers/filters/", asked).content.decode()
    assert '<input type="hidden" name="category" value="02">' in page
    assert '<input type="hidden" name="education"' not in page


def test_a_wrong_further_filter_comes_back_beside_its_field(client: Client) -> None:
    typed = {"page": "further", "age_from": "alt", "left_from": "2026-02-30", "education": "2"}
    page = client.post("/officers/search/", typed)
    text = page.content.decode()
    assert page.status_code == 400
    assert 'value="alt"' in text
    assert 'value="2026-02-30"' in text
    assert 'id="f-age_from-error">“alt”不是可用的筛选条件；请重新选择<' in text
    assert '<option value="2" selected>' in text


@pytest.mark.parametrize("name", ["", "长" * 41, "a\x00b"])
def test_a_view_without_a_usable_name_comes_back_with_what_was_typed(client: Client, name: str) -> None:
    page = client.post("/officers/views/save/", {"name": name, "listing": "category=01", "is_first": "1"})
    text = page.content.decode()
    assert page.status_code == 400
    assert "请给视图起一个不超过 40 字的名称" in text
    assert f'name="name" value="{name}"' in text
    assert 'name="is_first" value="1" checked' in text
    assert not SavedView.objects.exists()


def test_the_tree_of_units_opens_level_by_level(client: Client, tree: Any) -> None:
    top = client.get("/officers/units/").content.decode()
    assert tree.suzhou.name in top
    assert tree.jiangsu.name not in top
    below = client.get("/officers/units/", {"below": tree.suzhou.code}).content.decode()
    assert tree.kunshan.name in below
    assert tree.kunshan_brigade.name not in below
    named = client.get("/officers/units/", {"unit_name": "大队"}).content.decode()
    assert tree.kunshan_brigade.name in named
    assert tree.jiangsu_brigade.name not in named
    outside = client.get("/officers/units/", {"below": tree.jiangsu.code}).content.decode()
    assert tree.nanjing.name not in outside


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize("address", ["?after=x", "?sort=shoe", "?sort=age&after=WyJuIiwgMSwgMV0"])
def test_a_bent_address_is_refused_in_words(client: Client, address: str) -> None:
    assert client.get(f"{LIST}{address}").status_code == 400


def test_who_may_not_see_officers_gets_no_list(
    tree: Any, account_for: Callable[..., Account], sign_in: Callable[..., Client]
) -> None:
    card = sign_in(account_for("card", tree.jiangsu, Role.CARD_OPERATOR))
    for name in ("officer-list", "officer-units", "officer-views"):
        assert card.get(reverse(name)).status_code == 403
    for name in ("officer-search", "officer-view-save", "officer-columns"):
        assert card.post(reverse(name)).status_code == 403


def test_a_refused_filter_never_looks_like_an_empty_register(client: Client) -> None:
    page = client.get(f"{LIST}?age_from=abc")
    assert page.status_code == 400
    text = page.content.decode()
    assert "还没有登记执法人员" not in text
    assert "清除筛选条件" in text
