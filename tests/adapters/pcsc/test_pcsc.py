"""Through real pcscd and vpcd."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest
from tests.adapters.pcsc.daemon import Daemon, wait_until
from tests.contracts.test_card_connection import CardConnectionContract, ReaderDesk
from tests.core.chip.made_up_card import REVIEWS, SERIAL_NUMBER, SIGNER, TRANSPORT_KEY, made_up_plan

from warrant.adapters.pcsc.reader import PcscReader, pcsc_readers
from warrant.adapters.virtual_card.chip import VirtualCard
from warrant.adapters.virtual_card.vpcd import DEFAULT_PORT, VpcdCard
from warrant.core.chip.inspection import read_card
from warrant.core.chip.personalisation import StepMoment, StepName, personalise
from warrant.core.errors import Unavailable
from warrant.core.keys.hierarchy import KeySuite

pytestmark = [pytest.mark.pcsc, pytest.mark.xdist_group("pcsc")]


class PcscDesk:
    """A slot of the daemon, and hands that wait until the daemon has noticed."""

    def __init__(self, daemon: Daemon, card: VirtualCard, slot: int = 0) -> None:
        self.reader = daemon.reader(slot)
        self._in_slot = VpcdCard(card, daemon.connect(slot))

    def insert(self) -> None:
        self._in_slot.insert()
        wait_until(self.reader.is_card_present, "the card to be seen")

    def remove(self) -> None:
        self._in_slot.remove()
        wait_until(lambda: not self.reader.is_card_present(), "the card to be missed")


@pytest.fixture
def card() -> VirtualCard:
    return VirtualCard.blank("sm4", TRANSPORT_KEY, serial_number=SERIAL_NUMBER)


@pytest.fixture
def desk(daemon: Daemon, card: VirtualCard) -> Iterator[PcscDesk]:
    desk = PcscDesk(daemon, card)
    yield desk
    desk.remove()


class TestPcscReader(CardConnectionContract):
    """The same promises as the in-process card."""

    @pytest.fixture
    def desk(self, daemon: Daemon, card: VirtualCard) -> Iterator[ReaderDesk]:
        desk = PcscDesk(daemon, card)
        yield desk
        desk.remove()


def test_the_daemon_shows_two_readers(daemon: Daemon) -> None:
    names = [reader.name for reader in pcsc_readers()]
    assert names == ["Warrant Test Reader 00 00", "Warrant Test Reader 00 01"]


@pytest.mark.parametrize("port", [DEFAULT_PORT, DEFAULT_PORT + 1])
def test_nobody_outside_the_tests_can_attach_a_card(daemon: Daemon, port: int) -> None:
    if not daemon.is_isolated:
        # Without root there is no namespace to hide in; the driver then listens for as long as the tests run.
        assert os.geteuid() != 0
        return
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def test_an_unplugged_reader_is_absent(daemon: Daemon) -> None:
    with pytest.raises(Unavailable) as caught:
        PcscReader("No Such Reader 00 00").connect()
    assert caught.value.code == "reader-absent"


@pytest.mark.parametrize("suite", ["sm4", "3des"])
def test_a_card_is_personalised_and_read_back(daemon: Daemon, suite: KeySuite) -> None:
    desk = PcscDesk(daemon, VirtualCard.blank(suite, TRANSPORT_KEY, serial_number=SERIAL_NUMBER))
    desk.insert()
    connection = desk.reader.connect()
    seen: list[tuple[StepName, StepMoment]] = []
    try:
        report = personalise(
            connection, made_up_plan(suite), lambda step, moment: seen.append((step, moment))
        )
        assert report.content == made_up_plan(suite).content
        assert report.reviews == tuple(reversed(REVIEWS))
        assert seen[-1] == (StepName.READ_BACK, StepMoment.DONE)
        assert read_card(connection, [SIGNER.public_key]).is_genuine
    finally:
        connection.close()
        desk.remove()


def test_a_card_pulled_in_the_middle_is_finished_when_it_is_back(desk: PcscDesk) -> None:
    plan = made_up_plan()
    desk.insert()
    connection = desk.reader.connect()

    def pull_at_photo(step: StepName, moment: StepMoment) -> None:
        if (step, moment) == (StepName.WRITE_PHOTO, StepMoment.BEGUN):
            desk.remove()

    with pytest.raises(Unavailable) as caught:
        personalise(connection, plan, pull_at_photo)
    assert caught.value.code == "card-removed"
    desk.insert()
    again = desk.reader.connect()
    try:
        assert personalise(again, plan, lambda _step, _moment: None).content == plan.content
    finally:
        again.close()


def test_both_slots_hold_cards_at_once(daemon: Daemon, desk: PcscDesk) -> None:
    other = PcscDesk(daemon, VirtualCard.blank("3des", TRANSPORT_KEY), slot=1)
    desk.insert()
    other.insert()
    first, second = desk.reader.connect(), other.reader.connect()
    try:
        assert first.transmit(bytes.fromhex("FFCA000000")) == SERIAL_NUMBER + b"\x90\x00"
        assert first.transmit(bytes.fromhex("FFCA000000")) != second.transmit(bytes.fromhex("FFCA000000"))
    finally:
        first.close()
        second.close()
        other.remove()
