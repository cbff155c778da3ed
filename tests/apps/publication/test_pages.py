"""The public answer: one word, only what may be shown, and never *valid* without proof."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from tests.apps.publication.conftest import NUMBER, jpeg, link, tell_certificate, tell_list

from warrant.apps.publication import urls
from warrant.apps.publication.models import KeyDirectory, PublicRecord, PublishedStatusList
from warrant.apps.publication.types import PUBLIC_PHOTO_MAX_BYTES
from warrant.core.credential.status_list import Status
from warrant.core.crypto.signing import SoftwareSigner

Maker = Callable[..., bytes]


def word(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page)
    assert found is not None
    return found[1]


def text_of(client: Client, path: str, language: str = "zh-hans") -> str:
    return client.get(path, headers={"accept-language": language}).content.decode()


def test_a_valid_certificate_shows_who_may_act(published: Client) -> None:
    page = text_of(published, f"/c/{NUMBER}")
    assert word(page) == "有效"
    for shown in (
        "林书白",
        "昆山市交通运输综合行政执法大队",
        "道路运政、交通综合行政执法",
        "昆山市",
        "2031-11-11",
    ):
        assert shown in page
    assert f'src="/c/{NUMBER}/photo"' in page
    assert "2026-11-22 16:45" in page


def test_nothing_else_is_shown(published: Client) -> None:
    page = text_of(published, f"/c/{NUMBER}")
    assert "4711" not in page
    assert "tsl:" not in page
    assert re.findall(r"\d{15,}", page) == []
    fields = {field.name for field in PublicRecord._meta.get_fields()}
    assert not fields & {"id_number", "id_number_sealed", "phone", "uid", "officer", "birth_on", "sex"}


@pytest.mark.parametrize(
    ("state", "shown", "tone"),
    [
        ("lost", "挂失", "broken"),
        ("withheld", "暂扣", "attention"),
        ("cancelled", "注销", "ended"),
        ("revoked", "吊销", "broken"),
        ("expired", "过期", "ended"),
        ("produced", "未发放", "attention"),
    ],
)
def test_every_other_state_has_its_own_word_and_colour(
    published: Client, now: datetime, state: str, shown: str, tone: str
) -> None:
    tell_certificate(now, ver=2, state=state)
    page = text_of(published, f"/c/{NUMBER}")
    assert word(page) == shown
    assert f'class="answer {tone}"' in page


def test_nobody_is_shown_before_the_certificate_is_handed_over(published: Client, now: datetime) -> None:
    tell_certificate(now, ver=2, state="produced")
    page = text_of(published, f"/c/{NUMBER}")
    assert "林书白" not in page
    assert published.get(f"/c/{NUMBER}/photo").status_code == 404


def test_the_list_takes_trust_away_before_the_record_does(
    published: Client, make_list: Maker, now: datetime
) -> None:
    tell_list(make_list(Status.SUSPENDED), now, ver=2)
    assert word(text_of(published, f"/c/{NUMBER}")) == "暂扣"


def test_an_old_list_gives_no_trust(published: Client, make_list: Maker, now: datetime) -> None:
    tell_list(make_list(issued_at=now - timedelta(hours=1, seconds=1)), now, ver=2)
    assert word(text_of(published, f"/c/{NUMBER}")) == "无法确认"


@pytest.mark.parametrize("model", [PublishedStatusList, KeyDirectory])
def test_without_list_or_keys_nothing_is_valid(
    published: Client, model: type[PublishedStatusList] | type[KeyDirectory]
) -> None:
    model._default_manager.all().delete()
    assert word(text_of(published, f"/c/{NUMBER}")) == "无法确认"


def test_a_directory_that_the_pinned_key_did_not_sign_is_worth_nothing(
    published: Client, settings: object
) -> None:
    other = SoftwareSigner.generate("es256").public_key.as_text()
    settings.WARRANT_PINNED_ROOT = other  # type: ignore[attr-defined]  # the settings fixture
    assert word(text_of(published, f"/c/{NUMBER}")) == "无法确认"


def test_the_last_day_is_valid_and_the_next_is_not(
    published: Client, make_list: Maker, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell_certificate(now, ver=2, valid_until="2026-11-21")
    assert word(text_of(published, f"/c/{NUMBER}")) == "过期"
    tell_certificate(now, ver=3, valid_until="2026-11-22")
    assert word(text_of(published, f"/c/{NUMBER}")) == "有效"


def test_an_unknown_number_says_so_and_what_to_do(published: Client) -> None:
    response = published.get("/c/32000000023")
    page = response.content.decode()
    assert response.status_code == 404
    assert word(page) == "查无此证"
    assert "32000000023" in page
    assert "12328" in page


def test_answers_are_never_kept(published: Client, make_token: Maker) -> None:
    for path in (f"/c/{NUMBER}", link(make_token()), f"/api/v1/certificates/{NUMBER}"):
        assert published.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("typed", ["320 0000 0015", "3200-0000-015", "３２０００００００１５"])
def test_a_number_may_be_typed_with_blanks(published: Client, typed: str) -> None:
    response = published.get("/", {"number": typed})
    assert response.status_code == 302
    assert response.headers["Location"] == f"/c/{NUMBER}"


def test_a_wrong_check_digit_is_explained_and_what_was_typed_stays(published: Client) -> None:
    response = published.get("/", {"number": "32000000016"})
    page = response.content.decode()
    assert response.status_code == 400
    assert "至少有一位有误" in page
    assert 'value="32000000016"' in page


def test_what_is_typed_cannot_become_markup(published: Client) -> None:
    page = published.get("/", {"number": '"><script>'}).content.decode()
    assert "<script>" not in page


@pytest.mark.parametrize("form", [str, str.lower])
def test_the_link_of_a_card_gives_the_same_answer_and_says_what_was_established(
    published: Client, make_token: Maker, form: Callable[[str], str]
) -> None:
    page = text_of(published, form(link(make_token())))
    assert word(page) == "有效"
    assert "林书白" in page
    assert "二维码的签名正确" in page
    assert "请对照照片当面核对" in page.split("没有核实")[1]


def test_a_link_shows_the_live_state(
    published: Client, make_token: Maker, make_list: Maker, now: datetime
) -> None:
    tell_list(make_list(Status.LOST), now, ver=2)
    tell_certificate(now, ver=2, state="lost")
    assert word(text_of(published, link(make_token()))) == "挂失"


def test_a_forged_link_is_unmistakable_and_shows_nothing_of_it(published: Client, make_token: Maker) -> None:
    forger = SoftwareSigner.generate("es256")
    page = text_of(published, link(make_token(forger, name="假名")))
    assert word(page) == "伪造"
    assert 'class="answer broken"' in page
    assert "假名" not in page
    assert "林书白" not in page


def test_a_changed_token_is_forged(published: Client, make_token: Maker) -> None:
    token = make_token().replace(NUMBER.encode(), b"32000000023")
    assert word(text_of(published, link(token))) == "伪造"


def test_a_torn_link_is_unreadable(published: Client, make_token: Maker) -> None:
    response = published.get(link(make_token())[:-20])
    assert response.status_code == 400
    assert word(response.content.decode()) == "不能识别"


def test_a_genuine_link_of_another_place_in_the_list_is_not_valid(
    published: Client, make_token: Maker
) -> None:
    assert word(text_of(published, link(make_token(status_index=4712)))) == "无法确认"


def test_a_genuine_link_of_an_unpublished_certificate_is_not_issued(
    published: Client, make_token: Maker
) -> None:
    assert word(text_of(published, link(make_token(certificate_number="32000000023")))) == "未发放"


def test_the_photo_is_small_and_kept_by_the_browser_only(published: Client) -> None:
    response = published.get(f"/c/{NUMBER}/photo")
    assert response.content == jpeg()
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["Cache-Control"] == "private, max-age=600"
    again = published.get(f"/c/{NUMBER}/photo", headers={"if-none-match": response.headers["ETag"]})
    assert again.status_code == 304


def test_the_answer_speaks_english(published: Client) -> None:
    page = text_of(published, f"/c/{NUMBER}", "en")
    assert word(page) == "Valid"
    assert "road transport administration; comprehensive transport enforcement" in page


def test_a_page_is_light(
    published: Client,
    make_token: Maker,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    with django_assert_max_num_queries(8):
        page = published.get(link(make_token())).content
    assert len(page) < 12_000


def test_who_asks_too_often_is_told_to_wait(published: Client) -> None:
    statuses = [published.get(f"/c/{NUMBER}").status_code for _ in range(122)]
    assert statuses[119] == 200
    assert statuses[120:] == [429, 429]


def test_an_unknown_address_leads_back_to_the_question(published: Client) -> None:
    response = published.get("/nothing/here")
    assert response.status_code == 404
    assert 'name="number"' in response.content.decode()


def test_the_whole_answer_is_below_thirty_kilobytes(published: Client, make_token: Maker) -> None:
    page = published.get(link(make_token())).content
    static = [Path(finders.find(path) or "") for path in ("warrant/public.css", "warrant/icons/mark.svg")]
    assert len(page) + sum(path.stat().st_size for path in static) + PUBLIC_PHOTO_MAX_BYTES < 30_000
    assert b"<script" not in page


def test_the_pages_work_without_a_cookie(published: Client) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.get("/", {"number": NUMBER}, follow=True).status_code == 200


def test_every_view_of_the_site_is_declared_open() -> None:
    for pattern in urls.urlpatterns:
        assert getattr(pattern.callback, "required_permission", "undeclared") is None
