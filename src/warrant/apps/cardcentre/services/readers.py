"""The readers at the stations: what lies in them, and opening a card for one piece of work."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from warrant.apps.cardcentre.types import CARD_READERS_PORT, CardReaders, ReaderState
from warrant.apps.foundation.ports import port
from warrant.core.chip.connection import CardConnection
from warrant.core.chip.inspection import read_chip_serial_number
from warrant.core.errors import Conflict, NotFound, Unavailable

PATIENCE_SECONDS = 2.0
"""A look at the reader takes milliseconds; who comes at that moment waits instead of failing."""


def card_readers() -> CardReaders:
    """Return the node's readers. Raises: Unavailable ``port-missing``."""
    return cast(CardReaders, port(CARD_READERS_PORT))


@contextmanager
def card_in(reader_name: str) -> Iterator[tuple[CardConnection, str]]:
    """Power up the card in a reader; yield the connection and the chip's serial as stock knows it (hex).

    Raises: NotFound ``reader-unknown``; Unavailable ``card-absent``, ``card-in-use``, ``card-removed``.
    """
    connection = _connect(reader_name)
    try:
        yield connection, read_chip_serial_number(connection).hex().upper()
    finally:
        connection.close()


def _connect(reader_name: str) -> CardConnection:
    reader = card_readers().reader(reader_name)
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return reader.connect()
        except Unavailable as error:
            if error.code != "card-in-use" or time.monotonic() > give_up_at:
                raise
        time.sleep(0.02)


def reader_states() -> list[ReaderState]:
    """Return what every reader says of itself; no fault of one hides the others."""
    try:
        readers = card_readers()
    except Unavailable as error:
        return [ReaderState("", "trouble", message=error.message)]
    return [_state_of(readers, name) for name in readers.names()]


def _state_of(readers: CardReaders, name: str) -> ReaderState:
    try:
        reader = readers.reader(name)
        if not reader.is_card_present():
            return ReaderState(name, "empty")
        connection = reader.connect()
        try:
            return ReaderState(name, "card", read_chip_serial_number(connection).hex().upper())
        finally:
            connection.close()
    except Unavailable as error:
        state = "busy" if error.code == "card-in-use" else "empty"
        return ReaderState(
            name, state if error.code in ("card-in-use", "card-absent") else "trouble", "", error.message
        )
    except (Conflict, NotFound) as error:
        return ReaderState(
            name, "trouble", message=error.message % error.fields if error.fields else error.message
        )
