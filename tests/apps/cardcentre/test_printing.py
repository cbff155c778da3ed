"""What goes to the card printer: whole or personal, one card or all that wait for their check."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse

from warrant.apps.accounts.models import Account
from warrant.apps.cardcentre.models import Card, CardBatch, CardJob
from warrant.core.access import Actor

MADE = "/card-faces/made.pdf"


@pytest.fixture
def browser(operator: Actor, sign_in: Callable[[Account], Client]) -> Client:
    return sign_in(Account.objects.get(pk=operator.account_id))


Make = Callable[[str, str, int], str]


@pytest.fixture
def make(browser: Client, case_for: Any, put_blank: Callable[..., None]) -> Make:
    """Makes one card on a blank with a common face (0: white), up to its check; returns the certificate's number."""

    def produce(serial: str, name: str, face: int) -> str:
        certificate = case_for(name)
        put_blank(serial, face=face)
        browser.post(reverse("card-job-start"), {"certificate": certificate.number, "reader": "virtual-1"})
        return str(certificate.number)

    return produce


@pytest.fixture
def made(make: Make) -> list[str]:
    """The numbers of two certificates whose cards wait for their check."""
    return [make("1D000000000001", "林书白", 0), make("1D000000000002", "陈予安", 0)]


def texts(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    try:
        return ["".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def test_everything_made_is_printed_in_one_go_as_the_work_place_is_set(
    browser: Client, made: list[str]
) -> None:
    pages = texts(browser.get(MADE).content)
    assert [number in page for number, page in zip([made[0]] * 2 + [made[1]] * 2, pages, strict=True)] == [
        True
    ] * 4
    assert "中华人民共和国" in pages[0]
    pages = texts(browser.get(MADE, {"part": "personal", "right": "0.4", "up": "-0.2"}).content)
    assert "中华人民共和国" not in "".join(pages)
    single = texts(browser.get(reverse("card-face", args=[made[0]])).content)
    assert "中华人民共和国" not in single[0]
    station = browser.get(reverse("card-centre")).content.decode()
    assert 'value="0.4"' in station
    assert 'value="personal" selected' in station


@pytest.mark.parametrize(
    "query", [{"right": "3.1"}, {"up": "nan"}, {"part": "back"}, {"right": "\x00"}, {"up": "1e999"}]
)
def test_a_setting_that_cannot_be_is_refused_and_not_kept(
    browser: Client, made: list[str], query: dict[str, str]
) -> None:
    assert browser.get(MADE, query).status_code == 400
    assert "中华人民共和国" in texts(browser.get(MADE).content)[0]


def test_with_nothing_made_there_is_nothing_to_print(browser: Client) -> None:
    assert browser.get(MADE).status_code == 409


def test_a_blank_that_carries_its_face_gets_the_personal_part(browser: Client, make: Make) -> None:
    number = make("1D000000000001", "林书白", 1)
    pages = texts(browser.get(MADE).content)
    assert number in pages[0]
    assert "中华人民共和国" not in "".join(pages)
    refused = browser.get(MADE, {"part": "whole"})
    assert refused.status_code == 409
    assert "空白卡上已印好版面，只能打印个人内容" in refused.content.decode()


def test_white_and_printed_blanks_do_not_go_into_the_printer_together(browser: Client, make: Make) -> None:
    numbers = [make("1D000000000001", "林书白", 0), make("1D000000000002", "陈予安", 1)]
    assert browser.get(MADE).status_code == 409
    single = [texts(browser.get(reverse("card-face", args=[number])).content)[0] for number in numbers]
    assert ["中华人民共和国" in page for page in single] == [True, False]


def test_a_blank_with_another_face_than_todays_is_refused_before_anything_is_written(
    browser: Client, case_for: Any, put_blank: Callable[..., None]
) -> None:
    certificate = case_for("林书白")
    put_blank("1D000000000001", face=1)
    CardBatch.objects.update(face_version=2)
    asked = {"certificate": certificate.number, "reader": "virtual-1"}
    page = browser.post(reverse("card-job-start"), asked, follow=True).content.decode()
    assert "卡 1D000000000001 印好的是第 2 号版式，现在制卡用第 1 号，请换一张卡" in page
    assert not CardJob.objects.exists()
    assert Card.objects.get().state == "blank"
