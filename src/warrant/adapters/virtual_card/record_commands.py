"""READ, UPDATE and APPEND RECORD by record number.

Source: FMCOS 2.0 manual, 4.3, 7.6, 7.8, 7.9.
"""

from __future__ import annotations

from dataclasses import replace

from warrant.adapters.virtual_card import files
from warrant.adapters.virtual_card.files import ElementaryFile
from warrant.adapters.virtual_card.line_protection import LineProtection
from warrant.adapters.virtual_card.refusal import Refusal
from warrant.adapters.virtual_card.security import SecurityState
from warrant.core.chip.apdu import MAX_FIELD, Command


class RecordCommands:
    """The commands on fixed, variable and cyclic record files."""

    def __init__(self, line: LineProtection, state: SecurityState) -> None:
        self._line = line
        self._state = state

    def read(self, command: Command, _challenge: bytes | None) -> bytes:
        """READ RECORD; Le 00 asks for the whole record, any other Le must be its exact length."""
        file = self._locate(command)
        self._state.demand(file.read)
        if command.field:
            raise Refusal(0x6700)
        record = file.records[self._index(file, command.p1)]
        if command.le and command.le != len(record):
            raise Refusal(0x6C00 | len(record))
        return record

    def update(self, command: Command, challenge: bytes | None) -> bytes:
        """UPDATE RECORD; a variable record keeps its length, a cyclic file only ever grows at its front."""
        file = self._locate(command)
        self._state.demand(file.write)
        if file.kind == files.CYCLIC:
            raise Refusal(0x6981)
        index = self._index(file, command.p1)
        record = self._content(command, file, challenge)
        if len(record) != len(file.records[index]):
            raise Refusal(0x6700)
        file.records[index] = record
        return b""

    def append(self, command: Command, challenge: bytes | None) -> bytes:
        """APPEND RECORD; in a cyclic file the new record becomes number 1 and the oldest may go."""
        # The maker's example appends with the low bits of P2 at 0, the table asks for 4: both are taken.
        file = self._locate(replace(command, p2=command.p2 | 0x04) if command.p2 & 0x07 == 0 else command)
        self._state.demand(file.write)
        if command.p1:
            raise Refusal(0x6A86)
        record = self._content(command, file, challenge)
        if file.kind == files.CYCLIC:
            file.records = [record, *file.records][: file.record_count]
        elif self._has_room(file, record):
            file.records.append(record)
        else:
            raise Refusal(0x6A84)
        return b""

    def _has_room(self, file: ElementaryFile, record: bytes) -> bool:
        if file.kind == files.FIXED:
            return len(file.records) < file.record_count
        return sum(len(old) for old in file.records) + len(record) <= file.size

    def _content(self, command: Command, file: ElementaryFile, challenge: bytes | None) -> bytes:
        if not command.field or command.le is not None:
            raise Refusal(0x6700)
        record = self._line.open_update(command, file, self._state.directory, challenge)
        if file.kind == files.VARIABLE:
            if len(record) < 2 or record[1] != len(record) - 2 or len(record) > files.MAX_RECORD:
                raise Refusal(0x6A80)
        elif len(record) != file.size:
            raise Refusal(0x6700)
        return record

    def _index(self, file: ElementaryFile, number: int) -> int:
        if not 1 <= number <= len(file.records):
            raise Refusal(0x6A83)
        if len(file.records[number - 1]) > MAX_FIELD:
            raise Refusal(0x6700)
        return number - 1

    def _locate(self, command: Command) -> ElementaryFile:
        if command.p2 & 0x07 != 0x04:
            # Selecting by record tag, and "next" and "previous", are outside the subset.
            raise Refusal(0x6A86)
        short_id = command.p2 >> 3
        file = self._state.directory.file(short_id) if short_id else self._state.file
        if file is None:
            raise Refusal(0x6A82)
        if file.kind == files.BINARY:
            raise Refusal(0x6981)
        self._state.file = file
        return file
