"""The keys of a card in use are exchanged through real pcscd and vpcd, also over pulled cards and killed processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.adapters.pcsc.daemon import Daemon
from tests.adapters.pcsc.test_pcsc import PcscDesk
from tests.core.chip.made_up_card import (
    CARD_KEYS,
    REVIEWS,
    SERIAL_NUMBER,
    SIGNER,
    TRANSPORT_KEY,
    made_up_content,
    made_up_plan,
)

from warrant.adapters.virtual_card.chip import VirtualCard
from warrant.adapters.virtual_card.reader import VirtualConnection
from warrant.core.chip.connection import CardConnection
from warrant.core.chip.inspection import CheckOutcome, read_card
from warrant.core.chip.personalisation import personalise
from warrant.core.chip.rekeying import RekeyingPlan, plan_rekeying, rekey
from warrant.core.crypto.secret import Secret
from warrant.core.errors import Unavailable
from warrant.core.keys.hierarchy import KeySuite, KeyUsage

pytestmark = [pytest.mark.pcsc, pytest.mark.xdist_group("pcsc")]
SUITES: tuple[KeySuite, ...] = ("sm4", "3des")
NEW_KEYS = {
    usage: Secret(bytes([0x50 + number] * 8 + [0x60 + number] * 8)) for number, usage in enumerate(KeyUsage)
}
KILLED = 9
BREAKS = (8, 11, 17, 20, 25, 28)
"""Commands after which a re-keying is broken off: among the keys, among the files, before and after the last."""


def plan(suite: KeySuite) -> RekeyingPlan:
    return plan_rekeying(replace(made_up_content(suite), key_version=2), CARD_KEYS, NEW_KEYS, SIGNER)


@pytest.fixture(params=SUITES)
def suite(request: pytest.FixtureRequest) -> KeySuite:
    chosen: KeySuite = request.param
    return chosen


@pytest.fixture
def desk(daemon: Daemon, suite: KeySuite) -> Iterator[PcscDesk]:
    """A card in use lies in the reader."""
    card = VirtualCard.blank(suite, TRANSPORT_KEY, serial_number=SERIAL_NUMBER)
    personalise(VirtualConnection(card), made_up_plan(suite), lambda _step, _moment: None)
    desk = PcscDesk(daemon, card)
    desk.insert()
    yield desk
    desk.remove()


class Breaking:
    """Lets ``lives`` commands through, then calls ``end``."""

    def __init__(self, connection: CardConnection, lives: int) -> None:
        self._connection, self._lives = connection, lives
        self.atr = connection.atr

    def end(self) -> None:
        """What happens before the command after the last."""

    def transmit(self, apdu: bytes) -> bytes:
        if self._lives == 0:
            self.end()
        self._lives -= 1
        return self._connection.transmit(apdu)

    def reset(self) -> None:
        self._connection.reset()

    def close(self) -> None:
        self._connection.close()


def finish(desk: PcscDesk, suite: KeySuite) -> None:
    """Re-key once more, to the end, and read the card as any reader with the new keys does."""
    connection = desk.reader.connect()
    try:
        assert rekey(connection, plan(suite)).content == plan(suite).content
        report = read_card(
            connection, [SIGNER.public_key], lambda _suite, _version, usage, _number: NEW_KEYS[usage]
        )
    finally:
        connection.close()
    assert {check.outcome for check in report.checks} == {CheckOutcome.PASSED}
    assert report.reviews == tuple(reversed(REVIEWS))


def test_card_gets_its_new_keys_and_keeps_its_reviews(desk: PcscDesk, suite: KeySuite) -> None:
    finish(desk, suite)


def test_card_pulled_on_the_way_is_finished_when_it_is_back(desk: PcscDesk, suite: KeySuite) -> None:
    class Pulled(Breaking):
        def end(self) -> None:
            desk.remove()

    connection = Pulled(desk.reader.connect(), BREAKS[2])
    with pytest.raises(Unavailable, match="card-removed"):
        rekey(connection, plan(suite))
    connection.close()
    desk.insert()
    finish(desk, suite)


@pytest.mark.parametrize("lives", BREAKS)
def test_process_killed_on_the_way_is_followed_by_one_that_finishes(
    desk: PcscDesk, suite: KeySuite, lives: int
) -> None:
    words = [sys.executable, "-m", "tests.adapters.pcsc.dying_rekeying", desk.reader.name, suite, str(lives)]
    assert subprocess.run(words, check=False, timeout=60).returncode == -KILLED
    finish(desk, suite)


def test_breaks_lie_inside_the_exchange(desk: PcscDesk, suite: KeySuite) -> None:
    class Counted(Breaking):
        sent = 0
        last_write = 0

        def transmit(self, apdu: bytes) -> bytes:
            self.sent += 1
            if apdu[1] in (0xD4, 0xD6):
                self.last_write = self.sent
            return super().transmit(apdu)

    connection = Counted(desk.reader.connect(), -1)
    try:
        rekey(connection, plan(suite))
    finally:
        connection.close()
    assert BREAKS[-2] < connection.last_write <= BREAKS[-1]
