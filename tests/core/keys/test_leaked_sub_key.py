"""A leak of one province's sub-keys: what whoever holds them can open, and what stays shut."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.core.chip.made_up_card import SIGNER, TRANSPORT_KEY, made_up_content

from warrant.adapters.software_vault import SoftwareVault
from warrant.adapters.virtual_card.chip import VirtualCard
from warrant.adapters.virtual_card.reader import VirtualConnection
from warrant.core.chip import commands, layout
from warrant.core.chip.inspection import CheckName, CheckOutcome, read_card
from warrant.core.chip.personalisation import personalise, plan_personalisation
from warrant.core.chip.reviews import ReviewRecord, ReviewResult
from warrant.core.chip.session import CardSession
from warrant.core.chip.status import CardError
from warrant.core.chip.upkeep import append_reviews
from warrant.core.crypto.secret import Secret
from warrant.core.errors import NotFound
from warrant.core.keys.hierarchy import KeySuite, KeyUsage, certificate_factor, diversify, province_factor

SUITES: tuple[KeySuite, ...] = ("sm4", "3des")
NUMBERS = {"32": "32000012348", "31": "31000012341"}
MASTERS = {usage: Secret(bytes([0x31 + number] * 16)) for number, usage in enumerate(KeyUsage)}
REVIEW = ReviewRecord(2026, ReviewResult.PASSED, date(2026, 11, 5), "320000")
Keys = dict[KeyUsage, Secret]


def below(suite: KeySuite, keys: Keys, factor: bytes) -> Keys:
    return {usage: diversify(suite, key, factor) for usage, key in keys.items()}


def leaked(suite: KeySuite) -> Keys:
    """Jiangsu's sub-keys, all five."""
    return below(suite, MASTERS, province_factor("32"))


def card_of(suite: KeySuite, province: str) -> VirtualConnection:
    """A card in use, made as its province makes it."""
    number = NUMBERS[province]
    keys = below(suite, below(suite, MASTERS, province_factor(province)), certificate_factor(number))
    content = replace(made_up_content(suite), certificate_number=number)
    card = VirtualCard.blank(suite, TRANSPORT_KEY, serial_number=content.chip_serial_number)
    plan = plan_personalisation(content, keys, TRANSPORT_KEY, SIGNER)
    personalise(VirtualConnection(card), plan, lambda _step, _moment: None)
    return VirtualConnection(card)


def guesses(suite: KeySuite, province: str) -> list[Keys]:
    """What the thief can compute for a card of a province: also by taking the sub-keys for master control keys."""
    number = certificate_factor(NUMBERS[province])
    as_master = below(suite, leaked(suite), province_factor(province))
    return [leaked(suite), below(suite, leaked(suite), number), as_master, below(suite, as_master, number)]


def opened(suite: KeySuite, card: VirtualConnection, keys: Keys) -> set[str]:
    """The doors of a card that keys open."""
    doors = set()
    report = read_card(card, [SIGNER.public_key], lambda _suite, _version, usage, _number: keys[usage])
    if report.outcome(CheckName.AUTHENTICITY) is CheckOutcome.PASSED:
        doors.add("authenticity")
    if report.outcome(CheckName.REVIEWS) is CheckOutcome.PASSED:
        doors.add("inspection")
    session = CardSession(card, suite)
    session.reset()
    session.send(commands.select_file(layout.MASTER_FILE))
    if session.try_authentication(layout.CONTROL_KEY_ID, keys[KeyUsage.CARD_CONTROL]) == 0x9000:
        doors.add("card control")
    session.send(commands.select_name(layout.ENFORCEMENT_NAME))
    if session.try_authentication(layout.MAINTENANCE_KEY.key_id, keys[KeyUsage.MAINTENANCE]) == 0x9000:
        doors.add("maintenance")
    try:
        append_reviews(card, suite, [REVIEW], keys[KeyUsage.MAINTENANCE], keys[KeyUsage.MAC])
    except CardError:
        return doors
    return doors | {"writing"}


@pytest.mark.parametrize("suite", SUITES)
def test_leaked_sub_keys_open_the_cards_of_their_own_province(suite: KeySuite) -> None:
    own = below(suite, leaked(suite), certificate_factor(NUMBERS["32"]))
    everything = {"authenticity", "inspection", "card control", "maintenance", "writing"}
    assert opened(suite, card_of(suite, "32"), own) == everything


@pytest.mark.parametrize("suite", SUITES)
def test_leaked_sub_keys_open_no_door_of_another_provinces_card(suite: KeySuite) -> None:
    for keys in guesses(suite, "31"):
        assert opened(suite, card_of(suite, "31"), keys) == set()


@pytest.mark.parametrize("suite", SUITES)
def test_leaked_sub_keys_are_neither_the_master_nor_another_provinces_keys(suite: KeySuite) -> None:
    secret = [*MASTERS.values(), *below(suite, MASTERS, province_factor("31")).values()]
    for keys in [leaked(suite), *guesses(suite, "31"), *guesses(suite, "32")]:
        assert not any(key in secret for key in keys.values())


@pytest.mark.parametrize("suite", SUITES)
def test_stolen_vault_of_a_province_makes_no_key_of_another(suite: KeySuite, tmp_path: Path) -> None:
    passphrase = Secret(b"made-up passphrase")
    ministry = SoftwareVault.create(tmp_path / "ministry", passphrase, cost_log2=10)
    stolen = SoftwareVault.create(tmp_path / "province", passphrase, cost_log2=10)
    ministry.create_signer("node", "es256")
    ministry.create_master(suite, 1)
    stolen.trust_package_issuer(ministry.signer("node").public_key)
    stolen.import_sub_keys(ministry.wrap_sub_keys(suite, 1, "32", stolen.transport_public_key()))
    for usage in KeyUsage:
        own = stolen.card_key(suite, 1, usage, NUMBERS["32"])
        assert own == ministry.card_key(suite, 1, usage, NUMBERS["32"])
        assert own != ministry.card_key(suite, 1, usage, NUMBERS["31"])
        with pytest.raises(NotFound, match="province-keys-not-held"):
            stolen.card_key(suite, 1, usage, NUMBERS["31"])
    with pytest.raises(NotFound):
        stolen.check_values(suite, 1)
