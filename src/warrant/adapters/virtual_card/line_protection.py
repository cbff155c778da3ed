"""Checks of secure messaging on the card's side: MAC, encryption, and the error counters behind them.

Readings: a wrong MAC answers 9302 and uses up a try of the key (6983 once none is left), a missing challenge
6985, a plain command where protection is due 6987, a protected one where none is set up 6900; the key that
protects WRITE KEY is 39/00 of the current directory or, if that has none yet, of the nearest one above.

Source: FMCOS 2.0 manual, 7.7, 7.12 example 3, 11.2 to 11.4.
"""

from __future__ import annotations

from typing import Final

from warrant.adapters.virtual_card.cipher import CardCipher
from warrant.adapters.virtual_card.files import Directory, ElementaryFile, Key
from warrant.adapters.virtual_card.refusal import Refusal
from warrant.core.chip.apdu import Command

MAC_LENGTH: Final = 4
LINE_KEY: Final = 0x36
CONTROL_KEY: Final = 0x39


class LineProtection:
    """Opens protected commands of one card."""

    def __init__(self, cipher: CardCipher, master: Directory) -> None:
        self._cipher = cipher
        self._master = master

    def check_mac(self, command: Command, key: Key, challenge: bytes | None) -> bytes:
        """Return the field without its MAC. Raises: Refusal 6700, 6983, 6985, 9302."""
        if len(command.field) < MAC_LENGTH:
            raise Refusal(0x6700)
        if key.is_blocked:
            raise Refusal(0x6983)
        if challenge is None:
            raise Refusal(0x6985)
        field, code = command.field[:-MAC_LENGTH], command.field[-MAC_LENGTH:]
        header = bytes((command.cla, command.ins, command.p1, command.p2, len(command.field)))
        if self._cipher.code(key.value, challenge, header + field) != code:
            key.count_failure()
            raise Refusal(0x9302)
        key.restore_tries()
        return field

    def open_update(
        self, command: Command, file: ElementaryFile, directory: Directory, challenge: bytes | None
    ) -> bytes:
        """Return the content to write into a file, as clear as its type demands it to have come."""
        is_secure = command.cla & 0x0F == 0x04
        if not file.needs_mac:
            if is_secure:
                raise Refusal(0x6900)
            return command.field
        if not is_secure:
            raise Refusal(0x6987)
        key = self.line_key(directory, file.write_key_id)
        field = self.check_mac(command, key, challenge)
        return self._cipher.open_field(key.value, field) if file.needs_encryption else field

    def line_key(self, directory: Directory, key_id: int) -> Key:
        """Return the key 36 of a directory. Raises: Refusal 6A82 without key file, 9403 without the key."""
        if directory.key_file is None:
            raise Refusal(0x6A82)
        key = directory.key_file.find(LINE_KEY, key_id)
        if key is None:
            raise Refusal(0x9403)
        return key

    def control_key(self, directory: Directory) -> Key:
        """Return the key that protects WRITE KEY. Raises: Refusal 9403."""
        path = path_to(self._master, directory)
        for ancestor in reversed(path):
            key = ancestor.key_file.find(CONTROL_KEY, 0) if ancestor.key_file else None
            if key is not None:
                return key
        raise Refusal(0x9403)


def path_to(master: Directory, directory: Directory) -> list[Directory]:
    """Return the directories from the MF down to ``directory``, both included; empty if it is not below."""
    if master is directory:
        return [master]
    for child in master.directories:
        below = path_to(child, directory)
        if below:
            return [master, *below]
    return []
