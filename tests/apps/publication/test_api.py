"""What programs fetch: enough to verify a card with public keys alone, by libraries that are not ours."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable
from datetime import datetime

import cbor2
import cwt
from cwt.cose_key_interface import COSEKeyInterface
from django.test import Client
from tests.apps.publication.conftest import NUMBER, link
from time_machine import TimeMachineFixture

from warrant.core.crypto.signing import SoftwareSigner

Maker = Callable[..., bytes]


def cose_key(entry: dict[int, object]) -> COSEKeyInterface:
    """The published COSE_Key without our private labels, which other libraries do not know."""
    return cwt.COSEKey.new({label: value for label, value in entry.items() if label > -65000})


def test_another_library_verifies_a_card_from_what_is_published(
    published: Client,
    make_token: Maker,
    root: SoftwareSigner,
    time_machine: TimeMachineFixture,
    now: datetime,
) -> None:
    time_machine.move_to(now, tick=False)  # the library reads the computer's clock
    pinned = cwt.COSEKey.new(
        {
            1: 2,
            2: root.public_key.key_id,
            3: -7,
            -1: 1,
            -2: root.public_key.raw[1:33],
            -3: root.public_key.raw[33:],
        }
    )
    answer = published.get("/.well-known/warrant/keys")
    assert answer.headers["Content-Type"] == "application/warrant-keys+cwt"
    directory = cwt.decode(answer.content, pinned)
    assert isinstance(directory, dict)
    keys = [cose_key(entry) for entry in directory[-65538]]
    scanned = link(make_token()).removeprefix("/Q/")
    token = base64.b32decode(scanned + "=" * (-len(scanned) % 8))
    claims = cwt.decode(token, keys)
    assert isinstance(claims, dict)
    assert claims[2] == NUMBER
    place = claims[65535]["status_list"]
    listed = published.get(f"/status-lists/{place['uri']}")
    assert listed.headers["Content-Type"] == "application/statuslist+cwt"
    status_list = cwt.decode(listed.content, keys)
    assert isinstance(status_list, dict)
    assert status_list[2] == "tsl:32-1"
    octets = zlib.decompress(status_list[65533]["lst"])
    assert octets[place["idx"] // 4] >> (place["idx"] % 4 * 2) & 3 == 0
    assert octets[0] == 0b01010101


def test_a_status_list_is_found_without_its_scheme_and_fetched_once(published: Client) -> None:
    first = published.get("/status-lists/32-1")
    assert cbor2.loads(first.content).tag == 18
    assert first.headers["Cache-Control"] == "public, max-age=60"
    again = published.get("/status-lists/32-1", headers={"if-none-match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_the_json_keys_have_the_province_and_its_time(published: Client) -> None:
    keys = published.get("/.well-known/warrant/keys.json").json()["keys"]
    assert [(key["iss"], key["kty"], key["alg"]) for key in keys] == [("32", "EC", "ES256")]


def test_the_api_gives_the_public_fields_and_no_others(published: Client) -> None:
    members = published.get(f"/api/v1/certificates/{NUMBER}").json()
    assert members == {
        "number": NUMBER,
        "state": "valid",
        "as_of": "2026-11-22T08:45:00+00:00",
        "name": "林书白",
        "agency": "昆山市交通运输综合行政执法大队",
        "categories": ["道路运政", "交通综合行政执法"],
        "area": "昆山市",
        "valid_from": "2026-11-12",
        "valid_until": "2031-11-11",
        "photo": f"/c/{NUMBER}/photo",
    }


def test_errors_of_the_api_are_problem_details(published: Client) -> None:
    unknown = published.get("/api/v1/certificates/32000000023")
    assert unknown.status_code == 404
    assert unknown.headers["Content-Type"] == "application/problem+json"
    assert unknown.json()["title"] == "certificate-not-found"
    mistyped = published.get("/api/v1/certificates/32000000016")
    assert (mistyped.status_code, mistyped.json()["title"]) == (400, "certificate-number-invalid")


def test_nothing_is_published_before_it_is(site: Client) -> None:
    for path in ("/.well-known/warrant/keys", "/.well-known/warrant/keys.json", "/status-lists/32-1"):
        assert site.get(path).status_code == 404


def test_machines_get_no_cookie(published: Client, now: datetime) -> None:
    for path in ("/.well-known/warrant/keys", "/status-lists/32-1", f"/api/v1/certificates/{NUMBER}"):
        assert not published.get(path).cookies
