"""The commands: a table from instruction to handler, every handler strict about class, parameters and length.

Source: FMCOS 2.0 manual, chapters 6 to 8; ISO/IEC 7816-4 for 6D00 and 6E00.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final

from warrant.adapters.virtual_card import files
from warrant.adapters.virtual_card.binary_commands import BinaryCommands
from warrant.adapters.virtual_card.block_commands import BlockCommands
from warrant.adapters.virtual_card.cipher import CardCipher
from warrant.adapters.virtual_card.directory_commands import DirectoryCommands
from warrant.adapters.virtual_card.files import Directory
from warrant.adapters.virtual_card.key_commands import KeyCommands
from warrant.adapters.virtual_card.line_protection import LineProtection
from warrant.adapters.virtual_card.record_commands import RecordCommands
from warrant.adapters.virtual_card.refusal import Refusal
from warrant.adapters.virtual_card.security import SecurityState
from warrant.core.chip.apdu import MAX_FIELD, Command, Response
from warrant.core.errors import InvalidInput

ALLOWED_WHEN_BLOCKED: Final = (0xA4, 0x18)
TRANSPORT_CODE: Final = b"\xff" * 8
Handler = Callable[[Command, bytes | None], bytes]


class OperatingSystem:
    """Runs commands against one chip's memory; made anew at every power-on or reset."""

    def __init__(
        self,
        suite: str,
        master: Directory | None,
        capacity: int,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self.master = master
        self.capacity = capacity
        self._cipher = CardCipher(suite)
        self._random_bytes = random_bytes
        self._challenge: bytes | None = None
        self._state: SecurityState | None = None
        self._handlers: dict[int, tuple[tuple[int, ...], Handler]] = {}
        if master is not None:
            self._start(master)

    def _start(self, master: Directory) -> None:
        state = self._state = SecurityState(master)
        line = LineProtection(self._cipher, master)
        directories = DirectoryCommands(master, self.capacity, state)
        binary = BinaryCommands(self._cipher, line, state)
        records = RecordCommands(line, state)
        keys = KeyCommands(self._cipher, line, state)
        blocks = BlockCommands(master, line, state)
        self._handlers = {
            0xA4: ((0x00,), directories.select),
            0xE0: ((0x80,), directories.create_file),
            0x0E: ((0x80,), directories.erase),
            0xB0: ((0x00, 0x04), binary.read),
            0xD6: ((0x00, 0x04), binary.update),
            0xD0: ((0x00, 0x04), binary.update),
            0xB2: ((0x00,), records.read),
            0xDC: ((0x00, 0x04), records.update),
            0xE2: ((0x00, 0x04), records.append),
            0xD4: ((0x80, 0x84), keys.write_key),
            0x82: ((0x00,), keys.external_authenticate),
            0x88: ((0x00,), keys.internal_authenticate),
            0x20: ((0x00,), keys.verify_pin),
            0x16: ((0x84,), blocks.block_card),
            0x1E: ((0x84,), blocks.block_application),
            0x18: ((0x84,), blocks.unblock_application),
        }

    def run(self, apdu: bytes) -> Response:
        """Run one command APDU; never raises for what the terminal sent."""
        # Whatever comes next, a challenge serves one command only.
        challenge, self._challenge = self._challenge, None
        try:
            command = Command.decode(apdu)
            if len(command.field) > MAX_FIELD or (command.le or 0) > MAX_FIELD:
                raise Refusal(0x6700)
            return Response(self._dispatch(command, challenge), 0x9000)
        except InvalidInput:
            return Response(b"", 0x6700)
        except Refusal as refusal:
            return Response(refusal.field, refusal.sw)

    def _dispatch(self, command: Command, challenge: bytes | None) -> bytes:
        if self.master is None and command.ins == 0xE0:
            return self._create_master(command)
        if self.master is None or self.master.is_card_blocked:
            raise Refusal(0x6A81)
        if command.ins == 0x84:
            return self._get_challenge(command)
        if command.ins not in self._handlers:
            raise Refusal(0x6D00)
        classes, handler = self._handlers[command.ins]
        if command.cla not in classes:
            raise Refusal(0x6E00)
        if command.ins not in ALLOWED_WHEN_BLOCKED and self._state is not None:
            self._state.demand_service()
        return handler(command, challenge)

    def _get_challenge(self, command: Command) -> bytes:
        if command.cla != 0x00:
            raise Refusal(0x6E00)
        if command.p1 or command.p2:
            raise Refusal(0x6A86)
        if command.field or command.le not in (4, 8):
            raise Refusal(0x6700)
        self._challenge = self._random_bytes(command.le)
        return self._challenge

    def _create_master(self, command: Command) -> bytes:
        """CREATE FILE 3F00 on a chip straight from the factory; the transport code is eight bytes FF."""
        field = command.field
        if command.cla != 0x80 or (command.p1, command.p2) != (0x3F, 0x00):
            raise Refusal(0x6A81)
        if len(field) not in (13, 14):
            raise Refusal(0x6700)
        if field[0] != files.DIRECTORY or field[6:] != TRANSPORT_CODE[: len(field) - 6]:
            raise Refusal(0x6A80)
        space = int.from_bytes(field[1:3], "big")
        self.master = Directory(0x3F00, b"1PAY.SYS.DDF01", space, field[3], field[4], field[5])
        self._start(self.master)
        return b""
