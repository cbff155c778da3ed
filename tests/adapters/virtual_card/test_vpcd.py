"""The card's side of the vpcd protocol, against a driver played by a plain socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from tests.core.chip.made_up_card import SERIAL_NUMBER, TRANSPORT_KEY

from warrant.adapters.virtual_card.chip import VirtualCard
from warrant.adapters.virtual_card.vpcd import VpcdCard, connect_to
from warrant.core.errors import Unavailable


class PlayedDriver:
    """Listens as the driver does and speaks its protocol."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._line: socket.socket | None = None

    def accept(self) -> socket.socket:
        self._line, _ = self._listener.accept()
        self._line.settimeout(5)
        return self._line

    def close(self) -> None:
        self._listener.close()
        if self._line is not None:
            self._line.close()

    def send(self, message: str) -> None:
        assert self._line is not None
        content = bytes.fromhex(message)
        self._line.sendall(len(content).to_bytes(2, "big"))
        self._line.sendall(content)

    def receive(self) -> str:
        assert self._line is not None
        received = b""
        while len(received) < 2 or len(received) < 2 + int.from_bytes(received[:2], "big"):
            part = self._line.recv(4096)
            assert part, "the card hung up"
            received += part
        return received[2:].hex().upper()


@pytest.fixture
def driver() -> Iterator[PlayedDriver]:
    driver = PlayedDriver()
    yield driver
    driver.close()


@pytest.fixture
def in_slot(driver: PlayedDriver) -> Iterator[VpcdCard]:
    card = VirtualCard.blank("sm4", TRANSPORT_KEY, serial_number=SERIAL_NUMBER)
    in_slot = VpcdCard(card, connect_to("127.0.0.1", driver.port))
    in_slot.insert()
    driver.accept()
    yield in_slot
    in_slot.remove()


def test_the_card_tells_its_answer_to_reset(driver: PlayedDriver, in_slot: VpcdCard) -> None:
    driver.send("04")
    assert driver.receive() == "3B690000" + b"WVC01".hex() + "030405A6"


def test_commands_are_answered_and_control_bytes_are_not(driver: PlayedDriver, in_slot: VpcdCard) -> None:
    for control in ("01", "02", "00", "01"):
        driver.send(control)
    driver.send("00A40000023F00")
    assert driver.receive() == "6F15840E315041592E5359532E4444463031A5038801019000"


def test_power_off_takes_the_challenge_away(driver: PlayedDriver, in_slot: VpcdCard) -> None:
    driver.send("0084000004")
    assert driver.receive().endswith("9000")
    driver.send("00")
    driver.send("01")
    driver.send("0082000010" + "00" * 16)
    assert driver.receive() == "6985"


def test_removing_the_card_closes_the_line(driver: PlayedDriver) -> None:
    card = VirtualCard.blank("sm4", TRANSPORT_KEY)
    in_slot = VpcdCard(card, connect_to("127.0.0.1", driver.port))
    in_slot.insert()
    line = driver.accept()
    in_slot.remove()
    in_slot.remove()
    assert line.recv(1) == b""


def test_a_driver_that_hangs_up_ends_the_card_quietly(driver: PlayedDriver, in_slot: VpcdCard) -> None:
    driver.close()
    in_slot.remove()


def test_no_driver_means_no_reader() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    in_slot = VpcdCard(VirtualCard.blank("sm4", TRANSPORT_KEY), connect_to("127.0.0.1", port))
    with pytest.raises(Unavailable) as caught:
        in_slot.insert()
    assert caught.value.code == "reader-absent"
