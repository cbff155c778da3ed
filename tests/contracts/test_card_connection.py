"""What every card connection and reader promises, whichever adapter is behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from warrant.adapters.virtual_card.reader import CardBox, VirtualReader
from warrant.core.chip import commands
from warrant.core.chip.apdu import Response
from warrant.core.chip.connection import CardConnection, CardReader
from warrant.core.crypto.secret import Secret
from warrant.core.errors import Unavailable

TRANSPORT_KEY = Secret(b"\xff" * 16)


class ReaderDesk(Protocol):
    """A reader, and hands to put a blank card in and take it out; both return when the reader has noticed."""

    @property
    def reader(self) -> CardReader: ...

    def insert(self) -> None: ...

    def remove(self) -> None: ...


def sw(connection: CardConnection, apdu: bytes) -> int:
    return Response.decode(connection.transmit(apdu)).sw


class CardConnectionContract:
    """Inherit, and give a fixture ``desk``."""

    @pytest.fixture
    def connection(self, desk: ReaderDesk) -> Iterator[CardConnection]:
        desk.insert()
        connection = desk.reader.connect()
        yield connection
        connection.close()

    def test_reader_and_connection_have_the_shape_of_the_port(
        self, desk: ReaderDesk, connection: CardConnection
    ) -> None:
        assert isinstance(desk.reader, CardReader)
        assert isinstance(connection, CardConnection)
        assert desk.reader.name

    def test_an_empty_reader_has_no_card_and_says_so(self, desk: ReaderDesk) -> None:
        assert not desk.reader.is_card_present()
        with pytest.raises(Unavailable) as caught:
            desk.reader.connect()
        assert caught.value.code == "card-absent"

    def test_a_card_answers_commands(self, desk: ReaderDesk, connection: CardConnection) -> None:
        assert desk.reader.is_card_present()
        assert connection.atr[0] == 0x3B
        challenge = connection.transmit(commands.get_challenge(4).encode())
        assert (len(challenge), challenge[-2:]) == (6, b"\x90\x00")
        selected = connection.transmit(commands.select_file(0x3F00).encode())
        assert selected == bytes.fromhex("6F15840E315041592E5359532E4444463031A5038801019000")

    def test_a_refused_command_is_an_answer_not_an_error(self, connection: CardConnection) -> None:
        assert sw(connection, bytes.fromhex("00A40000027777")) == 0x6A82
        assert sw(connection, bytes.fromhex("00FF0000")) == 0x6D00

    def test_a_reset_takes_the_selected_file_and_the_challenge_away(self, connection: CardConnection) -> None:
        sw(connection, commands.get_challenge(4).encode())
        connection.reset()
        assert sw(connection, commands.external_authenticate(0, bytes(16)).encode()) == 0x6985

    def test_a_removed_card_is_gone_for_good(self, desk: ReaderDesk, connection: CardConnection) -> None:
        desk.remove()
        for _ in range(2):
            with pytest.raises(Unavailable) as caught:
                connection.transmit(commands.get_challenge(4).encode())
            assert caught.value.code == "card-removed"
        desk.insert()
        with pytest.raises(Unavailable):
            connection.reset()
        again = desk.reader.connect()
        assert sw(again, commands.get_challenge(4).encode()) == 0x9000
        again.close()

    def test_a_card_is_driven_by_one_at_a_time(self, desk: ReaderDesk, connection: CardConnection) -> None:
        with pytest.raises(Unavailable) as caught:
            desk.reader.connect()
        assert caught.value.code == "card-in-use"
        connection.close()
        desk.reader.connect().close()

    def test_a_closed_connection_sends_nothing(self, connection: CardConnection) -> None:
        connection.close()
        connection.close()
        with pytest.raises(Unavailable) as caught:
            connection.transmit(commands.get_challenge(4).encode())
        assert caught.value.code == "card-removed"

    def test_a_new_connection_finds_a_fresh_card(self, desk: ReaderDesk, connection: CardConnection) -> None:
        sw(connection, commands.get_challenge(4).encode())
        connection.close()
        again = desk.reader.connect()
        assert sw(again, commands.external_authenticate(0, bytes(16)).encode()) == 0x6985
        again.close()


class VirtualDesk:
    """A virtual reader over a card box."""

    def __init__(self, path: Path) -> None:
        box = CardBox(path)
        box.add_blank("blank-1", "sm4", TRANSPORT_KEY)
        self.reader = VirtualReader(box)

    def insert(self) -> None:
        self.reader.insert("blank-1")

    def remove(self) -> None:
        self.reader.remove()


class TestVirtualReader(CardConnectionContract):
    """The in-process card."""

    @pytest.fixture
    def desk(self, tmp_path: Path) -> ReaderDesk:
        return VirtualDesk(tmp_path / "box")
