"""A card gets keys of another version: whole, or resumable, at every command."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.core.chip.made_up_card import (
    CARD_KEYS,
    REVIEWS,
    SERIAL_NUMBER,
    SIGNER,
    TRANSPORT_KEY,
    made_up_content,
    made_up_plan,
)
from tests.core.chip.unreliable import CountingConnection, UnreliableConnection, card_removed

from warrant.adapters.virtual_card.chip import VirtualCard
from warrant.adapters.virtual_card.reader import VirtualConnection
from warrant.core.chip.inspection import CardPhase, CheckName, CheckOutcome, inspect_card, read_card
from warrant.core.chip.personalisation import personalise
from warrant.core.chip.rekeying import RekeyingPlan, plan_rekeying, rekey
from warrant.core.chip.status import CardSpoiled
from warrant.core.crypto.secret import Secret
from warrant.core.errors import Conflict, InvalidInput, WarrantError
from warrant.core.keys.hierarchy import KeySuite, KeyUsage

SUITES: tuple[KeySuite, ...] = ("sm4", "3des")
NEW_KEYS = {
    usage: Secret(bytes([0x50 + number] * 8 + [0x60 + number] * 8)) for number, usage in enumerate(KeyUsage)
}


class GarblingConnection(VirtualConnection):
    """The answer to one command arrives as "wrong data", though the card acted on it."""

    def __init__(self, card: VirtualCard, garbled: int) -> None:
        super().__init__(card)
        self._left = garbled

    def transmit(self, apdu: bytes) -> bytes:
        answer = super().transmit(apdu)
        self._left -= 1
        return answer if self._left != -1 else b"\x6f\x00"


def in_use(suite: KeySuite, serial_number: bytes = SERIAL_NUMBER) -> VirtualCard:
    card = VirtualCard.blank(suite, TRANSPORT_KEY, serial_number=serial_number)
    personalise(VirtualConnection(card), made_up_plan(suite, serial_number), lambda _step, _moment: None)
    return card


def new_plan(suite: KeySuite) -> RekeyingPlan:
    return plan_rekeying(replace(made_up_content(suite), key_version=2), CARD_KEYS, NEW_KEYS, SIGNER)


def commands_of(suite: KeySuite) -> int:
    connection = CountingConnection(in_use(suite))
    rekey(connection, new_plan(suite))
    return connection.count


def assert_rekeyed(card: VirtualCard, suite: KeySuite) -> None:
    connection = VirtualConnection(card)
    report = read_card(connection, [SIGNER.public_key], new_plan(suite).card_key)
    assert report.content == replace(made_up_content(suite), key_version=2)
    assert report.reviews == tuple(reversed(REVIEWS))
    assert [check.outcome for check in report.checks] == [CheckOutcome.PASSED] * 5
    for keys, phase in ((NEW_KEYS, CardPhase.LOCKED), (CARD_KEYS, CardPhase.FOREIGN)):
        assert inspect_card(connection, suite, TRANSPORT_KEY, keys[KeyUsage.CARD_CONTROL]) is phase


@pytest.mark.parametrize("suite", SUITES)
def test_card_keeps_content_and_reviews_and_knows_only_the_new_keys(suite: KeySuite) -> None:
    card = in_use(suite)
    report = rekey(VirtualConnection(card), new_plan(suite))
    assert report.content is not None
    assert report.content.key_version == 2
    assert_rekeyed(card, suite)
    old = made_up_plan(suite)
    checks = read_card(VirtualConnection(card), [SIGNER.public_key], old.card_key)
    assert checks.outcome(CheckName.AUTHENTICITY) is CheckOutcome.FAILED
    assert checks.outcome(CheckName.REVIEWS) is CheckOutcome.NOT_MADE


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("acts", [False, True], ids=["before the card acts", "before the answer arrives"])
def test_looking_at_an_unfinished_card_again_and_again_locks_no_key(suite: KeySuite, acts: bool) -> None:
    def vault(_suite: str, version: int, usage: KeyUsage, _number: str) -> Secret:
        return (CARD_KEYS if version == 1 else NEW_KEYS)[usage]

    for lives in range(commands_of(suite)):
        card = in_use(suite)
        with card_removed():
            rekey(UnreliableConnection(card, lives, acts=acts), new_plan(suite))
        for _ in range(8):
            read_card(VirtualConnection(card), [SIGNER.public_key], vault)
        rekey(VirtualConnection(card), new_plan(suite))
        assert_rekeyed(card, suite)


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("acts", [False, True], ids=["before the card acts", "before the answer arrives"])
def test_card_removed_at_any_command_is_finished_on_the_next_try(suite: KeySuite, acts: bool) -> None:
    count = commands_of(suite)
    assert count > 40
    for lives in range(count):
        card = in_use(suite)
        with card_removed():
            rekey(UnreliableConnection(card, lives, acts=acts), new_plan(suite))
        rekey(VirtualConnection(card), new_plan(suite))
        assert_rekeyed(card, suite)


@pytest.mark.parametrize("suite", SUITES)
def test_wrong_answer_at_any_command_is_never_taken_for_the_end(suite: KeySuite) -> None:
    for garbled in range(commands_of(suite)):
        card = in_use(suite)
        try:
            rekey(GarblingConnection(card, garbled), new_plan(suite))
        except WarrantError:
            rekey(VirtualConnection(card), new_plan(suite))
        assert_rekeyed(card, suite)


def test_twenty_interruptions_in_a_row_do_not_lock_the_card() -> None:
    card, suite = in_use("sm4"), SUITES[0]
    count = commands_of(suite)
    for turn in range(20):
        with card_removed():
            rekey(UnreliableConnection(card, min(turn, count - 1), acts=True), new_plan(suite))
    rekey(VirtualConnection(card), new_plan(suite))
    assert_rekeyed(card, suite)


def test_again_on_a_rekeyed_card_writes_nothing() -> None:
    card = in_use("sm4")
    rekey(VirtualConnection(card), new_plan("sm4"))
    connection = CountingConnection(card)
    rekey(connection, new_plan("sm4"))
    assert not [apdu for apdu in connection.sent if apdu[1] in (0xD6, 0xD4, 0xE0, 0xE2, 0x0E)]


def test_no_key_goes_over_the_line_in_clear() -> None:
    connection = CountingConnection(in_use("3des"))
    rekey(connection, new_plan("3des"))
    sent = b"".join(connection.sent)
    assert all(key.reveal() not in sent for key in [*CARD_KEYS.values(), *NEW_KEYS.values()])


def test_another_card_is_left_untouched() -> None:
    connection = CountingConnection(in_use("sm4", bytes.fromhex("1D0000000000FF")))
    with pytest.raises(Conflict, match="card-different"):
        rekey(connection, new_plan("sm4"))
    assert connection.count == 1


def test_card_that_knows_neither_key_is_given_up_before_it_is_locked() -> None:
    strangers = {usage: Secret(bytes([0x70 + n] * 16)) for n, usage in enumerate(KeyUsage)}
    content = replace(made_up_content("sm4"), key_version=2)
    plan = plan_rekeying(content, strangers, {**strangers, KeyUsage.MAC: Secret(b"x" * 16)}, SIGNER)
    card = in_use("sm4")
    for _turn in range(20):
        with pytest.raises(CardSpoiled):
            rekey(VirtualConnection(card), plan)
    missing: dict[KeyUsage, Secret] = {
        usage: key for usage, key in NEW_KEYS.items() if usage is not KeyUsage.MAC
    }
    with pytest.raises(InvalidInput, match="card-keys-incomplete"):
        plan_rekeying(content, CARD_KEYS, missing, SIGNER)
