"""Personalised cards in a real reader, read by another team's reader that knows ``docs/card-format.md`` alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
from tests.adapters.pcsc.daemon import Daemon
from tests.adapters.pcsc.other_team import laboratory
from tests.adapters.pcsc.other_team.reader import Reading, card_in, read_card
from tests.adapters.pcsc.test_pcsc import PcscDesk

from warrant.adapters.virtual_card.chip import VirtualCard
from warrant.adapters.virtual_card.reader import VirtualConnection
from warrant.core.chip import layout
from warrant.core.chip.rekeying import plan_rekeying, rekey
from warrant.core.chip.reviews import ReviewRecord, ReviewResult
from warrant.core.chip.upkeep import append_reviews
from warrant.core.keys.hierarchy import KEY_SUITES, KeySuite, KeyUsage
from warrant.nodes.laboratory import cards, keys
from warrant.nodes.laboratory.cards import Recipe

pytestmark = [pytest.mark.pcsc, pytest.mark.xdist_group("pcsc")]
ON = date(2026, 11, 23)
TRUSTED = laboratory.issuers()


@contextmanager
def in_reader(daemon: Daemon, card: VirtualCard) -> Iterator[str]:
    desk = PcscDesk(daemon, card)
    desk.insert()
    try:
        yield desk.reader.name
    finally:
        desk.remove()


def read(daemon: Daemon, card: VirtualCard) -> Reading:
    with in_reader(daemon, card) as reader, card_in(reader) as transmit:
        return read_card(transmit, TRUSTED, laboratory.master, ON)


@pytest.mark.parametrize("suite", KEY_SUITES)
@pytest.mark.parametrize("signature", ["es256", "sm2-sm3"])
def test_every_field_of_a_card_is_read_and_every_check_passes(
    daemon: Daemon, suite: KeySuite, signature: str
) -> None:
    reading = read(daemon, cards.make(suite, Recipe(signer=keys.issuer(signature))))
    assert (reading.verdict, set(reading.checks.values())) == ("genuine", {True})
    told = {name: value for name, value in reading.content.items() if name not in {"photo", "signature"}}
    assert told == {
        "format version": 1,
        "certificate number": "99000000016",
        "chip serial number": bytes.fromhex("1D99000000000A"),
        "issuer": "交通运输行政执法证件实验室",
        "area code": "990100",
        "area name": "实验区",
        "enforcement category": ["01", "03"],
        "valid from": date(2026, 1, 1),
        "valid until": date(2031, 1, 1),
        "cipher suite": suite,
        "key version": 1,
        "index in the status list": 0,
        "holder's name": "实验卡·甲",
        "holder's sex": "2",
        "agency name": "交通运输行政执法证件实验室",
        "digest of the filing receipt": bytes(range(32)),
        "signature suite": signature,
        "signing key": bytes.fromhex("D8E9B653B49B263D" if signature == "es256" else "044D0A5ACC097B82"),
    }
    assert reading.content["photo"] == cards.photo()
    assert [(one.year, one.result, one.reviewed_on, one.division) for one in reading.reviews] == [
        (2025, "passed", date(2025, 12, 1), "990100"),
        (2024, "passed", date(2024, 12, 3), "990100"),
    ]
    assert "  signature: passed" in list(reading.lines())


CONTENTS = {
    "rare characters": {
        "holder_name": "𬱖\U00031350\U000e0100䶮",
        "agency_name": "㐂𠮷市交通运输综合行政执法支队",
    },
    "several categories": {"categories": ("08", "01", "03", "05", "06")},
    "english": {
        "holder_name": "O'Neill, Zoë",
        "agency_name": "Road Transport Unit 1",
        "issuer": "Laboratory",
    },
    "as long as fits": {
        "photo": bytes(range(256)) * 6,
        "agency_name": "局" * 50,
        "status_list_index": 0xFFFFFFFF,
    },
    "shortest": {
        "photo": b"\x00",
        "holder_name": "甲",
        "agency_name": "乙",
        "area_name": "丙",
        "issuer": "丁",
    },
}
FIELDS = {
    "holder_name": "holder's name",
    "agency_name": "agency name",
    "area_name": "area name",
    "categories": "enforcement category",
    "status_list_index": "index in the status list",
}


@pytest.mark.parametrize("suite", KEY_SUITES)
@pytest.mark.parametrize("change", CONTENTS.values(), ids=CONTENTS)
def test_unusual_contents_are_read_as_they_were_written(
    daemon: Daemon, suite: KeySuite, change: dict[str, object]
) -> None:
    change = {name: value[:1495] if isinstance(value, bytes) else value for name, value in change.items()}
    reading = read(daemon, cards.make(suite, Recipe(change=change)))
    assert (reading.verdict, set(reading.checks.values())) == ("genuine", {True})
    for name, value in change.items():
        expected = list(value) if isinstance(value, tuple) else value
        assert reading.content[FIELDS.get(name, name)] == expected


@pytest.mark.parametrize("suite", KEY_SUITES)
@pytest.mark.parametrize(("made", "kept"), [(0, []), (1, [2010]), (10, [*range(2019, 2009, -1)])])
def test_reviews_come_newest_first(daemon: Daemon, suite: KeySuite, made: int, kept: list[int]) -> None:
    reading = read(daemon, cards.make(suite, Recipe(reviews=reviews(2010, made))))
    assert reading.verdict == "genuine"
    assert [one.year for one in reading.reviews] == kept


def reviews(first: int, count: int) -> tuple[ReviewRecord, ...]:
    return tuple(
        ReviewRecord(year, ReviewResult.NOT_PASSED, date(year, 12, 1), "990100")
        for year in range(first, first + count)
    )


@pytest.mark.parametrize("suite", KEY_SUITES)
def test_reviews_beyond_the_tenth_push_out_the_oldest(daemon: Daemon, suite: KeySuite) -> None:
    card = cards.make(suite, Recipe(reviews=reviews(2010, 10)))
    maintenance, mac = (
        keys.card_key(suite, 1, usage, cards.CERTIFICATE_NUMBER)
        for usage in (KeyUsage.MAINTENANCE, KeyUsage.MAC)
    )
    append_reviews(VirtualConnection(card), suite, reviews(2020, 3), maintenance, mac)
    reading = read(daemon, card)
    assert reading.verdict == "genuine"
    assert [(one.year, one.result) for one in reading.reviews] == [
        (year, "not passed") for year in range(2022, 2012, -1)
    ]


@pytest.mark.parametrize("suite", KEY_SUITES)
def test_a_re_keyed_card_is_read_with_the_keys_of_its_new_version(daemon: Daemon, suite: KeySuite) -> None:
    card = cards.make(suite)
    old, new = (
        {usage: keys.card_key(suite, version, usage, cards.CERTIFICATE_NUMBER) for usage in KeyUsage}
        for version in (1, 2)
    )
    content = replace(cards.content(suite), key_version=2)
    rekey(VirtualConnection(card), plan_rekeying(content, old, new, keys.issuer()))
    reading = read(daemon, card)
    assert (reading.verdict, reading.content["key version"]) == ("genuine", 2)
    assert set(reading.checks.values()) == {True}


def flipped(place: int, mask: int = 1):
    return lambda image: image[:place] + bytes((image[place] ^ mask,)) + image[place + 1 :]


@pytest.mark.parametrize("suite", KEY_SUITES)
@pytest.mark.parametrize(
    ("place", "word"),
    [(1, "damaged"), (5, "damaged"), (19, "forged"), (30, "damaged"), (207, "damaged")],
    ids=["length", "version", "number", "serial number's tag", "filling"],
)
def test_a_bit_flipped_in_the_certificate_file_is_refused(
    daemon: Daemon, suite: KeySuite, place: int, word: str
) -> None:
    recipe = Recipe(tamper={layout.CERTIFICATE.file_id: flipped(place)})
    assert read(daemon, cards.make(suite, recipe)).verdict == word


@pytest.mark.parametrize("suite", KEY_SUITES)
@pytest.mark.parametrize("signature", ["es256", "sm2-sm3"])
def test_a_wrong_signature_and_one_by_a_stranger_are_refused(
    daemon: Daemon, suite: KeySuite, signature: str
) -> None:
    issuer = keys.issuer(signature)
    wrong = cards.make(suite, Recipe(signer=issuer, tamper={layout.SIGNATURE.file_id: flipped(40)}))
    reading = read(daemon, wrong)
    assert (reading.verdict, reading.checks["signature"], reading.checks["authenticity"]) == (
        "forged",
        False,
        True,
    )
    reading = read(daemon, cards.make(suite, Recipe(signer=keys.stranger())))
    assert (reading.verdict, reading.checks["signature"]) == ("unconfirmed", None)


@pytest.mark.parametrize("suite", KEY_SUITES)
def test_a_card_under_wrong_keys_is_forged_and_keeps_the_tries_of_its_inspection_key(
    daemon: Daemon, suite: KeySuite
) -> None:
    card = cards.make(suite, Recipe(below=(2, keys.PROVINCE, cards.CERTIFICATE_NUMBER)))
    for _ in range(9):
        reading = read(daemon, card)
        assert (reading.verdict, reading.checks["authenticity"]) == ("forged", False)
        assert reading.checks["reviews"] is None
    with in_reader(daemon, card) as reader, card_in(reader) as transmit:
        reading = read_card(transmit, TRUSTED, lambda usage, _version: laboratory.master(usage, 2), ON)
    assert (reading.verdict, set(reading.checks.values())) == ("genuine", {True})
