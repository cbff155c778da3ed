"""Whoever holds every sub-key of one province opens that province's cards of that version, and no other card."""

from __future__ import annotations

import pytest
from tests.core.chip.made_up_card import SERIAL_NUMBER, SIGNER, TRANSPORT_KEY, made_up_content

from warrant.adapters.virtual_card.chip import VirtualCard
from warrant.adapters.virtual_card.reader import VirtualConnection
from warrant.core.chip import commands, layout, status
from warrant.core.chip.inspection import CheckName, CheckOutcome, read_card
from warrant.core.chip.personalisation import personalise, plan_personalisation
from warrant.core.chip.session import CardSession
from warrant.core.crypto.secret import Secret
from warrant.core.keys.hierarchy import (
    KEY_SUITES,
    KeySuite,
    KeyUsage,
    certificate_factor,
    diversify,
    province_factor,
)

OTHER_PROVINCES = (
    "11 12 13 14 15 21 22 23 31 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65".split()
)
NUMBERS = ("32000012348", "31000012348", "33000000015", "00000000000", "3200001234832000")


def master(usage: KeyUsage, version: int = 1) -> Secret:
    return Secret(bytes([0x11 * version + list(KeyUsage).index(usage)]) + bytes(range(1, 16)))


def sub_keys(suite: KeySuite, province: str, version: int = 1) -> dict[KeyUsage, Secret]:
    return {usage: diversify(suite, master(usage, version), province_factor(province)) for usage in KeyUsage}


def below(suite: KeySuite, keys: dict[KeyUsage, Secret], number: str) -> dict[KeyUsage, Secret]:
    return {usage: diversify(suite, key, certificate_factor(number)) for usage, key in keys.items()}


def card_of(suite: KeySuite, province: str, version: int = 1) -> VirtualCard:
    """A card with Jiangsu's content and the keys that ``province`` would have put on it."""
    content = made_up_content(suite)
    keys = below(suite, sub_keys(suite, province, version), content.certificate_number)
    card = VirtualCard.blank(suite, TRANSPORT_KEY, serial_number=SERIAL_NUMBER)
    plan = plan_personalisation(content, keys, TRANSPORT_KEY, SIGNER)
    personalise(VirtualConnection(card), plan, lambda _step, _moment: None)
    return card


def opened(card: VirtualCard, suite: KeySuite, keys: dict[KeyUsage, Secret]) -> set[KeyUsage]:
    """Return the usages with which somebody who has ``keys`` gets something from the card."""
    session = CardSession(VirtualConnection(card), suite)
    found = set()
    session.reset()
    if session.try_authentication(layout.CONTROL_KEY_ID, keys[KeyUsage.CARD_CONTROL]) == status.SUCCESS:
        found.add(KeyUsage.CARD_CONTROL)
    session.send(commands.select_name(layout.ENFORCEMENT_NAME))
    for row in (layout.MAINTENANCE_KEY, layout.INSPECTION_KEY):
        if session.try_authentication(row.key_id, keys[row.usage]) == status.SUCCESS:
            found.add(row.usage)
    report = read_card(
        VirtualConnection(card), [SIGNER.public_key], lambda _suite, _version, usage, _number: keys[usage]
    )
    if report.outcome(CheckName.AUTHENTICITY) is CheckOutcome.PASSED:
        found.add(KeyUsage.AUTHENTICITY)
    return found


@pytest.mark.parametrize("suite", KEY_SUITES)
def test_leaked_sub_keys_open_the_provinces_own_card_only(suite: KeySuite) -> None:
    number = made_up_content(suite).certificate_number
    leaked = below(suite, sub_keys(suite, "32"), number)
    assert opened(card_of(suite, "32"), suite, leaked) == set(KeyUsage) - {KeyUsage.MAC}
    for province in ("31", "33", "65"):
        assert opened(card_of(suite, province), suite, leaked) == set()


@pytest.mark.parametrize("suite", KEY_SUITES)
def test_leaked_sub_keys_do_not_open_a_card_of_the_next_version(suite: KeySuite) -> None:
    leaked = below(suite, sub_keys(suite, "32"), made_up_content(suite).certificate_number)
    assert opened(card_of(suite, "32", version=2), suite, leaked) == set()


@pytest.mark.parametrize("suite", KEY_SUITES)
def test_nothing_made_from_leaked_sub_keys_is_a_key_of_another_province_or_a_master(suite: KeySuite) -> None:
    leaked = sub_keys(suite, "32")
    factors = [certificate_factor(number) for number in NUMBERS]
    factors += [province_factor(province) for province in ("32", *OTHER_PROVINCES)]
    made = {key.reveal() for key in leaked.values()}
    made |= {diversify(suite, key, factor).reveal() for key in leaked.values() for factor in factors}
    targets = {master(usage, version).reveal() for usage in KeyUsage for version in (1, 2)}
    for province in OTHER_PROVINCES:
        theirs = sub_keys(suite, province)
        targets |= {key.reveal() for key in theirs.values()}
        for number in NUMBERS:
            targets |= {key.reveal() for key in below(suite, theirs, number).values()}
    assert not made & targets
