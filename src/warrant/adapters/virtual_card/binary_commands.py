"""READ BINARY and UPDATE BINARY, plain and protected.

Source: FMCOS 2.0 manual, 7.5, 7.7.
"""

from __future__ import annotations

from warrant.adapters.virtual_card import files
from warrant.adapters.virtual_card.cipher import CardCipher
from warrant.adapters.virtual_card.files import ElementaryFile
from warrant.adapters.virtual_card.line_protection import MAC_LENGTH, LineProtection
from warrant.adapters.virtual_card.refusal import Refusal
from warrant.adapters.virtual_card.security import SecurityState
from warrant.core.chip.apdu import MAX_FIELD, Command


class BinaryCommands:
    """The commands on binary files."""

    def __init__(self, cipher: CardCipher, line: LineProtection, state: SecurityState) -> None:
        self._cipher = cipher
        self._line = line
        self._state = state

    def read(self, command: Command, challenge: bytes | None) -> bytes:
        """READ BINARY; with class 04 command and answer carry a MAC over the same challenge."""
        file, offset = self._locate(command)
        self._state.demand(file.read)
        is_secure = command.cla == 0x04
        if file.needs_protected_read and not is_secure:
            raise Refusal(0x6987)
        if not is_secure and command.field:
            raise Refusal(0x6700)
        content = self._part(file, offset, command.le or 0, MAX_FIELD - (MAC_LENGTH if is_secure else 0))
        if is_secure:
            content = self._protect(command, file, challenge, content)
        if not file.is_written:
            raise Refusal(0x6281, content)
        return content

    def _part(self, file: ElementaryFile, offset: int, length: int, limit: int) -> bytes:
        if offset >= file.size:
            raise Refusal(0x6B00)
        rest = file.size - offset
        if length > rest:
            # A length that does not fit is answered with the one that does.
            raise Refusal(0x6C00 | min(rest, limit))
        return file.body[offset : offset + min(length or rest, limit)]

    def _protect(
        self, command: Command, file: ElementaryFile, challenge: bytes | None, content: bytes
    ) -> bytes:
        if file.needs_encryption:
            # Encrypted answers are outside the subset.
            raise Refusal(0x6A81)
        key = self._line.line_key(self._state.directory, file.read_key_id)
        if self._line.check_mac(command, key, challenge):
            raise Refusal(0x6700)
        return content + self._cipher.code(key.value, challenge or b"", content)

    def update(self, command: Command, challenge: bytes | None) -> bytes:
        """UPDATE BINARY; the file's type says whether MAC and encryption are due."""
        file, offset = self._locate(command)
        self._state.demand(file.write)
        if not command.field or command.le is not None:
            raise Refusal(0x6700)
        content = self._line.open_update(command, file, self._state.directory, challenge)
        if not content:
            raise Refusal(0x6700)
        if offset + len(content) > file.size:
            raise Refusal(0x6B00)
        file.body = file.body[:offset] + content + file.body[offset + len(content) :]
        file.is_written = True
        self._state.file = file
        return b""

    def _locate(self, command: Command) -> tuple[ElementaryFile, int]:
        file: ElementaryFile | None
        if command.p1 & 0x80:
            if command.p1 & 0xE0 != 0x80 or command.p1 & 0x1F == 0:
                raise Refusal(0x6A86)
            short_id = command.p1 & 0x1F
            file, offset = self._state.directory.file(short_id), command.p2
            if file is None:
                raise Refusal(0x6A82)
            self._state.file = file
        else:
            file, offset = self._state.file, command.p1 << 8 | command.p2
        if file is None:
            raise Refusal(0x6A82)
        if file.kind != files.BINARY:
            raise Refusal(0x6981)
        return file, offset
