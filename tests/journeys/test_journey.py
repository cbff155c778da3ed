"""The whole chain in headless Chromium, as all the people involved, on both databases."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import cwt
import httpx
import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Browser
from tests.support.chromium import ChromiumPerson, chromium

from warrant.nodes.group import Logins, prepare_group
from warrant.nodes.journey.steps import STEPS
from warrant.nodes.journey.walk import Walk
from warrant.nodes.launcher import NodeGroup

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(params=DATABASES)
def nodes(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[NodeGroup, Logins]:
    if request.param == "sqlite":
        return request.getfixturevalue("group")
    postgres = request.getfixturevalue("postgres")
    urls = {kind: postgres.create_database(kind) for kind in ("ministry", "province", "public")}
    return prepare_group(tmp_path / "nodes", database_urls=urls)


def codes_on(pdf: bytes) -> list[str]:
    """Read every bar code on every page, as a camera would: from the picture."""
    document = pypdfium2.PdfDocument(pdf)
    pictures = [page.render(scale=6).to_pil() for page in document]
    document.close()
    return [code.text for picture in pictures for code in zxingcpp.read_barcodes(picture)]


def octets(base64url: str) -> bytes:
    return base64.urlsafe_b64decode(base64url + "=" * (-len(base64url) % 4))


def text(written: str | bytes) -> str:
    """Return a claim's text: UTF-16BE where that is shorter."""
    return written if isinstance(written, str) else written.decode("utf-16-be")


def claims_of(link: str, public_site: str) -> dict[int | str, Any]:
    """Verify the QR code's token with a library that is not ours and the keys that the public site publishes."""
    published = httpx.get(f"{public_site}/.well-known/warrant/keys.json", timeout=10).json()["keys"]
    keys = [
        cwt.COSEKey.new(
            {1: 2, 2: octets(key["kid"]), 3: -7, -1: 1, -2: octets(key["x"]), -3: octets(key["y"])}
        )
        for key in published
        if key["alg"] == "ES256"
    ]
    token = link.rsplit("/", 1)[1]
    claims = cwt.decode(base64.b32decode(token + "=" * (-len(token) % 8)), keys)
    assert isinstance(claims, dict)
    return claims


@pytest.mark.journey
def test_one_officer_goes_the_whole_way_in_a_browser(
    nodes: tuple[NodeGroup, Logins], browser: Browser, tmp_path: Path
) -> None:
    started, logins = nodes
    people: list[ChromiumPerson] = []

    def person_at(url: str) -> ChromiumPerson:
        people.append(ChromiumPerson(browser, url))
        return people[-1]

    with started:
        walk = Walk(started, logins, tmp_path, person_at)
        for _title, step in STEPS:
            step(walk)
        public_site = started.nodes["public"].url
        (link,) = codes_on((tmp_path / "card-face.pdf").read_bytes())
        claims = claims_of(link, public_site)
        for person in people:
            person.context.close()

    assert link == link.upper(), "capitals keep the code small"
    assert link == walk.qr_text.replace("http://", "HTTP://")
    assert claims[1] == "32"
    assert claims[2] == walk.certificate_number
    name, agency, categories, area, _photo = claims[-65537]
    assert (text(name), text(agency)) == ("胡秀艳", "昆山市交通运输综合行政执法大队")
    assert (categories, area) == (["01"], "320583")
    assert [trouble for person in people for trouble in person.troubles] == []
    own = {urlsplit(node.url).netloc for node in started.nodes.values()}
    assert set().union(*(person.hosts for person in people)) == own
    assert len(walk.people) == 13, "with the officer and the stranger, fifteen people take part"
