"""APPLICATION BLOCK and UNBLOCK, CARD BLOCK: each carries nothing but a MAC of the line protection key.

Source: FMCOS 2.0 manual, 8.1 to 8.3.
"""

from __future__ import annotations

from warrant.adapters.virtual_card.files import Directory
from warrant.adapters.virtual_card.line_protection import LineProtection
from warrant.adapters.virtual_card.refusal import Refusal
from warrant.adapters.virtual_card.security import SecurityState
from warrant.core.chip.apdu import Command


class BlockCommands:
    """The commands that take an application or the card out of service."""

    def __init__(self, master: Directory, line: LineProtection, state: SecurityState) -> None:
        self._master = master
        self._line = line
        self._state = state

    def block_card(self, command: Command, challenge: bytes | None) -> bytes:
        """CARD BLOCK: from now on every command answers 6A81."""
        self._check(command, challenge)
        self._master.is_card_blocked = True
        return b""

    def block_application(self, command: Command, challenge: bytes | None) -> bytes:
        """APPLICATION BLOCK: P2 00 until unblocked, 01 for ever."""
        if command.p2 not in (0x00, 0x01):
            raise Refusal(0x6A86)
        self._check(command, challenge, command.p2)
        directory = self._state.directory
        directory.is_blocked = True
        directory.is_blocked_for_ever = command.p2 == 0x01
        return b""

    def unblock_application(self, command: Command, challenge: bytes | None) -> bytes:
        """APPLICATION UNBLOCK: three failures in a row block the application for ever."""
        directory = self._state.directory
        if directory.is_blocked_for_ever:
            raise Refusal(0x9303)
        try:
            self._check(command, challenge)
        except Refusal as refusal:
            if refusal.sw == 0x9302:
                directory.unblock_tries -= 1
                directory.is_blocked_for_ever = directory.unblock_tries <= 0
            raise
        directory.unblock_tries = 3
        directory.is_blocked = False
        return b""

    def _check(self, command: Command, challenge: bytes | None, p2: int = 0) -> None:
        if command.p1 or command.p2 != p2:
            raise Refusal(0x6A86)
        key = self._line.line_key(self._state.directory, 0)
        if self._line.check_mac(command, key, challenge):
            raise Refusal(0x6700)
