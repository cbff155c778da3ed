"""A virtual card in a PC/SC reader: the client side of the ``vpcd`` driver.

The driver listens, the card calls it: connecting inserts the card, closing the connection takes it out. Each message
either way is a 2-byte big-endian length and as many bytes; a message of one byte is control (00 power off, 01 power
on, 02 reset, 04 "send the answer to reset"), everything else is a command APDU that wants an answer.

Source: vsmartcard, virtualsmartcard/README (vpcd protocol).
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Final

from warrant.adapters.virtual_card.chip import Chip
from warrant.core.errors import N_, Unavailable

DEFAULT_PORT: Final = 0x8C7B
"""Port of the driver's first slot; the second slot has the next one."""
_POWER_OFF, _POWER_ON, _RESET, _GET_ATR = 0x00, 0x01, 0x02, 0x04
Connect = Callable[[], socket.socket]


def connect_to(host: str, port: int) -> Connect:
    """Return a function that opens a connection to a driver's slot."""
    return lambda: socket.create_connection((host, port), timeout=10)


class VpcdCard:
    """Serves one card to one slot of a driver, in a thread of its own."""

    def __init__(self, card: Chip, connect: Connect) -> None:
        self._card = card
        self._connect = connect
        self._line: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def insert(self) -> None:
        """Put the card into the slot. Raises: Unavailable ``reader-absent`` if no driver listens."""
        self.remove()
        opened: list[socket.socket | OSError] = []
        is_opened = threading.Event()
        # The thread that serves also connects: in tests it first enters the driver's network namespace.
        self._thread = threading.Thread(
            target=self._serve, args=(opened, is_opened), name="vpcd-card", daemon=True
        )
        self._thread.start()
        is_opened.wait()
        (outcome,) = opened
        if isinstance(outcome, OSError):
            self._thread = None
            raise Unavailable("reader-absent", N_("没有找到虚拟读卡器驱动"), place="reader") from outcome
        self._line = outcome

    def remove(self) -> None:
        """Take the card out. Does nothing if it is not in."""
        line, thread = self._line, self._thread
        self._line = self._thread = None
        if line is not None:
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                # The driver hung up first.
                line.close()
        if thread is not None:
            thread.join()

    def _serve(self, opened: list[socket.socket | OSError], is_opened: threading.Event) -> None:
        try:
            line = self._connect()
        except OSError as error:
            opened.append(error)
            is_opened.set()
            return
        with line:
            line.settimeout(None)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._card.reset()
            opened.append(line)
            is_opened.set()
            try:
                self._answer_all(line)
            except OSError:
                # A broken line is a card taken out: nothing is left to answer.
                return

    def _answer_all(self, line: socket.socket) -> None:
        while (message := _receive(line)) is not None:
            answer = self._answer(message)
            if answer is not None:
                line.sendall(len(answer).to_bytes(2, "big") + answer)

    def _answer(self, message: bytes) -> bytes | None:
        if len(message) != 1:
            return self._card.transmit(message)
        if message[0] == _GET_ATR:
            return self._card.atr
        if message[0] in (_POWER_OFF, _POWER_ON, _RESET):
            self._card.reset()
        return None


def _receive(line: socket.socket) -> bytes | None:
    """Return the next message, or None when the driver hangs up."""
    header = _receive_exactly(line, 2)
    return None if header is None else _receive_exactly(line, int.from_bytes(header, "big"))


def _receive_exactly(line: socket.socket, length: int) -> bytes | None:
    received = b""
    while len(received) < length:
        # The driver sends length and body apart; without this its second packet waits 40 ms for our
        # acknowledgement. The option does not stick: set it before every receive.
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        part = line.recv(length - len(received))
        if not part:
            return None
        received += part
    return received
